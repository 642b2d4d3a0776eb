"""Dates as people write them in prose (`Jul 7th`, `Monday, 3 March 2020`, `27NOV19`), moved in the form they have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from deid.dates import MONTHS

Order = Literal["", "month_first", "day_first"]
#: The year that a date without one is moved in, where the text names none: a common year.
NO_YEAR = 2001
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH = "|".join(f"{month[:3]}(?:{month[3:]})?" if month != "September" else "Sep(?:t(?:ember)?)?" for month in MONTHS)
_PART = re.compile(
    rf"(?P<month>{_MONTH})(?![a-z])|(?P<weekday>(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)(?![a-z])"
    r"|(?P<year>(?<!\d)(?:1[89]|20)\d\d(?!\d)|(?<=['’])\d\d(?!\d))|(?P<number>(?<!\d)\d{1,2}(?!\d))(?P<nth>st|nd|rd|th)?"
    r"|(?P<word>[a-z]+|\d+)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r",?\s?(?:(?:at|around|@)\s)?\d{1,2}(?::\d\d){1,2}(?:\s?[ap]\.?m\.?)?$|\s(?:at\s)?\d{1,2}\s?[ap]\.?m\.?$",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"(?P<a>\d{1,2})(?P<gap>[/-])(?P<b>\d{1,2})")
_SMALL_WORDS = frozenset(("of", "the", "on", "in", "day"))
_YEAR = re.compile(r"(?<![\d.])(?:19|20)\d\d(?![\d.])")


@dataclass(frozen=True)
class _Parts:
    """The parts of a written date."""

    month: re.Match[str]
    day: re.Match[str] | None
    year: re.Match[str] | None
    weekday: re.Match[str] | None


def moved(written: str, delta: int, order: Order = "", year: int = NO_YEAR) -> str | None:
    """Return a written date moved by days in its own form; None for one that is not read with certainty.

    `year` counts where the date names none. A month without a day is moved from its middle.
    """
    figures = _FIGURES.fullmatch(written.strip())
    if figures:
        return _moved_figures(figures, delta, order, year)
    time = _TIME.search(written)
    head, tail = (written[: time.start()], written[time.start() :]) if time else (written, "")
    parts = _parts(head)
    if parts is None:
        return None
    try:
        day = int(parts.day["number"]) if parts.day else 15
        after = date(_year_of(parts.year, year), _month_number(parts.month.group()), day) + timedelta(delta)
    except (ValueError, OverflowError):
        return None
    return _rewritten(head, parts, after) + tail


def year_of(text: str) -> int:
    """Return the year that a text names most often (the latest of equals), for its dates without one."""
    years = _YEAR.findall(text)
    return int(max(years, key=lambda name: (years.count(name), name))) if years else NO_YEAR


def _parts(head: str) -> _Parts | None:
    found: dict[str, list[re.Match[str]]] = {"month": [], "number": [], "year": [], "weekday": []}
    for part in _PART.finditer(head):
        kind = next(name for name in ("month", "weekday", "year", "number", "word") if part[name] is not None)
        if kind == "word":
            if part.group().lower() not in _SMALL_WORDS:
                return None
            continue
        found[kind].append(part)
    numbers, years = found["number"], found["year"]
    if len(numbers) == 2 and not years and len(numbers[1]["number"]) == 2 and numbers[1]["nth"] is None:
        years, numbers = [numbers[1]], numbers[:1]
    if len(found["month"]) != 1 or max(len(numbers), len(years), len(found["weekday"])) > 1 or not (numbers or years):
        return None
    return _Parts(found["month"][0], *(next(iter(one), None) for one in (numbers, years, found["weekday"])))


def _year_of(part: re.Match[str] | None, year: int) -> int:
    if part is None:
        return year
    written = re.sub(r"\D", "", part.group())
    return int(written) if len(written) == 4 else int(written) + (2000 if int(written) < 69 else 1900)


def _month_number(name: str) -> int:
    return next(number for number, month in enumerate(MONTHS, 1) if month[:3].lower() == name[:3].lower())


def _rewritten(head: str, parts: _Parts, after: date) -> str:
    """Put the parts of the moved date where those of the original stand."""
    new = dict(_replacements(parts, after))
    out, at = "", 0
    for span in sorted(new):
        out += head[at : span[0]] + new[span]
        at = span[1]
    return out + head[at:]


def _replacements(parts: _Parts, after: date) -> Iterator[tuple[tuple[int, int], str]]:
    yield parts.month.span(), _like(MONTHS[after.month - 1], parts.month.group(), 3)
    if parts.day is not None:
        number = f"{after.day:0{len(parts.day['number'])}d}" if parts.day["number"][0] == "0" else str(after.day)
        yield parts.day.span(), number + (_nth(after.day, parts.day["nth"]) if parts.day["nth"] else "")
    if parts.year is not None:
        digits = re.sub(r"\D", "", parts.year.group())
        yield parts.year.span(), str(after.year) if len(digits) == 4 else f"{after.year % 100:02d}"
    if parts.weekday is not None:
        yield parts.weekday.span(), _like(_DAYS[after.weekday()], parts.weekday.group(), 4)


def _like(name: str, written: str, short: int) -> str:
    """Return a name in the case of another, shortened where that one is."""
    plain = name if len(written) > short or written.lower() in ("may",) else name[:3]
    return plain.upper() if written.isupper() else plain.lower() if written.islower() else plain


def _nth(day: int, written: str) -> str:
    ending: Mapping[int, str] = {1: "st", 2: "nd", 3: "rd"}
    tail = "th" if 10 < day < 20 else ending.get(day % 10, "th")
    return tail.upper() if written.isupper() else tail


def _moved_figures(figures: re.Match[str], delta: int, order: Order, year: int) -> str | None:
    """Move `3/14`; without an order only what can be read one way."""
    first, second = int(figures["a"]), int(figures["b"])
    months = {"month_first": first, "day_first": second}
    ways = [way for way, month in months.items() if order in ("", way) and month <= 12]
    if len(ways) != 1:
        return None
    month, day = (first, second) if ways[0] == "month_first" else (second, first)
    try:
        after = date(year, month, day) + timedelta(delta)
    except ValueError:
        return None
    pair = (after.month, after.day) if ways[0] == "month_first" else (after.day, after.month)
    wide = [len(figures[name]) if figures[name][0] == "0" else 1 for name in ("a", "b")]
    return f"{pair[0]:0{wide[0]}d}{figures['gap']}{pair[1]:0{wide[1]}d}"
