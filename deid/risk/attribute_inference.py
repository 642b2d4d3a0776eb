"""Bayes vulnerability: how often the best guess of a sensitive value is right, before and after seeing the classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.distribution import Distribution, distribution
from deid.risk.outcome import figure, obstacle


@register("metric", "attribute_inference")
@dataclass(frozen=True)
class AttributeInference:
    """Success of an attacker who guesses the most frequent value: of the table (prior), of each class (posterior).

    Variant: a missing value may be the guess; where a subject holds several values, a guess is right if it is one of
    them. Source: Alvim et al. 2020.
    """

    title: ClassVar[str] = "Attribute inference (Bayes vulnerability)"
    formula: ClassVar[str] = "prior = max_s f_s / n; posterior = (1/n) sum_j max_s f_js"
    units: ClassVar[str] = "probability, 0 to 1"
    source: ClassVar[str] = "Alvim et al. 2020, The science of quantitative information flow"
    ids: ClassVar[Mapping[str, str]] = {
        "attr.prior.<ATTR>": "probability of guessing the value right without knowing the class",
        "attr.posterior.<ATTR>": "probability of guessing the value right from the class",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return prior and posterior for every sensitive attribute."""
        nothing = obstacle(evidence.table)
        measures: list[Measure] = []
        for name in evidence.table.sensitive:
            ids = (f"attr.prior.{name}", f"attr.posterior.{name}")
            if nothing:
                measures += nothing.measures(*ids)
                continue
            prior, posterior = vulnerability(distribution(evidence.table, name))
            measures += [figure(ids[0], prior), figure(ids[1], posterior, leakage=posterior / prior)]
        return tuple(measures)


def vulnerability(spread: Distribution) -> tuple[float, float]:
    """Return prior and posterior Bayes vulnerability."""
    n = int(spread.sizes.sum())
    best = spread.largest(spread.counts.astype(np.float64))
    return float(spread.totals.max() / n), float(best.sum() / n)
