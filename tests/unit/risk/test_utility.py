"""Utility figures: known answers, and no value where there is none."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest

from deid.hierarchy import Recoding
from deid.model import Status
from deid.risk import continuous, divergence, information_loss, propensity
from deid.risk.tables import class_table
from deid.risk.utility import recoding_utility

X = np.array([[1.0, 10.0], [2.0, 30.0], [3.0, 20.0], [4.0, 50.0]])


def test_an_unchanged_table_loses_nothing_and_discloses_all() -> None:
    assert continuous.interval_disclosure(X, X, 0.01).value == 1.0
    assert continuous.il1s(X, X)[0].value == 0.0
    assert continuous.il1(X, X).value == 0.0
    assert continuous.eigenvalue_loss(X, X).value == pytest.approx(0.0, abs=1e-12)
    assert continuous.correlation_change(X, X).value == 0.0


def test_missing_cells_are_left_out_and_counted() -> None:
    changed = X.copy()
    changed[0, 0] = np.nan
    total, mean = continuous.il1s(X, changed)
    assert total.detail["missing"] == 1
    assert mean.value == 0.0
    assert continuous.interval_disclosure(X, np.full_like(X, np.nan), 1.0).value == 0.0


def test_figures_that_do_not_exist_have_no_value() -> None:
    constant = np.ones((3, 2))
    assert continuous.eigenvalue_loss(constant, constant).value is None
    assert continuous.il1s(X, X[:2])[0].status is Status.NOT_APPLICABLE
    assert continuous.il1(np.array([[0.0]]), np.array([[1.0]])).detail["infinite"]
    assert continuous.il1s(constant, constant + 1)[0].status is Status.OUT_OF_RANGE
    assert divergence.kullback_leibler([1, 1], [2, 0]).status is Status.OUT_OF_RANGE
    assert divergence.kullback_leibler([], []).value is None
    assert divergence.hellinger([0, 0], [1, 1]).value is None
    assert information_loss.entropy_loss(["a", "a"], ["*", "*"]).value is None
    assert information_loss.gcp([]).value is None
    assert propensity.pmse_cells([0, 0], [1, 1]).value is None
    assert propensity.pmse_ratio(propensity.pmse_cells([1], [1]), propensity.null_expectation(1, 2, 0.5)).value is None


def test_divergences() -> None:
    assert divergence.jensen_shannon([1, 0], [0, 1]).value == pytest.approx(1.0)
    assert divergence.hellinger([1, 0], [0, 1]).value == pytest.approx(1.0)
    assert divergence.total_variation([3, 1], [1, 3]).value == pytest.approx(0.5)
    assert divergence.kullback_leibler([5, 5], [5, 5]).value == 0.0


def test_certainty_penalties() -> None:
    assert information_loss.ncp_categorical([5, 5], 5).value == 1.0
    assert information_loss.ncp_categorical([1, 1], 5).value == 0.0
    assert information_loss.ncp_categorical([1], 1).value == 0.0
    assert information_loss.ncp_numeric([10, 0], 20).value == 0.25
    assert information_loss.ncp_numeric([10], 0).value is None
    assert information_loss.entropy_loss(["a", "b"], ["*", "*"]).value == 1.0
    assert information_loss.entropy_loss(["a", "b"], ["a", "b"]).value == 0.0


def test_utility_of_a_recoding_is_that_of_its_rows() -> None:
    cells = {"a": pa.array(list("uuvvwx")), "b": pa.array(["1"] * 6), "s": pa.array(list("yyyyzz"))}
    before, _ = class_table(cells, ["a", "b"], ["s"])
    names = [before.vocabularies[0][code] for code in before.codes[:, 0]]
    groups = {"u": 1, "v": 1, "w": 2, "x": 2}
    codes = np.array([[groups[name], 1] for name in names], np.int32)
    suppressed = np.array([name == "x" for name in names])
    recoding = Recoding(("a", "b"), ((None, "uv", "wx"), (None, "1")), codes, suppressed, None, "test", 0.5)
    after, _ = class_table({"a": pa.array(["uv"] * 4 + ["wx"]), "b": pa.array(["1"] * 5), "s": pa.array(list("yyyyz"))},
                           ["a", "b"], ["s"])  # fmt: skip
    found = recoding_utility(before, recoding, after)
    by_rows = information_loss.entropy_loss(list("uuvvwx"), ["g", "g", "g", "g", "h", "*"])
    assert found["util.nue.a"].value == pytest.approx(by_rows.value)
    assert found["util.nue.b"].status is Status.NOT_APPLICABLE
    assert found["util.nue"].value == found["util.nue.a"].value
    assert found["util.total_variation.s"].value == pytest.approx(1 / 3 - 1 / 5)
    assert found["util.hellinger.s"].value > 0


def test_the_two_null_expectations_differ_by_their_factor() -> None:
    fixed = propensity.null_expectation(4, 100, 0.6)
    mixed = propensity.null_expectation(4, 100, 0.6, "permutation")
    assert mixed.value / fixed.value == pytest.approx(1 / 0.4)


def test_logistic_propensity_agrees_with_the_saturated_model_on_one_indicator() -> None:
    original = np.array([[0.0]] * 30 + [[1.0]] * 10)
    released = np.array([[0.0]] * 20 + [[1.0]] * 40)
    found = propensity.pmse_logistic(original, released)
    assert found.value == pytest.approx(0.04, abs=1e-6)
    assert found.detail["parameters"] == 2
    apart = propensity.pmse_logistic(np.zeros((5, 1)), np.ones((5, 1)))
    assert apart.value is None or math.isclose(apart.value, 0.25, abs_tol=0.01)
