"""k-anonymity, sample uniqueness and the sizes of the equivalence classes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import figure, obstacle

#: Bins of the class-size histogram: lower and upper bound, both included.
BINS: tuple[tuple[str, int, int], ...] = (
    ("1", 1, 1),
    ("2-4", 2, 4),
    ("5-10", 5, 10),
    ("11-19", 11, 19),
    ("20+", 20, np.iinfo(np.int64).max),
)


@register("metric", "class_sizes")
@dataclass(frozen=True)
class ClassSizes:
    """Smallest class, number of classes and share of subjects who are alone in theirs.

    Variant: a missing value is a category of its own (a blank equals a blank); suppressed subjects are no class and
    are not counted. `classes` holds the histogram in its detail: bin -> classes, subjects. Source: Sweeney 2002.
    """

    title: ClassVar[str] = "k-anonymity and class sizes"
    formula: ClassVar[str] = "k = min f_j; unique_share = (classes with f_j = 1) / n"
    units: ClassVar[str] = "k and classes: counts; unique_share: 0 to 1"
    source: ClassVar[str] = "Sweeney 2002, k-anonymity: a model for protecting privacy"
    ids: ClassVar[Mapping[str, str]] = {
        "k": "number of subjects in the smallest class",
        "classes": "number of equivalence classes; detail holds the class-size histogram",
        "unique_share": "share of subjects who are alone in their class (sample uniques)",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return k, the number of classes with their histogram, and sample uniqueness."""
        nothing = obstacle(evidence.table)
        if nothing:
            return nothing.measures(*self.ids)
        sizes = evidence.table.counts
        uniques = int((sizes == 1).sum())
        return (
            figure("k", int(sizes.min()), missing="own category", suppressed=evidence.suppressed),
            figure("classes", len(sizes), histogram=class_histogram(sizes), subjects=int(sizes.sum())),
            figure("unique_share", uniques / int(sizes.sum()), uniques=uniques),
        )


def class_histogram(sizes: npt.NDArray[np.int64]) -> dict[str, dict[str, int]]:
    """Return for each bin of class size the number of classes and of subjects in them."""
    histogram = {}
    for name, low, high in BINS:
        inside = sizes[(sizes >= low) & (sizes <= high)]
        histogram[name] = {"classes": len(inside), "subjects": int(inside.sum())}
    return histogram
