"""Propensity score error (pMSE): whether a model can tell original from released records."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from deid.hierarchy import Recoding
from deid.model import Measure, Status
from deid.risk.outcome import figure, unavailable

Floats = npt.NDArray[np.float64]
Null = Literal["original_fixed", "permutation"]


def pmse_cells(original: npt.ArrayLike, released: npt.ArrayLike) -> Measure:
    """Return `util.pmse` of the saturated model: counts of original and released records by cell.

    (1/N) sum (p_i - c)^2, p_i the share of released records in the cell of record i, c their share in all.
    Source: Woo, Reiter, Oganian, Karr 2009; Snoke et al. 2018.
    """
    a, b = np.asarray(original, np.float64), np.asarray(released, np.float64)
    total = a + b
    if a.shape != b.shape or a.sum() <= 0 or b.sum() <= 0:
        return unavailable("util.pmse", "there are no records on one side")
    held = total > 0
    c = b.sum() / total.sum()
    value = (total[held] * (b[held] / total[held] - c) ** 2).sum() / total.sum()
    return figure("util.pmse", float(value), model="saturated", parameters=int(held.sum()))


def pmse_recoding(recoding: Recoding, counts: npt.NDArray[np.int64]) -> tuple[Measure, Measure]:
    """Return `util.pmse` and `util.pmse_ratio` of a release against its own input in the same released cells.

    `counts` are the subjects of each class. Every input differs from a release with coarser cells, so both sides are
    taken in released cells: what is measured is what suppression did to the joint distribution, over all variables.
    """
    _, cell = np.unique(recoding.codes, axis=0, return_inverse=True)
    cell, kept = cell.reshape(-1), np.where(recoding.suppressed, 0, counts)
    sides = [np.bincount(cell, weights=weights) for weights in (counts, kept)]
    found = pmse_cells(*sides)
    total = float(sides[0].sum() + sides[1].sum())
    share = float(sides[1].sum()) / total if total else 0.0
    expected = null_expectation(int(found.detail.get("parameters", 1)), int(total), share)
    return found, pmse_ratio(found, expected)


def null_expectation(parameters: int, records: int, share: float, null: Null = "original_fixed") -> Measure:
    """Return `util.pmse_null_expectation` for a model of that many parameters, intercept included.

    The original fixed and the release drawn anew: (k-1)(1-c)^2 c/N (Snoke et al., JRSS-A 2018); under permutation of
    the labels: (k-1) c (1-c)/N. The two differ by the factor 1/(1-c).
    """
    name = "util.pmse_null_expectation"
    if records <= 0 or not 0.0 < share < 1.0 or parameters < 1:
        return unavailable(name, "needs records on both sides and a model", Status.NOT_APPLICABLE)
    value = (parameters - 1) * share * (1 - share) / records
    return figure(name, value * (1 - share) if null == "original_fixed" else value, null=null)


def pmse_ratio(pmse: Measure, null: Measure) -> Measure:
    """Return `util.pmse_ratio`: pMSE divided by its expectation; 1 is what a perfect release would give."""
    name = "util.pmse_ratio"
    if pmse.value is None or null.value is None or null.value == 0:
        return unavailable(name, "pMSE or its expectation has no value")
    return figure(name, pmse.value / null.value, **dict(null.detail))


def pmse_logistic(original: Floats, released: Floats) -> Measure:
    """Return `util.pmse` of a logistic model with main effects on numeric (or one-hot) columns without missing cells.

    Fitted by iteratively reweighted least squares with a ridge of 1e-8, so that separable data still give a figure.
    """
    name = "util.pmse"
    if original.ndim != 2 or released.ndim != 2 or original.shape[1] != released.shape[1]:
        return unavailable(name, "the two sides do not have the same columns", Status.NOT_APPLICABLE)
    if not len(original) or not len(released):
        return unavailable(name, "there are no records on one side")
    both = np.vstack([original, released])
    if np.isnan(both).any():
        return unavailable(name, "there are missing cells")
    spread = both.std(axis=0)
    both = (both - both.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    design = np.column_stack([np.ones(len(both)), both])
    label = np.concatenate([np.zeros(len(original)), np.ones(len(released))])
    propensity, converged = _logistic(design, label)
    if not converged:
        return unavailable(name, "the propensity model did not converge", Status.NOT_CONVERGED)
    value = float(((propensity - label.mean()) ** 2).mean())
    return figure(name, value, model="logistic main effects", parameters=int(np.linalg.matrix_rank(design)))


def _logistic(design: Floats, label: Floats) -> tuple[Floats, bool]:
    weights = np.zeros(design.shape[1])
    ridge = 1e-8 * len(design) * np.eye(design.shape[1])
    for _ in range(100):
        chance = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (label - chance) - ridge @ weights
        step = np.linalg.solve((design * (chance * (1 - chance))[:, None]).T @ design + ridge, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            return np.asarray(1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))), True
    return chance, False
