"""Move the dates of a subject by a number of days of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.cells import NO_SUBJECT, OUT_OF_TYPE, Distinct, OnError, Rows, refuse, secret, subjects
from deid.contracts import Context
from deid.date_columns import moved_type, numeric_problems, read_dates
from deid.dates import Direction, Window, format_problems, listed
from deid.digit_dates import formats_of
from deid.errors import problem_kind
from deid.model import Role
from deid.registry import register

NO_FIRST_DAY = problem_kind(
    "D414",
    "subject without a first day",
    remedy="name a further source under `anchor: sources:` that holds a full date of these subjects",
    meaning="Dates are moved by the days from the subject's first day to the trial's start, which is not known here.",
)
#: Whose shift the dates of rows take that name nobody; no subject is called so.
NOBODY = "\x00nobody"
NARROWEST, WIDEST = 7, 3_650
#: Days before the first day in the trial from which on a date shows an age over 89: 365 times 89, as in the
#: macros that apply the PHUSE standard (jmangori/CDISC-SDTM-deidentify-SAS-phuse).
OVER_89 = 365 * 89


@register("transform", "shift_date")
@dataclass(frozen=True)
class ShiftDate:
    """Moves all dates of a subject, in all tables and notes, by one number of days that the key decides, never 0.

    Intervals stay exact; the written form, precision and time of day stay. Partial dates are imputed (15th of the
    month, 30 June), moved and cut back.

    max_days   largest move, in days; must be the same wherever intervals between columns matter
    direction  both, or past (dates move backwards only)
    weeks      whole weeks, so that weekdays stay true
    format     written forms, like '%d/%m/%Y' (%-d and %-m without leading zeros), where day and month are ambiguous;
               not needed for bare digits where the header or all values together settle their order
    numeric    what numbers mean: sas_days, sas_seconds, unix_seconds, unix_milliseconds, excel_days, yyyymmdd
    missing    codes that mean 'not known', such as '9999-12-31'; they become missing
    on_error   suppress empties cells that are no dates, instead of refusing the column
    anchored   the PHUSE offset instead of the key: each subject's first day becomes the start of the trial that the
               policy's `anchor:` gives; max_days, direction and weeks say nothing then
    nobody     together moves the dates of rows that name nobody by one number of days, instead of refusing them
    over_89    with anchored, what stands for a date so long before the first day that it shows an age over 89
               (cells of true dates and of numbers become empty)
    """

    max_days: int = 364
    direction: Direction = "both"
    weeks: bool = False
    format: str | tuple[str, ...] = ()
    numeric: str = ""
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"
    anchored: bool = False
    over_89: str = "--redacted--"
    nobody: Literal["refuse", "together"] = "refuse"

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
        if self.anchored and (self.max_days, self.direction, self.weeks) != (364, "both", False):
            yield "anchored leaves nothing to max_days, direction and weeks"
        if self.anchored and self.nobody == "together":
            yield "anchored needs a subject whose first day is known: nobody must be refuse"
        if self.over_89[:1] in ("=", "+", "@", "\t", "\r") or "\n" in self.over_89:
            yield "over_89 must be one line of text that does not begin with = + @"
        yield from format_problems(listed(self.format))
        yield from numeric_problems(self.numeric)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the same type for dates, timestamps and declared numbers, else text."""
        return moved_type(input_type, self.numeric)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the moved dates."""
        formats = listed(self.format) or (() if self.numeric else formats_of(context.tags))
        dates = read_dates(column, formats, self.numeric, self.missing)
        name = ("shift", self.max_days, self.direction, self.weeks, self.anchored)
        owners, deltas, known = context.shared(name, lambda: self._owners(context))
        owned = np.asarray([owner is not None for owner in owners.texts])[owners.rows]
        where = dates.known & known[owners.rows]
        moved = dates.write(dates.days + deltas[owners.rows], where)
        lost = int((where & np.asarray(moved.is_null())).sum())
        orphans = int((dates.known & ~owned & ~known[owners.rows]).sum())
        unanchored = int((dates.known & owned & ~known[owners.rows]).sum())
        failures = dates.failures() | {NO_SUBJECT: orphans, OUT_OF_TYPE: lost, NO_FIRST_DAY: unanchored}
        refuse(failures, context, self.on_error)
        return self._without_old(moved, dates.days, where, owners, context) if self.anchored else moved

    def deltas(self, owners: Distinct, context: Context) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """Return the days by which each distinct subject moves, and of which subjects they are known."""
        if self.anchored:
            first = [context.first_days.get(owner) if owner is not None else None for owner in owners.texts]
            known = np.asarray([day is not None for day in first], np.bool_)
            return np.asarray([0 if day is None else day.delta for day in first], np.int64), known
        subkey = secret(context).subkey("shift")
        window = Window(self.max_days, self.direction, self.weeks)
        names = [NOBODY if owner is None and self.nobody == "together" else owner for owner in owners.texts]
        named = np.asarray([name is not None for name in names], np.bool_)
        deltas = np.zeros(len(named), np.int64)
        deltas[named] = window.deltas(subkey, [name for name in names if name is not None])
        return deltas, named

    def _without_old(
        self, moved: pa.Array, days: Rows, where: npt.NDArray[np.bool_], owners: Distinct, context: Context
    ) -> pa.Array:
        """Return the dates without those that show an age over 89."""
        first = [context.first_days.get(owner or "") for owner in owners.texts]
        starts = np.asarray([0 if day is None else day.day for day in first], np.int64)[owners.rows]
        old = pa.array(where & (starts - days > OVER_89))
        label = self.over_89 if pa.types.is_string(moved.type) and self.over_89 else None
        return pc.if_else(old, pa.scalar(label, moved.type), moved)

    def _owners(self, context: Context) -> tuple[Distinct, Rows, npt.NDArray[np.bool_]]:
        owners = subjects(context)
        return owners, *self.deltas(owners, context)

    def describe(self) -> str:
        """Say what is done, in one line."""
        if self.anchored:
            return "moved so that every subject starts on the same day, intervals kept"
        unit = "whole weeks, " if self.weeks else ""
        span = f"-{self.max_days}..{-1 if self.direction == 'past' else self.max_days}"
        return f"shifted by {unit}{span} days, one delta per subject, intervals kept"
