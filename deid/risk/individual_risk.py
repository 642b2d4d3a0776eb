"""Individual risk by sampling weights: the Benedetti-Franconi posterior."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import hyp2f1

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import figure, obstacle, unavailable
from deid.risk.subsets import distinct_sizes

Floats = npt.NDArray[np.float64]
_SERIES_FROM = 40


@register("metric", "individual_risk")
@dataclass(frozen=True)
class IndividualRisk:
    """Posterior mean of 1/F of each subject given f, F - f negative binomial with success probability p = f/F.

    Variants: exact by the hypergeometric function; the global figure uses the closed forms for f = 1 and 2 and the
    approximation p/(f - (1 - p)) above, as survey tools do, with the exact sum in the detail. Here F = f / fraction;
    `posterior_risk` takes F from sampling weights. Source: Benedetti and Franconi 1998; Franconi and Polettini 2004.
    """

    title: ClassVar[str] = "Individual risk (Benedetti-Franconi)"
    formula: ClassVar[str] = "p = f/F; r = p^f/f 2F1(f, f; f+1; 1-p); expected = sum of r over subjects"
    units: ClassVar[str] = "max: probability; expected: subjects"
    source: ClassVar[str] = (
        "Benedetti and Franconi 1998; Franconi and Polettini 2004, Individual risk estimation in mu-Argus"
    )
    ids: ClassVar[Mapping[str, str]] = {
        "indivrisk.max": "largest individual risk, exact",
        "indivrisk.expected": "expected number of re-identifications",
        "indivrisk.expected_share": "expected number of re-identifications divided by subjects",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return the largest individual risk and the expected re-identifications for the stated fraction."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        fraction = evidence.fraction
        if fraction is None or not 0.0 < fraction <= 1.0:
            return tuple(unavailable(name, "no sampling fraction from 0 to 1 is stated") for name in self.ids)
        sizes, classes = distinct_sizes(evidence.table.counts)
        f = sizes.astype(np.float64)
        exact = posterior_risk(f, f / fraction)
        risk = np.where(f <= 2, exact, approximate_risk(f, f / fraction))
        expected = float((classes * f * risk).sum())
        return (
            figure("indivrisk.max", exact.max(), fraction=fraction),
            figure("indivrisk.expected", expected, exact=float((classes * f * exact).sum()), fraction=fraction),
            figure("indivrisk.expected_share", expected / evidence.table.subjects, fraction=fraction),
        )


def posterior_risk(f: npt.ArrayLike, population: npt.ArrayLike) -> Floats:
    """Return the exact risk r for sample sizes f and population sizes F (sums of sampling weights) of classes.

    Euler's transformation gives p^f/f 2F1(f,f;f+1;1-p) = p/f 2F1(1,1;f+1;1-p). From f = 40 on its series is summed
    here (term k is below 1/choose(f+k, k)), because the library's function gives no number for large f.
    """
    sizes, wanted = np.broadcast_arrays(np.asarray(f, np.float64), np.asarray(population, np.float64))
    p = np.minimum(sizes / wanted, 1.0)
    term = np.where(sizes < _SERIES_FROM, 0.0, 1.0)
    series = term.copy()
    for k in range(1, 81):
        term = term * k * (1.0 - p) / (sizes + k)
        series += term
    small = hyp2f1(1.0, 1.0, np.minimum(sizes, _SERIES_FROM) + 1.0, 1.0 - p)
    return np.asarray(p / sizes * np.where(sizes < _SERIES_FROM, small, series), np.float64)


def approximate_risk(f: npt.ArrayLike, population: npt.ArrayLike) -> Floats:
    """Return the approximation p/(f - (1 - p)), meant for f above 2."""
    sizes = np.asarray(f, np.float64)
    p = np.minimum(sizes / np.asarray(population, np.float64), 1.0)
    return np.asarray(p / (sizes - (1.0 - p)), np.float64)


def expected_reidentifications(f: npt.ArrayLike, population: npt.ArrayLike) -> float:
    """Return the sum of r over subjects for classes of f subjects: exact for f = 1 and 2, approximate above."""
    sizes = np.asarray(f, np.float64)
    risk = np.where(sizes <= 2, posterior_risk(sizes, population), approximate_risk(sizes, population))
    return float((sizes * risk).sum())
