"""Replace low numbers by one category."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.cells import OnError
from deid.coding import apply_bound, bound_problems, coded_type
from deid.contracts import Context
from deid.model import Role
from deid.registry import register


@register("transform", "bottom_code")
@dataclass(frozen=True)
class BottomCode:
    """Shows numbers above a bound as they are and all others as the bound or as a label.

    at        the bound: it and all below are one category
    label     text of that category, such as '18 or less'; without one the number `at` itself stands for it
    missing   codes that mean 'not known'; they become missing
    on_error  suppress empties cells that are no numbers, instead of refusing the column
    """

    at: float
    label: str = ""
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "low numbers as one category"
    example: ClassVar[Mapping[str, Any]] = {"at": 18, "label": "18 or less"}
    example_cells: ClassVar[tuple[str, ...]] = ("12", "89.5", "90", "140", "7")

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find a bound that is no number."""
        return bound_problems(self.at)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text for a label, else the same type."""
        return coded_type(input_type, self.label)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the numbers, low ones coded."""
        return apply_bound(
            column, context, lambda number: number <= self.at, self.at, self.label, self.missing, self.on_error
        )

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"{self.at:g} and less as '{self.label or f'{self.at:g}'}'"
