"""Replace the integer keys of a database by other integers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.cells import place, secret
from deid.contracts import Context
from deid.errors import DataError, Problem, problem_kind
from deid.integer_keys import LARGE_BITS, SMALL_BITS, remapped
from deid.model import Role
from deid.registry import register
from deid.values import canonical_text

NO_KEY = problem_kind(
    "D420",
    "not an integer key",
    remedy="use `do: pseudonym` for keys that are text, negative or have leading zeros",
    meaning="Integer keys are renumbered one to one: whole numbers from 0 to 2**62 - 1, written without leading zeros.",
)
TOO_WIDE = problem_kind(
    "D421",
    "key needs a wider column",
    remedy="make the column 64 bits wide in the input (bigint)",
    meaning="Keys from 2**30 on become keys of 63 bits, so that no two keys of a release can be the same.",
)
_WHOLE = r"^(0|[1-9][0-9]{0,18})$"


@register("transform", "remap_key")
@dataclass(frozen=True)
class RemapKey:
    """Renumbers integer keys by a keyed permutation: integers stay integers, no two keys become one, joins stay.

    Columns of the same `field` share the permutation. A key below 2**30 becomes one from 2**30 to 2**31 - 1, so that
    32-bit columns hold it and no new key is an old one; larger keys, below 2**62, become keys of 63 bits.
    """

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = Role.DIRECT
    summary: ClassVar[str] = "renumbered by a keyed permutation, the same for the same key"
    example: ClassVar[Mapping[str, Any]] = {}
    example_cells: ClassVar[tuple[str, ...]] = ("1015", "7", "0", "1073741823", "1073741824", "4611686018427387903")

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find nothing: there are no options."""
        return ()

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text for text, else whole numbers of 32 bits or more."""
        if pa.types.is_dictionary(input_type):
            return self.output_type(input_type.value_type)
        if pa.types.is_string(input_type) or pa.types.is_large_string(input_type) or pa.types.is_null(input_type):
            return pa.string()
        narrow = pa.types.is_integer(input_type) and input_type.bit_width <= pa.int32().bit_width
        return pa.int32() if narrow and input_type != pa.uint32() else pa.int64()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the new keys. Raises DataError for what is no key, with the number of cells."""
        kind = self.output_type(column.type)
        text = canonical_text(column)
        numbers = pc.if_else(pc.match_substring_regex(text, _WHOLE), text, pa.scalar(None, pa.string()))
        old = np.asarray(pc.fill_null(numbers, "0").cast(pa.uint64()), np.uint64)
        known = np.asarray(numbers.is_valid())
        wrong = int((np.asarray(text.is_valid()) & (~known | (old >= np.uint64(1 << LARGE_BITS)))).sum())
        wide = int((old >= np.uint64(1 << SMALL_BITS)).sum()) if kind == pa.int32() else 0
        if wrong or wide:
            raise DataError(_problem(wrong, wide, context))
        new = remapped(secret(context), context.field, old)
        return pa.array(new.astype(np.int64), mask=~known).cast(kind)


def _problem(wrong: int, wide: int, context: Context) -> Problem:
    if wrong:
        return NO_KEY.at(f"{wrong} distinct value(s) are no whole number from 0 to 2**62 - 1", place(context))
    return TOO_WIDE.at(f"{wide} distinct key(s) are 2**30 or more in a column of 32 bits", place(context))
