"""k-map: the smallest population class among those that stand in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import Obstacle, figure, obstacle
from deid.risk.population import match


@register("metric", "k_map")
@dataclass(frozen=True)
class KMap:
    """How many persons of the population every tuple of the data may belong to, at the least.

    Variant: counted in a population table; nothing is estimated where none is given. Source: Sweeney 2001.
    """

    title: ClassVar[str] = "k-map"
    formula: ClassVar[str] = "min F_j over the classes of the sample"
    units: ClassVar[str] = "persons of the population"
    source: ClassVar[str] = "Sweeney 2001, Computational disclosure control, thesis, MIT"
    ids: ClassVar[Mapping[str, str]] = {"k_map": "size of the smallest population class that stands in the sample"}

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return the smallest population class of the sample."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        matched = match(evidence)
        if isinstance(matched, Obstacle):
            return matched.measures(*self.ids)
        return (figure("k_map", int(matched.population.min()), variant="population table"),)
