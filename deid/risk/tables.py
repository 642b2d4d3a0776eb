"""A class table straight from columns, one row a subject: for measuring any table without a policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.classes import ClassTable, Codes, build
from deid.values import as_text


def class_table(
    columns: Mapping[str, pa.Array], quasi: Sequence[str], sensitive: Sequence[str] = ()
) -> tuple[ClassTable, Codes]:
    """Return the class table over some columns, and the class of each row. Null is a value of its own."""
    encoded = {name: encode(columns[name]) for name in (*quasi, *sensitive)}
    rows = len(columns[quasi[0]]) if quasi else len(next(iter(columns.values()), ()))
    codes = np.column_stack([encoded[name][1] for name in quasi]) if quasi else np.zeros((rows, 0), np.int32)
    everyone = np.arange(rows, dtype=np.int32)
    attributes = {name: (encoded[name][0], everyone, encoded[name][1]) for name in sensitive}
    return build(quasi, [encoded[name][0] for name in quasi], codes.astype(np.int32), attributes)


def encode(column: pa.Array) -> tuple[tuple[str | None, ...], Codes]:
    """Return vocabulary (None first, then the values that occur, sorted) and the code of each row."""
    coded = as_text(column).dictionary_encode()
    words = coded.dictionary.to_pylist()
    order = sorted(range(len(words)), key=lambda i: words[i])
    code_of = np.zeros(len(words) + 1, np.int32)
    code_of[order] = np.arange(1, len(words) + 1)
    positions = pc.fill_null(coded.indices, len(words)).to_numpy(zero_copy_only=False)
    return (None, *(words[i] for i in order)), code_of[positions]


def without_suppressed(table: ClassTable, marker: str = "*") -> tuple[ClassTable, int]:
    """Return the table without the class whose every quasi-identifier is the marker, and its subjects.

    Subjects suppressed by another tool come back as rows of markers: they are no equivalence class.
    """
    suppressed = np.ones(len(table), np.bool_)
    for i, words in enumerate(table.vocabularies):
        suppressed &= table.codes[:, i] == (words.index(marker) if marker in words else -1)
    if not table.variables or not suppressed.any():
        return table, 0
    return table.without(suppressed), int(table.counts[suppressed].sum())
