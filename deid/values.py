"""Values as text: one canonical spelling, so that 1015, 1015.0 and '1015 ' are one identifier in every table."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


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
    if not is_ascii(text):
        text = pc.utf8_normalize(pc.replace_substring_regex(text, r"\p{Cf}+", ""), form="NFC")
    text = pc.utf8_trim_whitespace(text)
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def is_ascii(text: pa.Array) -> bool:
    """Whether every text is plain ASCII. Patterns over Unicode classes take milliseconds to compile: ask first."""
    return bool(pc.all(pc.string_is_ascii(as_text(text)), min_count=0).as_py())


def on_distinct(column: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Apply a per-value change to the distinct values only and spread the result over the rows."""
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    changed = change(pa.concat_arrays([encoded.dictionary, pa.nulls(1, encoded.dictionary.type)]))
    indices = pc.fill_null(encoded.indices, len(encoded.dictionary))
    return changed.take(indices)


def hash64(text: pa.Array, secret: bytes) -> npt.NDArray[np.uint64]:
    """Return SipHash-2-4 of each string under the first 16 bytes of a secret; null hashes as the empty string."""
    cells = np.asarray(pc.fill_null(text, "").to_pylist(), dtype=object)
    return pd.util.hash_array(cells, hash_key=secret[:16].hex()[:16], categorize=False)
