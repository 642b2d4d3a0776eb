"""One sheet of a workbook as a table: its first row names the columns, each column has the type that all cells have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow as pa

from deid.errors import DataError, Problem, problem_kind
from deid.formats.refusals import CHANGED, refuse_twice
from deid.formats.workbook import rows

HEADER = problem_kind(
    "D343",
    "sheet without a row of column names",
    remedy="put the column names into the first row, with nothing above and no cells to the right of them",
)
NOT_CALCULATED = problem_kind(
    "D344",
    "formula without a value",
    remedy="open the workbook in a spreadsheet program and save it, so that the results are stored",
)
ERRORS = problem_kind("D345", "cells hold errors", remedy="correct the cells that show #REF!, #VALUE! and the like")
_INT64 = range(-(2**63), 2**63)
_EXACT = 2**53
_TYPES = (
    ({"whole", "large"}, pa.int64()),
    ({"whole", "fraction"}, pa.float64()),
    ({"bool"}, pa.bool_()),
    ({"date"}, pa.date32()),
    ({"date", "stamp"}, pa.timestamp("us")),
)


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook. What is wrong with it is told by column and count."""

    path: Path
    name: str

    @property
    def place(self) -> str:
        """How messages call it."""
        return f"{self.path.name} [{self.name}]"

    def schema(self) -> pa.Schema | None:
        """Read every cell and return the columns, or None for a sheet without any cell. Raises DataError."""
        values = self._rows(formulas=False)
        formulas = self._rows(formulas=True)
        header = next(values, None)
        next(formulas, None)
        if header is None or not (_filled(header) or any(_filled(row) for row in values)):
            return None
        names = self._names(header)
        kinds: list[set[str]] = [set() for _ in names]
        faults: Counter[tuple[str, str]] = Counter()
        for row, written in zip_longest(values, formulas, fillvalue=()):
            if _filled(row[len(names) :]):
                raise DataError(HEADER.at("cells stand to the right of the last column name", self.place))
            for name, seen, cell, formula in zip(names, kinds, row, written, strict=False):
                kind = _kind(cell, formula)
                if kind in {"error", "formula"}:
                    faults[kind, name] += 1
                seen.add(kind)
        if faults:
            raise DataError(_fault(kind, name, count, self.place) for (kind, name), count in sorted(faults.items()))
        return pa.schema([pa.field(name, _type(seen - {""})) for name, seen in zip(names, kinds, strict=True)])

    def batches(self, schema: pa.Schema, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows that hold a cell, under the names and types of the schema."""
        source = self._rows(formulas=False)
        if self._names(next(source, ())) != schema.names:
            raise DataError(CHANGED.at("its columns are other ones", self.place))
        taken: list[list[Any]] = []
        for row in source:
            cells = [_held(cell) for cell in row[: len(schema)]]
            if any(cell is not None for cell in cells):
                taken.append(cells + [None] * (len(schema) - len(cells)))
            if len(taken) == batch_rows:
                yield self._batch(taken, schema)
                taken = []
        if taken:
            yield self._batch(taken, schema)

    def _rows(self, *, formulas: bool) -> Iterator[tuple[Any, ...]]:
        return rows(self.path, self.name, formulas=formulas)

    def _names(self, header: tuple[Any, ...]) -> list[str]:
        cells = [_held(cell) for cell in header]
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            raise DataError(HEADER.at("the first row is blank", self.place))
        given = ["" if cell is None else _text(cell) for cell in cells]
        names = [name or f"unnamed_{position}" for position, name in enumerate(given, start=1)]
        refuse_twice(self.path, names)
        return names

    def _batch(self, taken: list[list[Any]], schema: pa.Schema) -> pa.RecordBatch:
        columns = zip(*taken, strict=True)
        arrays = None
        try:
            arrays = [_array(list(cells), field.type) for cells, field in zip(columns, schema, strict=True)]
        except (pa.ArrowException, ValueError, TypeError):  # they hold values
            arrays = None
        if arrays is None:
            raise DataError(CHANGED.at("its cells are other ones", self.place))
        return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _filled(row: tuple[Any, ...]) -> bool:
    return any(_held(cell) is not None for cell in row)


def _held(cell: Any) -> Any:
    """Return the value of a cell: None, text, true/false, a number, a date or a date-time."""
    value = cell.value
    if value is None or value == "" or (cell.data_type == "e" and value == "#N/A"):
        return None
    if isinstance(value, datetime):
        return value.date() if value.time() == time.min else value
    if isinstance(value, bool | str | date):
        return value
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    return str(value)  # time of day or duration


def _number(value: float, shown: str) -> Any:
    """Return a number, or the text that its format makes of it: `@` is text, `00000` keeps leading zeros."""
    whole = int(value) if isinstance(value, int) or value.is_integer() else None
    if whole is not None and whole >= 0 and len(shown) > 1 and set(shown) == {"0"}:
        return str(whole).zfill(len(shown))
    if shown == "@":
        return str(value if whole is None else whole)
    return value


def _kind(cell: Any, formula: Any) -> str:
    if cell.value is None and cell.data_type == "n" and getattr(formula, "data_type", "") == "f":
        return "formula"
    value = _held(cell)
    if value is None:
        return ""
    if cell.data_type == "e":
        return "error"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, str):
        return "text"
    if isinstance(value, int):
        return "text" if value not in _INT64 else "whole" if abs(value) <= _EXACT else "large"
    if isinstance(value, float):
        return "fraction"
    return "stamp" if isinstance(value, datetime) else "date"


def _type(kinds: set[str]) -> pa.DataType:
    if not kinds:
        return pa.string()
    return next((kind for allowed, kind in _TYPES if kinds <= allowed), pa.string())


def _array(cells: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_string(kind):
        return pa.array([None if cell is None else _text(cell) for cell in cells], kind)
    if pa.types.is_timestamp(kind):
        cells = [datetime.combine(cell, time.min) if type(cell) is date else cell for cell in cells]
    if pa.types.is_floating(kind):
        cells = [None if cell is None else float(cell) for cell in cells]
    return pa.array(cells, kind)


def _text(cell: Any) -> str:
    """Spell a value of a mixed column: whole numbers without a fraction, dates in ISO 8601."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _fault(kind: str, name: str, count: int, place: str) -> Problem:
    if kind == "formula":
        return NOT_CALCULATED.at(f"{count} cells of column '{name}' hold formulas that were never calculated", place)
    return ERRORS.at(f"{count} cells of column '{name}'", place)
