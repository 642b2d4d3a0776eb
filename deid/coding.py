"""Bounds on numbers: what lies beyond becomes one category, written as the bound or as a label."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.cells import NOT_A_NUMBER, OUT_OF_TYPE, Distinct, OnError, number, refuse, without
from deid.contracts import Context
from deid.model import Role


@dataclass(frozen=True)
class Bound(ABC):
    """What coding from above and from below have in common; their options are described there."""

    at: float
    label: str = ""
    missing: tuple[str, ...] = ()
    on_error: OnError = "refuse"

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    side: ClassVar[str]

    @abstractmethod
    def beyond(self, number: float) -> bool:
        """Return whether a number belongs to the category."""

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterable[str]:
        """Find a bound that is no number."""
        return () if isfinite(self.at) else ("at must be a finite number",)

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text for a label, else the same type."""
        return coded_type(input_type, self.label)

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the column, numbers beyond the bound coded. Raises DataError for cells that are no numbers."""
        cells = without(Distinct.of(column), self.missing)
        numbers = [None if text is None else number(text) for text in cells.texts]
        kind = coded_type(column.type, self.label)
        code = _code(self.at, self.label, kind)
        coded = np.asarray([value is not None and self.beyond(value) for value in numbers])[cells.rows]
        misfits = int(coded.sum()) if code is None else 0
        refuse({NOT_A_NUMBER: cells.failures(numbers), OUT_OF_TYPE: misfits}, context, self.on_error)
        shown = np.asarray([value is not None for value in numbers])[cells.rows]
        if pa.types.is_string(kind):
            kept = cells.spread(cells.texts, kind)
        else:
            kept = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        nothing = pa.scalar(None, kind)
        code = nothing if code is None else code
        return pc.if_else(pa.array(coded), code, pc.if_else(pa.array(shown), kept, nothing))

    def describe(self) -> str:
        """Say what is done, in one line."""
        return f"{self.at:g} and {self.side} as '{self.label or f'{self.at:g}'}'"


def coded_type(kind: pa.DataType, label: str) -> pa.DataType:
    """Return the type of a coded column: text for a label and for numbers written as text, else its own."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    numeric = pa.types.is_integer(plain) or pa.types.is_floating(plain)
    return plain if numeric and not label else pa.string()


def _code(bound: float, label: str, kind: pa.DataType) -> pa.Scalar | None:
    """Return what stands for the numbers beyond; None when the bound is none of the column's numbers."""
    if pa.types.is_string(kind):
        return pa.scalar(label or f"{bound:.15g}", kind)
    if pa.types.is_integer(kind) and not (float(bound).is_integer() and abs(bound) < 2**53):
        return None
    limits = np.iinfo(kind.to_pandas_dtype()) if pa.types.is_integer(kind) else None
    if limits is not None and not limits.min <= bound <= limits.max:
        return None
    return pa.scalar(int(bound) if limits is not None else float(bound), kind)
