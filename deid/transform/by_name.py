"""Treat each cell as the name beside it says: supplemental and long tables hold values of many variables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.cells import Distinct, place
from deid.contracts import Context, Transform
from deid.errors import DataError, problem_kind
from deid.model import Role
from deid.registry import register
from deid.values import as_text, canonical_text

NAME_UNKNOWN = problem_kind(
    "D413",
    "values under a name that no case covers",
    remedy="add a case for the name under `cases:`, or set `otherwise: suppress`",
    meaning="The column holds values of many variables; one that the policy does not know would be released untreated.",
)
#: Transforms whose cells cannot be worked out one by one; their values are suppressed here.
_WHOLE_COLUMN = frozenset({"drop", "generalise", "derive", "pool_rare", "pool_terms"})


@dataclass(frozen=True)
class Case:
    """Values under names that match a glob (case does not count) get a transform; None empties them.

    `field` names the map of pseudonyms and `kind` what the values are; empty means what the column has itself.
    """

    match: str
    transform: Transform | None
    field: str = ""
    kind: str = ""


class Treated(Protocol):
    """What a step of the plan says about the column of a name."""

    @property
    def column(self) -> str:
        """Name of the column."""

    @property
    def do(self) -> str:
        """Name of the transform."""

    @property
    def transform(self) -> Transform:
        """What treats the column."""

    @property
    def field(self) -> str:
        """Map of pseudonyms that the column shares."""

    @property
    def holds(self) -> tuple[str, ...]:
        """What the column holds, by its profile."""


@register("transform", "by_name")
@dataclass(frozen=True)
class ByName:
    """Treats every cell by the name that another column of its row holds: QVAL by QNAM, IDVARVAL by IDVAR.

    name_column  column with the names
    cases        list of {match: glob, do: transform, options of it}, the first match counts; `field:` where it matters
    otherwise    refuse, or suppress, values under any other name
    as_column    after the cases: treat a value as the column of that name is treated in this plan
    """

    name_column: str
    cases: tuple[Case, ...] = ()
    otherwise: Literal["refuse", "suppress"] = "refuse"
    as_column: bool = False

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = False
    needs_key: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "each cell treated by the name beside it"
    example: ClassVar[Mapping[str, Any]] = {
        "name_column": "QNAM",
        "cases": [{"match": "*DTC", "do": "shift_date"}, {"match": "*", "do": "pseudonym"}],
    }
    example_cells: ClassVar[tuple[str, ...]] = ("Y", "N ", "12")

    def __post_init__(self) -> None:
        # The cases decide what is needed.
        used = [case.transform for case in self.cases if case.transform is not None]
        object.__setattr__(self, "needs_subject", any(transform.needs_subject for transform in used))
        object.__setattr__(self, "needs_key", any(getattr(transform, "needs_key", False) for transform in used))

    @classmethod
    def from_options(
        cls, options: Mapping[str, Any], build: Callable[[str, Mapping[str, Any]], Transform | list[str]]
    ) -> tuple[dict[str, Any], list[str]]:
        """Return the options with `cases` built into transforms, and what is wrong with them."""
        given = dict(options)
        raw = given.pop("cases", [])
        if not isinstance(raw, list | tuple):
            return given, ["option 'cases' is a list of {match, do, ...}"]
        cases, problems = [], []
        for number, item in enumerate(raw, 1):
            built = _case(item, build)
            if isinstance(built, Case):
                cases.append(built)
            else:
                problems += [f"case {number}: {sentence}" for sentence in built]
        return given | {"cases": tuple(cases)}, problems

    def columns(self) -> tuple[str, ...]:
        """Need the column of names, and what the cases need."""
        used = [case.transform.columns() for case in self.cases if case.transform is not None]
        return tuple(dict.fromkeys((self.name_column, *(name for names in used for name in names))))

    def problems(self) -> Iterator[str]:
        """Find nothing to do, and cases with problems of their own."""
        if not self.name_column:
            yield "name_column is empty"
        if not self.cases and not self.as_column:
            yield "cases is empty; list {match, do}, or set as_column: true"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text: the values are of many kinds."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the column with every cell treated by its own case. Raises DataError for uncovered names."""
        if self.name_column not in context.others:
            raise DataError(NAME_UNKNOWN.at(f"the table has no column '{self.name_column}'", place(context)))
        cells = canonical_text(column)
        names = Distinct.of(context.others[self.name_column])
        case_of = np.asarray([self._case_of(name) for name in names.texts], np.int64)[names.rows]
        filled = np.asarray(cells.is_valid())
        uncovered = int((filled & (case_of < 0)).sum())
        if uncovered and self.otherwise == "refuse":
            raise DataError(NAME_UNKNOWN.at(f"{uncovered} cell(s) under names without a case", place(context)))
        parts, rows = [pa.nulls(1, pa.string())], np.zeros(len(cells), np.int64)
        used = 1
        for number, case in enumerate(self.cases):
            at = np.flatnonzero(filled & (case_of == number))
            if len(at) and case.transform is not None:
                parts.append(_treat(case, cells, at, context))
                rows[at] = used + np.arange(len(at))
                used += len(at)
        return pa.concat_arrays(parts).take(pa.array(rows))

    def _case_of(self, name: str | None) -> int:
        folded = (name or "").casefold()
        matches = (i for i, case in enumerate(self.cases) if fnmatchcase(folded, case.match.casefold()))
        return next(matches, -1) if folded else -1

    def describe(self) -> str:
        """Say what is done, in one line."""
        cases = f"{len(self.cases)} case(s)" + (", then as the column of that name" if self.as_column else "")
        return f"treated by the name in {self.name_column}: {cases}; other names: {self.otherwise}"


def resolve_by_name(
    transform: ByName, treated: Mapping[tuple[str, str], Treated], everywhere: Mapping[str, Treated]
) -> ByName:
    """Return the transform with a case for every column of the plan, where it was told `as_column`.

    `treated` holds the steps by (table, column). A name whose columns are treated differently in different tables
    stays uncovered, and so is refused or suppressed.
    """
    if not transform.as_column:
        return transform
    cases: dict[str, list[Case]] = {}
    for step in [*treated.values(), *everywhere.values()]:
        if isinstance(step.transform, ByName):
            continue
        changes = None if step.do in _WHOLE_COLUMN else step.transform
        # Tables may profile the same counter differently; only what the key or an invention uses must agree.
        keyed = changes is not None and getattr(changes, "needs_key", False)
        kind = step.holds[0] if keyed and step.do == "surrogate" and step.holds else ""
        case = Case(_literal(step.column), changes, step.field if keyed else "", kind)
        cases.setdefault(step.column.casefold(), []).append(case)
    agreed = [found[0] for _, found in sorted(cases.items()) if all(case == found[0] for case in found)]
    return dataclasses.replace(transform, cases=(*transform.cases, *agreed))


def _treat(case: Case, cells: pa.Array, at: np.ndarray[Any, Any], context: Context) -> pa.Array:
    assert case.transform is not None
    if getattr(case.transform, "removes", False):
        return pa.nulls(len(at), pa.string())
    rows = pa.array(at)
    own = dataclasses.replace(
        context,
        field=case.field or context.field,
        kind=case.kind or context.kind,
        subject=None if context.subject is None else context.subject.take(rows),
        others={name: other.take(rows) for name, other in context.others.items()},
    )
    return pc.cast(as_text(case.transform.apply(cells.take(rows), own)), pa.string())


def _case(item: Any, build: Callable[[str, Mapping[str, Any]], Transform | list[str]]) -> Case | Sequence[str]:
    if not isinstance(item, Mapping) or not isinstance(item.get("match"), str) or not isinstance(item.get("do"), str):
        return ["needs match (a glob) and do (a transform)"]
    if item["do"] in _WHOLE_COLUMN or item["do"] == "by_name":
        return [f"'{item['do']}' cannot treat single cells; use suppress"]
    options = {name: value for name, value in item.items() if name not in ("match", "do", "field", "why")}
    built = build(item["do"], options)
    return built if isinstance(built, list) else Case(item["match"], built, str(item.get("field", "")))


def _literal(name: str) -> str:
    """Return a glob that matches nothing but the name."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)
