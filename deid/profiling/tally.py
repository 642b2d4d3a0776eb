"""What is counted of a column while its batches pass: rows, missing cells, distinct values, rare identifiers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.profiling.screen import screen
from deid.values import as_text

Indices = npt.NDArray[Any]
#: Distinct values that are held of one column; beyond them `distinct` is a lower bound.
MOST_DISTINCT = 20_000
#: Distinct values that are held of all columns of a table together; a wide table holds fewer of each.
MOST_TOGETHER = 2_000_000
#: Once that many are held, this many values of every later batch are looked at all the same.
LATE_SAMPLE = 200
#: Longer cells are held by their beginning and a digest of the whole.
LONGEST_HELD = 400


def tallies_for(schema: pa.Schema) -> list[Tally]:
    """Return an empty tally for each column."""
    most = max(200, min(MOST_DISTINCT, MOST_TOGETHER // max(1, len(schema))))
    return [Tally(field.type, most) for field in schema]


@dataclass
class Tally:
    """The counts of one column; grows with every batch, within bounds.

    runs      blocks of neighbouring rows with one value; a key that repeats stands in about as many runs as values
    values    how often each distinct value was seen, as trimmed text; long cells cut, a digest after them
    late      values of later batches, after `values` was full
    screened  cells of all rows that hold an identifier, by kind
    """

    type: pa.DataType
    most: int = MOST_DISTINCT
    rows: int = 0
    missing: int = 0
    longest: int = 0
    full: bool = False
    runs: int = 0
    last: str | None = field(default=None, repr=False)
    values: Counter[str] = field(default_factory=Counter, repr=False)
    late: Counter[str] = field(default_factory=Counter, repr=False)
    screened: Counter[str] = field(default_factory=Counter)

    def add(self, column: pa.Array) -> None:
        """Count one batch of the column. The input is not changed."""
        self.rows += len(column)
        values, counts, indices = _distinct(column)
        self._count_runs(values, indices)
        blank = pc.equal(values, "")
        filled = np.asarray(pc.invert(blank), dtype=bool)
        present = int(counts[filled].sum())
        self.missing += len(column) - present
        if not present:
            return
        values, counts = values.filter(pa.array(filled)), counts[filled]
        self.longest = max(self.longest, pc.max(pc.utf8_length(values)).as_py())
        if _holds_text(self.type):
            for kind, hits in screen(values).items():
                self.screened[kind] += int(counts[np.asarray(hits, dtype=bool)].sum())
        if self.full:
            self._sample(values, counts)
        else:
            self._hold(values, counts)

    def _count_runs(self, values: pa.Array, indices: Indices) -> None:
        if not len(indices):
            return
        first = values[int(indices[0])].as_py()
        self.runs += int(np.count_nonzero(np.diff(indices))) + (first != self.last)
        self.last = values[int(indices[-1])].as_py()

    def _hold(self, values: pa.Array, counts: Indices) -> None:
        for value, count in zip(values.to_pylist(), counts.tolist(), strict=True):
            key = value if len(value) <= LONGEST_HELD else _cut(value)
            if key not in self.values and len(self.values) >= self.most:
                self.full = True
                break
            self.values[key] += count

    def _sample(self, values: pa.Array, counts: Indices) -> None:
        step = max(1, len(values) // LATE_SAMPLE)
        picked = values.take(pa.array(np.arange(0, len(values), step)))
        for value, count in zip(picked.to_pylist(), counts[::step].tolist(), strict=True):
            key = value if len(value) <= LONGEST_HELD else _cut(value)
            if key not in self.values:
                self.late[key] += count


def _holds_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _holds_text(kind.value_type)
    plain = (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)
    )
    return not (plain or pa.types.is_temporal(kind) or pa.types.is_decimal(kind))


def _distinct(column: pa.Array) -> tuple[pa.Array, Indices, Indices]:
    """Return the distinct values as trimmed text, how often each stands in the column, and the rows as indices of them.

    Nulls are left out.
    """
    nothing = np.zeros(0, np.int64)
    if pa.types.is_null(column.type):
        return pa.array([], pa.string()), nothing, nothing
    if not _encodes(column.type):
        column = as_text(column)
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    indices = np.asarray(encoded.indices.drop_null())
    counts = np.bincount(indices, minlength=len(encoded.dictionary))
    texts = pc.fill_null(pc.utf8_trim_whitespace(as_text(encoded.dictionary)), "")
    return texts, counts, indices


def _encodes(kind: pa.DataType) -> bool:
    return not (pa.types.is_nested(kind) or pa.types.is_decimal(kind) or pa.types.is_string_view(kind))


def _cut(value: str) -> str:
    return f"{value[:LONGEST_HELD]}\x00{blake2b(value.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"
