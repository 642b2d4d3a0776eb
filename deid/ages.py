"""Ages in completed years, and the age above which HIPAA shows no single year (45 CFR 164.514(b)(2)(i)(C))."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np
import pyarrow as pa

from deid.cells import Rows, place
from deid.contracts import Context
from deid.date_columns import DateColumn, Mask, read_dates
from deid.dates import Precision
from deid.errors import DataError, ProblemKind, problem_kind

NO_REFERENCE = problem_kind(
    "D407",
    "no date to count the age at",
    remedy="fill the reference column, name another one under `as_of_column:`, or set `on_error: suppress`",
    meaning="Without a reference date it cannot be said whether a birth date shows an age above 89.",
)
ABSURD_AGE = problem_kind(
    "D408",
    "age below 0 or above 130",
    remedy="declare codes such as 999 under `missing:`, check the unit, or set `on_error: suppress`",
    meaning="No person has that age: the unit, the column or the reference date is another than the policy says.",
)
#: The highest age that may be shown; 90 and more are one category.
OLDEST_SHOWN = 89
OLDEST_POSSIBLE = 130
#: Units by what tables call them, as parts of a year: a year has 365.25 days, so 32,873 days are 90 years.
UNITS: Mapping[str, Fraction] = {
    "years": Fraction(1),
    "months": Fraction(1, 12),
    "weeks": Fraction(28, 1461),
    "days": Fraction(4, 1461),
    "hours": Fraction(1, 8766),
}
#: Units as cells write them behind a number. A bare 'm' is none, it may say male; DICOM's three digits and M are.
WORDS: Mapping[str, str] = {
    "years": r"y|yo|y/o|yrs?|years?|j|jahre?|ans?|años?|anos?|anni|anno|jaar|jr",
    "months": r"mos?|mons?|mths?|months?|monate?|mois|mes|mesi|meses|maand|maanden",
    "weeks": r"wks?|w|weeks?|wochen?|semaines?|semanas?|settimane|weken",
    "days": r"d|days?|tage?|jours?|d[ií]as?|giorni|dagen|dg",
    "hours": r"h|hrs?|hours?|stunden?|heures?|horas?|uur",
}
_NUMBER_AND_UNIT = re.compile(
    r"(?P<number>\d{1,5}(?:[.,]\d{1,3})?) ?(?:"
    + "|".join(f"(?P<{unit}>{words})" for unit, words in WORDS.items())
    + r")(?![^\W\d_])\.?(?: (?:old|of age|alt))?(?:,? and |, ?| |)"
)
_DICOM = re.compile(r"(\d{3})m")
_TWO_DIGITS = "%y"


@dataclass(frozen=True)
class Ages:
    """Ages row by row: `years` by the imputed dates, `most` by the earliest birth that a partial date allows.

    known is where both dates stand; unreferenced where there is a birth date alone; absurd where nobody has that age.
    """

    years: Rows
    most: Rows
    known: Mask
    unreferenced: Mask
    absurd: Mask

    def failures(self) -> dict[ProblemKind, int]:
        """Return the number of rows by kind of problem."""
        return {NO_REFERENCE: int(self.unreferenced.sum()), ABSURD_AGE: int(self.absurd.sum())}


def ages_at(births: DateColumn, reference: DateColumn) -> Ages:
    """Return the ages of people at dates."""
    known = births.known & reference.known
    years = completed_years(births.days, reference.days)
    most = completed_years(_bound(births, last=False), _bound(reference, last=True))
    absurd = known & ((most < 0) | (years > OLDEST_POSSIBLE))
    return Ages(np.maximum(years, 0), most, known & ~absurd, births.known & ~reference.known, absurd)


def completed_years(births: Rows, dates: Rows) -> Rows:
    """Return the birthdays had between two days since 1970-01-01; 29 February is had on 1 March in most years."""
    (born, at) = (_calendar(days) for days in (births, dates))
    before = (at[1] < born[1]) | ((at[1] == born[1]) & (at[2] < born[2]))
    years: Rows = at[0] - born[0] - before
    return years


def reference_dates(
    as_of: str, as_of_column: str, context: Context, rows: int, formats: tuple[str, ...], numeric: str
) -> DateColumn:
    """Return the dates at which ages are counted: a column of the table, or one date for all."""
    if as_of_column:
        if as_of_column not in context.others:
            cause = f"the table has no column '{as_of_column}'"
            raise DataError(NO_REFERENCE.at(cause, place(context)))
        return read_dates(context.others[as_of_column], formats, numeric)
    return read_dates(pa.array([as_of]).take(pa.array(np.zeros(rows, np.int64))))


def reference_problems(as_of: str, as_of_column: str, formats: tuple[str, ...]) -> Iterator[str]:
    """Return what is wrong with the options of a reference date."""
    if as_of and as_of_column:
        yield "as_of and as_of_column exclude each other"
    if as_of and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", as_of):
        yield "as_of is a date like 2024-12-31"
    elif as_of and not read_dates(pa.array([as_of])).known.all():
        yield "as_of is no date of the calendar"
    if any(_TWO_DIGITS in pattern for pattern in formats):
        yield "years of two digits (%y) do not say the century, so no age can be counted from them"


def years_of(number: Decimal, unit: str) -> int | None:
    """Return completed years of an age in a unit out of UNITS, or None when nobody has that age."""
    if not 0 <= number < 10**7:
        return None
    years = floor(Fraction(number) * UNITS[unit])
    return years if years <= OLDEST_POSSIBLE else None


def in_words(text: str) -> tuple[tuple[Decimal, str], ...]:
    """Return the numbers and units of an age written with its unit ('78Y', '2 yrs 3 mo'), or () where it is none."""
    plain = " ".join(text.casefold().split())
    if dicom := _DICOM.fullmatch(plain):
        return ((Decimal(dicom[1]), "months"),)
    found, at = [], 0
    while at < len(plain):
        match = _NUMBER_AND_UNIT.match(plain, at)
        if not match:
            return ()
        unit = next(unit for unit in UNITS if match[unit])
        found.append((Decimal(match["number"].replace(",", ".")), unit))
        at = match.end()
    units = [unit for _, unit in found]
    return tuple(found) if len(set(units)) == len(units) and units == sorted(units, key=list(UNITS).index) else ()


def years_together(parts: Sequence[tuple[Decimal, str]]) -> int | None:
    """Return completed years of an age in several units, or None when nobody has that age."""
    years = floor(sum(Fraction(number) * UNITS[unit] for number, unit in parts))
    return years if years <= OLDEST_POSSIBLE else None


def _calendar(days: Rows) -> tuple[Rows, Rows, Rows]:
    day = days.astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    year = day.astype("datetime64[Y]")
    return (
        year.astype(np.int64) + 1970,
        (month - year.astype("datetime64[M]")).astype(np.int64) + 1,
        (day - month.astype("datetime64[D]")).astype(np.int64) + 1,
    )


def _bound(dates: DateColumn, *, last: bool) -> Rows:
    """Return the first or last day that a partial date allows."""
    day = dates.days.astype("datetime64[D]")
    bounds = [day]
    for unit in ("M", "Y"):
        start = day.astype(f"datetime64[{unit}]") + int(last)
        bounds.append(start.astype("datetime64[D]") - int(last))
    of_precision = {Precision.DAY: bounds[0], Precision.MONTH: bounds[1], Precision.YEAR: bounds[2]}
    chosen = np.select([dates.precision == precision for precision in of_precision], list(of_precision.values()), day)
    return np.asarray(chosen.astype(np.int64))
