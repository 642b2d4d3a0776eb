"""Replace values that few subjects hold by one label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.cells import Distinct
from deid.contracts import Context
from deid.model import Role
from deid.registry import register


@register("transform", "pool_rare")
@dataclass(frozen=True)
class PoolRare:
    """Shows values that at least so many subjects hold; all rarer ones share a label.

    at_least  subjects that a value needs (subjects, not rows)
    label     what stands for the others

    The values that stay were counted over all data in the first pass and come in `context.vocabulary`.
    """

    at_least: int
    label: str = "OTHER"

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    needs_vocabulary: ClassVar[bool] = True
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "rare values pooled under one label"
    example: ClassVar[Mapping[str, Any]] = {"at_least": 11}

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find a count that pools nothing."""
        if self.at_least < 2:
            yield "at_least must be 2 or more"
        if not self.label.strip():
            yield "label is empty"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the values that stay, and the label for the rest."""
        distinct = Distinct.of(column)
        stays = context.vocabulary
        return distinct.spread(distinct.each(lambda text: text if text in stays else self.label), pa.string())

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"values held by fewer than {self.at_least} subjects as '{self.label}'"
