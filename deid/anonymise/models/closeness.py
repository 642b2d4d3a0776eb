"""t-closeness with equal, ordered and hierarchical distance (Li, Li, Venkatasubramanian, 2007)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from deid.anonymise.models import TOLERANCE, floor
from deid.anonymise.models.largest import within
from deid.anonymise.partition import Mask, Survivors
from deid.anonymise.task import Floats, Keys
from deid.classes import Counts


def shares(histogram: Floats) -> Floats:
    """Return each class's counts as shares of one."""
    total = histogram.sum(axis=1, keepdims=True)
    share: Floats = np.divide(histogram, total, out=np.zeros_like(histogram), where=total > 0)
    return share


@dataclass(frozen=True)
class EqualDistance:
    """Half the sum of |q - p| at most t; p is the distribution in the whole table before anything is suppressed."""

    attribute: str
    t: float
    overall: Floats = field(repr=False)

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes are close."""
        excess = np.maximum(shares(classes.histogram(self.attribute)) - self.overall, 0)
        return np.asarray(excess.sum(axis=1) <= self.t + TOLERANCE)

    def keepable(self, classes: Survivors) -> Counts:
        """Return the largest part: X subjects fit while sum min(count, X p) is at least (1 - t) X."""
        if not classes.single_valued(self.attribute):
            return classes.sizes
        histogram = classes.histogram(self.attribute)
        return floor(np.minimum(within(histogram, self.overall, 1 - self.t - TOLERANCE), histogram.sum(axis=1)))


@dataclass(frozen=True)
class OrderedDistance:
    """Sum of |cumulated q - p| over the values in their order, divided by their number less one, at most t."""

    attribute: str
    t: float
    overall: Floats = field(repr=False)
    order: Keys = field(repr=False)

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes are close."""
        gap = (shares(classes.histogram(self.attribute)) - self.overall)[:, self.order]
        spread = np.abs(np.cumsum(gap, axis=1)).sum(axis=1) / max(len(self.order) - 1, 1)
        return np.asarray(spread <= self.t + TOLERANCE)

    def keepable(self, classes: Survivors) -> Counts:
        """Return all subjects: no cheap bound is known."""
        return classes.sizes


@dataclass(frozen=True)
class HierarchicalDistance:
    """Sum over inner nodes of height / H times the smaller of gain and loss below it, at most t.

    levels  (H x values) the node above each value at heights 1 to H; the last is the root
    """

    attribute: str
    t: float
    overall: Floats = field(repr=False)
    levels: Keys = field(repr=False)

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes are close."""
        extra = shares(classes.histogram(self.attribute)) - self.overall
        height = len(self.levels)
        cost = np.zeros(len(extra))
        nodes = np.arange(extra.shape[1])
        for level, above in enumerate(self.levels, start=1):
            # a node's children are the nodes of the level below; each holds the extra of its leaves
            parent = np.zeros(int(nodes.max(initial=0)) + 1, np.int64)
            parent[nodes] = above
            width = int(above.max(initial=0)) + 1
            child = _summed(extra, nodes)
            gain = _summed(np.maximum(child, 0), parent, width)
            loss = _summed(np.maximum(-child, 0), parent, width)
            cost += level / height * np.minimum(gain, loss).sum(axis=1)
            nodes = above
        return np.asarray(cost <= self.t + TOLERANCE)

    def keepable(self, classes: Survivors) -> Counts:
        """Return all subjects: no cheap bound is known."""
        return classes.sizes


def _summed(matrix: Floats, columns: Keys, width: int | None = None) -> Floats:
    """Add up the columns of a matrix by their new number."""
    width = int(columns.max(initial=0)) + 1 if width is None else width
    total = np.zeros((len(matrix), width))
    np.add.at(total.T, columns, matrix.T)
    return total
