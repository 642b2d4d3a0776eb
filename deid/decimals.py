"""Changes of numbers in decimal arithmetic, which keep the column's type and the decimals that were written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.cells import NUMBER


def read_decimal(text: str) -> Decimal | None:
    """Return the number that a text writes, or None; numbers beyond 1e15 have no exact place in a table."""
    if not NUMBER.fullmatch(text):
        return None
    value = Decimal(text)
    return value if abs(value) < 10**15 else None


def places(value: Decimal) -> int:
    """Return the number of decimals that a number is written with."""
    exponent = value.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def write_decimal(value: Decimal, decimals: int) -> str:
    """Write a number with so many decimals, half to even, and never '-0'."""
    text = format(round(value, decimals), "f")
    return text.lstrip("-") if not text.strip("-0.") else text


def number_type(kind: pa.DataType) -> pa.DataType:
    """Return the type of numbers after a change: integers and floats keep theirs, all else is text."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return plain if pa.types.is_integer(plain) or pa.types.is_floating(plain) else pa.string()


def as_type(texts: Sequence[str | None], kind: pa.DataType, *, exact: bool = False) -> pa.Array:
    """Return written numbers as a type; null where an integer type, or with `exact` a narrow float, cannot hold one."""
    if pa.types.is_string(kind):
        return pa.array(texts, kind)
    if pa.types.is_integer(kind):
        limits = np.iinfo(kind.to_pandas_dtype())
        return pa.array([None if text is None else _whole(text, limits) for text in texts], kind)
    wide = pa.array([None if text is None else float(text) for text in texts], pa.float64())
    narrow = wide.cast(kind, safe=False)
    same = pc.equal(narrow.cast(pa.float64()), wide)
    return pc.if_else(same, narrow, pa.scalar(None, kind)) if exact else narrow


def _whole(text: str, limits: np.iinfo[np.integer[Any]]) -> int | None:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() and limits.min <= value <= limits.max else None
