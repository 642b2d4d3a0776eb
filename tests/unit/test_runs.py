"""Pairs beyond memory come back as they were given, and what is measured of them is the same as of pairs in memory."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pytest

from deid.collecting.tuples import Owners, Tuples
from deid.facts import Subjects
from deid.runs import Runs, Spill
from deid.values import Hashes, hash64
from deid.verifying import columns
from deid.verifying.columns import ColumnRisks

SECRET = b"sixteen octets.."


def hashes(values: list[str]) -> Hashes:
    return hash64(pa.array(values), SECRET)


@pytest.mark.parametrize("most", [1, 50, 10_000])
def test_every_pair_comes_back_and_firsts_stay_together(tmp_path: Path, most: int) -> None:
    draw = np.random.default_rng(3)
    runs, given = Runs(Spill(tmp_path)), set()
    for _ in range(5):
        first = hashes([str(n) for n in draw.integers(0, 60, 400)])
        second = hashes([str(n) for n in draw.integers(0, 40, 400)])
        runs.put(first, second)
        given |= set(zip(first.tolist(), second.tolist(), strict=True))
    seen: set[int] = set()
    back: set[tuple[int, int]] = set()
    for first, second in runs.parts(most):
        assert not seen & set(first.tolist())
        seen |= set(first.tolist())
        back |= set(zip(first.tolist(), second.tolist(), strict=True))
    assert back == given
    assert not list(tmp_path.iterdir())  # the file has no name


def measured(monkeypatch: pytest.MonkeyPatch, folder: Path | None, most: int) -> tuple[tuple[Any, ...], int]:
    """Measure columns of 50 people over 40 batches: few values, values of their own, values that some share, blanks."""
    monkeypatch.setattr(columns, "FEW", 0)
    draw = np.random.default_rng(11)
    risks, tuples = ColumnRisks(SECRET, spill=None if folder is None else Spill(folder), most=most), Tuples()
    step = cast(Any, SimpleNamespace(accept=()))
    spilt = 0
    for batch in range(40):
        who = draw.integers(0, 50, 300)
        owners = Owners.of(hashes([f"p{n}" for n in who]))
        tuples.add_subjects(owners)
        cells = {
            "few": [None if n % 7 == 0 else str(n % 3) for n in who],
            "own": [f"{n}-{i}-{batch}" for i, n in enumerate(who)],
            "some": [str(v) for v in draw.integers(0, 9_000, 300)],
            "never": [None] * 300,
        }
        for name, values in cells.items():
            risks.add(step, "t", name, pa.array(values, pa.string()), owners)
        tuples.shed()
        risks.shed(tuples.number)
        spilt = max(spilt, len(risks.runs))
    universe = tuples.universe()
    classes = (np.arange(len(universe.hashes)) % 5).astype(np.int32)
    return risks.measured(universe, Subjects(universe.hashes, classes)), spilt


def test_columns_are_measured_alike_in_memory_and_on_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    within, none = measured(monkeypatch, None, 1)
    monkeypatch.setattr(columns, "MOST_HELD", 100)
    beyond, spilt = measured(monkeypatch, tmp_path, 100)
    assert (none, spilt) == (0, 3)
    assert within == beyond
    by_name = {risk.column: risk for risk in within}
    assert by_name["own"].unique_alone == 50
    assert by_name["few"].unique_alone == 0
    assert 0 < by_name["some"].unique_alone <= by_name["some"].unique_with_quasi
