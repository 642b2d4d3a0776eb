"""Discernibility and average class size: what the classes cost, seen from their sizes alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import figure, obstacle


@register("metric", "class_quality")
@dataclass(frozen=True)
class ClassQuality:
    """Discernibility, average class size and C_avg.

    Variants: discernibility charges a suppressed subject with the size of the whole dataset, suppressed ones included;
    C_avg divides by the k that was reached. Sources: Bayardo and Agrawal 2005; LeFevre et al. 2006.
    """

    title: ClassVar[str] = "Discernibility and average class size"
    formula: ClassVar[str] = "DM = sum f_j^2 + (n + s) s, s suppressed; average = n / classes; C_avg = average / k"
    units: ClassVar[str] = "DM: pairs of subjects; average: subjects; C_avg: ratio, 1 at best"
    source: ClassVar[str] = "Bayardo and Agrawal, ICDE 2005; LeFevre, DeWitt, Ramakrishnan, ICDE 2006"
    ids: ClassVar[Mapping[str, str]] = {
        "discernibility": "sum of squared class sizes, plus the size of the dataset for each suppressed subject",
        "average_class_size": "subjects divided by classes",
        "c_avg": "average class size divided by k",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return discernibility, average class size and C_avg."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        sizes = evidence.table.counts
        n = int(sizes.sum())
        penalty = int(np.dot(sizes, sizes)) + (n + evidence.suppressed) * evidence.suppressed
        average = n / len(sizes)
        return (
            figure("discernibility", penalty, suppressed=evidence.suppressed),
            figure("average_class_size", average),
            figure("c_avg", average / int(sizes.min()), k=int(sizes.min())),
        )
