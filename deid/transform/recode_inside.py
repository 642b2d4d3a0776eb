"""Replace identifiers that are embedded in longer values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from deid.cells import Distinct, place, secret, subjects
from deid.contracts import Context
from deid.errors import DataError, problem_kind
from deid.model import Role
from deid.pseudonyms import SHORTEST, option_problems, pseudonyms
from deid.registry import register

COLUMN_MISSING = problem_kind(
    "D412", "column missing", remedy="name under `fields:` the subject's field first, then columns of the same table"
)


@register("transform", "recode_inside")
@dataclass(frozen=True)
class RecodeInside:
    """Replaces the row's own identifiers within a cell: '<USUBJID>-<E09>' becomes '<pseudonym>-<E09>'.

    fields          the pseudonym field of the subject, then columns of the same table (each its own pseudonym field);
                    the subject is taken from the row
    length, prefix  as the pseudonyms of these columns have them

    A cell in which none of them stands as a word of its own becomes a pseudonym as a whole.
    """

    fields: tuple[str, ...]
    length: int = SHORTEST
    prefix: str = ""

    per_value: ClassVar[bool] = False
    needs_subject: ClassVar[bool] = True
    needs_key: ClassVar[bool] = True
    implies: ClassVar[Role | None] = Role.DIRECT
    summary: ClassVar[str] = "identifiers within the value replaced by their pseudonyms"
    example: ClassVar[Mapping[str, Any]] = {"fields": ["USUBJID"]}

    def columns(self) -> tuple[str, ...]:
        """Need the columns named after the subject's field."""
        return self.fields[1:]

    def problems(self) -> Iterator[str]:
        """Find missing fields and weak pseudonyms."""
        if not self.fields or not all(self.fields):
            yield "fields names the field of the subject's pseudonym, such as [USUBJID]"
        yield from option_problems(self.length, self.prefix)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the recoded values; each distinct combination of value and identifiers is worked out once."""
        cells = Distinct.of(column)
        owners = [subjects(context), *(Distinct.of(_other(name, context)) for name in self.fields[1:])]
        names = [self._names(field, owner, context) for field, owner in zip(self.fields, owners, strict=True)]
        whole = self._names(context.field, cells, context)

        def changed(codes: list[int]) -> str | None:
            text = cells.texts[codes[0]]
            if text is None:
                return None
            inside: dict[str, str] = {}
            for owner, known, code in zip(owners, names, codes[1:], strict=True):
                identifier = owner.texts[code]
                if identifier is not None:
                    inside.setdefault(identifier.casefold(), known[identifier])
            return _recoded(text, inside) or whole[text]

        codes = np.column_stack([cells.rows, *(owner.rows for owner in owners)])
        combinations, row = np.unique(codes, axis=0, return_inverse=True)
        results = pa.array([changed(combination) for combination in combinations.tolist()], pa.string())
        return results.take(pa.array(row.reshape(-1)))

    def _names(self, field: str, distinct: Distinct, context: Context) -> dict[str, str]:
        texts = [text for text in distinct.texts if text is not None]
        return dict(zip(texts, pseudonyms(secret(context), field, texts, self.length, self.prefix), strict=True))

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"{', '.join(self.fields)} within the value replaced by its pseudonym, other values as a whole"


def _recoded(text: str, inside: dict[str, str]) -> str | None:
    """Replace identifiers that stand between signs that are no letters or digits; None when there is none."""
    if not inside:
        return None
    any_of = "|".join(re.escape(identifier) for identifier in sorted(inside, key=lambda known: (-len(known), known)))
    pattern = rf"(?<![^\W_])(?:{any_of})(?![^\W_])"
    changed, count = re.subn(pattern, lambda found: inside[found.group().casefold()], text, flags=re.IGNORECASE)
    return changed if count else None


def _other(name: str, context: Context) -> pa.Array:
    if name not in context.others:
        raise DataError(COLUMN_MISSING.at(f"the table has no column '{name}'", place(context)))
    return context.others[name]
