"""Dates written as bare digits (`28021957`, `210503`, `210503 0915`): which form a column as a whole has.

Eight digits show where the year stands by themselves, because no month is 18 to 21. Six do so only together with the
header or with all other values of the column; where these leave two forms, none is taken.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

#: Tags of columns by the order of their digits, and the form that `deid.dates` reads.
FORMS: Mapping[str, str] = {
    "written_ddmmyyyy": "%d%m%Y",
    "written_mmddyyyy": "%m%d%Y",
    "written_ddmmyy": "%d%m%y",
    "written_mmddyy": "%m%d%y",
    "written_yymmdd": "%y%m%d",
}
#: What orders a year of two digits in the first or the last place can have.
_BY_PLACE: Mapping[str, tuple[str, ...]] = {
    "year_last": ("written_ddmmyy", "written_mmddyy"),
    "year_first": ("written_yymmdd",),
}
_LONG = ("written_ddmmyyyy", "written_mmddyyyy")
_TIMED = re.compile(r"(\d{6}|\d{8})[ tT]([01]\d|2[0-3])[0-5]\d([0-5]\d)?")
_STATED = re.compile(r"(?i)(?<![^\W_])(?:(?:dd[-/. ]?mm|mm[-/. ]?dd)[-/. ]?yy(?:yy)?|yy[-/. ]?mm[-/. ]?dd)(?![^\W_])")


def without_time(text: str) -> str:
    """Return six or eight digits without the four or six of a time of day behind a blank."""
    match = _TIMED.fullmatch(text)
    return match[1] if match else text


def short_parts(text: str) -> tuple[int, int, int] | None:
    """Return the three pairs of six digits."""
    head = without_time(text)
    if len(head) != 6 or not (head.isascii() and head.isdigit()):
        return None
    return int(head[:2]), int(head[2:4]), int(head[4:])


def year_at_the_end(text: str) -> int | None:
    """Return the year of eight digits that end with one, whichever of day and month stands first."""
    head = without_time(text)
    if len(head) != 8 or not (head.isascii() and head.isdigit()):
        return None
    one, other, year = int(head[:2]), int(head[2:4]), int(head[4:])
    fits = 1 <= min(one, other) <= 12 and 1 <= max(one, other) <= 31 and 1800 <= year < 2200
    return year if fits else None


def stated_place(name: str) -> str:
    """Return where a header says that a year of two digits stands (`DOB (ddmmyy)`), '' where it says nothing."""
    match = _STATED.search(name)
    if match is None:
        return ""
    return "year_first" if match[0][0] in "yY" else "year_last"


def form_tag(name: str, texts: Sequence[str], place: str) -> str:
    """Return the tag of the one order that fits every value of a column, '' where none or more than one does.

    `place` is where a year of two digits stands. A header may state the order of day and month.
    """
    heads = [without_time(text) for text in texts]
    sizes = {len(head) for head in heads}
    if not heads or len(sizes) != 1 or not all(head.isascii() and head.isdigit() for head in heads):
        return ""
    candidates = _LONG if sizes == {8} else _BY_PLACE.get(place, ()) if sizes == {6} else ()
    fitting = [tag for tag in candidates if all(_is_day(head, FORMS[tag]) for head in heads)]
    said = re.sub(r"[-/. ]", "", match[0].lower()) if (match := _STATED.search(name)) else ""
    if said:
        fitting = [tag for tag in fitting if tag.removeprefix("written_")[:4] == said[:4]]
    return fitting[0] if len(fitting) == 1 else ""


def formats_of(tags: Collection[str]) -> tuple[str, ...]:
    """Return the form that a column's tags name, as a declared format; none where they name none."""
    return tuple(form for tag, form in FORMS.items() if tag in tags)


def _is_day(head: str, form: str) -> bool:
    at, parts = 0, {}
    for directive in re.findall("%.", form):
        size = 4 if directive == "%Y" else 2
        parts[directive[1].lower()] = int(head[at : at + size])
        at += size
    year = parts["y"] if len(head) == 8 else 2000 + parts["y"] % 100
    try:
        return 1800 <= date(year, parts["m"], parts["d"]).year < 2200
    except ValueError:  # 29 February of a year of two digits may lie in the other century, where 1900 is none
        return False
