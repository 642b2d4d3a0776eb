"""Several processes give the bytes of one, and a worker that is lost leaves no release."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator

import pytest

from deid.engines.local import Local
from deid.errors import DataError, UsageError
from tests.pipeline.test_determinism import EVERYTHING, comparable
from tests.pipeline.trial import Bench, frames, write_tables


def test_jobs_change_nothing(bench: Bench) -> None:
    bench.put()
    outs = [bench.folder / f"out{jobs}" for jobs in (1, 2)]
    for jobs, out in zip((1, 2), outs, strict=True):
        result = bench.run(EVERYTHING, "--jobs", jobs, "--batch-rows", 7, out=out)
        assert result.exit_code == 0, result.output
    assert comparable(outs[0]) == comparable(outs[1])


def test_problems_of_a_worker_arrive_with_code_and_place(bench: Bench) -> None:
    tables = frames()
    tables["patients"].loc[3, "ENROLDT"] = "no date at all"
    write_tables(bench.data, tables)
    out = bench.folder / "out"
    result = bench.run(EVERYTHING, "--jobs", 2, "--batch-rows", 7, out=out)
    assert result.exit_code == 4
    assert "D404" in result.output
    assert "no date at all" not in result.output
    assert not out.exists()


def test_order_is_that_of_the_input() -> None:
    assert list(Local(jobs=2).map(range(40), _twice)) == [2 * i for i in range(40)]


def test_input_is_taken_in_no_faster_than_it_is_treated() -> None:
    taken: list[int] = []

    def numbers() -> Iterator[int]:
        for i in range(40):
            taken.append(i)
            yield i

    next(results := Local(jobs=2).map(numbers(), _twice))
    assert len(taken) <= 5
    assert len(list(results)) == 39


def test_a_worker_that_dies_ends_the_run() -> None:
    with pytest.raises(UsageError, match="U240"):
        list(Local(jobs=2).map(range(8), _dies))


def test_problems_survive_the_way_between_processes() -> None:
    error = DataError([])
    assert isinstance(pickle.loads(pickle.dumps(error)), DataError)


def _twice(number: int) -> int:
    return 2 * number


def _dies(number: int) -> int:
    os._exit(9)
