"""Correlations batch by batch are those of the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.verifying.correlations import Moments


@given(st.integers(0, 10_000), st.integers(1, 9), st.sampled_from([0.0, 1e6]))
@settings(max_examples=40, deadline=None)
def test_batches_merge_to_the_whole(seed: int, size: int, offset: float) -> None:
    rows = np.random.default_rng(seed).normal(offset, 3.0, (30, 3))
    rows[::7, 1] = np.nan
    found = Moments(3)
    for start in range(0, 30, size):
        found.add(rows[start : start + size])
    complete = rows[~np.isnan(rows).any(axis=1)]
    assert found.rows == len(complete)
    assert found.correlations() == pytest.approx(np.corrcoef(complete, rowvar=False), abs=1e-7)


def test_a_column_that_does_not_vary_has_no_correlation() -> None:
    found = Moments(2)
    found.add(np.array([[1.0, 5.0], [2.0, 5.0], [np.nan, 6.0]]))
    assert found.correlations() is None
    assert Moments(2).correlations() is None
