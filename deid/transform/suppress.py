"""Empty every cell of a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.contracts import Context
from deid.model import Role
from deid.registry import register


@register("transform", "suppress")
@dataclass(frozen=True)
class Suppress:
    """Makes every cell missing and keeps the column, for recipients whose programs expect it."""

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "every cell emptied, the column kept"
    example: ClassVar[Mapping[str, Any]] = {}

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find nothing: there are no options."""
        return ()

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the same type."""
        return input_type

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return a column of missing values, with no trace of the old ones."""
        return pa.nulls(len(column), column.type)
