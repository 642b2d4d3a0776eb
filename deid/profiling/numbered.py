"""Headers that are numbers handed out: a matrix with a column a patient, named by the numbers of their records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deid.profiling.checks import loinc, snomed
from deid.profiling.suspects import RECORD

#: A number, as a spreadsheet or a table of floats may have written it.
_BARE = re.compile(r"(?:n[or]\.? ?|# ?)?(\d{4,}(?:-\d(?!\.))?)(?:\.0+)?", re.IGNORECASE)
#: Numbers in groups, as NHS numbers are written; years and limits of classes have fewer digits.
_GROUPED = re.compile(r"\d{2,}(?:[ -]\d{2,})+(?:[ -]\d)?")
_LETTERED = re.compile(r"[^\W\d_]{1,8}[ _.:#-]{0,2}(\d{5,})")
_YEAR = re.compile(r"(?:18|19|20)\d\d")
#: So many digits tell of a number handed out where they stand alone, in groups, or beside others of their shape.
_ALONE, _TOGETHER = 5, 9


def number_in(name: str) -> str:
    """Return the number that a header is, with or without a few letters before it; '' where it is none, or a year."""
    plain = name.strip()
    found = _BARE.fullmatch(plain) or _LETTERED.fullmatch(plain)
    digits = re.sub(r"\D", "", found[1] if found else plain if _GROUPED.fullmatch(plain) else "")
    if not digits and RECORD.search(plain):
        digits = max(re.findall(r"\d+", plain), key=len)
    return "" if len(digits) < 4 or _YEAR.fullmatch(digits) else digits


def numbers_of_records(names: Sequence[str]) -> frozenset[str]:
    """Return the headers of a table that are numbers handed out, or letters of such and a number.

    Bare numbers count from five digits on, and from four where several are of one length. Years do not, nor do codes
    that all pass the check digit of LOINC or SNOMED CT.
    """
    found = {name for name in names if RECORD.search(name) and number_in(name)}
    shapes: dict[str, list[str]] = {}
    for name in names:
        plain = name.strip()
        bare = _BARE.fullmatch(plain)
        if bare:
            shapes.setdefault(re.sub(r"\d", "9", bare[1]), []).append(name)
        elif _GROUPED.fullmatch(plain) and len(re.sub(r"\D", "", plain)) >= _TOGETHER and not _years(plain):
            found.add(name)
    for shape, alike in shapes.items():
        digits = [_BARE.fullmatch(name.strip())[1] for name in alike]  # type: ignore[index]
        if all(map(_YEAR.fullmatch, digits)) or all(map(loinc, digits)) or all(map(snomed, digits)):
            continue
        if len(alike) > 1 or len(shape) >= _ALONE:
            found.update(alike)
    return frozenset(found)


def _years(name: str) -> bool:
    return all(map(_YEAR.fullmatch, re.findall(r"\d+", name)))
