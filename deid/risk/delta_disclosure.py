"""delta-disclosure privacy: how far the logarithm of a value's share moves in a class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.distribution import distribution
from deid.risk.outcome import figure, obstacle


@register("metric", "delta_disclosure")
@dataclass(frozen=True)
class DeltaDisclosure:
    """Largest |ln(q/p)| over values that a class holds, and the strict form that minds values it lacks.

    Variants: natural logarithms (some tools print log2, which is larger by 1.4427); `ln` passes over values that a
    class does not hold, `strict` is infinite there, as the paper has it. Source: Brickell and Shmatikov, KDD 2008.
    """

    title: ClassVar[str] = "delta-disclosure privacy"
    formula: ClassVar[str] = "max |ln(q/p)|; ln: over q > 0; strict: over every value of the table"
    units: ClassVar[str] = "nats"
    source: ClassVar[str] = "Brickell and Shmatikov, The cost of privacy, KDD 2008"
    ids: ClassVar[Mapping[str, str]] = {
        "delta_disclosure.ln.<ATTR>": "largest |ln(q/p)| over the values that a class holds",
        "delta_disclosure.strict.<ATTR>": "the same over all values; infinite where a class lacks one",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return both variants for every sensitive attribute."""
        nothing = obstacle(evidence.table)
        measures: list[Measure] = []
        for name in evidence.table.sensitive:
            ids = (f"delta_disclosure.ln.{name}", f"delta_disclosure.strict.{name}")
            if nothing:
                measures += nothing.measures(*ids)
                continue
            spread = distribution(evidence.table, name)
            delta = float(np.abs(np.log(spread.held / spread.held_overall[spread.codes])).max())
            complete = len(spread.classes) == len(spread.sizes) * int((spread.totals > 0).sum())
            strict = delta if complete else float("inf")
            measures += [
                figure(ids[0], delta, base="e", absent_values="passed over"),
                figure(ids[1], strict, infinite="a class lacks a value of the table", base="e"),
            ]
        return tuple(measures)
