"""Dates by day, month, quarter, year and decade; partial dates keep what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from deid.errors import DataError, problem_kind
from deid.hierarchies.ladder import Ladder, from_labels

NOT_DATES = problem_kind(
    "D507",
    "values are not dates",
    remedy="write dates as YYYY-MM-DD (or the parts that are known), or use another hierarchy",
    meaning="A hierarchy of dates needs an ISO 8601 date, whole or cut short, in every cell that is not missing.",
)
UNITS = ("day", "month", "quarter", "year", "decade")
_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ]\d{2}(?::?\d{2}){0,2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?")


@dataclass(frozen=True)
class Dates:
    """The units to release, finest first, then '*': '2014-03-05', '2014-03', '2014-Q1', '2014', '2010s'."""

    dates: Sequence[str] = field(default_factory=list)

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        units = self.dates
        if not isinstance(units, list | tuple) or not units or any(unit not in UNITS for unit in units):
            yield f"dates is a list of units out of {', '.join(UNITS)}"
        elif [UNITS.index(unit) for unit in units] != sorted({UNITS.index(unit) for unit in units}):
            yield "units must go from fine to coarse, each once"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value in the order of time. Raises DataError when a value is no date."""
        parts = [_parts(value) for value in values]
        bad = sum(1 for part in parts if part is None)
        if bad:
            raise DataError(NOT_DATES.at(f"{bad} of {len(values)} distinct values are not dates", place))
        known = [part for part in parts if part is not None]
        order = sorted(range(len(known)), key=lambda i: (known[i], values[i]))
        ladder = from_labels([tuple(_label(known[i], unit) for unit in self.dates) for i in order], ordered=True)
        members = [0] * len(known)
        for i, row in zip(order, ladder.members, strict=True):
            members[i] = row
        return Ladder(ladder.rows, members, ordered=True)


def _parts(value: str) -> tuple[int, ...] | None:
    match = _SHAPE.fullmatch(value.strip())
    if not match:
        return None
    parts = tuple(int(group) for group in match.groups() if group is not None)
    try:
        date(*((*parts, 1, 1))[:3])
    except ValueError:
        return None
    return parts


def _label(parts: tuple[int, ...], unit: str) -> str:
    year = f"{parts[0]:04d}"
    if unit == "decade":
        return f"{parts[0] // 10 * 10:04d}s"
    if unit == "year" or len(parts) == 1:
        return year
    if unit == "quarter":
        return f"{year}-Q{(parts[1] + 2) // 3}"
    return "-".join([year, *(f"{part:02d}" for part in parts[1 : 2 if unit == "month" else 3])])
