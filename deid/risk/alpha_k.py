"""(alpha,k)-anonymity: the largest share of one sensitive value in a class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.distribution import distribution
from deid.risk.outcome import figure, obstacle


@register("metric", "alpha_k")
@dataclass(frozen=True)
class AlphaK:
    """How surely a member of a class can be said to hold one value: the largest share of subjects with it.

    Variant: the share is taken of the subjects of the class, so that it is right where a subject holds several values;
    a missing value counts as a value. Source: Wong, Li, Fu, Wang, KDD 2006.
    """

    title: ClassVar[str] = "(alpha,k)-anonymity"
    formula: ClassVar[str] = "alpha = max_j max_s f_js / f_j"
    units: ClassVar[str] = "share of subjects, 0 to 1"
    source: ClassVar[str] = "Wong, Li, Fu, Wang, (alpha,k)-anonymity, KDD 2006"
    ids: ClassVar[Mapping[str, str]] = {
        "alpha_k.<ATTR>": "largest share of the subjects of a class that hold one value"
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return alpha for every sensitive attribute."""
        nothing = obstacle(evidence.table)
        names = [f"alpha_k.{name}" for name in evidence.table.sensitive]
        if nothing:
            return nothing.measures(*names)
        k = int(evidence.table.counts.min())
        spreads = [distribution(evidence.table, name) for name in evidence.table.sensitive]
        return tuple(figure(name, spread.held.max(), k=k) for name, spread in zip(names, spreads, strict=True))
