"""Drop a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.contracts import Context
from deid.model import Role
from deid.registry import register


@register("transform", "drop")
@dataclass(frozen=True)
class Drop:
    """Removes the column from the release; the pipeline leaves it out and never applies this."""

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "removed"
    example: ClassVar[Mapping[str, Any]] = {}
    #: There is no output: within `by_name` the cells are suppressed instead.
    removes: ClassVar[bool] = True

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find nothing: there are no options."""
        return ()

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of nothing."""
        return pa.null()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return no value, should it be called all the same."""
        return pa.nulls(len(column), pa.null())
