"""Keep a column as it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.contracts import Context
from deid.model import Role
from deid.registry import register
from deid.values import as_text


@register("transform", "keep")
@dataclass(frozen=True)
class Keep:
    """Releases the cells unchanged. A categorical column loses the levels that no row holds.

    only  regular expression (RE2) that a whole cell must match; any other cell becomes missing
    """

    only: str = ""

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "kept as it is"
    example: ClassVar[Mapping[str, Any]] = {}

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find an expression that is none."""
        try:
            pc.match_substring_regex(pa.array([""]), self._whole())
        except pa.ArrowInvalid:
            yield "only is no regular expression of RE2"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the same type; a checked categorical column is no longer one."""
        return input_type.value_type if self.only and pa.types.is_dictionary(input_type) else input_type

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the column."""
        if self.only:
            column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
            fits = pc.match_substring_regex(as_text(column), self._whole())
            column = pc.if_else(fits, column, pa.scalar(None, column.type))
        if not pa.types.is_dictionary(column.type):
            return column
        codes = column.indices.drop_null().unique().sort()
        place = np.zeros(max(len(column.dictionary), 1), np.int64)
        place[codes.to_numpy()] = np.arange(len(codes))
        renumbered = pa.array(place).take(column.indices).cast(column.type.index_type)
        return pa.DictionaryArray.from_arrays(renumbered, column.dictionary.take(codes), ordered=column.type.ordered)

    def _whole(self) -> str:
        return f"^(?:{self.only})$"

    def describe(self) -> str:
        """Say what is done, in one line."""
        return "kept where it matches the expression given, else emptied" if self.only else self.summary
