"""Replace values by coarser ones of a hierarchy: `[35, 40)` for 37, `White` for a spelling of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from deid.contracts import Context
from deid.hierarchies import build, spec_problems
from deid.model import Role
from deid.registry import register
from deid.values import canonical_text


@register("transform", "generalise")
@dataclass(frozen=True)
class Generalise:
    """Coarsen by a hierarchy, at the level the search finds for a quasi-identifier, else at a fixed `level`.

    hierarchy  specification: a ready name, a CSV file or a mapping such as `{interval: 5, top: 90}`
    level      fixed level, 0 the finest; for a quasi-identifier the search decides and this is not needed
    weight     how much the loss of this variable counts in the search
    folder     where the policy lies, for hierarchy files; set by the policy loader, not written in a policy
    """

    hierarchy: Mapping[str, Any] | str = field(default_factory=dict)
    level: int = 0
    weight: float = 1.0
    folder: str = "."

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = Role.QUASI
    summary: ClassVar[str] = "coarsen values by a generalisation hierarchy"
    example: ClassVar[Mapping[str, Any]] = {"hierarchy": {"prefix": [3, 1]}}

    def columns(self) -> tuple[str, ...]:
        """Return no further column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Return what is wrong with the options."""
        yield from spec_problems(self.hierarchy)
        if not isinstance(self.level, int) or isinstance(self.level, bool) or self.level < 0:
            yield "level is a whole number from 0"
        if not isinstance(self.weight, int | float) or isinstance(self.weight, bool) or not self.weight > 0:
            yield "weight is a number above zero"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text: labels of a hierarchy are text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the labels at the fixed level. Raises DataError for values that the hierarchy does not hold."""
        text = canonical_text(column)
        encoded = text.dictionary_encode()
        values = (None, *encoded.dictionary.to_pylist())
        place = f"{context.table}.{context.column}"
        hierarchy = build(self.hierarchy, values, folder=Path(self.folder), name=place)
        level = min(max(self.level, hierarchy.lowest), hierarchy.height)
        labels = [hierarchy.labels[level][code] for code in hierarchy.maps[level]]
        released = pa.array(labels[1:], pa.string())
        return released.take(encoded.indices)
