"""Dates by day, month, quarter, year and decade, in any form that `dates` reads; partial dates keep what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from deid.dates import DateText, Fault, format_problems, listed, parse
from deid.errors import DataError, problem_kind
from deid.hierarchies.ladder import Ladder, from_labels

NOT_DATES = problem_kind(
    "D507",
    "values are not dates",
    remedy="declare the form under `format:` in the hierarchy (such as '%-m/%-d/%Y'), mend the values, or use another "
    "hierarchy",
    meaning="A hierarchy of dates needs a date, whole or cut short, in every cell that is not missing: by ISO 8601, "
    "or in a form that shift_date reads too.",
)
AMBIGUOUS = problem_kind(
    "D520",
    "a hierarchy of dates cannot tell day and month apart",
    remedy="declare the form under `format:` in the hierarchy, such as '%m/%d/%Y' or '%d/%m/%Y'",
    meaning="03/04/2021 is a day in March or in April; the order is the owner's to state, never guessed. Where no unit "
    "finer than a year is released, the order does not matter.",
)
UNITS = ("day", "month", "quarter", "year", "decade")
_EPOCH = date(1970, 1, 1).toordinal()
_SHAPE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ]\d{2}(?::?\d{2}){0,2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})?)?)?)?")


@dataclass(frozen=True)
class Dates:
    """The units to release, finest first, then '*': '2014-03-05', '2014-03', '2014-Q1', '2014', '2010s'.

    `format` declares the forms of the dates, one or several, first match first; without it the usual ones are read.
    """

    dates: Sequence[str] = field(default_factory=list)
    format: str | Sequence[str] = ()

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        units = self.dates
        if not isinstance(units, list | tuple) or not units or any(unit not in UNITS for unit in units):
            yield f"dates is a list of units out of {', '.join(UNITS)}"
        elif [UNITS.index(unit) for unit in units] != sorted({UNITS.index(unit) for unit in units}):
            yield "units must go from fine to coarse, each once"
        formats = listed(self.format)
        if not all(isinstance(pattern, str) for pattern in formats):
            yield "format is the form of the dates, or a list of forms"
        else:
            yield from format_problems(formats)

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value in the order of time. Raises DataError when a value is no date."""
        read = [self._parts(value) for value in values]
        unclear = sum(1 for part in read if part is Fault.AMBIGUOUS)
        bad = sum(1 for part in read if isinstance(part, Fault)) - unclear
        problems = []
        if bad:
            problems.append(NOT_DATES.at(f"{bad} of {len(values)} distinct values are not dates", place))
        if unclear:
            problems.append(AMBIGUOUS.at(f"{unclear} of {len(values)} distinct values can be read in two ways", place))
        if problems:
            raise DataError(problems)
        known = [part for part in read if not isinstance(part, Fault)]
        order = sorted(range(len(known)), key=lambda i: (known[i], values[i]))
        ladder = from_labels([tuple(_label(known[i], unit) for unit in self.dates) for i in order], ordered=True)
        members = [0] * len(known)
        for i, row in zip(order, ladder.members, strict=True):
            members[i] = row
        return Ladder(ladder.rows, members, ordered=True)

    def _parts(self, value: str) -> tuple[int, ...] | Fault:
        """Return year, month and day, as far as they are written, or why they cannot be told."""
        formats = listed(self.format)
        iso = None if formats else _iso(value)
        found = parse(value, formats) if iso is None else None
        if found is Fault.AMBIGUOUS and not set(self.dates) & {"day", "month", "quarter"}:
            year = re.search(r"(?<!\d)\d{4}(?!\d)", value)
            return (int(year[0]),) if year else found
        if isinstance(found, DateText):
            day = date.fromordinal(found.days + _EPOCH)
            return (day.year, day.month, day.day)[: found.precision]
        return iso or found or Fault.UNREADABLE


def _iso(value: str) -> tuple[int, ...] | None:
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
