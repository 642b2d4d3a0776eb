"""Move the dates of a subject by a number of days of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from deid.cells import NO_SUBJECT, OUT_OF_TYPE, OnError, refuse, secret, subjects
from deid.contracts import Context
from deid.date_columns import moved_type, numeric_problems, read_dates
from deid.dates import Direction, Window, format_problems, listed
from deid.model import Role
from deid.registry import register

NARROWEST, WIDEST = 7, 3_650


@register("transform", "shift_date")
@dataclass(frozen=True)
class ShiftDate:
    """Moves all dates of a subject, in all tables and notes, by one number of days that the key decides, never 0.

    Intervals stay exact; the written form, precision and time of day stay. Partial dates are imputed (15th of the
    month, 30 June), moved and cut back.

    max_days   largest move, in days; must be the same wherever intervals between columns matter
    direction  both, or past (dates move backwards only)
    weeks      whole weeks, so that weekdays stay true
    format     written forms, like '%d/%m/%Y' (%-d and %-m without leading zeros), where day and month are ambiguous
    numeric    what numbers mean: sas_days, sas_seconds, unix_seconds, unix_milliseconds, excel_days, yyyymmdd
    missing    codes that mean 'not known', such as '9999-12-31'; they become missing
    on_error   suppress empties cells that are no dates, instead of refusing the column
    """

    max_days: int = 364
    direction: Direction = "both"
    weeks: bool = False
    format: str | tuple[str, ...] = ()
    numeric: str = ""
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = True
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "shifted by days of its own for each subject, intervals kept"
    example: ClassVar[Mapping[str, Any]] = {"max_days": 182}
    example_cells: ClassVar[tuple[str, ...]] = ("2014-07-02", "2014-07-02T11:45", "2013-02", "2012", "2012-02-29")

    def columns(self) -> tuple[str, ...]:
        """Need no other column than the subject."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find windows that protect nobody and formats that cannot be read."""
        if not NARROWEST <= self.max_days <= WIDEST:
            yield f"max_days must be from {NARROWEST} to {WIDEST}"
        elif self.weeks and self.max_days < 2 * NARROWEST:
            yield f"max_days must be {2 * NARROWEST} or more for whole weeks"
        yield from format_problems(listed(self.format))
        yield from numeric_problems(self.numeric)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the same type for dates, timestamps and declared numbers, else text."""
        return moved_type(input_type, self.numeric)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the moved dates."""
        dates = read_dates(column, listed(self.format), self.numeric, self.missing)
        owners = subjects(context)
        subkey = secret(context).subkey("shift")
        window = Window(self.max_days, self.direction, self.weeks)
        deltas = np.asarray([0 if owner is None else window.delta(subkey, owner) for owner in owners.texts], np.int64)
        owned = np.asarray([owner is not None for owner in owners.texts])[owners.rows]
        where = dates.known & owned
        moved = dates.write(dates.days + deltas[owners.rows], where)
        lost = int((where & np.asarray(moved.is_null())).sum())
        orphans = int((dates.known & ~owned).sum())
        refuse(dates.failures() | {NO_SUBJECT: orphans, OUT_OF_TYPE: lost}, context, self.on_error)
        return moved

    def describe(self) -> str:
        """Say what is done, in one line."""
        unit = "whole weeks, " if self.weeks else ""
        span = f"-{self.max_days}..{-1 if self.direction == 'past' else self.max_days}"
        return f"shifted by {unit}{span} days, one delta per subject, intervals kept"
