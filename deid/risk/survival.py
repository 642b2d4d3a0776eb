"""Survival before and after: Kaplan-Meier curves and the Cox hazard ratio of one covariate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from deid.model import Measure, Status
from deid.risk.outcome import figure, unavailable

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """A Kaplan-Meier curve: just after each event time the share that survives, and how many were at risk before."""

    times: Floats
    survival: Floats
    at_risk: npt.NDArray[np.int64]

    def at(self, when: Floats) -> Floats:
        """Return the share that survives at given times, 1 before the first event."""
        place = np.searchsorted(self.times, when, side="right")
        return np.asarray(np.concatenate([[1.0], self.survival])[place])


def kaplan_meier(time: npt.ArrayLike, event: npt.ArrayLike) -> Curve:
    """Return the product-limit estimate; records without a time (NaN) are left out. Source: Kaplan and Meier 1958."""
    times, events = np.asarray(time, np.float64), np.asarray(event, np.bool_)
    known = ~np.isnan(times)
    times, events = times[known], events[known]
    when, deaths = np.unique(times[events], return_counts=True)
    at_risk = len(times) - np.searchsorted(np.sort(times), when, side="left")
    survival = np.asarray(np.cumprod(1 - deaths / np.maximum(at_risk, 1)), np.float64)
    return Curve(when, survival, at_risk.astype(np.int64))


def survival_gap(before: tuple[npt.ArrayLike, npt.ArrayLike], after: tuple[npt.ArrayLike, npt.ArrayLike]) -> Measure:
    """Return `util.survival_gap`: largest difference of the two curves, over times that both still observe.

    before, after: (time, event) of the original and of the release; the unit of time must be the same.
    """
    name = "util.survival_gap"
    a, b = kaplan_meier(*before), kaplan_meier(*after)
    if not len(a.times) or not len(b.times):
        return unavailable(name, "one of the two has no event")
    last = min(float(np.nanmax(np.asarray(side[0], np.float64))) for side in (before, after))
    when = np.union1d(a.times, b.times)
    when = when[when <= last]
    if not len(when):
        return unavailable(name, "the two have no time in common")
    return figure(name, float(np.abs(a.at(when) - b.at(when)).max()), times=len(when))


def hazard_ratio(time: npt.ArrayLike, event: npt.ArrayLike, covariate: npt.ArrayLike) -> Measure:
    """Return `util.hazard_ratio` of one covariate by Cox's partial likelihood (Efron's ties) with its 95 % interval.

    Records that miss time or covariate are left out. No value where the likelihood has no finite maximum.
    Source: Cox 1972; Efron 1977.
    """
    name = "util.hazard_ratio"
    times, x = np.asarray(time, np.float64), np.asarray(covariate, np.float64)
    known = ~(np.isnan(times) | np.isnan(x))
    times, events, x = times[known], np.asarray(event, np.bool_)[known], x[known]
    if events.sum() < 2 or np.ptp(x) == 0:
        return unavailable(name, "needs two events and a covariate that varies", Status.NOT_APPLICABLE)
    beta = 0.0
    for _ in range(100):
        slope, curvature = _cox(beta, times, events, x)
        if curvature <= 0:
            break
        step = float(np.clip(slope / curvature, -2.0, 2.0))
        beta += step
        if abs(beta) > 30:
            break
        if abs(step) < 1e-10:
            reach = 1.959963984540054 / float(np.sqrt(curvature))
            interval = (float(np.exp(beta - reach)), float(np.exp(beta + reach)))
            return Measure(name, float(np.exp(beta)), interval=interval, detail={"records": len(x)})
    return unavailable(name, "the partial likelihood has no finite maximum", Status.NOT_CONVERGED)


def _cox(beta: float, times: Floats, events: npt.NDArray[np.bool_], x: Floats) -> tuple[float, float]:
    """Return score and information of Efron's partial likelihood at beta."""
    order = np.argsort(times, kind="stable")
    times, events, x = times[order], events[order], x[order]
    weight = np.exp(beta * (x - x.mean()))
    terms = np.stack([weight, weight * x, weight * x * x])
    later = np.cumsum(terms[:, ::-1], axis=1)[:, ::-1]
    slope = information = 0.0
    for when in np.unique(times[events]):
        first = int(np.searchsorted(times, when, side="left"))
        tied = np.flatnonzero((times == when) & events)
        mine = terms[:, tied].sum(axis=1)
        for rank in range(len(tied)):
            total, one, two = later[:, first] - rank / len(tied) * mine
            slope += float(x[tied[rank]] - one / total)
            information += float(two / total - (one / total) ** 2)
    return slope, information
