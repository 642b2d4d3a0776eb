"""Beta-likeness: how much a class raises the share of a sensitive value, relative to the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.distribution import Distribution, distribution
from deid.risk.outcome import SLACK, figure, obstacle


@register("metric", "beta_likeness")
@dataclass(frozen=True)
class BetaLikeness:
    """Largest relative gain of a value in a class (basic), and the smallest beta of the enhanced model.

    Variants: shares are of subjects, a missing value is a value. The enhanced model asks of each value that gains that
    the gain be at most min(beta, -ln p); where a gain exceeds -ln p, no beta satisfies it and there is no value
    (out_of_range, infinite). Source: Cao and Karras, PVLDB 2012.
    """

    title: ClassVar[str] = "beta-likeness"
    formula: ClassVar[str] = "basic: max (q - p)/p; enhanced: smallest beta with (q - p)/p <= min(beta, -ln p)"
    units: ClassVar[str] = "relative gain, 0 or more"
    source: ClassVar[str] = "Cao and Karras, Publishing microdata with a robust privacy guarantee, PVLDB 2012"
    ids: ClassVar[Mapping[str, str]] = {
        "beta.basic.<ATTR>": "largest relative gain of a value in a class over its share in the table",
        "beta.enhanced.<ATTR>": "smallest beta for which enhanced beta-likeness holds; infinite where none does",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return both variants for every sensitive attribute."""
        nothing = obstacle(evidence.table)
        measures: list[Measure] = []
        for name in evidence.table.sensitive:
            if nothing:
                measures += nothing.measures(f"beta.basic.{name}", f"beta.enhanced.{name}")
                continue
            spread = distribution(evidence.table, name)
            measures += [
                figure(f"beta.basic.{name}", basic_beta(spread)),
                figure(f"beta.enhanced.{name}", enhanced_beta(spread), infinite="a value gains more than -ln p"),
            ]
        return tuple(measures)


def _gains(spread: Distribution) -> np.typing.NDArray[np.float64]:
    p = spread.held_overall[spread.codes]
    return np.asarray(np.maximum((spread.held - p) / p, 0.0), np.float64)


def basic_beta(spread: Distribution) -> float:
    """Return the largest (q - p)/p, 0 where no value gains."""
    return float(_gains(spread).max())


def enhanced_beta(spread: Distribution) -> float:
    """Return the smallest beta of the enhanced model, infinite where some gain exceeds -ln p."""
    gains = _gains(spread)
    limits = -np.log(np.minimum(spread.held_overall[spread.codes], 1.0))
    return float("inf") if (gains > limits + SLACK).any() else float(gains.max())
