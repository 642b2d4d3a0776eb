"""Replace a birth date by the age at a reference date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from deid.ages import OLDEST_SHOWN, ages_at, reference_dates, reference_problems
from deid.cells import OnError, refuse
from deid.contracts import Context
from deid.date_columns import numeric_problems, read_dates
from deid.dates import format_problems, listed
from deid.model import Role
from deid.registry import register


@register("transform", "age_at")
@dataclass(frozen=True)
class AgeAt:
    """Turns a birth date into completed years, '0' to '89', with one label for all who are older.

    as_of_column  column of the same table with the date that counts (visit, diagnosis, death)
    as_of         one date for all rows instead
    top, label    ages from `top` on become the label; 90 is the most that HIPAA lets pass
    format, numeric, missing, on_error  as for shift_date, for both columns

    A partial birth date counts by its middle (15th of the month, 30 June), for the label by its beginning.
    """

    as_of_column: str = ""
    as_of: str = ""
    top: int = OLDEST_SHOWN + 1
    label: str = ""
    format: str | tuple[str, ...] = ()
    numeric: str = ""
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = Role.QUASI
    summary: ClassVar[str] = "birth date replaced by the age in completed years"
    example: ClassVar[Mapping[str, Any]] = {"as_of": "2024-01-01"}
    example_cells: ClassVar[tuple[str, ...]] = ("1930-05-01", "1951-03-26", "1951", "1960-02-29")

    def __post_init__(self) -> None:
        # A reference column makes the output depend on the row.
        object.__setattr__(self, "per_value", not self.as_of_column)

    def columns(self) -> tuple[str, ...]:
        """Need the reference column, if one is named."""
        return (self.as_of_column,) if self.as_of_column else ()

    def problems(self) -> Iterator[str]:
        """Find a missing reference, ages that may not be shown, formats that cannot be read."""
        if not self.as_of and not self.as_of_column:
            yield "as_of_column (or as_of) says at which date the age counts; it is missing"
        if not 1 <= self.top <= OLDEST_SHOWN + 1:
            yield f"top must be from 1 to {OLDEST_SHOWN + 1}: ages over {OLDEST_SHOWN} are one category"
        yield from format_problems(listed(self.format))
        yield from numeric_problems(self.numeric)
        yield from reference_problems(self.as_of, self.as_of_column, listed(self.format))

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text, for the label."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the ages."""
        births = read_dates(column, listed(self.format), self.numeric, self.missing)
        rows = len(column)
        reference = reference_dates(self.as_of, self.as_of_column, context, rows, listed(self.format), self.numeric)
        ages = ages_at(births, reference)
        refuse(births.failures() | ages.failures(), context, self.on_error)
        labels = [*map(str, range(self.top)), self.label or f"{self.top}+", None]
        years = np.where(ages.most >= self.top, self.top, np.minimum(ages.years, self.top))
        return pa.array(labels, pa.string()).take(pa.array(np.where(ages.known, years, self.top + 1)))

    def describe(self) -> str:
        """Say what is done, in one line."""
        at = f"on {self.as_of}" if self.as_of else f"at {self.as_of_column}"
        return f"replaced by the age {at} in completed years, {self.top} and more as '{self.label or f'{self.top}+'}'"
