"""A column that repeats another one in coarser form (AGEGR1 of AGE): written anew from the released variable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.contracts import Context
from deid.errors import DataError, problem_kind
from deid.model import Role
from deid.registry import register

NO_SOURCE = problem_kind(
    "D509",
    "nothing to derive from",
    remedy="let `source` name a variable that is generalised as a quasi-identifier of the subject",
    meaning="A derived column is written from the released cell of its source; without one it cannot be released.",
)


@register("transform", "derive")
@dataclass(frozen=True)
class Derive:
    """Write the released cell of variable `source` here: its text, or in a numeric column its rank among the labels.

    Released as it was, AGEGR1 could be intersected with the new bands of AGE. The release writes the column from the
    recoding, which knows every subject's cell; this transform by itself refuses to work.
    """

    source: str = ""

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = True
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "write the released form of another variable here"
    example: ClassVar[Mapping[str, Any]] = {"source": "AGE"}

    def columns(self) -> tuple[str, ...]:
        """Return no further column: the source is a variable of the subject, perhaps of another table."""
        return ()

    def problems(self) -> Iterable[str]:
        """Return what is wrong with the options."""
        if not isinstance(self.source, str) or not self.source:
            yield "source names the variable that the column is derived from"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the column where it is numeric, else text."""
        numeric = pa.types.is_integer(input_type) or pa.types.is_floating(input_type)
        return input_type if numeric else pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return nulls for a column without values; refuse all else, which only the recoding can fill."""
        if column.null_count < len(column):
            raise DataError(NO_SOURCE.at("the column was not derived", f"{context.table}.{context.column}"))
        return pa.nulls(len(column), self.output_type(column.type))


def rank_labels(labels: Sequence[str | None]) -> dict[str | None, float]:
    """Return the rank of each released label, from 1, in the natural order in which a recoding lists them."""
    return {label: float(i) for i, label in enumerate((label for label in labels if label is not None), start=1)}
