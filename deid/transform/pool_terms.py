"""Pool rare coded terms along their hierarchy, until every label that is left is held by enough subjects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from deid.cells import Distinct, place
from deid.contracts import Context
from deid.errors import DataError, problem_kind
from deid.hierarchies import build, spec_problems
from deid.model import Role
from deid.registry import register
from deid.values import canonical_text

NOT_A_LEVEL = problem_kind(
    "D415",
    "column is no level of its terms",
    remedy="let the rule match the columns that `levels:` names, the finest first, or give a `hierarchy:`",
)
SEPARATOR = "\x1f"
#: Hierarchies that do not depend on what else stands in the column.
FIXED = frozenset({"file", "groups", "prefix", "ready"})


@register("transform", "pool_terms")
@dataclass(frozen=True)
class PoolTerms:
    """Shows a term where enough subjects hold it, else the finest coarser term that, for what is pooled, they do.

    A rare term becomes its parent if the subjects whose terms are pooled there are enough, else its grandparent, and
    so on; what is rare on every level shares one label. That label takes in the rarest others until enough subjects
    hold it too. With `levels` all columns of the hierarchy agree: each row is cut at one level in all of them.

    at_least   subjects that every label left needs (subjects, not rows)
    levels     columns of the table that hold the hierarchy, finest first: [AELLT, AEDECOD, AEHLT, AEHLGT, AEBODSYS];
               columns that a table lacks are passed over
    hierarchy  instead of levels, of this column alone: a CSV file (MedDRA, ICD ...; a leaf a line), groups, a prefix
               or a ready one, as for generalise
    label      what stands for terms that are rare on every level
    folder     where the policy lies, for hierarchy files; set by the policy loader, not written in a policy
    """

    at_least: int
    levels: tuple[str, ...] = ()
    hierarchy: Mapping[str, Any] | str = field(default_factory=dict)
    label: str = "OTHER"
    folder: str = "."

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = False
    needs_vocabulary: ClassVar[bool] = True
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "rare terms pooled along their hierarchy"
    example: ClassVar[Mapping[str, Any]] = {"at_least": 11, "hierarchy": {"prefix": [3, 1]}}

    def columns(self) -> tuple[str, ...]:
        """Need the columns of the hierarchy."""
        return self.levels

    def problems(self) -> Iterator[str]:
        """Find a count that pools nothing, no hierarchy, or one that depends on the data."""
        if self.at_least < 2:
            yield "at_least must be 2 or more"
        if not self.label.strip():
            yield "label is empty"
        if bool(self.levels) == bool(self.hierarchy):
            yield "give either levels (columns of the table, finest first) or a hierarchy"
        elif self.hierarchy:
            yield from spec_problems(self.hierarchy)
            if isinstance(self.hierarchy, Mapping) and not FIXED & set(self.hierarchy):
                yield f"hierarchy must be one of {', '.join(sorted(FIXED))}"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def pool_name(self, variable: str) -> str:
        """Return the name under which the counts of these terms are kept; columns of one hierarchy share them."""
        return f"{SEPARATOR.join(self.levels) or variable}{SEPARATOR}{self.at_least}"

    def paths(self, column: pa.Array, others: Mapping[str, pa.Array], where: str) -> pa.Array:
        """Return for each row its labels on all levels, finest first, joined; null where there is none at all."""
        if self.levels:
            parts = [pc.fill_null(canonical_text(others[name]), "") for name in self.levels if name in others]
            width = len(self.levels) - len(parts)
            joined = pc.binary_join_element_wise(*parts, *[""] * width, SEPARATOR)
            return pc.if_else(pc.match_substring_regex(joined, f"[^{SEPARATOR}]"), joined, pa.scalar(None, pa.string()))
        distinct = Distinct.of(column)
        values: Sequence[str | None] = (None, *(text for text in distinct.texts if text is not None))
        hierarchy = build(self.hierarchy, values, folder=Path(self.folder), name=where)
        labels = {
            value: SEPARATOR.join(str(hierarchy.labels[i][hierarchy.maps[i][code]]) for i in range(hierarchy.height))
            for code, value in enumerate(values)
            if value is not None
        }
        return distinct.spread(distinct.each(labels.__getitem__), pa.string())

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return each row's label on the level at which its terms are cut, or its own where that is coarser."""
        own = self._own(context) if self.levels else 0
        cuts = context.vocabulary if isinstance(context.vocabulary, Mapping) else {}
        there = {name: values for name, values in context.others.items() if name in self.levels}
        distinct = Distinct.of(self.paths(column, there, place(context)))

        def shown(path: str) -> str | None:
            labels = path.split(SEPARATOR)
            cut = max(own, int(cuts.get(path, len(labels))))
            return labels[cut] or None if cut < len(labels) else self.label

        labels = distinct.spread(distinct.each(shown), pa.string())
        return pc.if_else(pc.is_valid(canonical_text(column)), labels, pa.scalar(None, pa.string()))

    def _own(self, context: Context) -> int:
        there = [name for name in self.levels if name in context.others]
        if context.column not in there:
            raise DataError(NOT_A_LEVEL.at("`levels:` does not name it", place(context)))
        return there.index(context.column)

    def describe(self) -> str:
        """Say what is done, in one line."""
        along = " < ".join(self.levels) if self.levels else "its hierarchy"
        return f"terms held by fewer than {self.at_least} subjects pooled along {along}, at last as '{self.label}'"
