"""Classes of a local recoding as boxes: for each axis the smallest node of the hierarchy over all members."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from deid.anonymise.local.sets import values_of
from deid.anonymise.local.spans import Stretch, numeric, span_of
from deid.anonymise.task import Axis, Floats, Keys, Task

_TABLE = 2_000  # up to this many codes the cost of every pair is worked out beforehand


@dataclass(frozen=True)
class Side:
    """One axis with its codes put into the order of the hierarchy, so that nodes are stretches of codes.

    codes   (tuples,) code of each tuple in that order
    above   (levels x codes) code at each level
    price   (levels x codes) weighted cost of a cell at each level
    table   (codes x codes) weighted cost of the smallest node over two codes, where there are not too many
    span    the order of an axis whose cells are intervals or sets, None where they are nodes of the hierarchy
    weight  share of this axis in the cost
    """

    codes: Keys
    above: Keys
    price: Floats
    table: Floats | None
    span: Stretch | None = None
    weight: float = 0.0

    @property
    def size(self) -> int:
        """Number of codes."""
        return int(self.above.shape[1])

    def cost(self, low: Keys, high: Keys) -> Floats:
        """Return the weighted cost of the smallest node over two codes; infinite where no level allowed holds both."""
        if self.table is not None:
            return np.asarray(self.table[low, high])
        low, high = np.broadcast_arrays(low, high)
        if self.span is not None:
            return _wide(self.above, self.span, self.weight, low, high)
        return _common(self.above, self.price, low, high)

    def of(self, tuples: Keys | npt.NDArray[np.bool_]) -> Side:
        """Return the same axis for some of the tuples."""
        return Side(self.codes[tuples], self.above, self.price, self.table, self.span, self.weight)


@dataclass(frozen=True)
class Cells:
    """How cells are written that are no nodes of the hierarchy.

    intervals  whether numeric axes have the narrowest interval
    numbers    "mean" or "median" by numeric axis that has one number a class
    sets       whether all other axes have the set of values of the class
    """

    intervals: bool = False
    numbers: Mapping[str, str] = field(default_factory=dict)
    sets: bool = False

    def span(self, axis: Axis) -> Stretch | None:
        """Return the order of an axis where cells are no nodes of the hierarchy."""
        if axis.name in self.numbers:
            return numeric(axis)
        found = span_of(axis) if self.intervals else None
        return values_of(axis) if found is None and self.sets else found


@dataclass(frozen=True)
class Boxes:
    """Lowest and highest code of each class on each axis (axes x classes), its weight in subjects and its cost."""

    low: Keys
    high: Keys
    weight: Keys
    cost: Floats


def sides(task: Task, weights: Mapping[str, float], cells: Cells | None = None) -> tuple[Side, ...]:
    """Return the axes of a task in the order of their hierarchies; prices add up to at most 1 over the axes."""
    total = sum(weights.get(axis.name, 1.0) for axis in task.axes) or 1.0
    given = cells or Cells()
    return tuple(_side(axis, weights.get(axis.name, 1.0) / total, given.span(axis)) for axis in task.axes)


def _side(axis: Axis, weight: float, span: Stretch | None) -> Side:
    order = np.lexsort(axis.steps) if span is None else span.order
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    above, price = axis.steps[:, order], axis.cells[:, order] * weight
    every = np.arange(len(order))
    small = len(order) <= _TABLE
    side = Side(place[axis.codes[0]], above, price, None, span, weight)
    table = side.cost(every[:, None], every[None, :]) if small else None
    return replace(side, table=table)


def _wide(above: Keys, span: Stretch, weight: float, low: Keys, high: Keys) -> Floats:
    """Return the cost of intervals; infinite where they reach beyond a node of the coarsest level allowed."""
    return np.asarray(np.where(above[-1][low] == above[-1][high], span.cost(low, high) * weight, np.inf))


def _common(above: Keys, price: Floats, low: Keys, high: Keys) -> Floats:
    cost = np.full(low.shape, np.inf)
    for level in range(len(above) - 1, -1, -1):
        same = above[level][low] == above[level][high]
        cost[same] = price[level][low[same]]
    return cost


def boxes(parts: tuple[Side, ...], counts: Keys, member: Keys, classes: int) -> Boxes:
    """Return the box of every class; every class number below `classes` has a member."""
    order = np.argsort(member, kind="stable")
    starts = np.searchsorted(member[order], np.arange(classes))
    low = np.stack([np.minimum.reduceat(side.codes[order], starts) for side in parts])
    high = np.stack([np.maximum.reduceat(side.codes[order], starts) for side in parts])
    weight = np.add.reduceat(counts[order], starts)
    return Boxes(low, high, weight, cost(parts, low, high))


def cost(parts: tuple[Side, ...], low: Keys, high: Keys) -> Floats:
    """Return the cost of a subject in boxes given by their lowest and highest codes on each axis."""
    total = np.zeros(low.shape[1:])
    for side, first, last in zip(parts, low, high, strict=True):
        total += side.cost(first, last)
    return total


def renumbered(member: npt.NDArray[np.int64]) -> tuple[Keys, int]:
    """Return classes numbered from 0 without gaps, and how many; -1 stays -1."""
    inside = member >= 0
    _, dense = np.unique(member[inside], return_inverse=True)
    result = np.full(len(member), -1, np.int64)
    result[inside] = dense
    return result, int(dense.max(initial=-1)) + 1
