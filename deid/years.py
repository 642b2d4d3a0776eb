"""The year of a date in any usual written form, and what a column as a whole says of its short years and numbers.

Safe Harbor lets the year stay. It does not depend on which figure is the day and which the month, so no order is
guessed; where two readings of a column give different years, none is taken.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from deid.digit_dates import short_parts, without_time, year_at_the_end

#: No date of the data lies after this year: it settles the century of a year of two digits (45 CFR 164.514(b)(2)(i)(C)
#: asks only that no year shows an age over 89). It goes up with the `as_of:` of the ready policies.
LATEST_YEAR = 2026
#: Events before this year are not shown by the ready policies, so no column is read as holding them by guess.
EARLIEST_EVENT = 1937
#: Numbers are dates of events only if all of them fall in these years.
EARLIEST_NUMBER = 1980
#: Oldest year of birth of anybody alive that a year of two digits can mean.
EARLIEST_BIRTH = LATEST_YEAR - 130

_NAMES: Sequence[str] = (
    "jan january januar janvier enero januari janeiro gennaio ene gen janv jaenner jänner",
    "feb february februar fevrier février febrero februari fevereiro febbraio fev fév févr fevr",
    "mar march marz märz maerz mars marzo maart março marco mrz mrt mär",
    "apr april avril abril aprile avr abr",
    "may mai mayo mei maio maggio mag",
    "jun june juni juin junio junho giugno giu",
    "jul july juli juillet julio julho luglio lug juil",
    "aug august aout août agosto augustus ago aoû",
    "sep sept september septembre septiembre setembro settembre set",
    "oct october oktober octobre octubre outubro ottobre okt out ott",
    "nov november novembre noviembre novembro",
    "dec december dezember decembre décembre diciembre dezembro dicembre dez déc dic",
)
MONTH_NUMBERS: Mapping[str, int] = {name: at for at, names in enumerate(_NAMES, 1) for name in names.split()}
#: Month names in English, German, French, Spanish, Dutch, Portuguese and Italian, the longest first; for RE2 as well.
MONTH_NAMES = "|".join(sorted(MONTH_NUMBERS, key=lambda name: (-len(name), name)))
_WEEKDAY = re.compile(
    r"(?:mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday|tues|thur|thurs|lundi|mardi|mercredi|jeudi|vendredi"
    r"|samedi|dimanche)\.?,? +"
)
_TIME = re.compile(
    r"(?:[t ,]+|(?<=\d):)(?:um |at )?\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?"
    r"(?: ?[ap]\.?m\.?)?(?: ?uhr)?(?: ?(?:z|utc|[+-]\d{2}:?\d{2}))?$"
)
_NTH = r"(?:st|nd|rd|th|er|\.|º|°|ª)?"
_GAP = r"[-/ .,]*(?:(?:de|del|di|of) +)?"
_FIGURES = re.compile(r"(\d{1,2})\.? ?[-/. ] ?(\d{1,2})\.? ?[-/. ] ?(\d{4})")
_YEAR_BEFORE = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})\.?")
_NAMED = re.compile(rf"(\d{{1,2}}){_NTH}{_GAP}({MONTH_NAMES}){_GAP}(\d{{4}})")
_NAME_FIRST = re.compile(rf"({MONTH_NAMES})\.? (\d{{1,2}}){_NTH},? (\d{{4}})")
_NO_DAY = re.compile(
    rf"(?:{MONTH_NAMES}){_GAP}(\d{{4}})|(\d{{4}})[-/ ](?:{MONTH_NAMES})|(?:0?[1-9]|1[0-2])[-/.](\d{{4}})"
)
_NAMED_BEFORE = re.compile(rf"(\d{{4}})[-/ ]?({MONTH_NAMES})[-/ ]?(\d{{1,2}})")
_SHORT = re.compile(rf"(\d{{1,2}})[-/. ]{{0,2}}(\d{{1,2}}|{MONTH_NAMES})[-/. ]{{0,2}}(\d{{2}})")
_SHORT_GAPS = re.compile(r"\d{1,2}(?:[-/.]|\. ?| )\d{1,2}(?:[-/.]|\. ?| )\d{2}")

#: Tags that say how a column's dates are to be read, as `reading` gives them.
YEAR_LAST, YEAR_FIRST = "year_last", "year_first"
#: Numbers that stand for dates: day 0 and units a day. SAS counts from 1960, spreadsheets from 30 December 1899.
COUNTED_FROM: Mapping[str, tuple[date, int]] = {
    "unix_seconds": (date(1970, 1, 1), 86_400),
    "unix_milliseconds": (date(1970, 1, 1), 86_400_000),
    "unix_days": (date(1970, 1, 1), 1),
    "sas_days": (date(1960, 1, 1), 1),
    "sas_seconds": (date(1960, 1, 1), 86_400),
    "excel_days": (date(1899, 12, 30), 1),
}
TAGS = frozenset((YEAR_LAST, YEAR_FIRST, *COUNTED_FROM))
_MOST_STRAY = 0.02
_FEWEST_AGAINST = 2


def year_of(text: str, reading: str = "", *, birth: bool = False) -> int | None:
    """Return the year of a date written out, or None where it is not surely read.

    `reading` says where a year of two digits stands; its century is the last that does not lie in the future. Of a
    birth, a year that fits somebody alive in two centuries is not read.
    """
    head = _head(text)
    for pattern, valid in _LONG.items():
        if match := pattern.fullmatch(head):
            return valid(match)
    if found := year_at_the_end(head):
        return found
    parts = _short(head)
    if parts and parts[1] is None and not reading:
        reading = YEAR_LAST  # 17-Nov-19: databases write the day before the name of a month
    if parts is None or reading not in _FITS or not _FITS[reading](parts):
        return None
    short = parts[2] if reading == YEAR_LAST else parts[0]
    year = _century(short)
    return None if birth and year - 100 >= EARLIEST_BIRTH else year


def reading(texts: Sequence[str], *, birth: bool = False, said: bool = False, stated: str = "") -> str:
    """Return how the dates of a column are to be read where single cells do not tell, or "".

    `texts` are its distinct values; `said` tells that the header speaks of a Unix time, `stated` where it says that a
    year of two digits stands. One reading must fit nearly all cells, and no other unless the header states it.
    """
    numbers = [number for number in map(_number, texts) if number is not None]
    if len(numbers) >= (1 - _MOST_STRAY) * len(texts) and numbers:
        counted = "" if birth else _counted(numbers, said=said)
        if counted or not all(map(short_parts, texts)):
            return counted
    parts = [found for found in map(_short, map(_head, texts)) if found]
    if not parts:
        return ""
    strays = {name: sum(not _plausible(name, found, birth) for found in parts) for name in _FITS}
    if stated:
        return stated if strays[stated] <= _MOST_STRAY * len(parts) else ""
    best, other = sorted(strays, key=lambda name: strays[name])
    sure = strays[other] >= max(_FEWEST_AGAINST, 2 * strays[best] + 1)
    return best if sure and strays[best] <= _MOST_STRAY * len(parts) else ""


def in_counted_years(day: date) -> bool:
    """Return whether a day read from a number lies in the years in which numbers are read as dates."""
    return EARLIEST_NUMBER <= day.year <= LATEST_YEAR


def _counted(numbers: Sequence[Decimal], *, said: bool) -> str:
    fitting = [name for name in COUNTED_FROM if all(_in_years(number, name) for number in numbers)]
    if said and len(fitting) > 1:
        fitting = [name for name in fitting if name in ("unix_seconds", "unix_milliseconds")]
    return fitting[0] if len(fitting) == 1 and fitting != ["unix_days"] else ""


def _in_years(number: Decimal, name: str) -> bool:
    origin, unit = COUNTED_FROM[name]
    days = number // unit
    return 0 < days < 100_000 and in_counted_years(origin + timedelta(int(days)))


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _head(text: str) -> str:
    """Return a date in small letters, without weekday and time of day."""
    plain = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return without_time(_TIME.sub("", _WEEKDAY.sub("", plain, count=1) if _WEEKDAY.match(plain) else plain))


def _short(head: str) -> tuple[int, int | None, int] | None:
    """Return the parts of a date with a year of two digits: first, middle (None for the name of a month), last."""
    if digits := short_parts(head):
        return digits
    match = _SHORT.fullmatch(head)
    if not match or (match[2].isdigit() and not _SHORT_GAPS.fullmatch(head)):
        return None
    return int(match[1]), int(match[2]) if match[2].isdigit() else None, int(match[3])


def _is_last(parts: tuple[int, int | None, int]) -> bool:
    first, middle, _ = parts
    return _day(first) if middle is None else _day_and_month(first, middle)


def _is_first(parts: tuple[int, int | None, int]) -> bool:
    _, middle, last = parts
    return _day(last) and (middle is None or 1 <= middle <= 12)


_FITS: Mapping[str, Callable[[tuple[int, int | None, int]], bool]] = {YEAR_LAST: _is_last, YEAR_FIRST: _is_first}


def _plausible(name: str, parts: tuple[int, int | None, int], birth: bool) -> bool:
    year = _century(parts[2] if name == YEAR_LAST else parts[0])
    return _FITS[name](parts) and (birth or year >= EARLIEST_EVENT)


def _century(short: int) -> int:
    return 2000 + short if 2000 + short <= LATEST_YEAR else 1900 + short


def _day(number: int) -> bool:
    return 1 <= number <= 31


def _day_and_month(one: int, other: int) -> bool:
    return _day(one) and _day(other) and min(one, other) <= 12


def _figures(match: re.Match[str]) -> int | None:
    return int(match[3]) if _day_and_month(int(match[1]), int(match[2])) else None


def _year_before(match: re.Match[str]) -> int | None:
    return int(match[1]) if _day_and_month(int(match[2]), int(match[3])) else None


def _day_named(group: int, year: int) -> Callable[[re.Match[str]], int | None]:
    return lambda match: int(match[year]) if _day(int(match[group])) else None


def _first_group(match: re.Match[str]) -> int | None:
    return next((int(group) for group in match.groups() if group), None)


_LONG: Mapping[re.Pattern[str], Callable[[re.Match[str]], int | None]] = {
    _FIGURES: _figures,
    _YEAR_BEFORE: _year_before,
    _NAMED: _day_named(1, 3),
    _NAME_FIRST: _day_named(2, 3),
    _NAMED_BEFORE: _day_named(3, 1),
    _NO_DAY: _first_group,
}
