"""Areas of few people, and small cells: facts of outside lists held against what is released and shown."""

from __future__ import annotations

import csv
import itertools

import pyarrow as pa
import pytest

from deid.contracts import Context
from deid.report.disclosure import Disclosure
from deid.transform.zip3 import Zip3, released_areas
from tests.conftest import SHARED


def test_18_of_894_areas_are_restricted_and_an_area_without_a_census_is_000() -> None:
    path = SHARED / "rules" / "zip3_population_census2020.csv"
    if not path.is_file():
        pytest.skip("the folder of outside test material is not here")
    with path.open(newline="", encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    few = {row["zip3"] for row in rows if int(row["population_2020"]) <= 20_000}
    assert (len(rows), len(few)) == (894, 18)
    assert released_areas() == {row["zip3"] for row in rows} - few
    every = [f"{area:03d}" for area in range(1000)]
    cut = Zip3().apply(pa.array([f"{area}01" for area in every]), Context("t", "zip", "zip")).to_pylist()
    assert {area for area, new in zip(every, cut, strict=True) if new == area} - {"000"} == released_areas()
    assert {new for area, new in zip(every, cut, strict=True) if area not in released_areas()} == {"000"}


def test_counts_of_two_cannot_be_derived_from_what_is_shown() -> None:
    """DM.RACE of the CDISC pilot: 273, 29, 2 and 2 of 306, at a threshold of 11."""
    counts, total, least = [273, 29, 2, 2], 306, 11
    cells = Disclosure(least).parts(total, counts)
    shown = {i: count for i, count in enumerate(counts) if cells[i].value is not None}
    assert 2 not in shown.values()
    assert all(cell.value is None or cell.value >= least for cell in cells)
    small = [i for i, cell in enumerate(cells) if cell.hidden == "small"]
    others = [i for i in range(len(counts)) if i not in shown and i not in small]
    possible = {i: set[int]() for i in small}
    for guess in itertools.product(range(1, least), repeat=len(small)):
        left = total - sum(shown.values()) - sum(guess)
        if (left >= least * len(others)) if others else left == 0:
            for i, value in zip(small, guess, strict=True):
                possible[i].add(value)
    assert len(small) == 2
    assert all(values == set(range(1, least)) for values in possible.values())
