"""delta-presence: how surely one can tell that a person of the population is in the data, or is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import Obstacle, figure, obstacle
from deid.risk.population import match


@register("metric", "delta_presence")
@dataclass(frozen=True)
class DeltaPresence:
    """Smallest and largest probability f/F of being in the data, over the classes of the POPULATION.

    Variant: a population class without anybody in the data gives 0 and counts for the smallest.
    Source: Nergiz, Atzori, Clifton, SIGMOD 2007.
    """

    title: ClassVar[str] = "delta-presence"
    formula: ClassVar[str] = "min and max of f_j/F_j over population classes, f_j = 0 where absent from the sample"
    units: ClassVar[str] = "probability, 0 to 1"
    source: ClassVar[str] = "Nergiz, Atzori, Clifton, Hiding the presence of individuals, SIGMOD 2007"
    ids: ClassVar[Mapping[str, str]] = {
        "delta_presence.min": "smallest probability that a person of the population is in the data",
        "delta_presence.max": "largest probability that a person of the population is in the data",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return the bounds of the probability of presence."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        matched = match(evidence)
        if isinstance(matched, Obstacle):
            return matched.measures(*self.ids)
        present = matched.sample / matched.population
        lowest = 0.0 if matched.absent else float(present.min())
        return (
            figure("delta_presence.min", lowest, population_classes_absent=matched.absent),
            figure("delta_presence.max", float(present.max())),
        )
