"""Dates as people write them: read one with its form and precision, move it, write it back in the same form.

A date text has a head (the date) and a tail (time of day and zone), which is carried over letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache, lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from deid.keys import Key, Subkey

Direction = Literal["both", "past"]

#: Forms read without being declared, all zero-padded. A text that fits two (03/04/2021, 05 May 2021) is ambiguous.
FORMS = (
    *("%Y-%m-%d", "%Y-%m", "%Y", "%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%m/%Y"),
    *("%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%m.%d.%Y", "%d.%m.%Y"),
    *("%d%b%Y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b%Y", "%b %Y", "%B %Y"),
)
#: Forms of prose for `parse` and `shifted`, the first that fits wins. Days stand first between dots; between slashes
#: and hyphens months do here, and days in PROSE_DAY_FIRST.
PROSE = (
    *("%Y-%m-%d", "%Y-%m", "%Y", "%Y%m%d", "%Y/%m/%d", "%m/%d/%Y", "%-m/%-d/%Y", "%m/%d/%y", "%-m/%-d/%y"),
    *("%m-%d-%Y", "%-m-%-d-%Y", "%m-%d-%y", "%-m-%-d-%y", "%d.%m.%Y", "%-d.%-m.%Y", "%d.%m.%y"),
    *("%m/%Y", "%-m/%Y", "%d%b%Y", "%d-%b-%Y"),
    *("%-d-%b-%Y", "%B %-d, %Y", "%b %-d, %Y", "%B %-d %Y", "%b %-d %Y", "%-d %B %Y", "%-d %b %Y", "%d %B %Y"),
    *("%d %b %Y", "%B %Y", "%b %Y", "%B, %Y", "%b. %-d, %Y", "%d/%m/%Y", "%-d/%-m/%Y"),
)
PROSE_DAY_FIRST = (
    *("%d/%m/%Y", "%-d/%-m/%Y", "%d/%m/%y", "%-d/%-m/%y", "%d-%m-%Y", "%-d-%-m-%Y", "%d-%m-%y", "%-d-%-m-%y"),
    *PROSE,
)
#: Years outside are no dates of patients: codes such as 9999-12-31, which every row shares, would give a shift away.
FIRST_YEAR, LAST_YEAR = 1800, 2199
_REMEMBERED = 100_000  # days of some two centuries in a few forms: each is read and written once
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Forms behind a weekday, which must be the day's own: it also tells 03/05/2021 in May from 03/05/2021 in March.
_BEHIND_WEEKDAY = (
    *("%d %B %Y", "%-d %B %Y", "%d %b %Y", "%-d %b %Y", "%B %d, %Y", "%B %-d, %Y", "%b %d, %Y", "%d-%b-%Y"),
    *("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y-%m-%d"),
)
WEEKDAY_FORMS = (
    *(f"{day}{form}" for day in ("%A ", "%A, ") for form in _BEHIND_WEEKDAY),
    *(f"{day}{form}" for day in ("%a ", "%a, ") for form in sorted(_BEHIND_WEEKDAY, key=lambda form: "%B" in form)),
)
_ZONE = r"(?: ?(?:Z|UTC|[+-]\d{2}(?::?\d{2})?))?"
_CLOCK = r"(?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.,]\d{1,9})?)?"
#: Splits a text into date and time; understood by Python and by RE2 alike.
TAIL = (
    rf"^(?P<head>.*?\d)(?P<tail>(?:T|,? |:){_CLOCK}(?: ?[AaPp][Mm])?{_ZONE}"
    rf"|T(?:[01]\d|2[0-4])(?:[0-5]\d(?:[0-5]\d)?)?{_ZONE}|)$"
)
#: HL7 writes date and time without anything between them; others a blank, also behind a year of two digits.
RUN_ON = r"^(?P<head>\d{8}|\d{6})(?P<tail> ?(?:[01]\d|2[0-4])[0-5]\d(?:[0-5]\d(?:\.\d{1,4})?)?(?:[+-]\d{4})?)$"
_DIRECTIVES = {
    "%Y": r"(?P<Y>\d{4})",
    "%y": r"(?P<y>\d{2})",
    "%m": r"(?P<m>\d{2})",
    "%-m": r"(?P<m>[1-9]\d?)",
    "%d": r"(?P<d>\d{2})",
    "%-d": r"(?P<d>[1-9]\d?)",
    "%b": "(?P<b>" + "|".join(month[:3] for month in MONTHS) + ")",
    "%B": "(?P<B>" + "|".join(MONTHS) + ")",
    "%a": "(?P<a>" + "|".join(day[:3] for day in WEEKDAYS) + ")",
    "%A": "(?P<A>" + "|".join(WEEKDAYS) + ")",
}
_BEGINS_WITH_WEEKDAY = re.compile(rf"(?:{'|'.join(day[:3] for day in WEEKDAYS)})[a-z]*,? ", re.IGNORECASE)
_DIRECTIVE = re.compile(r"%-?.")
_TIME_OF_DAY = re.compile(r"(?:T|,? |:)?%-?[HIMSfpzZ].*$")


class Precision(IntEnum):
    """How much of a date is known."""

    YEAR = 1
    MONTH = 2
    DAY = 3


class Fault(IntEnum):
    """Why a text is not read as a date."""

    UNREADABLE = 1
    AMBIGUOUS = 2
    OUT_OF_RANGE = 3


@dataclass(frozen=True)
class Form:
    """A written form: strptime-like pattern, and the case of its month names (upper, lower or title)."""

    pattern: str
    case: str = "title"


@dataclass(frozen=True)
class DateText:
    """A date text read: days since 1970-01-01, how much of it was written, its form, and its time of day verbatim.

    A month stands for its 15th and a year for 30 June, as the PHUSE standard imputes them.
    """

    days: int
    precision: Precision
    form: Form
    time: str = ""


@dataclass(frozen=True)
class Window:
    """The shifts a subject can get: all but 0 from -max_days to max_days, or into the past only, or whole weeks."""

    max_days: int = 364
    direction: Direction = "both"
    weeks: bool = False

    def delta(self, subkey: Subkey, subject: str) -> int:
        """Return the days by which every date of a canonical subject moves; uniform, never 0."""
        return int(self.deltas(subkey, [subject])[0])

    def deltas(self, subkey: Subkey, subjects: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return the days of many canonical subjects."""
        unit = 7 if self.weeks else 1
        steps = self.max_days // unit
        drawn = subkey.integers(subjects, steps if self.direction == "past" else 2 * steps).astype(np.int64)
        return unit * np.where(drawn < steps, -1 - drawn, drawn - steps + 1)


def delta_days(key: Key, subject: str, max_days: int = 364, direction: Direction = "both", weeks: bool = False) -> int:
    """Return the days by which every date of a canonical subject moves in a release, in tables and notes alike."""
    return Window(max_days, direction, weeks).delta(key.subkey("shift"), subject)


def split_time(text: str) -> tuple[str, str]:
    """Split a text into its date and its time of day (with what separates them), which may be empty."""
    match = re.match(RUN_ON, text) or re.match(TAIL, text)
    return (match["head"], match["tail"]) if match else (text, "")


def parse(text: str, formats: Sequence[str] = ()) -> DateText | Fault:
    """Read a date text. `formats` declares the forms to expect, first match first; without it, see FORMS."""
    head, time = split_time(text.strip())
    found = parse_day(head, tuple(formats))
    return found if isinstance(found, Fault) else DateText(found.days, found.precision, found.form, time)


@lru_cache(maxsize=_REMEMBERED)
def parse_day(head: str, formats: tuple[str, ...] = ()) -> DateText | Fault:
    """Read a date text that has no time of day."""
    found = list(_readings(head, formats or FORMS))
    if not found and not formats and _BEGINS_WITH_WEEKDAY.match(head):
        found = list({each.days: each for each in reversed(list(_readings(head, WEEKDAY_FORMS)))}.values())
    if not found:
        return Fault.UNREADABLE
    if len(found) > 1 and not formats:
        return Fault.AMBIGUOUS
    year = date.fromordinal(found[0].days + _EPOCH).year
    return found[0] if FIRST_YEAR <= year <= LAST_YEAR else Fault.OUT_OF_RANGE


@lru_cache(maxsize=_REMEMBERED)
def render(days: int, form: Form) -> str:
    """Write a day in a form; what the form does not show is cut off."""
    day = date.fromordinal(days + _EPOCH)
    month = getattr(MONTHS[day.month - 1], form.case)()
    parts = {
        "%Y": f"{day.year:04d}",
        "%y": f"{day.year % 100:02d}",
        "%m": f"{day.month:02d}",
        "%-m": str(day.month),
        "%d": f"{day.day:02d}",
        "%-d": str(day.day),
        "%b": month[:3],
        "%B": month,
        "%a": getattr(WEEKDAYS[day.weekday()][:3], form.case)(),
        "%A": getattr(WEEKDAYS[day.weekday()], form.case)(),
    }
    return _DIRECTIVE.sub(lambda match: parts[match.group()], form.pattern)


def shifted(text: str, delta: int, formats: Sequence[str] = ()) -> str | None:
    """Return a date text moved by days, in the form it has; None when it is not read as one date."""
    found = parse(text, formats)
    return None if isinstance(found, Fault) else render(found.days + delta, found.form) + found.time


def listed(formats: str | Sequence[str]) -> tuple[str, ...]:
    """Return one declared format or several as a tuple."""
    return (formats,) if isinstance(formats, str) else tuple(formats)


def format_problems(formats: Sequence[str]) -> Iterator[str]:
    """Return what is wrong with declared formats: unknown directives, or no year."""
    for pattern in formats:
        used = set(_DIRECTIVE.findall(_day_part(pattern)))
        unknown = sorted(used - set(_DIRECTIVES))
        if unknown:
            yield f"format '{pattern}' uses {', '.join(unknown)}; known are {', '.join(_DIRECTIVES)}, then a time"
        elif not used & {"%Y", "%y"}:
            yield f"format '{pattern}' has no year"
        elif used & {"%d", "%-d"} and not used & {"%m", "%-m", "%b", "%B"}:
            yield f"format '{pattern}' has a day without a month"


_EPOCH = date(1970, 1, 1).toordinal()


def _day_part(pattern: str) -> str:
    return _TIME_OF_DAY.sub("", pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(%-?.)", _day_part(pattern))
    return re.compile("".join(_DIRECTIVES.get(part, re.escape(part)) for part in parts), re.IGNORECASE | re.ASCII)


def _readings(head: str, patterns: Sequence[str]) -> Iterator[DateText]:
    for pattern in patterns:
        match = _compiled(pattern).fullmatch(head)
        if match and (found := _reading(match.groupdict(), _day_part(pattern))):
            yield found


def _reading(parts: dict[str, str], pattern: str) -> DateText | None:
    name = parts.get("B") or parts.get("b") or ""
    year = int(parts["Y"]) if "Y" in parts else int(parts["y"]) + (2000 if int(parts["y"]) < 69 else 1900)
    month = _MONTH_NUMBER[name[:3].lower()] if name else int(parts.get("m") or 6)
    has_month = bool(name) or "m" in parts
    precision = Precision.DAY if "d" in parts else Precision.MONTH if has_month else Precision.YEAR
    day = int(parts["d"]) if "d" in parts else 15 if has_month else 30
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    weekday = parts.get("A") or parts.get("a") or ""
    if weekday and weekday[:3].lower() != WEEKDAYS[(days + _EPOCH - 1) % 7][:3].lower():
        return None
    name = name or weekday
    case = "upper" if name.isupper() else "lower" if name.islower() else "title"
    return DateText(days, precision, Form(pattern, case))


_MONTH_NUMBER = {month[:3].lower(): number for number, month in enumerate(MONTHS, 1)}
