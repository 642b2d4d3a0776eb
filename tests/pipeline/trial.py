"""A small invented trial of three linked tables, its policy, and what the tests of the stages do with them."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import yaml
from click.testing import Result

SUBJECTS = 48
K = 4
_GIVEN = ("Ottoline", "Peregrine", "Leocadia", "Fenwick", "Isaura", "Barnaby", "Zenobia", "Alaric")
_FAMILY = ("Quillfeather", "Thornbury", "Vandermeulen", "Okonjola", "Marchbanks", "Szabolcsi", "Lindqvister")
_TERMS = ("Nausea", "Fatigue", "Anaemia", "Rash", "Pruritus")
Frames = dict[str, pd.DataFrame]


def frames(subjects: int = SUBJECTS, seed: int = 7) -> Frames:
    """Return the tables patients, visits and events as frames of text and whole numbers."""
    draw = random.Random(seed)
    patients, visits, events = [], [], []
    for i in range(subjects):
        subject = f"CRX-{1 + i % 3:02d}-{1000 + i * 7:05d}"
        age = draw.choice((34, 41, 47, 52, 58, 63, 69, 74))
        born = date(2015 - age, draw.randint(1, 12), draw.randint(1, 28))
        enrolled = date(2015, 1, 5) + timedelta(draw.randint(0, 400))
        patients.append(
            {
                "SUBJID": subject,
                "MRN": f"{draw.randint(10_000_000, 99_999_999)}",
                "GIVEN": draw.choice(_GIVEN),
                "FAMILY": draw.choice(_FAMILY),
                "NAME": f"{draw.choice(_GIVEN)} {draw.choice(_FAMILY)}",
                "BIRTHDT": born.isoformat(),
                "AGE": age,
                "SEX": draw.choice(("F", "M")),
                "ARM": draw.choice(("A", "B")),
                "ENROLDT": enrolled.isoformat(),
            }
        )
        for number in range(1, 4):
            when = enrolled + timedelta(28 * (number - 1) + draw.randint(0, 3))
            weight = 60 + draw.randint(0, 30)
            visits.append({"SUBJID": subject, "VISIT": number, "VISDT": when.isoformat(), "AGE": age, "WEIGHT": weight})
        for _ in range(draw.randint(0, 2)):
            onset = enrolled + timedelta(draw.randint(1, 80))
            end = onset + timedelta(draw.randint(0, 20))
            events.append(
                {"SUBJID": subject, "TERM": draw.choice(_TERMS), "ONSET": onset.isoformat(), "ENDDT": end.isoformat()}
            )
    return {"patients": pd.DataFrame(patients), "visits": pd.DataFrame(visits), "events": pd.DataFrame(events)}


def policy(**changes: Any) -> dict[str, Any]:
    """Return a policy for the trial; `changes` replace its top-level keys, `columns` and `tables` are merged."""
    shift = {"role": "insensitive", "do": "shift_date", "max_days": 182}
    keep = {"role": "insensitive", "do": "keep", "why": "the trial is about it"}
    base: dict[str, Any] = {
        "deid": 1,
        "name": "small-trial",
        "subject": "SUBJID",
        "columns": {
            "SUBJID": {"role": "direct_identifier", "do": "pseudonym"},
            "MRN": "drop",
            "GIVEN": "drop",
            "FAMILY": "drop",
            "NAME": {"role": "direct_identifier", "do": "drop"},
            "BIRTHDT": {"role": "direct_identifier", "do": "drop"},
            "AGE": {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"interval": 10, "min_level": 1}},
            "SEX": {"role": "quasi_identifier", "do": "generalise", "hierarchy": "sex"},
            "ARM": keep,
            "ENROLDT": shift,
            "VISIT": keep,
            "VISDT": shift,
            "WEIGHT": {**keep, "accept": ["singling_out"]},
            "TERM": {"role": "sensitive_attribute", "do": "keep"},
            "ONSET": shift,
            "ENDDT": shift,
        },
        "anonymise": {"k": K, "suppress_at_most": 0.1},
    }
    for name in ("MRN", "GIVEN", "FAMILY"):
        base["columns"][name] = {"role": "direct_identifier", "do": "drop"}
    base["columns"] |= changes.pop("columns", {})
    base |= changes
    return {name: value for name, value in copy.deepcopy(base).items() if value is not None}


def without(parts: Mapping[str, Any], *columns: str) -> dict[str, Any]:
    """Return a policy without the lines of some columns."""
    left = {name: line for name, line in parts["columns"].items() if name not in columns}
    return {**parts, "columns": left}


def write_policy(path: Path, parts: Mapping[str, Any]) -> Path:
    """Write a policy as YAML without anchors."""
    path.write_text(yaml.dump(_plain(parts), Dumper=_NoAliases, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame], form: str = "csv") -> Path:
    """Write frames as files of one format."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in tables.items():
        if form == "csv":
            frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        elif form == "jsonl":
            frame.to_json(folder / f"{name}.jsonl", orient="records", lines=True)
        else:
            pq.write_table(pa.Table.from_pandas(frame, preserve_index=False), folder / f"{name}.parquet")
    return folder


def released(out: Path) -> Frames:
    """Return the released CSV and Parquet tables as frames of text, missing cells empty."""
    tables = {path.stem: pd.read_csv(path, dtype=str, keep_default_na=False) for path in (out / "data").glob("*.csv")}
    for path in (out / "data").glob("*.parquet"):
        tables[path.stem] = pq.read_table(path).to_pandas()
    return tables


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder by its relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@dataclass(frozen=True)
class Bench:
    """A folder with data and policy, and the command that takes them to a release."""

    folder: Path
    command: Callable[..., Result]

    @property
    def data(self) -> Path:
        """Return the folder of tables."""
        return self.folder / "data"

    @property
    def out(self) -> Path:
        """Return the folder of the release, alone in a folder of its own."""
        return self.folder / "place" / "release"

    def put(self, tables: Mapping[str, pd.DataFrame] | None = None, form: str = "csv") -> Bench:
        """Write the data: those of the small trial unless others are given."""
        write_tables(self.data, frames() if tables is None else tables, form)
        return self

    def run(
        self, parts: Mapping[str, Any] | None = None, *options: object, out: Path | None = None, **more: Any
    ) -> Result:
        """Run `deid run` under a policy."""
        path = write_policy(self.folder / "policy.yaml", policy() if parts is None else parts)
        return self.command("run", self.data, "--policy", path, "--out", out or self.out, *options, **more)

    def release(self, parts: Mapping[str, Any] | None = None, *options: object, **more: Any) -> Frames:
        """Run, demand success and return the released tables."""
        result = self.run(parts, *options, **more)
        assert result.exit_code == 0, result.output
        return released(more.get("out") or self.out)

    def left(self) -> list[str]:
        """Return what lies where the release was to be, hidden files too."""
        return (
            sorted(str(p.relative_to(self.out.parent)) for p in self.out.parent.rglob("*"))
            if self.out.parent.exists()
            else []
        )


def refused(result: Result, bench: Bench, code: int, *texts: str) -> None:
    """Check a refusal: exit code, words in the message, a remedy, no traceback, nothing left."""
    assert result.exit_code == code, result.output
    for text in (*texts, "remedy:"):
        assert text in result.output, result.output
    assert "Traceback" not in result.output
    assert bench.left() == []


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value
