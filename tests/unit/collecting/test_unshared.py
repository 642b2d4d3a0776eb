"""Rows that share their tuple with no other, counted without a number for every tuple."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from deid import classes


@pytest.mark.parametrize("span", [7, 4_000_000])
@pytest.mark.parametrize("sizes", [(3, 11, 2), (40, 1, 5), (2**31 - 1, 9, 2), (2**31 - 1, 2**31 - 1, 2**20)])
def test_unshared_rows_are_counted(monkeypatch: pytest.MonkeyPatch, span: int, sizes: tuple[int, ...]) -> None:
    monkeypatch.setattr(classes, "_SPAN", span)
    rng = np.random.default_rng(3)
    for rows in (0, 1, 2, 50, 400):
        columns = [rng.integers(0, min(size, 12), rows).astype(np.int32) for size in sizes]
        counted = Counter(zip(*(column.tolist() for column in columns), strict=True))
        assert classes.unshared(columns, sizes) == sum(1 for held in counted.values() if held == 1)
