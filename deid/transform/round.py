"""Round numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from math import isfinite
from typing import Any, ClassVar

import pyarrow as pa

from deid.cells import NOT_A_NUMBER, Distinct, OnError, refuse, without
from deid.contracts import Context
from deid.decimals import as_type, number_type, places, read_decimal, write_decimal
from deid.model import Role
from deid.registry import register


@register("transform", "round")
@dataclass(frozen=True)
class Round:
    """Rounds half to even, in decimal arithmetic: to so many decimals or to the nearest multiple.

    decimals  0 for whole numbers
    nearest   a step instead, such as 5 or 0.5
    missing   codes that mean 'not known'; they become missing
    on_error  suppress empties cells that are no numbers, instead of refusing the column
    """

    decimals: int | None = None
    nearest: float | None = None
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "rounded"
    example: ClassVar[Mapping[str, Any]] = {"nearest": 5}
    example_cells: ClassVar[tuple[str, ...]] = ("12", "89.5", "-3.25", "140", "7")

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find both or neither of the ways to round, and steps that round nothing."""
        if (self.decimals is None) == (self.nearest is None):
            yield "give either decimals or nearest"
        if self.decimals is not None and not 0 <= self.decimals <= 12:
            yield "decimals must be from 0 to 12"
        if self.nearest is not None and not (isfinite(self.nearest) and self.nearest >= 1e-12):
            yield "nearest must be a positive number"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the same type for numbers, else text."""
        return number_type(input_type)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the rounded numbers."""
        cells = without(Distinct.of(column), self.missing)
        kind = number_type(column.type)
        results = as_type(cells.each(self._rounded), kind).to_pylist()
        refuse({NOT_A_NUMBER: cells.failures(results)}, context, self.on_error)
        return cells.spread(results, kind)

    def _rounded(self, text: str) -> str | None:
        value = read_decimal(text)
        if value is None:
            return None
        if self.nearest is None:
            return write_decimal(value, self.decimals or 0)
        step = Decimal(repr(self.nearest))
        return write_decimal((value / step).to_integral_value(ROUND_HALF_EVEN) * step, places(step.normalize()))

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"rounded to {f'multiples of {self.nearest:g}' if self.nearest else f'{self.decimals} decimal(s)'}"
