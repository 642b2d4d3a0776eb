"""Numeric axes without their hierarchy: any stretch of values is a cell, written as an interval or as one number."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from deid.anonymise.task import Axis, Floats, Keys
from deid.errors import PolicyError, problem_kind
from deid.hierarchies.ladder import ROOT
from deid.hierarchies.numbers import decimal, written

NOT_NUMERIC = problem_kind(
    "P524",
    "not a variable of numbers",
    remedy="microaggregate only quasi-identifiers whose values are plain numbers on the lowest level of the hierarchy",
    meaning="The mean or median of a class needs numbers.",
)
_INTERVAL = re.compile(r"\[([^,\[\]()]+), ([^,\[\]()]+)\)")
_ENDLESS = Decimal("Infinity")


@dataclass(frozen=True)
class Leaf:
    """A leaf of a numeric axis: from `low` to below `high`; `value` where it is one number."""

    label: str
    low: Decimal
    high: Decimal
    value: Decimal | None


@dataclass(frozen=True)
class Stretch:
    """The codes of an axis in an order of their own, the missing value first: any stretch of them may be a cell.

    order   code at each place
    start   number of leaves of the whole domain before each place
    end     the same with the place itself
    domain  number of leaves of the whole domain
    blank   whether the first place is the missing value
    """

    order: Keys
    start: Keys
    end: Keys
    domain: int
    blank: bool

    def cost(self, low: Keys, high: Keys) -> Floats:
        """Return the penalty of the stretch between two places; the missing value with any other has the whole."""
        wide = (self.end[high] - self.start[low] - 1) / max(self.domain - 1, 1)
        mixed = (low == 0) & (high > 0) & self.blank
        return np.asarray(np.where(mixed, 1.0, wide))


@dataclass(frozen=True)
class Span(Stretch):
    """The codes of a numeric axis in their natural order; `leaves` holds the leaf at each place, None if missing."""

    leaves: tuple[Leaf | None, ...]

    def interval(self, low: int, high: int) -> str | None:
        """Return the cell of the leaves between two places."""
        first, last = self.leaves[low], self.leaves[high]
        if first is None or last is None:
            return None if last is None else ROOT
        if low == high:
            return first.label
        if not first.low.is_finite():
            return ROOT if last.high == _ENDLESS else f"<{written(last.high)}"
        if last.high == _ENDLESS:
            return f"{written(first.low)}+"
        return f"[{written(first.low)}, {written(last.high)})"

    def middle(self, places: Keys, counts: Keys, how: str) -> str | None:
        """Return the mean or median of leaves that are numbers, with one digit more than they have."""
        leaves = [self.leaves[place] for place in places.tolist()]
        numbers = [leaf.value for leaf in leaves if leaf is not None and leaf.value is not None]
        if len(numbers) < len(leaves):
            return ROOT if numbers else None
        if how == "median":
            below = np.cumsum(counts)
            half = int(below[-1])
            first, second = (numbers[int(np.searchsorted(below, at))] for at in ((half + 1) // 2, half // 2 + 1))
            exact = (first + second) / 2
        else:
            exact = sum((n * int(c) for n, c in zip(numbers, counts, strict=True)), Decimal(0)) / int(counts.sum())
        digits = max(_digits(leaf.value) for leaf in self.leaves if leaf is not None and leaf.value is not None)
        return written(exact.quantize(Decimal(1).scaleb(-digits - 1), ROUND_HALF_EVEN))


def _digits(number: Decimal) -> int:
    return max(-int(number.as_tuple().exponent), 0)


def span_of(axis: Axis) -> Span | None:
    """Return the span of an axis whose finest labels are all numbers or intervals, None for any other.

    Coarser levels must be stretches of it, so that what the policy allows at most stays a bound.
    """
    labels = axis.hierarchy.labels[axis.lowest]
    found = _leaves([label for label in labels if label is not None])
    if not found:
        return None
    ranked = sorted(found.values(), key=lambda leaf: (leaf.low, leaf.high))
    if any(one.high > other.low for one, other in itertools.pairwise(ranked)):
        return None
    number = {label: i for i, label in enumerate(labels)}
    counts = np.array([axis.hierarchy.leaves[axis.lowest][number[leaf.label]] for leaf in ranked], np.int64)
    behind = np.cumsum(counts)
    place = {leaf.label: i for i, leaf in enumerate(ranked)}
    own = [labels[int(label)] for label in axis.labels[0]]
    order = sorted(range(len(own)), key=lambda code: -1 if own[code] is None else place[str(own[code])])
    at = [None if own[code] is None else place[str(own[code])] for code in order]
    start = np.array([0 if i is None else behind[i] - counts[i] for i in at], np.int64)
    end = np.array([1 if i is None else behind[i] for i in at], np.int64)
    own_leaves = tuple(None if i is None else ranked[i] for i in at)
    span = Span(np.array(order, np.int64), start, end, int(behind[-1]), None in at, own_leaves)
    return span if _stretches(axis, span) else None


def numeric(axis: Axis) -> Span | None:
    """Return the span of an axis of plain numbers, None where all are missing. Raises PolicyError for any other."""
    if axis.hierarchy.labels[axis.lowest] == (None,):
        return None
    span = span_of(axis)
    if span is None or any(leaf is not None and leaf.value is None for leaf in span.leaves):
        raise PolicyError(
            NOT_NUMERIC.at("its finest values are not all plain numbers", f"anonymise.microaggregate: {axis.name}")
        )
    return span


def _leaves(labels: Sequence[str]) -> dict[str, Leaf] | None:
    """Return the bounds of each label, None if one is neither number nor interval."""
    found: dict[str, Leaf] = {}
    points: list[tuple[str, Decimal]] = []
    for label in labels:
        bounds = _bounds(label)
        if bounds is None:  # '*' too
            return None
        if bounds[1] is None:
            points.append((label, bounds[0]))
        else:
            found[label] = Leaf(label, bounds[0], bounds[1], None)
    if not labels:
        return None
    whole = all(value == value.to_integral_value() for _, value in points)
    starts = sorted({*(value for _, value in points), *(leaf.low for leaf in found.values())})
    following = dict(zip(starts, [*starts[1:], _ENDLESS], strict=True))
    for label, value in points:
        high = min(value + 1, following[value]) if whole else following[value]
        found[label] = Leaf(label, value, high, value)
    return found


def _bounds(label: str) -> tuple[Decimal, Decimal | None] | None:
    """Return from where to below where a label reaches; no end for a single number."""
    value = decimal(label)
    if value is not None:
        return value, None
    if label.endswith("+"):
        value = decimal(label[:-1])
        return None if value is None else (value, _ENDLESS)
    if label.startswith("<"):
        value = decimal(label[1:])
        return None if value is None else (-_ENDLESS, value)
    match = _INTERVAL.fullmatch(label)
    ends = [decimal(text) for text in match.groups()] if match else []
    if len(ends) != 2 or ends[0] is None or ends[1] is None:
        return None
    return ends[0], ends[1]


def _stretches(axis: Axis, span: Span) -> bool:
    """Return whether the codes of every level stand together in the natural order."""
    for step in axis.steps:
        along = step[span.order]
        if int((along[1:] != along[:-1]).sum()) + 1 > len(np.unique(along)):
            return False
    return True
