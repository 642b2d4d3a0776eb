"""Replace an identifier by an invented one that looks real."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.cells import Distinct, place, secret
from deid.contracts import Context
from deid.errors import DataError, did_you_mean, problem_kind
from deid.model import Role
from deid.registry import register
from deid.surrogates import KINDS, Surrogates

KIND_UNKNOWN = problem_kind(
    "D411",
    "nothing to invent",
    remedy="say what the column holds with `kind:` (such as person_name, phone, record_number), or drop it",
    meaning="A surrogate is invented by the kind of the value; the profile found none that can be invented.",
)


@register("transform", "surrogate")
@dataclass(frozen=True)
class Surrogate:
    """Invents a realistic value for every value: names, numbers and addresses, the same in all tables and notes.

    kind  what the column holds, where the profile does not know or is mistaken
    """

    kind: str = ""

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = Role.DIRECT
    summary: ClassVar[str] = "replaced by an invented value of the same kind, the same for the same value"
    example: ClassVar[Mapping[str, Any]] = {"kind": "person_name"}

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find a kind that cannot be invented."""
        if self.kind and self.kind not in KINDS:
            hint = did_you_mean(self.kind, sorted(KINDS)) or f"known are {', '.join(sorted(KINDS))}"
            yield f"kind '{self.kind}' cannot be invented ({hint})"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the surrogates; `context.vocabulary` may hold case-folded values that none of them should equal."""
        kind = self.kind or context.kind
        if kind not in KINDS:
            raise DataError(KIND_UNKNOWN.at(f"'{kind or 'unknown'}' is no kind to invent", place(context)))
        distinct = Distinct.of(column)
        surrogates = Surrogates(secret(context), avoid=context.vocabulary)
        return distinct.spread(distinct.each(lambda text: surrogates.of(kind, text)), pa.string())

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"replaced by an invented {self.kind or 'value of the same kind'}, the same for the same value"
