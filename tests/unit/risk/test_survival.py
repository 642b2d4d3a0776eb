"""Survival curves, hazard ratios and shift candidates."""

from __future__ import annotations

import datetime

import numpy as np
import pytest

from deid.model import Status
from deid.risk.shift_residual import shift_candidates
from deid.risk.survival import _cox, hazard_ratio, kaplan_meier, survival_gap

TIME, EVENT = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13], [1, 1, 1, 0, 1, 0, 1, 0, 0, 1]


def test_kaplan_meier_is_the_product_of_conditional_survival() -> None:
    curve = kaplan_meier(TIME, EVENT)
    assert curve.times.tolist() == [6, 7, 10, 13]
    assert curve.at_risk.tolist() == [10, 6, 4, 1]
    assert curve.survival == pytest.approx([0.7, 0.7 * 5 / 6, 0.7 * 5 / 6 * 3 / 4, 0.0])
    assert curve.at(np.array([5.0, 6.0, 8.0])) == pytest.approx([1.0, 0.7, 0.7 * 5 / 6])


def test_survival_gap() -> None:
    assert survival_gap((TIME, EVENT), (TIME, EVENT)).value == 0.0
    assert survival_gap((TIME, EVENT), ([t + 100 for t in TIME], EVENT)).value == 1.0
    assert survival_gap((TIME, EVENT), (TIME, [0] * 10)).value is None
    assert survival_gap(([1.0, np.nan], [1, 1]), ([1.0, np.nan], [1, 1])).value == 0.0


def test_hazard_ratio_maximises_the_partial_likelihood() -> None:
    x = [0, 1, 1, 0, 1, 0, 0, 1, 0, 1]
    found = hazard_ratio(TIME, EVENT, x)
    arrays = np.array(TIME, float), np.array(EVENT) > 0, np.array(x, float)
    assert _cox(float(np.log(found.value)), *arrays)[0] == pytest.approx(0.0, abs=1e-8)
    assert found.interval[0] < found.value < found.interval[1]

    def likelihood(beta: float) -> float:
        total = 0.0
        for when in sorted({t for t, e in zip(TIME, EVENT, strict=True) if e}):
            risk = [np.exp(beta * x[i]) for i in range(10) if TIME[i] >= when]
            tied = [i for i in range(10) if TIME[i] == when and EVENT[i]]
            mine = sum(np.exp(beta * x[i]) for i in tied)
            total += sum(beta * x[i] for i in tied)
            total -= sum(np.log(sum(risk) - rank / len(tied) * mine) for rank in range(len(tied)))
        return total

    best = likelihood(float(np.log(found.value)))
    assert best >= max(likelihood(float(np.log(found.value)) + step) for step in (-0.01, 0.01))


def test_a_hazard_ratio_without_a_maximum_has_no_value() -> None:
    assert hazard_ratio([1, 2, 3, 4], [1, 1, 0, 0], [1, 1, 0, 0]).status is Status.NOT_CONVERGED
    assert hazard_ratio([1, 2], [1, 1], [3, 3]).status is Status.NOT_APPLICABLE


def test_workdays_narrow_the_shift() -> None:
    monday = (datetime.date(2021, 3, 1) - datetime.date(1970, 1, 1)).days
    week = {"p": [monday + i for i in range(5)]}
    least, _ = shift_candidates(week, 10)
    assert least.value == 3  # -7, 0 and 7: only whole weeks keep five workdays in a row
    assert shift_candidates({"p": [monday]}, 10)[0].value == 15
    assert shift_candidates({"p": []}, 10)[0].value is None


def test_a_known_study_period_narrows_the_shift_further() -> None:
    every = range(7)
    least, median = shift_candidates({"p": [100, 110]}, 5, weekdays=every, first_day=98, last_day=112)
    assert least.value == median.value == 5
