"""Show a few characters of a value and hide the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.cells import Distinct
from deid.contracts import Context
from deid.model import Role
from deid.registry import register

MOST_SHOWN = 4


@register("transform", "mask")
@dataclass(frozen=True)
class Mask:
    """Shows the first and last characters of a value: 'MRN14785235' with `last: 2` becomes '********35'.

    first, last  characters shown, four at most together; a value less than three times as long is hidden whole
    char         stands for what is hidden
    length       how many of them; 0 shows the true length
    """

    first: int = 0
    last: int = 0
    char: str = "*"
    length: int = 8

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = Role.DIRECT
    summary: ClassVar[str] = "masked"
    example: ClassVar[Mapping[str, Any]] = {"last": 2}

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find options that would show the value."""
        if self.first < 0 or self.last < 0:
            yield "first and last count characters and cannot be negative"
        if self.first + self.last > MOST_SHOWN:
            yield f"first and last show more than {MOST_SHOWN} characters together"
        if len(self.char) != 1 or self.char.isalnum() or not self.char.isprintable() or self.char in "=+-@ ":
            yield "char is one printable sign, no letter, digit, blank or sign that begins a formula (= + - @)"
        if not 0 <= self.length <= 64:
            yield "length is from 1 to 64, or 0 for the true length"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the masked values."""
        distinct = Distinct.of(column)
        return distinct.spread(distinct.each(self._masked), pa.string())

    def _masked(self, text: str) -> str:
        shown = self.first + self.last
        if len(text) < 3 * shown:
            return self.char * (self.length or len(text))
        return text[: self.first] + self.char * (self.length or len(text) - shown) + text[len(text) - self.last :]

    def describe(self) -> str:
        """Say what is done, in one line."""
        length = "length hidden" if self.length else "length shown"
        return f"masked, the first {self.first} and last {self.last} characters shown, {length}"
