"""Rows in their order, whatever they weigh and however many share one place."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deid import ordering
from deid.facts import Hashes
from deid.ordering import in_order

Placed = tuple[pa.RecordBatch, Hashes]


def batches(places: list[int], size: int) -> Iterator[Placed]:
    for start in range(0, len(places), size):
        part = places[start : start + size]
        numbers = list(range(start, start + len(part)))
        yield pa.record_batch({"number": numbers, "text": [f"row {n}" for n in numbers]}), np.array(part, np.uint64)


def numbers(tables: Iterator[pa.Table]) -> list[int]:
    return [number for table in tables for number in table.column("number").to_pylist()]


#: Few places that many rows share, near and far from each other, and the two ends.
PLACES = st.sampled_from([0, 1, 2, 7, 2**20, 2**40, 2**63, 2**64 - 2, 2**64 - 1]) | st.integers(0, 2**64 - 1)


@given(st.lists(PLACES, max_size=80), st.integers(1, 30), st.integers(1, 2_000), st.integers(0, 400))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_it_is_a_stable_sort_however_little_is_sorted_at_once(
    tmp_path: Path, places: list[int], size: int, octets: int, expected: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "PART_OCTETS", octets)
        patch.setattr(ordering, "MOST_FILES", 3)
        found = numbers(in_order(batches(places, size), expected, tmp_path))
    assert found == sorted(range(len(places)), key=lambda number: places[number])
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("subjects", [1, 3, 10_000])
def test_what_is_held_does_not_depend_on_the_rows_nor_on_how_many_one_subject_has(
    tmp_path: Path, subjects: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ordering, "PART_OCTETS", 1_000_000)
    before, held, rows = pa.total_allocated_bytes(), 0, 0

    def wide() -> Iterator[Placed]:
        draw = np.random.default_rng(7)
        for _ in range(300):
            places = draw.integers(0, subjects, 100, dtype=np.uint64) << np.uint64(50)
            yield pa.record_batch({"text": ["x" * 1_000] * 100}), places

    for table in in_order(wide(), 30_000, tmp_path):
        held, rows = max(held, pa.total_allocated_bytes() - before), rows + table.num_rows
    assert rows == 30_000
    assert held < 8_000_000  # of 30 MB
