"""How many persons are alone in their class in the population: four models side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.optimize import root

from deid.contracts import Evidence
from deid.model import Measure, Status
from deid.registry import register
from deid.risk.ewens_pitman import fit
from deid.risk.outcome import figure, obstacle, unavailable
from deid.risk.population import population_size
from deid.risk.subsets import distinct_sizes

Ints = npt.NDArray[np.int64]
_DANKAR_FRACTION = 0.1
_ROUNDING = 1e-9


@register("metric", "population_uniqueness")
@dataclass(frozen=True)
class PopulationUniqueness:
    """Expected population uniques by Pitman, Zayatz, SNB and Dankar's rule, and the largest that is available.

    Variants: the models differ by orders of magnitude on one table, each right by its own assumptions: read them
    together and gate on `popuniq.largest`. An estimate above N is out_of_range; a model that cannot be fitted is
    not_converged; never 0 for either. N is the population table's, or subjects / stated fraction.
    Sources: Hoshino 2001 (Pitman); Zayatz 1991; Chen and Keller-McNulty 1998 (SNB); Dankar et al. 2012 (rule).
    """

    title: ClassVar[str] = "Population uniqueness"
    formula: ClassVar[str] = (
        "Pitman: G(theta+1)/G(theta+alpha) N^alpha; Zayatz: C1/pi P(population unique | sample unique); "
        "SNB: K beta^alpha; Dankar: Pitman up to a fraction of 0.1, else the lower of SNB and Zayatz"
    )
    units: ClassVar[str] = "persons of the population; share in the detail"
    source: ClassVar[str] = "Hoshino 2001; Zayatz 1991; Chen and Keller-McNulty 1998; Dankar et al., BMC MIDM 2012"
    ids: ClassVar[Mapping[str, str]] = {
        "popuniq.pitman": "expected population uniques by the Ewens-Pitman model",
        "popuniq.zayatz": "expected population uniques by Zayatz's method",
        "popuniq.snb": "expected population uniques by the slide negative binomial model",
        "popuniq.dankar": "the estimate that Dankar's rule selects",
        "popuniq.largest": "the largest of the estimates that are available",
        "popuniq.largest_share": "the largest available estimate divided by the population size",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return every estimate."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        counts = evidence.table.counts
        n, size = int(counts.sum()), population_size(evidence)
        if size is None or size < n:
            reason = "no population size that holds the sample: state a population table or a sampling fraction"
            return tuple(unavailable(name, reason) for name in self.ids)
        return estimates(counts, size)


def estimates(counts: Ints, size: float) -> tuple[Measure, ...]:
    """Return the measures of all models for class sizes of a sample out of a population of a given size."""
    models = {"pitman": pitman(counts, size), "zayatz": zayatz(counts, size), "snb": snb(counts, size)}
    measures = [models["pitman"], models["zayatz"], models["snb"], dankar(models, int(counts.sum()) / size)]
    known = [measure for measure in models.values() if measure.value is not None]
    if not known:
        reason = "no model gives an estimate"
        return (*measures, *(unavailable(f"popuniq.{kind}", reason) for kind in ("largest", "largest_share")))
    top = max(known, key=lambda measure: measure.value or 0.0)
    value = top.value or 0.0
    return (*measures, figure("popuniq.largest", value, model=top.id), figure("popuniq.largest_share", value / size))


def pitman(counts: Ints, size: float) -> Measure:
    """Return the estimate of the Ewens-Pitman model fitted by maximum likelihood."""
    model = fit(counts)
    if not model.converged:
        reason = "the likelihood has no inner optimum on these class sizes"
        return unavailable("popuniq.pitman", reason, Status.NOT_CONVERGED)
    return _in_range("popuniq.pitman", model.uniques(size), counts, size, theta=model.theta, alpha=model.alpha)


def zayatz(counts: Ints, size: float) -> Measure:
    """Return Zayatz's estimate; the population size is rounded to whole persons for the hypergeometric law."""
    n, whole = int(counts.sum()), round(size)
    sizes, classes = distinct_sizes(counts)
    uniques = int((counts == 1).sum())
    one = sizes * n * np.exp(_log_ratio(whole, n, int(sizes[-1]))[sizes - 1])
    seen = float((classes / len(counts) * one).sum())
    if seen <= 0:
        return unavailable("popuniq.zayatz", "no class size of the sample could give a sample unique")
    alone = uniques / len(counts) * (n / whole) / seen
    return _in_range("popuniq.zayatz", uniques * size / n * alone, counts, size)


def _log_ratio(size: int, n: int, largest: int) -> npt.NDArray[np.float64]:
    """Return ln of choose(N - k, n - 1) / (n choose(N, n)) for k = 1 .. largest, summed factor by factor."""
    i = np.arange(largest)
    with np.errstate(divide="ignore"):
        factors = np.log(np.maximum(size - n - i, 0) / (size - i))
    return np.asarray(np.concatenate([[0.0], np.cumsum(factors[:-1])]) - np.log(size - i), np.float64)


def snb(counts: Ints, size: float) -> Measure:
    """Return the estimate of the slide negative binomial model: class size - 1 is NB(alpha, beta) in the population.

    Solved for the expected numbers of sample classes and of sample uniques under Bernoulli sampling, with K classes
    such that the population has its size.
    """
    name, n, u = "popuniq.snb", int(counts.sum()), len(counts)
    uniques, pi = int((counts == 1).sum()), int(counts.sum()) / size
    if uniques == 0 or u == n or pi >= 1:
        return unavailable(name, "needs sample uniques, larger classes and a fraction below 1", Status.NOT_CONVERGED)

    def expected(parameters: npt.NDArray[np.float64]) -> tuple[float, float, float, float, float]:
        logs = np.exp(np.clip(parameters, -30.0, 30.0))
        alpha, beta = float(logs[0]), float(logs[1] / (1 + logs[1]))
        classes = size / (1 + alpha * (1 - beta) / beta)
        rest = 1 - (1 - beta) * (1 - pi)
        power = np.exp(alpha * np.log(beta / rest))
        seen = classes * (1 - (1 - pi) * power)
        single = classes * pi * power * (1 + (1 - pi) * alpha * (1 - beta) / rest)
        return seen, single, classes, alpha, beta

    def off(parameters: npt.NDArray[np.float64]) -> list[float]:
        seen, single, *_ = expected(parameters)
        return [seen / u - 1, single / uniques - 1]

    with np.errstate(all="ignore"):
        for start in ((0.0, 0.0), (-1.0, -1.0), (-2.0, -4.0), (1.0, -2.0), (0.0, -6.0), (-3.0, -1.0), (2.0, 1.0)):
            found = root(off, np.array(start), tol=1e-12)
            if found.success and max(abs(value) for value in off(found.x)) < 1e-8:
                _, _, classes, alpha, beta = expected(found.x)
                return _in_range(name, classes * beta**alpha, counts, size, alpha=alpha, beta=beta)
    return unavailable(name, "the moment equations have no solution on these class sizes", Status.NOT_CONVERGED)


def dankar(models: Mapping[str, Measure], fraction: float) -> Measure:
    """Return what Dankar's rule selects; where its first choice has no value, the next one."""
    pitman_, zayatz_, snb_ = (models[name] for name in ("pitman", "zayatz", "snb"))
    if fraction <= _DANKAR_FRACTION:
        chosen = pitman_ if pitman_.value is not None else zayatz_
    elif snb_.value is not None and zayatz_.value is not None:
        chosen = min(snb_, zayatz_, key=lambda measure: measure.value or 0.0)
    else:
        chosen = zayatz_
    if chosen.value is None:
        return unavailable("popuniq.dankar", chosen.reason, chosen.status, model=chosen.id)
    return figure("popuniq.dankar", chosen.value, model=chosen.id, fraction=fraction)


def _in_range(name: str, value: float, counts: Ints, size: float, **detail: float) -> Measure:
    value = min(value, size) if value <= size * (1 + _ROUNDING) else value  # all alone: N itself, but for rounding
    if not np.isfinite(value) or value < 0 or value > size:
        return unavailable(name, "the estimate is not between 0 and the population size", Status.OUT_OF_RANGE, **detail)
    if value == 0.0 and (counts == 1).any():
        return unavailable(
            name, "the estimate vanished although there are sample uniques", Status.OUT_OF_RANGE, **detail
        )
    return figure(name, value, infinite="", share=value / size, population=size, **detail)
