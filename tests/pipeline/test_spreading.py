"""Stages that are spread over parts of the data give the release that they give in one process."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

from deid.engines.secret import sealed
from deid.keys import Key
from deid.pipeline import run
from deid.policy import load as load_policy
from tests.conftest import KEY
from tests.pipeline.test_determinism import EVERYTHING, comparable
from tests.pipeline.trial import Bench, files_of, frames, write_policy, write_tables


@dataclass(frozen=True)
class Travelling:
    """An engine in this process whose work and results are pickled as if they went to workers, and come twice."""

    def workers(self) -> int:
        return 3

    def each(self, work: Callable[[Any, Any], Any], tasks: Sequence[Any], shared: Any) -> Iterator[Any]:
        packed = sealed((list(tasks), shared))
        for number in range(len(tasks)):
            every, given = packed.opened()
            pickle.dumps(work(every[number], given))  # a worker that was lost after it had done its part
            every, given = packed.opened()
            yield pickle.loads(pickle.dumps(work(every[number], given)))


def both(bench: Bench, wanted: Any, form: str = "", batch_rows: int = 5) -> None:
    policy = load_policy(write_policy(bench.folder / "policy.yaml", wanted))
    key = Key.from_hex(KEY)
    outs = bench.folder / "one", bench.folder / "many"
    common = {"key": key, "output_format": form, "run_facts": {"finished": "now"}}
    run(bench.data, policy, outs[0], **common)
    run(bench.data, policy, outs[1], **common, batch_rows=batch_rows, engine=Travelling())
    assert comparable(outs[1]) == comparable(outs[0])
    assert not [name for name in files_of(outs[1]) if "part-" in name]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_parts_give_the_same_release(bench: Bench, form: str) -> None:
    write_tables(bench.data, frames(), form)
    both(bench, EVERYTHING)


def test_missing_quasi_identifiers(bench: Bench) -> None:
    tables = frames()
    patients: pd.DataFrame = tables["patients"]
    patients["AGE"] = patients["AGE"].astype("object")
    patients.loc[patients.index[::6], "AGE"] = None
    patients.loc[patients.index[::9], "SEX"] = None
    tables["visits"] = tables["visits"].drop(columns="AGE")
    write_tables(bench.data, tables)
    both(bench, EVERYTHING)
