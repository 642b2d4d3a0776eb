"""File-level risk from a log-linear model of the class sizes (Skinner and Holmes)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from deid.classes import ClassTable
from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import figure, obstacle, unavailable

Floats = npt.NDArray[np.float64]
_LARGEST_GRID = 2_000_000


@register("metric", "log_linear")
@dataclass(frozen=True)
class LogLinear:
    """Expected population uniques and correct matches among sample uniques, by a Poisson model with main effects.

    Variants: quasi-identifiers are categories, never numbers; the fitted counts of the independence model are products
    of margins over the full grid, so no grid is built; sums over sample uniques are divided by the J classes. v comes
    from fitted SAMPLE counts, as in survey tools, which gives the larger figure; `scaled` in the detail comes from
    population counts, v = (1-pi) lambda/pi, as Skinner and Shlomo have it.
    Source: Skinner and Holmes 1998; Skinner and Shlomo 2008.
    """

    title: ClassVar[str] = "Log-linear file risk"
    formula: ClassVar[str] = (
        "lambda fitted count, v = (1-pi) lambda; over uniques: gr1 = sum exp(-v) / J, gr2 = sum (1-exp(-v))/v / J"
    )
    units: ClassVar[str] = "mean over classes"
    source: ClassVar[str] = "Skinner and Holmes 1998; Skinner and Shlomo, JASA 2008"
    ids: ClassVar[Mapping[str, str]] = {
        "loglinear.gr1": "probability that a sample unique is a population unique, summed and divided by classes",
        "loglinear.gr2": "expected correct match of a sample unique, summed and divided by classes",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return gr1 and gr2 for the stated sampling fraction."""
        table = evidence.table
        nothing = obstacle(table)
        if nothing:
            return nothing.measures(*self.ids)
        fraction = evidence.fraction
        if fraction is None or not 0.0 < fraction <= 1.0:
            return tuple(unavailable(name, "no sampling fraction from 0 to 1 is stated") for name in self.ids)
        fitted, inclusion = independence(table), np.full(len(table), fraction)
        gr1, gr2 = file_risk(table.counts, fitted, inclusion)
        scaled1, scaled2 = file_risk(table.counts, fitted / fraction, inclusion)
        return (
            figure("loglinear.gr1", gr1, fraction=fraction, scaled=scaled1),
            figure("loglinear.gr2", gr2, fraction=fraction, scaled=scaled2),
        )


def independence(table: ClassTable) -> Floats:
    """Return the fitted count of each class under main effects alone: n times the product of its margins' shares."""
    n = table.subjects
    fitted = np.full(len(table), float(n))
    for i, words in enumerate(table.vocabularies):
        margin = np.bincount(table.codes[:, i], weights=table.counts, minlength=len(words)) / n
        fitted *= margin[table.codes[:, i]]
    return fitted


def fitted_counts(table: ClassTable, margins: Sequence[Sequence[str]]) -> Floats | None:
    """Return the fitted count of each class under a hierarchical model with the given margins, by iterative fitting.

    `margins` names the highest terms, such as (("region", "grade"), ("age",)) for region*grade + age; every variable
    stands in one. Works on the full grid of the values that occur; None where the grid is too large or the fit does not
    settle within 10,000 rounds.
    """
    axes = [np.unique(table.codes[:, i], return_inverse=True)[1].reshape(-1) for i in range(len(table.variables))]
    shape = tuple(int(axis.max(initial=0)) + 1 for axis in axes)
    if np.prod([float(size) for size in shape]) > _LARGEST_GRID or not len(table):
        return None
    observed = np.zeros(shape)
    observed[tuple(axes)] = table.counts
    fitted = np.full(shape, table.subjects / observed.size)
    kept = [{table.variables.index(name) for name in margin} for margin in margins]
    summed = [tuple(i for i in range(len(shape)) if i not in margin) for margin in kept]
    for _ in range(10_000):
        furthest = 0.0
        for others in summed:
            wanted, has = observed.sum(axis=others, keepdims=True), fitted.sum(axis=others, keepdims=True)
            furthest = max(furthest, float(np.abs(wanted - has).max()))
            fitted = fitted * np.divide(wanted, has, out=np.zeros_like(wanted), where=has > 0)
        if furthest < 1e-11 * table.subjects:
            return np.asarray(fitted[tuple(axes)], np.float64)
    return None


def file_risk(counts: npt.NDArray[np.int64], fitted: Floats, inclusion: Floats) -> tuple[float, float]:
    """Return gr1 and gr2 for class sizes, fitted counts and inclusion probabilities."""
    alone = counts == 1
    v = (1 - inclusion[alone]) * fitted[alone]
    gr1 = np.exp(-v).sum() / len(counts)
    gr2 = np.where(v > 0, -np.expm1(-v) / np.where(v > 0, v, 1.0), 1.0).sum() / len(counts)
    return float(gr1), float(gr2)
