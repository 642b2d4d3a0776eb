"""Replace every value by one text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.cells import Distinct
from deid.contracts import Context
from deid.model import Role
from deid.registry import register


@register("transform", "constant")
@dataclass(frozen=True)
class Constant:
    """Shows that there was a value, not which: `value` stands in every cell that is not missing."""

    value: str

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "replaced by one text"
    example: ClassVar[Mapping[str, Any]] = {"value": "withheld"}

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find an empty text, which would be read back as missing."""
        return () if self.value.strip() else ("value is empty; to leave cells empty use `do: suppress`",)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the text wherever there is a value."""
        distinct = Distinct.of(column)
        return distinct.spread(distinct.each(lambda text: self.value), pa.string())

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"replaced by '{self.value}'"
