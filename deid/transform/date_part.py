"""Show only a part of a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa

from deid.ages import OLDEST_SHOWN, ages_at, reference_dates, reference_problems
from deid.cells import OnError, refuse
from deid.contracts import Context
from deid.date_columns import EPOCHS, DateColumn, Mask, counted_dates, numeric_problems, read_dates, with_years
from deid.dates import WEEKDAYS, Precision, format_problems, listed
from deid.digit_dates import formats_of
from deid.model import Role
from deid.registry import register
from deid.years import TAGS

Part = Literal["year", "year_month", "quarter", "month", "weekday"]
_EPOCH = date(1970, 1, 1).toordinal()


@register("transform", "date_part")
@dataclass(frozen=True)
class DatePart:
    """Shows a part of a date as text: 2014, 2014-07, 2014-Q3, 07 or Wednesday; a partial date shows what it has.

    to            year, year_month, quarter, month or weekday
    as_of         the column holds birth dates, and those that show an age over 89 at this date become missing
    as_of_column  the same, at the date in this column of the row
    empty_before  dates before this day become missing: the column holds events, and so old a year would tell of an
                  age over 89 where it is a birth date after all
    format, numeric, missing, on_error  as for shift_date; for a year alone, day and month need not be told apart, and
    dates are read in any usual form, numbers and years of two digits as the column as a whole shows
    """

    to: Part = "year"
    as_of: str = ""
    as_of_column: str = ""
    empty_before: str = ""
    format: str | tuple[str, ...] = ()
    numeric: str = ""
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "coarsened to a part of the date"
    example: ClassVar[Mapping[str, Any]] = {"to": "year", "as_of": "2024-01-01"}
    example_cells: ClassVar[tuple[str, ...]] = ("1930-05-01", "1951-03-26", "1951", "1960-02-29")

    def __post_init__(self) -> None:
        # A reference column makes the output depend on the row.
        object.__setattr__(self, "per_value", not self.as_of_column)

    def columns(self) -> tuple[str, ...]:
        """Need the reference column, if one is named."""
        return (self.as_of_column,) if self.as_of_column else ()

    def problems(self) -> Iterator[str]:
        """Find formats that cannot be read and references that are no dates."""
        yield from format_problems(listed(self.format))
        yield from numeric_problems(self.numeric)
        yield from reference_problems(self.as_of, self.as_of_column, listed(self.format))
        yield from reference_problems(self.empty_before, "", ())

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the parts."""
        dates = self._read(column, context)
        shown, failures = dates.known, dates.failures()
        if self.as_of or self.as_of_column:
            reference = reference_dates(
                self.as_of, self.as_of_column, context, len(column), listed(self.format), self.numeric
            )
            ages = ages_at(dates, reference)
            failures |= ages.failures()
            shown = ages.known & (ages.most <= OLDEST_SHOWN)
        if self.empty_before:
            shown = shown & (dates.days >= date.fromisoformat(self.empty_before).toordinal() - _EPOCH)
        refuse(failures, context, self.on_error)
        return self._parts(dates.days, dates.precision.astype(np.int64), shown)

    def _read(self, column: pa.Array, context: Context) -> DateColumn:
        """Read the dates, for a year alone also as the column as a whole shows them to be written."""
        if self.to != "year":
            formats = listed(self.format) or (() if self.numeric else formats_of(context.tags))
            return read_dates(column, formats, self.numeric, self.missing)
        reading = "" if self.format or self.numeric else next(iter(TAGS & context.tags), "")
        if reading in EPOCHS:
            return counted_dates(column, reading, self.missing)
        birth = bool(self.as_of or self.as_of_column) or context.kind == "birth_date"
        dates = read_dates(column, listed(self.format), self.numeric, self.missing)
        return with_years(dates, column, reading, birth=birth)

    def _parts(self, days: Any, precision: Any, shown: Mask) -> pa.Array:
        codes = np.where(shown, days * 4 + precision, 0)
        distinct, row = np.unique(codes, return_inverse=True)
        texts = [_part(int(code) // 4, int(code) % 4, self.to) if code % 4 else None for code in distinct]
        return pa.array(texts, pa.string()).take(pa.array(row.reshape(-1)))

    def describe(self) -> str:
        """Say what is done, in one line."""
        at = f"on {self.as_of}" if self.as_of else f"at {self.as_of_column}"
        old = f", emptied where the age is over {OLDEST_SHOWN} {at}" if self.as_of or self.as_of_column else ""
        return f"coarsened to {self.to.replace('_', ' and ')}{old}"


def _part(days: int, precision: int, to: Part) -> str | None:
    """Return the part of a date, or the coarser one that is known; None where a year alone says nothing of it."""
    day = date.fromordinal(days + _EPOCH)
    year = f"{day.year:04d}"
    if to == "weekday":
        return WEEKDAYS[day.weekday()] if precision == Precision.DAY else None
    if to == "month":
        return f"{day.month:02d}" if precision > Precision.YEAR else None
    if to == "year" or precision == Precision.YEAR:
        return year
    return f"{year}-{day.month:02d}" if to == "year_month" else f"{year}-Q{(day.month + 2) // 3}"
