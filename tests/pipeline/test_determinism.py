"""Same input, policy and key: the same bytes. Another key: nothing in common."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import Result

from tests.conftest import KEY, OTHER_KEY
from tests.pipeline.trial import Bench, files_of, frames, policy, released, write_policy, write_tables

EVERYTHING = policy(
    columns={
        "MRN": {"role": "direct_identifier", "do": "encrypt"},
        "NAME": {"role": "direct_identifier", "do": "surrogate"},
        "WEIGHT": {"role": "insensitive", "do": "noise", "sd": 1.5, "accept": ["singling_out"]},
        "ARM": {"role": "insensitive", "do": "pool_rare", "at_least": 3},
    }
)
RUN = "import sys; from deid.cli import main; main(sys.argv[1:])"


def comparable(out: Path) -> dict[str, Any]:
    """Return the bytes of a release; manifest and report without what tells of the run itself."""
    files: dict[str, Any] = dict(files_of(out))
    for name in ("manifest.json", "report.json"):
        content = json.loads(files[name])
        assert content.pop("run")
        files[name] = json.dumps(content, sort_keys=True)
    html = files.pop("report.html").decode("utf-8")
    stamp = json.loads((out / "manifest.json").read_text("utf-8"))["run"]["finished"]
    files["report.html"] = html.replace(stamp, "")
    return files


def in_a_process(bench: Bench, out: Path, *options: str, **environment: str) -> None:
    arguments = ["run", str(bench.data), "--policy", str(bench.folder / "policy.yaml"), "--out", str(out), *options]
    env = {**os.environ, "DEID_KEY": KEY, **environment}
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet", "xpt", "tsv"])
def test_runs_agree_whatever_the_batches(bench: Bench, form: str) -> None:
    bench.put()
    outs = []
    runs: list[list[object]] = [[], ["--batch-rows", 7], *([[], ["--batch-rows", 1]] if form == "csv" else [])]
    for number, options in enumerate(runs):
        outs.append(bench.folder / f"out{number}")
        result = bench.run(EVERYTHING, "--format", form, *options, out=outs[-1])
        assert result.exit_code == 0, result.output
    first = comparable(outs[0])
    assert sum(name.startswith("data/") for name in first) == 3
    for other in outs[1:]:
        assert comparable(other) == first


@pytest.mark.slow
def test_runs_agree_whatever_the_hash_seed_and_locale(bench: Bench) -> None:
    write_policy(bench.put().folder / "policy.yaml", EVERYTHING)
    outs = [bench.folder / f"out{number}" for number in range(3)]
    in_a_process(bench, outs[0], PYTHONHASHSEED="1", LC_ALL="C.UTF-8", TZ="UTC")
    in_a_process(bench, outs[1], "--batch-rows", "7", PYTHONHASHSEED="4242", LC_ALL="C", TZ="Asia/Kolkata")
    in_a_process(bench, outs[2], PYTHONHASHSEED="0", LC_ALL="POSIX", TZ="America/New_York", PYTHONUTF8="0")
    first = comparable(outs[0])
    assert comparable(outs[1]) == first
    assert comparable(outs[2]) == first


def test_chunks_of_the_input_leave_no_trace(bench: Bench, tmp_path: Path) -> None:
    """The same rows as Parquet in one row group and in many."""
    tables = frames()
    write_tables(bench.data, tables, "parquet")
    assert bench.run(EVERYTHING, out=tmp_path / "one").exit_code == 0
    for name in tables:
        path = bench.data / f"{name}.parquet"
        pq.write_table(pq.read_table(path), path, row_group_size=5)
    assert bench.run(EVERYTHING, out=tmp_path / "many").exit_code == 0
    assert comparable(tmp_path / "one") == comparable(tmp_path / "many")


def test_order_of_the_input_leaves_no_trace_in_who_is_who(bench: Bench, tmp_path: Path) -> None:
    """Rows handed over in another order give the same patients, in the same order."""
    tables = frames()
    write_tables(bench.data, tables)
    first = bench.release(out=tmp_path / "one")
    tables["patients"] = tables["patients"].sample(frac=1, random_state=5)
    write_tables(bench.data, tables)
    assert bench.release(out=tmp_path / "two")["patients"].equals(first["patients"])


def test_another_key_shares_nothing(bench: Bench, tmp_path: Path) -> None:
    bench.put()
    parts = policy(columns={"MRN": {"role": "direct_identifier", "do": "pseudonym"}})
    one = bench.release(parts, out=tmp_path / "one")["patients"]
    two = bench.release(parts, out=tmp_path / "two", key=OTHER_KEY)["patients"]
    for column in ("SUBJID", "MRN"):
        assert not set(one[column]) & set(two[column])
    treated = ["AGE", "SEX", "ARM"]
    assert one[treated].value_counts().sort_index().equals(two[treated].value_counts().sort_index())
    assert list(one["ARM"]) != list(two["ARM"])
    assert list(one["ENROLDT"].sort_values()) != list(two["ENROLDT"].sort_values())


def test_another_release_shares_no_pseudonym(bench: Bench, tmp_path: Path) -> None:
    bench.put()
    one = bench.release(out=tmp_path / "one")["patients"]
    two = bench.release(policy(name="another-release"), out=tmp_path / "two")["patients"]
    assert not set(one["SUBJID"]) & set(two["SUBJID"])


def test_columns_share_pseudonyms_only_where_they_share_a_field(bench: Bench) -> None:
    tables = frames()
    tables["patients"]["OTHERID"] = tables["patients"]["SUBJID"]
    tables["patients"]["THIRDID"] = tables["patients"]["SUBJID"]
    pseudonym = {"role": "direct_identifier", "do": "pseudonym"}
    columns = {"OTHERID": pseudonym, "THIRDID": {**pseudonym, "field": "subject"}}
    out = bench.put(tables).release(policy(columns=columns))["patients"]
    assert not set(out["OTHERID"]) & set(out["SUBJID"])
    assert list(out["THIRDID"]) == list(out["SUBJID"])


def test_key_file_and_environment_give_one_release(bench: Bench, command: Callable[..., Result]) -> None:
    bench.put()
    file = bench.folder / "key.txt"
    file.write_text(KEY.upper(), encoding="ascii")
    assert bench.run(out=bench.folder / "one").exit_code == 0
    assert bench.run(None, "--key-file", file, out=bench.folder / "two", key=None).exit_code == 0
    assert pd.concat(released(bench.folder / "one")).equals(pd.concat(released(bench.folder / "two")))
