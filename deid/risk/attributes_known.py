"""Risk by the number of quasi-identifiers that the attacker knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from deid.classes import ClassTable
from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import figure, obstacle, unavailable
from deid.risk.subsets import affordable_size, subset_sizes


@register("metric", "attributes_known")
@dataclass(frozen=True)
class AttributesKnown:
    """Average and highest prosecutor risk for the worst choice of m quasi-identifiers, m = 1, 2, ...

    Variants: the value is the worst subset, the mean over subsets stands in the detail. Every subset of a size is
    examined or none: a size that is too costly has no value, only the bounds that follow from smaller and larger sets
    (knowing more never lowers the risk). Source: Alvim et al., flexible and scalable privacy assessment, 2022.
    """

    largest: int = 6

    title: ClassVar[str] = "Risk by number of quasi-identifiers known"
    formula: ClassVar[str] = "max over subsets of m quasi-identifiers of Rc = classes / n, and of Rb = 1 / min f"
    units: ClassVar[str] = "probability, 0 to 1"
    source: ClassVar[str] = (
        "Alvim, Fernandes, McIver, Morgan, Nunes, Flexible and scalable privacy assessment, PoPETs 2022"
    )
    ids: ClassVar[Mapping[str, str]] = {
        "known.rc.m<N>": "average risk when the attacker knows the worst N quasi-identifiers",
        "known.rb.m<N>": "highest risk when the attacker knows the worst N quasi-identifiers",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return both figures for each number of quasi-identifiers known."""
        table = evidence.table
        numbers = range(1, max(1, min(self.largest, len(table.variables))) + 1)
        nothing = obstacle(table)
        if nothing:
            return nothing.measures(*(f"known.{kind}.m{m}" for m in numbers for kind in ("rc", "rb")))
        measures: list[Measure] = []
        examined = affordable_size(table, self.largest)
        lower = {"rc": 0.0, "rb": 0.0}
        for m in numbers:
            if m > examined:
                measures += _bounded(table, m, lower)
                continue
            measures += _examined(table, m)
            lower = {kind: measure.value or 0.0 for kind, measure in zip(("rc", "rb"), measures[-2:], strict=True)}
        return tuple(measures)


def _examined(table: ClassTable, m: int) -> tuple[Measure, Measure]:
    n = table.subjects
    averages, highest, chosen = [], [], []
    for columns in combinations(range(len(table.variables)), m):
        sizes = subset_sizes(table, columns)
        averages.append(len(sizes) / n)
        highest.append(1 / int(sizes.min()))
        chosen.append(columns)
    worst = [table.variables[i] for i in chosen[int(np.argmax(averages))]]
    return (
        figure(f"known.rc.m{m}", max(averages), mean=float(np.mean(averages)), worst=worst, subsets=len(chosen)),
        figure(f"known.rb.m{m}", max(highest), mean=float(np.mean(highest)), subsets=len(chosen)),
    )


def _bounded(table: ClassTable, m: int, lower: Mapping[str, float]) -> tuple[Measure, Measure]:
    upper = {"rc": len(table) / table.subjects, "rb": 1 / int(table.counts.min())}
    reason = f"too many subsets of {m} quasi-identifiers"
    rc, rb = (
        unavailable(f"known.{kind}.m{m}", reason, at_least=lower[kind], at_most=upper[kind]) for kind in ("rc", "rb")
    )
    return rc, rb
