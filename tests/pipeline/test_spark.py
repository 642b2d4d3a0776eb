"""The Spark engine gives the release of the local one, keeps the key to itself and leaves nothing when it fails."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pandas as pd
import pytest

from deid.engines.session import session
from deid.engines.spark import Spark
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
