"""Values as text: one canonical spelling, so that 1015, 1015.0 and '1015 ' are one identifier in every table."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from deid.octets import is_tidy, octets_of

Hashes = npt.NDArray[np.uint64]
Whole = TypeVar("Whole", np.uint64, np.int64)
_AT_ONCE = 1_000_000  # hashes moved at once


def as_text(column: pa.Array) -> pa.Array:
    """Return the column as strings of the same length; whole floats lose their '.0'; null stays null."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return as_text(column.dictionary_decode())
    if pa.types.is_null(kind):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return column.cast(pa.string())
    if pa.types.is_string(kind):
        return column
    if pa.types.is_floating(kind):
        return pa.array([_float_text(value) for value in column.to_pylist()], pa.string())
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_date(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.string())
    if pa.types.is_timestamp(kind):
        return pa.array([None if value is None else value.isoformat() for value in column.to_pylist()], pa.string())
    return pa.array([None if value is None else str(value) for value in column.to_pylist()], pa.string())


def _float_text(value: float | None) -> str | None:
    if value is None or value != value:
        return None
    return str(int(value)) if value.is_integer() else repr(value)


def canonical(text: str) -> str:
    """Return an identifier as it is compared: NFC, without invisible characters and blanks around it.

    Case and zeros are kept.
    """
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFC", visible).strip()


def canonical_text(column: pa.Array) -> pa.Array:
    """Return a whole column in canonical spelling; a blank cell is null."""
    text = as_text(column)
    if not is_ascii(text):  # ASCII has one form and nothing invisible
        text = pc.utf8_normalize(pc.replace_substring_regex(text, r"\p{Cf}+", ""), form="NFC")
    if not is_tidy(octets_of(text)[1]):
        text = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def is_ascii(text: pa.Array) -> bool:
    """Whether every text is plain ASCII. Patterns over Unicode classes take milliseconds to compile: ask first."""
    return bool(pc.all(pc.string_is_ascii(as_text(text)), min_count=0).as_py())


def encoded(column: pa.Array) -> pa.DictionaryArray:
    """Return a column dictionary-encoded, without the many unused levels that a categorical may carry."""
    if pa.types.is_dictionary(column.type):
        if len(column.dictionary) <= len(column):
            return column
        column = column.dictionary_decode()
    simple = (
        pa.types.is_primitive(column.type) or pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    )
    return (column if simple else as_text(column)).dictionary_encode()


def on_distinct(column: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply a per-value change to the distinct values only and spread the result over the rows."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    changed = change(pa.concat_arrays([encoded.dictionary, pa.nulls(1, encoded.dictionary.type)]))
    indices = pc.fill_null(encoded.indices, len(encoded.dictionary))
    return changed.take(indices)


def hash64(text: pa.Array, secret: bytes) -> Hashes:
    """Return SipHash-2-4 of each string under the first 16 bytes of a secret; null hashes as the empty string."""
    cells = pc.fill_null(text, "").to_numpy(zero_copy_only=False)
    return pd.util.hash_array(cells, hash_key=secret[:16].hex()[:16], categorize=False)


def distinct(hashes: npt.NDArray[Whole]) -> npt.NDArray[Whole]:
    """Return the distinct hashes or numbers, sorted: one sort, which is several times faster than `numpy.unique`."""
    return used_up(hashes.copy())


def used_up(hashes: npt.NDArray[Whole]) -> npt.NDArray[Whole]:
    """Return the distinct hashes or numbers, sorted, in the memory of the array given, which is used up.

    For the arrays that grow with the rows of the data, of which a second copy would set the peak of memory.
    """
    hashes.sort()
    if len(hashes) < 2:
        return hashes
    fresh = np.empty(len(hashes), np.bool_)
    fresh[0] = True
    np.not_equal(hashes[1:], hashes[:-1], out=fresh[1:])
    if fresh.all():
        return hashes
    end = 0
    for start in range(0, len(hashes), _AT_ONCE):
        part = hashes[start : start + _AT_ONCE][fresh[start : start + _AT_ONCE]]
        hashes[end : end + len(part)] = part
        end += len(part)
    return hashes[:end].copy() if end < len(hashes) // 2 else hashes[:end]


def positions(ordered: Hashes, hashes: Hashes) -> npt.NDArray[np.int64]:
    """Return where each hash stands in a sorted array of distinct hashes, -1 where it does not."""
    if len(ordered) == 0 or len(hashes) == 0:
        return np.full(len(hashes), -1, np.int64)
    order = np.argsort(hashes)  # looked up in their own order the searches stay near each other in memory
    wanted = hashes[order]
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    found = np.empty(len(hashes), np.int64)
    found[order] = np.where(ordered[at] == wanted, at, -1)
    return found
