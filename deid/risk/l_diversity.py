"""l-diversity: how many well-represented sensitive values every class holds."""

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


@register("metric", "l_diversity")
@dataclass(frozen=True)
class LDiversity:
    """Distinct, entropy and recursive (c,l)-diversity of every sensitive attribute.

    Variants: a missing value counts as a value (`ignoring_missing` leaves it out); entropy l is exp of the smallest
    entropy in natural logarithms, real-valued, never truncated; recursive gives the smallest c, and the model holds for
    c strictly above it, r1 being the MOST frequent value. Where subjects hold several values, a class whose subjects
    have a value in common has l = 1 however many other values it holds, and its entropy is bounded by the largest
    share. Source: Machanavajjhala et al. 2007.
    """

    lengths: tuple[int, ...] = (2, 3)

    title: ClassVar[str] = "l-diversity"
    formula: ClassVar[str] = "distinct: min_j #values; entropy: exp(min_j H_j); recursive: sup_j r1 / (r_l + ... + r_m)"
    units: ClassVar[str] = "distinct: values; entropy: effective values; recursive: ratio c"
    source: ClassVar[str] = "Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam, ACM TKDD 2007"
    ids: ClassVar[Mapping[str, str]] = {
        "l.distinct.<ATTR>": "smallest number of different values in a class",
        "l.entropy.<ATTR>": "exponential of the smallest entropy of a class; the model holds for l up to it",
        "l.recursive_c.l<N>.<ATTR>": "smallest c of recursive (c,N)-diversity; the model holds for c strictly above it",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return the three variants for every sensitive attribute."""
        measures: list[Measure] = []
        nothing = obstacle(evidence.table)
        for name in evidence.table.sensitive:
            recursive = [f"l.recursive_c.l{length}.{name}" for length in self.lengths]
            if nothing:
                measures += nothing.measures(f"l.distinct.{name}", f"l.entropy.{name}", *recursive)
                continue
            spread = distribution(evidence.table, name)
            measures += [_distinct(f"l.distinct.{name}", spread), figure(f"l.entropy.{name}", entropy_l(spread))]
            measures += [
                figure(label, recursive_c(spread, length), infinite="a class has fewer values than l")
                for label, length in zip(recursive, self.lengths, strict=True)
            ]
        return tuple(measures)


def _distinct(name: str, spread: Distribution) -> Measure:
    found = distinct_values(spread)
    alike = spread.certain
    known = np.bincount(spread.classes[spread.codes > 0], minlength=len(spread.sizes))
    return figure(
        name,
        int(found.min()),
        ignoring_missing=int(known.min()),
        homogeneous_classes=int(alike.sum()),
        homogeneous_subjects=int(spread.sizes[alike].sum()),
        several_values_a_subject=bool(spread.several.any()),
    )


def distinct_values(spread: Distribution) -> np.typing.NDArray[np.int64]:
    """Return the number of different values by class; 1 where all subjects have a value in common."""
    found = np.bincount(spread.classes, minlength=len(spread.sizes))
    return np.where(spread.certain, 1, found)


def entropy_l(spread: Distribution) -> float:
    """Return exp(min_j H_j) with natural logarithms."""
    q = spread.shares
    entropy = spread.per_class(-q * np.log(q))
    bounded = np.minimum(entropy, -np.log(np.minimum(spread.largest(spread.held), 1.0)))
    return float(np.exp(np.where(spread.several, bounded, entropy).min()))


def recursive_c(spread: Distribution, length: int) -> float:
    """Return sup_j r1 / (r_l + ... + r_m), r in descending order; infinite if a class has fewer than l values."""
    rank = np.arange(len(spread.classes)) - spread.starts[spread.classes]
    tail = spread.per_class(np.where(rank >= length - 1, spread.descending, 0.0))
    if length > 1:
        tail[spread.certain] = 0
    if (tail == 0).any():
        return float("inf")
    return float((spread.descending[spread.starts] / tail).max())
