"""Cells of a column: its distinct texts, numbers among them, and what happens to cells that cannot be treated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.contracts import Context
from deid.errors import DataError, ProblemKind, UsageError, problem_kind
from deid.keys import KEY_MISSING, Key
from deid.values import canonical_text
from deid.values import encoded as encode

OnError = Literal["refuse", "suppress"]
Rows = npt.NDArray[np.int64]

NO_SUBJECT = problem_kind(
    "D401",
    "no subject",
    remedy="name the table's subject column, or drop the rows that name nobody (`missing_subject: drop_rows`)",
    meaning="The transform works per subject, and a cell with a value stands in a row that names no subject.",
)
NOT_A_NUMBER = problem_kind(
    "D402",
    "not a number",
    remedy="mend the cells, declare codes such as 999 under `missing:`, or set `on_error: suppress`",
    meaning="The transform treats numbers; a cell that is none is refused, because passing it on could release it.",
)
OUT_OF_TYPE = problem_kind(
    "D403",
    "result does not fit the column's type",
    remedy="use a smaller change, or read the column as text",
)
NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")


@dataclass(frozen=True)
class Distinct:
    """The distinct cells of a column as canonical texts (the last is None), and the index of its own for each row."""

    texts: tuple[str | None, ...]
    rows: Rows

    @classmethod
    def of(cls, column: pa.Array) -> Distinct:
        """Collect the distinct cells; blank cells count as missing."""
        encoded = encode(column)
        texts = canonical_text(encoded.dictionary).to_pylist()
        return cls((*texts, None), row_index(encoded))

    def each(self, change: Callable[[str], str | None]) -> list[str | None]:
        """Return the change of every distinct text; missing stays missing."""
        return [None if text is None else change(text) for text in self.texts]

    def spread(self, values: Sequence[object], kind: pa.DataType) -> pa.Array:
        """Return a column that holds, for each row, the value of its distinct text."""
        return pa.array(values, kind).take(pa.array(self.rows))

    def failures(self, results: Sequence[object]) -> int:
        """Return the number of rows with a text whose result is None."""
        failed = [text is not None and result is None for text, result in zip(self.texts, results, strict=True)]
        return int(np.asarray(failed, bool)[self.rows].sum())


def row_index(encoded: pa.DictionaryArray) -> Rows:
    """Return the codes of a dictionary column; a missing cell has one more than the last code."""
    codes = pc.fill_null(encoded.indices.cast(pa.int64()), len(encoded.dictionary))
    return np.asarray(codes.to_numpy(zero_copy_only=False), np.int64)


def number(text: str) -> float | None:
    """Return the number that a text writes, or None: no '<5', no decimal comma, no 'nan'."""
    return float(text) if NUMBER.fullmatch(text) and abs(float(text)) != float("inf") else None


def secret(context: Context) -> Key:
    """Return the key. Raises UsageError when the run has none."""
    if context.key is None:
        raise UsageError(KEY_MISSING.at("this column cannot be treated without a key", place(context)))
    return context.key


def subjects(context: Context) -> Distinct:
    """Return the subjects of the rows. Raises DataError when the table names none."""
    if context.subject is None:
        raise DataError(NO_SUBJECT.at("the table has no subject column", place(context)))
    return Distinct.of(context.subject)


def refuse(failures: Mapping[ProblemKind, int], context: Context, on_error: OnError = "refuse") -> None:
    """Raise DataError with the count of each kind of failure, unless such cells are to be suppressed."""
    found = [(kind, count) for kind, count in failures.items() if count]
    if found and on_error == "refuse":
        raise DataError([kind.at(f"{count} cell(s): {kind.title}", place(context)) for kind, count in found])


def place(context: Context) -> str:
    """Return the table and column as problems name them."""
    return f"{context.table}.{context.column}"


def without(distinct: Distinct, missing: Iterable[str]) -> Distinct:
    """Return the cells with declared codes ('999', 'UNK') counted as missing; case does not matter."""
    codes = {code.strip().casefold() for code in missing}
    if not codes:
        return distinct
    texts = tuple(None if text is None or text.casefold() in codes else text for text in distinct.texts)
    return Distinct(texts, distinct.rows)
