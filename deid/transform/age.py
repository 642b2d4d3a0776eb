"""Ages in whole years, with one category for the oldest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Literal

import numpy as np
import pyarrow as pa

from deid.ages import ABSURD_AGE, OLDEST_SHOWN, UNITS, in_words, years_of, years_together
from deid.cells import NOT_A_NUMBER, NUMBER, Distinct, OnError, place, refuse, without
from deid.contracts import Context
from deid.errors import DataError, problem_kind
from deid.model import Role
from deid.registry import register

UNIT_UNKNOWN = problem_kind(
    "D409",
    "unit of age not known",
    remedy=f"name a column under `unit_column:` that holds {', '.join(UNITS)} in every row with an age",
    meaning="An age in a unit that is not understood could be one over 89.",
)
Unit = Literal["years", "months", "weeks", "days", "hours"]


@register("transform", "age")
@dataclass(frozen=True)
class Age:
    """Shows ages as HIPAA allows: completed years up to 89, and '90+' for all who are older.

    unit         what the numbers count: years, months, weeks, days or hours (365.25 days a year); left at years, the
                 unit in the header counts (`age_months`). An age with its own unit ('78Y', '18 mo') is read by it
    unit_column  column of the same table that says so row by row, such as AGEU
    top, label   ages from `top` on become the label
    missing      codes that mean 'not known', such as '999'; they become missing
    on_error     suppress empties cells that are no ages, instead of refusing the column
    """

    unit: Unit = "years"
    unit_column: str = ""
    top: int = OLDEST_SHOWN + 1
    label: str = ""
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = Role.QUASI
    summary: ClassVar[str] = "whole years, 90 and more as one category"
    example: ClassVar[Mapping[str, Any]] = {"missing": ["999"]}
    example_cells: ClassVar[tuple[str, ...]] = ("0", "54.7", "89", "90", "104", "90+", "999")

    def __post_init__(self) -> None:
        # A column of units makes the output depend on the row.
        object.__setattr__(self, "per_value", not self.unit_column)

    def columns(self) -> tuple[str, ...]:
        """Need the column of units, if one is named."""
        return (self.unit_column,) if self.unit_column else ()

    def problems(self) -> Iterator[str]:
        """Find ages that may not be shown."""
        if not 1 <= self.top <= OLDEST_SHOWN + 1:
            yield f"top must be from 1 to {OLDEST_SHOWN + 1}: ages over {OLDEST_SHOWN} are one category"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text, for the label."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the ages; each distinct pair of age and unit is worked out once."""
        cells = without(Distinct.of(column), self.missing)
        said = next((unit for unit in UNITS if f"age_in_{unit}" in context.tags), self.unit)
        one = said if self.unit == "years" else self.unit
        units = Distinct.of(self._units(context)) if self.unit_column else Distinct((one,), 0 * cells.rows)
        width = len(units.texts)
        pairs, row, count = np.unique(cells.rows * width + units.rows, return_inverse=True, return_counts=True)
        results, failures = [], {NOT_A_NUMBER: 0, ABSURD_AGE: 0, UNIT_UNKNOWN: 0}
        for pair, rows in zip(pairs.tolist(), count.tolist(), strict=True):
            text = cells.texts[pair // width]
            result = None if text is None else self._shown(text, _unit(units.texts[pair % width]))
            if result in failures:
                failures[result] += rows
            results.append(result if isinstance(result, str) else None)
        refuse(failures, context, self.on_error)
        return pa.array(results, pa.string()).take(pa.array(row.reshape(-1)))

    def _shown(self, text: str, unit: str) -> Any:
        """Return what is shown for an age, or the kind of problem with it."""
        top = self.label or f"{self.top}+"
        if "".join(text.split()) in {top, f"{self.top}+", f">{self.top - 1}", f">={self.top}"}:
            return top
        if NUMBER.fullmatch(text):
            if not unit:
                return UNIT_UNKNOWN
            years = years_of(Decimal(text), unit)
        else:
            parts = in_words(text)
            if not parts:
                return NOT_A_NUMBER
            years = years_together(parts)
        return ABSURD_AGE if years is None else top if years >= self.top else str(years)

    def _units(self, context: Context) -> pa.Array:
        if self.unit_column not in context.others:
            raise DataError(UNIT_UNKNOWN.at(f"the table has no column '{self.unit_column}'", place(context)))
        return context.others[self.unit_column]

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"completed years, {self.top} and more as '{self.label or f'{self.top}+'}'"


def _unit(text: str | None) -> str:
    """Return the unit that a text names ('YEARS', 'year', 'Mo'), or ''."""
    word = (text or "").casefold().rstrip(".")
    names = {"a": "years", "yr": "years", "yrs": "years", "mo": "months", "wk": "weeks", "d": "days", "h": "hours"}
    return next((unit for unit in UNITS if word in (unit, unit[:-1])), names.get(word, ""))
