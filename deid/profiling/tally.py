"""What is counted of a column while its batches pass: rows, missing cells, distinct values, rare identifiers.

Nothing depends on how the rows are cut into batches.
"""

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
#: Once that many are held, one row in so many is looked at all the same, up to a number of further values.
LATE_EVERY = 251
MOST_LATE = 4_000
#: Longer cells are held by their beginning and a digest of the whole.
LONGEST_HELD = 400


def tallies_for(schema: pa.Schema) -> list[Tally]:
    """Return an empty tally for each column."""
    most = max(200, min(MOST_DISTINCT, MOST_TOGETHER // max(1, len(schema))))
    return [Tally(field.type, most) for field in schema]


@dataclass
class Tally:
    """The counts of one column; grows with every batch, within bounds.

    runs      blocks of neighbouring filled rows with one value; a repeated key stands in about as many runs as values
    values    the first distinct values, as trimmed text, and how often each was seen before one more came; long cells
              are cut, a digest after them
    late      values of single rows after that
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
        first = self.rows
        self.rows += len(column)
        texts, indices, filled = _distinct(column)
        self.missing += len(column) - len(indices)
        if not len(indices):
            return
        counts = np.bincount(indices, minlength=len(texts))
        self._count_runs(texts, indices)
        self.longest = max(self.longest, pc.max(pc.utf8_length(texts)).as_py())
        if _holds_text(self.type):
            for kind, hits in screen(texts).items():
                self.screened[kind] += int(counts[np.asarray(hits, dtype=bool)].sum())
        rest = 0 if self.full else self._hold(texts, indices, counts)
        if self.full:
            self._sample(texts, indices[rest:], first + filled[rest:])

    def _count_runs(self, texts: pa.Array, indices: Indices) -> None:
        begins = texts[int(indices[0])].as_py()
        self.runs += int(np.count_nonzero(np.diff(indices))) + (begins != self.last)
        self.last = texts[int(indices[-1])].as_py()

    def _hold(self, texts: pa.Array, indices: Indices, counts: Indices) -> int:
        """Hold the values of the batch, or those before the first that is one too many; return the rows that took."""
        keys = [_key(text) for text in texts.to_pylist()]
        room = self.most - len(self.values)
        new = [i for i, key in enumerate(keys) if key not in self.values]
        rest = len(indices)
        if len(new) > room:
            self.full = True
            rest = int(np.flatnonzero(indices == new[room])[0])
            counts = np.bincount(indices[:rest], minlength=len(texts))
        for key, count in zip(keys, counts.tolist(), strict=True):
            if count:
                self.values[key] += count
        return rest

    def _sample(self, texts: pa.Array, indices: Indices, rows: Indices) -> None:
        for i in indices[rows % LATE_EVERY == 0].tolist():
            key = _key(texts[i].as_py())
            if key not in self.values and (key in self.late or len(self.late) < MOST_LATE):
                self.late[key] += 1


def _holds_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        return _holds_text(kind.value_type)
    plain = (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_null(kind)
    )
    return not (plain or pa.types.is_temporal(kind) or pa.types.is_decimal(kind))


def _distinct(column: pa.Array) -> tuple[pa.Array, Indices, Indices]:
    """Return the distinct filled values in order of appearance as text, the filled rows as indices, their places."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    text = _holds_text(column.type) or pa.types.is_decimal(column.type) or pa.types.is_null(column.type)
    encoded = (as_text(column) if text else column).dictionary_encode()
    texts = as_text(encoded.dictionary)
    if text:
        trimmed = pc.utf8_trim_whitespace(texts)
        if not trimmed.equals(texts):  # spellings may have become one; they keep the order of their appearance
            again = trimmed.dictionary_encode()
            encoded = pa.DictionaryArray.from_arrays(again.indices.take(encoded.indices), again.dictionary)
            texts = again.dictionary
    filled = np.asarray(pc.fill_null(pc.not_equal(texts, ""), False), dtype=bool)
    indices = np.asarray(pc.fill_null(encoded.indices, -1))
    kept = np.append(filled, False)[indices]
    where = np.cumsum(filled) - 1
    return texts.filter(pa.array(filled)), where[indices[kept]], np.flatnonzero(kept)


def _key(value: str) -> str:
    if len(value) <= LONGEST_HELD:
        return value
    return f"{value[:LONGEST_HELD]}\x00{blake2b(value.encode('utf-8', 'replace'), digest_size=8).hexdigest()}"
