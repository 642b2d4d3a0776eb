"""The library: the same code path as the command, with pandas frames at both ends for ETL."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deid.database.address import Address, is_address
from deid.decisions import Plan, Policy
from deid.formats.frames import Levels, frame_from_table, tables_from_frames
from deid.keys import Key
from deid.pipeline import Release, prepare
from deid.pipeline import run as run_pipeline
from deid.policy import load
from deid.policy import load_text as _load_text
from deid.recipe import Outside
from deid.registry import plugin
from deid.source import Source
from deid.versions import run_facts

if TYPE_CHECKING:
    import pandas as pd

    Frames = Mapping[str, pd.DataFrame]

#: What is done to a column whose released cells are all values that came in.
KEPT = frozenset({"keep", "suppress"})


def load_policy(policy: Policy | Path | str) -> Policy:
    """Load and check a policy: a path, the name of a ready one, or YAML text with line breaks. Raises PolicyError."""
    if isinstance(policy, Policy):
        return policy
    if isinstance(policy, str) and "\n" in policy:
        return _load_text(policy)
    return load(policy)


def dry_run(data: Path | str | Frames, policy: Policy | Path | str) -> Plan:
    """Return what would be done to every column, and why. Raises PolicyError or DataError."""
    return prepare(_source(data), load_policy(policy)).plan


def run(
    data: Path | str | Frames,
    policy: Policy | Path | str,
    out: Path | str,
    *,
    key: Key | str,
    output_format: str = "",
    private: Path | str | None = None,
    to: str = "",
    jobs: int = 1,
    recipe: Path | str | None = None,
    freeze: Path | str | None = None,
    outside: Outside = "refuse",
) -> Release:
    """Take data (a path, the URL of a database, or frames by table name) to a release folder; see `deid run`.

    A key in text is hexadecimal. `to` is the URL of a database for the released tables; neither URL holds a password.
    Raises UsageError, PolicyError, DataError or ReleaseRefused; then nothing that looks like a release exists.
    """
    return run_pipeline(
        _source(data),
        load_policy(policy),
        Path(out),
        key=_key(key),
        key_origin="library",
        output_format=output_format or ("parquet" if isinstance(data, Mapping) and not to else ""),
        private=Path(private) if private is not None else None,
        to=Address.given(to, "target") if to else None,
        jobs=jobs,
        recipe=Path(recipe) if recipe is not None else None,
        freeze=Path(freeze) if freeze is not None else None,
        outside=outside,
        run_facts=run_facts(),
    )


def deidentify(
    frames: Frames,
    policy: Policy | Path | str,
    *,
    key: Key | str,
    recipe: Path | str | None = None,
    freeze: Path | str | None = None,
    outside: Outside = "refuse",
) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Take frames to released frames and the report as a dictionary, through the same gates as a release on disk.

    frames  table name -> frame; the index is ignored, columns are treated by position
    recipe, freeze, outside  for batches that follow one another: see `deid run` and docs/scale.md
    Returns the frames under their released names, and the content of report.json. A categorical column stays one, with
    the levels that are released; ordered if it was and is kept as it is. Raises as `run` does.
    """
    with tempfile.TemporaryDirectory(prefix="deid-") as folder:
        out = Path(folder) / "release"
        frozen: dict[str, Any] = {"recipe": recipe, "freeze": freeze, "outside": outside}
        release = run(frames, policy, out, key=key, output_format="parquet", **frozen)
        report: dict[str, Any] = json.loads((out / "report.json").read_text("utf-8"))
        reader = plugin("format", "parquet")()
        released = {}
        came = [frame for name, frame in frames.items() if name not in release.plan.dropped_tables]
        for table, frame in zip(release.plan.tables, came, strict=True):
            info = reader.inspect(out / "data" / f"{table.released_name}.parquet", {})[0]
            released[table.released_name] = frame_from_table(
                replace(info, name=table.released_name),
                reader,
                [
                    Levels.of(frame.iloc[:, step.position], kept=step.do in KEPT)
                    for step in table.steps
                    if step.released
                ],
            )
    return released, report


def _source(data: Path | str | Frames) -> Path | Address | Source:
    if isinstance(data, Mapping):
        tables, reader = tables_from_frames(data)
        return Source(tables, dict.fromkeys((table.name for table in tables), reader))
    return Address.given(data, "source") if isinstance(data, str) and is_address(data) else Path(data)


def _key(key: Key | str) -> Key:
    return Key.from_hex(key) if isinstance(key, str) else key
