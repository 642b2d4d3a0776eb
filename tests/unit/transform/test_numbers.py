"""Rounding, coding and perturbing numbers."""

from __future__ import annotations

from decimal import Decimal
from statistics import fmean, pstdev
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.contracts import Context
from deid.errors import DataError
from deid.keys import Key
from deid.transform.bottom_code import BottomCode
from deid.transform.noise import Noise
from deid.transform.round import Round
from deid.transform.top_code import TopCode

KEY = Key.from_hex("3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697")


def apply(transform: Any, cells: Any, kind: Any = None, subjects: list[Any] | None = None) -> list[Any]:
    column = pa.array(cells, kind)
    subject = pa.array(subjects or ["S-1"] * len(column), pa.string())
    out = transform.apply(column, Context("lb", "C", "c", KEY, subject=subject))
    assert out.type == transform.output_type(column.type)
    found: list[Any] = out.to_pylist()
    return found


def test_top_and_bottom_codes() -> None:
    assert apply(TopCode(90, "90+"), ["89.5", "90", "140", None]) == ["89.5", "90+", "90+", None]
    assert apply(TopCode(90, "90+"), [89, 90, None]) == ["89", "90+", None]
    assert apply(TopCode(90), [89, 90, 140], pa.int16()) == [89, 90, 90]
    assert apply(TopCode(2.5), [1.25, 2.5, 7.0]) == [1.25, 2.5, 2.5]
    assert apply(TopCode(90), ["089", "90.0", "1e2"]) == ["089", "90", "90"]
    assert apply(BottomCode(18, "18 or less"), ["17.9", "18", "19"]) == ["18 or less", "18 or less", "19"]
    assert apply(BottomCode(18), [3, 19]) == [18, 19]
    assert apply(TopCode(90, missing=("999",)), [999, 89, 91]) == [None, 89, 90]
    assert apply(TopCode(0), [-1, 5]) == [-1, 0]
    assert list(TopCode(float("nan")).problems())


@pytest.mark.parametrize("transform", [TopCode(90), BottomCode(5), Round(decimals=1), Noise(sd=1)])
def test_what_is_no_number_is_refused(transform: Any) -> None:
    cells = ["5.5", "<5", "1,5", "nan", "", None]
    with pytest.raises(DataError, match=r"D402 lb\.C: 3 cell"):
        apply(transform, cells)
    assert apply(type(transform)(**{**vars(transform), "on_error": "suppress"}), cells)[1:] == [None] * 5


def test_a_bound_that_the_type_cannot_hold_is_refused() -> None:
    with pytest.raises(DataError, match=r"D403 lb\.C: 1 cell"):
        apply(TopCode(89.5), [89, 90])
    with pytest.raises(DataError, match="D403"):
        apply(BottomCode(-1.5), [-3, 5], pa.int8())


@pytest.mark.parametrize(
    ("options", "cells", "rounded"),
    [
        ({"nearest": 5}, [12, 13, -3, None], [10, 15, -5, None]),
        ({"nearest": 5}, ["12.4", "12.5", "17.5"], ["10", "10", "20"]),
        ({"nearest": 0.5}, [1.3, 1.2], [1.5, 1.0]),
        ({"nearest": 0.5}, ["1.3", "-0.2"], ["1.5", "0.0"]),
        ({"decimals": 0}, [96.29, 96.5, 97.5], [96.0, 96.0, 98.0]),
        ({"decimals": 1}, ["0.25", "0.35", "1e1", "7"], ["0.2", "0.4", "10.0", "7.0"]),
        ({"decimals": 2}, [0.1 + 0.2], [0.3]),
        ({"decimals": 0}, ["-0.4"], ["0"]),
    ],
)
def test_rounding(options: dict[str, Any], cells: list[Any], rounded: list[Any]) -> None:
    assert apply(Round(**options), cells) == rounded


@pytest.mark.parametrize(
    "options", [{}, {"decimals": 1, "nearest": 5}, {"decimals": -1}, {"nearest": 0}, {"nearest": -1}]
)
def test_rounding_one_way(options: dict[str, Any]) -> None:
    assert list(Round(**options).problems())


@given(st.integers(-(10**9), 10**9), st.sampled_from([5, 10, 250]))
def test_nearest_is_nearest(number: int, step: int) -> None:
    rounded = apply(Round(nearest=step), [number])[0]
    assert rounded % step == 0
    assert abs(rounded - number) * 2 <= step


@pytest.mark.parametrize("distribution", ["laplace", "normal"])
def test_noise_has_the_spread_asked_for(distribution: Any) -> None:
    many = [f"S-{i}" for i in range(4_000)]
    moved = apply(Noise(2.0, distribution), [100.00001] * 4_000, subjects=many)
    assert abs(fmean(moved) - 100) < 0.15
    assert abs(pstdev(moved) - 2) < 0.2
    beyond = np.mean(np.abs(np.array(moved) - 100) > 6)
    assert (beyond > 0.006) == (distribution == "laplace")


def test_noise_belongs_to_subject_and_value() -> None:
    out = apply(Noise(5), [70.5, 70.5, 70.5, 71.5], subjects=["A", "A", "B", "A"])
    assert out[0] == out[1] != out[2]
    assert out[3] - out[0] != 1
    one, two = apply(Noise(5), ["70.5", "70.50"])
    assert abs(float(one) - float(two)) <= 0.05  # one amount, shown with the decimals that were written
    with pytest.raises(DataError, match=r"D401 lb\.C: 1 cell"):
        apply(Noise(5), [1.0, 2.0, None], subjects=["A", None, None])


def test_noise_keeps_type_decimals_and_bounds() -> None:
    assert all(isinstance(value, int) for value in apply(Noise(3), [1, 2, 3]))
    assert [Decimal(text).as_tuple().exponent for text in apply(Noise(3), ["12.50", "7", "3.1"])] == [-2, 0, -1]
    low = apply(Noise(50, minimum=0, maximum=20), list(range(20)))
    assert min(low) == 0
    assert max(low) == 20
    with pytest.raises(DataError, match="D403"):
        apply(Noise(1_000), [1, 2, 3, 4, 5, 6], pa.int8())
    for options in ({"sd": 0}, {"sd": float("inf")}, {"sd": 1, "minimum": 2, "maximum": 1}):
        assert list(Noise(**options).problems())
