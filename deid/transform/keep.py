"""Keep a column as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from deid.contracts import Context
from deid.model import Role
from deid.registry import register


@register("transform", "keep")
@dataclass(frozen=True)
class Keep:
    """Releases the cells unchanged. A categorical column loses the levels that no row holds."""

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "kept as it is"
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
        """Return the column."""
        if not pa.types.is_dictionary(column.type):
            return column
        codes = column.indices.drop_null().unique().sort()
        place = np.zeros(max(len(column.dictionary), 1), np.int64)
        place[codes.to_numpy()] = np.arange(len(codes))
        renumbered = pa.array(place).take(column.indices).cast(column.type.index_type)
        return pa.DictionaryArray.from_arrays(renumbered, column.dictionary.take(codes), ordered=column.type.ordered)
