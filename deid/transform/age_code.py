"""Ages as registries code them: three digits, 999 where the age is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.ages import OLDEST_SHOWN
from deid.cells import NOT_A_NUMBER, Distinct, refuse
from deid.contracts import Context
from deid.model import Role
from deid.registry import register


@register("transform", "age_code")
@dataclass(frozen=True)
class AgeCode:
    """Keeps codes of ages up to 89 as they stand; all above share the code of `top`, in the width of the cell.

    top      ages from here on have one code (090)
    unknown  codes that mean 'not known' and stay as they are
    """

    top: int = OLDEST_SHOWN + 1
    unknown: tuple[str, ...] = ("999",)

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = Role.QUASI
    summary: ClassVar[str] = "age codes, 90 and more as one code, unknown left"
    example: ClassVar[Mapping[str, Any]] = {}
    example_cells: ClassVar[tuple[str, ...]] = ("000", "089", "090", "104", "999")

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find a bound that hides nobody over 89."""
        if not 1 <= self.top <= OLDEST_SHOWN + 1:
            yield f"top must be from 1 to {OLDEST_SHOWN + 1}"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text: codes have leading zeros."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the codes. Raises DataError for cells that are no whole numbers."""
        distinct = Distinct.of(column)

        def coded(text: str) -> str | None:
            if text in self.unknown:
                return text
            if not (text.isascii() and text.isdigit()):
                return None
            return text if int(text) < self.top else str(self.top).zfill(len(text))

        results = distinct.each(coded)
        refuse({NOT_A_NUMBER: distinct.failures(results)}, context)
        return distinct.spread(results, pa.string())
