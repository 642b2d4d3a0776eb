"""Intervals of growing width: exact values, width 5, 10, 20, '*'; open ends above `top` and under `bottom`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from deid.hierarchies.ladder import Ladder, from_labels
from deid.hierarchies.numbers import above, below, decimal, decimals, written

Number = int | float | str


@dataclass(frozen=True)
class Intervals:
    """Exact values (coded above `top` and under `bottom`), then half-open intervals '[35, 40)' of each width.

    Widths are `interval`, twice and four times that, or those given in `widths`; each must divide the next. Intervals
    start at `anchor` plus multiples of the width. Values from `top` on share '90+', values under `bottom` '<18'.
    """

    interval: Number = 0
    top: Number | None = None
    bottom: Number | None = None
    widths: Sequence[Number] = field(default_factory=list)
    anchor: Number = 0

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        numbers = [decimal(value) for value in (self.interval, self.anchor)]
        numbers += [decimal(value) for value in (self.top, self.bottom) if value is not None]
        if not isinstance(self.widths, list | tuple) or None in (numbers + [decimal(w) for w in self.widths]):
            yield "interval, top, bottom, anchor and widths are numbers"
            return
        widths = self._widths()
        if min(widths) <= 0:
            yield "interval and widths are above zero"
        elif any(b <= a or b % a for a, b in itertools.pairwise(widths)):
            yield "each width must be a multiple of the one before"
        if self.top is not None and self.bottom is not None and _number(self.bottom) >= _number(self.top):
            yield "bottom must be below top"

    def _widths(self) -> list[Decimal]:
        first = _number(self.interval)
        if self.widths:
            given = [_number(width) for width in self.widths]
            return given if not first or given[0] == first else [first, *given]
        return [first, first * 2, first * 4]

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value. Raises DataError when a value is no number."""
        numbers = decimals(values, place)
        order = sorted(range(len(numbers)), key=lambda i: numbers[i])
        widths = [width for width in self._widths() if self._fits(width)]
        rows = [(self._exact(numbers[i]), *(self._cell(numbers[i], width) for width in widths)) for i in order]
        ladder = from_labels(rows, ordered=True)
        members = [0] * len(numbers)
        for i, row in zip(order, ladder.members, strict=True):
            members[i] = row
        return Ladder(ladder.rows, members, ordered=True)

    def _ends(self, width: Decimal) -> tuple[Decimal | None, Decimal | None]:
        """Return up to where the open first interval reaches and where the open last one begins."""
        anchor = _number(self.anchor)
        low = None if self.bottom is None else above(_number(self.bottom), width, anchor)
        high = None if self.top is None else below(_number(self.top), width, anchor)
        return low, high

    def _fits(self, width: Decimal) -> bool:
        low, high = self._ends(width)
        return low is None or high is None or low <= high

    def _exact(self, number: Decimal) -> str:
        if self.top is not None and number >= _number(self.top):
            return written(_number(self.top)) + "+"
        if self.bottom is not None and number < _number(self.bottom):
            return "<" + written(_number(self.bottom))
        return written(number)

    def _cell(self, number: Decimal, width: Decimal) -> str:
        low, high = self._ends(width)
        if high is not None and number >= high:
            return written(high) + "+"
        if low is not None and number < low:
            return "<" + written(low)
        start = below(number, width, _number(self.anchor))
        return f"[{written(start)}, {written(start + width)})"


def _number(value: Number) -> Decimal:
    number = decimal(value)
    assert number is not None
    return number
