"""Move a year of birth with the dates of its subject, and coarsen it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.ages import OLDEST_SHOWN, reference_problems
from deid.cells import NO_SUBJECT, Rows, refuse, subjects
from deid.contracts import Context
from deid.date_columns import read_dates
from deid.dates import Direction
from deid.model import Role
from deid.registry import register
from deid.transform.shift_date import ShiftDate
from deid.values import canonical_text

LARGEST = 20


@register("transform", "shift_year")
@dataclass(frozen=True)
class ShiftYear:
    """Moves a birth written as a year by the days by which `shift_date` moves its subject's dates, and shows the year.

    So ages at events stay right, and no event falls before the birth. Where month and day stand in columns of their
    own, which are then emptied, they are taken into account; else the year counts as its 30 June.

    month, day  columns with the month and day of birth, as numbers
    max_days, direction, weeks  as for shift_date: they must be the same
    interval    years a group; the group is shown by its first year
    as_of       all whose moved year shows an age over 89 at this date stand in one group, with the group next to it
    """

    month: str = ""
    day: str = ""
    max_days: int = 364
    direction: Direction = "both"
    weeks: bool = False
    interval: int = 1
    as_of: str = ""

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = True
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = Role.QUASI
    summary: ClassVar[str] = "year of birth moved with the subject's dates"
    example: ClassVar[Mapping[str, Any]] = {"max_days": 3650, "as_of": "2024-01-01"}
    example_cells: ClassVar[tuple[str, ...]] = ("1951", "1931", "2002", "1960")

    def columns(self) -> tuple[str, ...]:
        """Need the columns of month and day, if they are named."""
        return tuple(name for name in (self.month, self.day) if name)

    def problems(self) -> Iterator[str]:
        """Find windows that no shift has, groups that say nothing, references that are no dates."""
        if not 7 <= self.max_days <= 3_650:
            yield "max_days must be from 7 to 3650, as for shift_date"
        if not 1 <= self.interval <= LARGEST:
            yield f"interval must be from 1 to {LARGEST} years"
        if self.day and not self.month:
            yield "day needs month"
        yield from reference_problems(self.as_of, "", ())

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the same type for whole numbers, else text."""
        return input_type if pa.types.is_integer(input_type) else pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the years."""
        births = read_dates(self._births(column, context))
        owners = subjects(context)
        deltas, known = ShiftDate(self.max_days, self.direction, self.weeks).deltas(owners, context)
        refuse(births.failures() | {NO_SUBJECT: int((births.known & ~known[owners.rows]).sum())}, context)
        years = self._shown(births.days + deltas[owners.rows])
        return pa.array(years, mask=~births.known).cast(self.output_type(column.type))

    def _births(self, column: pa.Array, context: Context) -> pa.Array:
        """Write the birth as YYYY-MM-DD, YYYY-MM or YYYY, as far as it is known."""
        written = [canonical_text(column)]
        for name in self.columns():
            part = pc.utf8_lpad(canonical_text(context.others[name]), 2, "0")
            written.append(pc.binary_join_element_wise(written[-1], part, "-"))  # missing where any part is
        return pc.coalesce(*reversed(written))

    def _shown(self, days: Rows) -> Rows:
        years = days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        if self.as_of:
            years = np.maximum(years, date.fromisoformat(self.as_of).year - OLDEST_SHOWN - 1)
        shown: Rows = years - years % self.interval
        return shown

    def describe(self) -> str:
        """Say what is done, in one line."""
        old = f", ages over {OLDEST_SHOWN} on {self.as_of} in one group" if self.as_of else ""
        groups = f", groups of {self.interval} years" if self.interval > 1 else ""
        return f"year moved with the subject's dates{groups}{old}"
