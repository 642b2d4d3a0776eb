"""Numbers that are dates finer than a year, or positions, by name and range: decimal years, split dates, x and y."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from deid.model import ColumnProfile
from deid.profiling.conventions import convention, dialects
from deid.profiling.header import words_of
from deid.profiling.look import Look

_SINCE = re.compile(r"(?i)\b(?:since|from|after|as of)[ _.-]*(?:\d|jan|epoch)")
_MONTH = frozenset({"month", "mon", "mth", "mnth", "monat", "mois", "mes", "maand", "birthm", "mm"})
_DAY = frozenset({"day", "tag", "jour", "dia", "dag", "dd", "dom"})
_WEEKDAY = frozenset({"dow", "weekday", "wkday", "wochentag", "doy", "dayofyear", "quarter", "qtr"})
_WEEK = ("week", "wk", "woche", "semaine")
_STUDY = frozenset({"visit", "study", "fu", "followup", "follow", "rel", "cycle", "treatment", "post", "since", "per"})
_DATED = frozenset({"date", "julian", "batch", "dt"})
#: Kinds that plain numbers get; a kind that identifies is treated as such already.
_PLAIN = frozenset(
    {"number", "measurement", "category", "code", "study_day", "sequence_number", "flag", "constant", "year", "time"}
)
_TWINS = {"x": "y", "y": "x", "e": "n", "n": "e"}
#: Days of a study from which they count from a fixed date: twenty years.
_MOST_DAYS = 7_300
_SPLIT = "one of several columns that may give day, month and year"
_XY = "beside its neighbour the header speaks of x and y, or of east and north"


def finer_than_year(name: str, look: Look) -> str:
    """Return why a column of numbers may be a date finer than a year; '' where nothing says so."""
    if not len(look.numbers) or look.numeric < 0.95:
        return ""
    numbers, words = look.numbers, set(words_of(name))
    low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
    if _SINCE.search(name):
        return "the header counts from a fixed date"
    if look.decimal and low >= 3e8 and high <= 5e9 and high <= 10 * low:
        return "the numbers can be seconds since 1970"
    if look.decimal and low >= 1900 and high < 2100:
        return "the numbers can be years with a fraction, or a month"
    if (
        (words & _WEEKDAY or words_of(name) in {(word,) for word in _WEEK})
        and not words & _STUDY
        and low >= 0
        and high <= 366
        and not look.decimal
    ):
        return "the header speaks of a day, week or quarter of the year"
    if not look.decimal and high >= 20_000 and low >= 20_000 and high <= 60_000 and words & (_DAY | {"studyday", "dy"}):
        return "the numbers can be days since 1900"
    if words & (_DAY | {"studyday", "dy"}) and not look.decimal and max(high, -low) > _MOST_DAYS:
        return "days of more than twenty years, as they count from a fixed date"
    if is_month(name, look):
        return "the header speaks of a month"
    return "numbers that can be year and day of the year" if _julian(look, bool(words & _DATED)) else ""


def is_month(name: str, look: Look) -> bool:
    """Whether a header speaks of a month and the whole numbers are 1 to 12."""
    words = set(words_of(name))
    said = bool(words & _MONTH) or (words_of(name)[-1:] == ("m",) and (len(words) == 1 or "birth" in words))
    return said and not words & _STUDY and _within(look, 12)


def _within(look: Look, most: int) -> bool:
    if not len(look.numbers) or look.numeric < 0.95 or look.decimal:
        return False
    return bool(look.numbers.min() >= 1 and look.numbers.max() <= most and look.distinct >= 2)


def _julian(look: Look, dated: bool) -> bool:
    if look.decimal or look.distinct < (3 if dated else 15):
        return False
    if look.widths != 1 or len(look.values[0]) not in (5, 7):
        return False
    years = (00, 50) if len(look.values[0]) == 5 else (1900, 2100)
    return bool(
        all(1 <= n % 1000 <= 366 for n in look.numbers) and all(years[0] <= n // 1000 < years[1] for n in look.numbers)
    )


def without_finer(columns: Sequence[ColumnProfile], seen: Sequence[Look]) -> tuple[ColumnProfile, ...]:
    """Return the columns; numbers that may be dates finer than a year, or x and y, hold `unknown`."""
    found = list(columns)
    spoken = dialects([column.column for column in columns])
    months = [i for i, column in enumerate(columns) if is_month(column.column, seen[i])]
    for i, column in enumerate(columns):
        if not column.holds or column.holds[0] not in _PLAIN or _defined(column, spoken):
            continue
        said = finer_than_year(column.column, seen[i])
        if not said and months and _DAY & set(words_of(column.column)) and _within(seen[i], 31):
            said = _SPLIT
        if not said and _has_twin(column.column, columns) and seen[i].numeric >= 0.95 and _placed(seen[i]):
            said = _XY
        if said:
            found[i] = replace(column, holds=("unknown",), evidence=(said, *column.evidence))
    return tuple(found)


def _defined(column: ColumnProfile, spoken: frozenset[str]) -> bool:
    if column.holds[0] == "study_day":  # a header says so, or a standard
        return convention(column.column, spoken) is not None
    return any("(6.5 points)" in said for said in column.evidence)


def _placed(look: Look) -> bool:
    """Whether numbers have a fraction, or five places and more as on a grid."""
    return look.decimal >= 0.5 or bool(len(look.numbers) and look.distinct >= 5 and look.numbers.min() >= 10_000)


def _has_twin(name: str, columns: Sequence[ColumnProfile]) -> bool:
    """Whether another column's name differs in x and y (e and n) alone, and this one's part is a word of its own."""
    words = words_of(name)
    if not set(_TWINS) & set(words):
        return False
    other = tuple(_TWINS.get(word, word) for word in words)
    return any(words_of(column.column) == other for column in columns)
