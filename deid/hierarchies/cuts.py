"""Explicit cut points for each level, and cut points taken from the data's own quantiles."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from deid.errors import DataError
from deid.hierarchies.ladder import Ladder, from_labels
from deid.hierarchies.numbers import NOT_NUMBERS, decimal, decimals, written


@dataclass(frozen=True)
class Cuts:
    """Exact values, then for each list of cut points '<65', '[65, 81)', '81+', then '*'.

    A 0 that leads a list says that values begin there: `[0, 65, 81]` and `[65, 81]` give the same labels, but the first
    refuses negative values.
    """

    cuts: Sequence[Sequence[int | float | str]] = field(default_factory=list)

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        if not self.cuts or not all(isinstance(level, list | tuple) and level for level in self.cuts):
            yield "cuts is a list of lists of cut points, one list a level"
            return
        levels = [[decimal(cut) for cut in level] for level in self.cuts]
        if any(None in level for level in levels):
            yield "cut points are numbers"
            return
        numbers = [[cut for cut in level if cut is not None] for level in levels]
        if any(b <= a for level in numbers for a, b in itertools.pairwise(level)):
            yield "cut points of a level must rise"
        inner = [set(_inner(level)) for level in numbers]
        if any(not upper <= lower for lower, upper in itertools.pairwise(inner)):
            yield "the cut points of a level must be among those of the level before, or the levels do not nest"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value. Raises DataError when a value is no number or below a leading 0."""
        numbers = decimals(values, place)
        levels = [[cut for cut in map(decimal, level) if cut is not None] for level in self.cuts]
        if any(level[0] == 0 and len(level) > 1 for level in levels):
            negative = sum(1 for number in numbers if number < 0)
            if negative:
                raise DataError(NOT_NUMBERS.at(f"{negative} distinct values are below the first cut point", place))
        return ladder_of(numbers, [_inner(level) for level in levels])


@dataclass(frozen=True)
class Quantiles:
    """Exact values, then intervals that hold about equally many distinct values: `[10, 4]` for tenths, then quarters.

    The cut points come from the data, so that the released labels tell something about the data: flagged.
    """

    quantiles: Sequence[int] = field(default_factory=list)

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        counts = self.quantiles
        if not counts or not all(isinstance(n, int) and not isinstance(n, bool) and n > 1 for n in counts):
            yield "quantiles is a list of numbers of intervals, each at least 2"
        elif any(b >= a for a, b in itertools.pairwise(counts)):
            yield "the numbers of intervals must fall from level to level"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value; cut points of a coarse level are the nearest of the level before."""
        numbers = decimals(values, place)
        ranked = sorted(set(numbers))
        allowed = ranked[1:]
        levels = []
        for count in self.quantiles:
            wanted = [len(ranked) * i // count for i in range(1, count)]
            places = [ranked.index(cut) for cut in allowed]
            allowed = sorted({allowed[_nearest(places, at)] for at in wanted} if places else set())
            levels.append(allowed)
        return ladder_of(numbers, levels, data_dependent=True)


def ladder_of(
    numbers: Sequence[Decimal], levels: Sequence[Sequence[Decimal]], *, data_dependent: bool = False
) -> Ladder:
    """Return the ladder of exact numbers and intervals between cut points."""
    order = sorted(range(len(numbers)), key=lambda i: numbers[i])
    rows = [(written(numbers[i]), *(_cell(numbers[i], cuts) for cuts in levels)) for i in order]
    ladder = from_labels(rows, ordered=True)
    members = [0] * len(numbers)
    for i, row in zip(order, ladder.members, strict=True):
        members[i] = row
    return Ladder(ladder.rows, members, ordered=True, data_dependent=data_dependent)


def _cell(number: Decimal, cuts: Sequence[Decimal]) -> str:
    at = bisect_right(cuts, number)
    if not cuts:
        return "*"
    if at == 0:
        return "<" + written(cuts[0])
    if at == len(cuts):
        return written(cuts[-1]) + "+"
    return f"[{written(cuts[at - 1])}, {written(cuts[at])})"


def _inner(level: Sequence[Decimal]) -> list[Decimal]:
    """Drop a leading 0, which says where values begin."""
    return list(level[1:] if len(level) > 1 and level[0] == 0 else level)


def _nearest(places: Sequence[int], at: int) -> int:
    return min(range(len(places)), key=lambda i: (abs(places[i] - at), i))
