"""The Spark engine gives the release of the local one, keeps the key to itself and leaves nothing when it fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from deid.engines.session import session
from deid.engines.spark import Spark
from deid.errors import DeidError
from deid.keys import Key
from deid.pipeline import run
from deid.policy import load
from tests.conftest import KEY
from tests.pipeline.test_determinism import EVERYTHING, comparable
from tests.pipeline.trial import Bench, frames, write_policy, write_tables

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed (extra `spark`)"),
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java on the path"),
]


@pytest.fixture(scope="module")
def engine() -> Iterator[Spark]:
    with session("local[2]") as opened:
        yield Spark(opened)


def with_missing() -> dict[str, pd.DataFrame]:
    tables = frames()
    patients = tables["patients"]
    patients["AGE"] = patients["AGE"].astype("object")
    patients.loc[patients.index[::6], "AGE"] = None
    patients.loc[patients.index[::9], "SEX"] = None
    tables["visits"] = tables["visits"].drop(columns="AGE")
    return tables


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_same_release_to_the_byte(bench: Bench, engine: Spark, form: str) -> None:
    write_tables(bench.data, with_missing(), form)
    policy = load(write_policy(bench.folder / "policy.yaml", EVERYTHING))
    common: dict[str, Any] = {"key": Key.from_hex(KEY), "run_facts": {"finished": "now"}}
    run(bench.data, policy, bench.folder / "one", **common)
    run(bench.data, policy, bench.folder / "many", **common, batch_rows=5, engine=engine)
    assert comparable(bench.folder / "many") == comparable(bench.folder / "one")


@dataclass(frozen=True)
class Watched(Spark):
    """Spark whose plans, settings and temporary files are read while a job is about to run."""

    folder: Path = Path()
    seen: list[bytes] = field(default_factory=list)

    def _mapped(self, mapping: Any, tasks: int) -> Any:
        mapped = super()._mapped(mapping, tasks)
        context = self.session.sparkContext
        said = [repr(mapping), mapped._jdf.queryExecution().toString(), repr(context.getConf().getAll())]
        files = [path for path in Path(context._temp_dir).rglob("*") if path.is_file()]
        self.seen.append(" ".join(said).encode() + b"".join(path.read_bytes() for path in files))
        return mapped


def test_the_key_stands_in_no_plan_setting_or_file(bench: Bench, engine: Spark) -> None:
    write_tables(bench.data, frames())
    policy = load(write_policy(bench.folder / "policy.yaml", EVERYTHING))
    watched = Watched(engine.session)
    run(bench.data, policy, bench.folder / "out", key=Key.from_hex(KEY), engine=watched)
    assert len(watched.seen) >= 5
    assert sum(map(len, watched.seen)) > 10_000
    for seen in watched.seen:
        assert KEY.encode() not in seen
        assert bytes.fromhex(KEY) not in seen
        assert b"Quillfeather" not in seen


def test_a_fault_in_a_part_is_told_as_by_the_local_engine(bench: Bench, engine: Spark) -> None:
    bench.put()
    path = bench.data / "visits.csv"
    path.write_text(path.read_text("utf-8") + "one,cell,too,many,of,them,all,and,more\n", encoding="utf-8")
    policy = load(write_policy(bench.folder / "policy.yaml", EVERYTHING))
    told = []
    for chosen in (None, engine):
        with pytest.raises(DeidError) as caught:
            run(bench.data, policy, bench.folder / "out", key=Key.from_hex(KEY), engine=chosen, batch_rows=5)
        told.append((type(caught.value), str(caught.value)))
        assert not (bench.folder / "out").exists()
    assert told[0] == told[1]


def unruly(number: int, _: None) -> int:
    raise ValueError(f"a value of the data: {number}")


def test_a_defect_on_a_worker_tells_its_place_and_no_more(engine: Spark, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(DeidError) as caught:
        list(engine.each(unruly, [4711], None))
    assert caught.value.exit_code == 70
    assert caught.value.problems[0].code == "X902"
    assert "4711" not in str(caught.value)
    assert "4711" not in "".join(capfd.readouterr())


def test_a_cluster_that_is_not_there_is_told_without_a_word_of_java(tmp_path: Path) -> None:
    arguments = ["run", str(tmp_path), "--policy", "hipaa-safe-harbor", "--out", str(tmp_path / "out")]
    command = [sys.executable, "-c", "import sys; from deid.cli import main; main(sys.argv[1:])", *arguments]
    options = ["--engine", "spark", "--master", "spark://127.0.0.1:9"]
    done = subprocess.run([*command, *options], env={**os.environ, "DEID_KEY": KEY}, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("U253 ")
    assert "java" not in (done.stdout + done.stderr).lower()
