"""JSON lines: one flat object a line. A column has the type that all of its values have, else text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.errors import DataError, Problem
from deid.formats import options as format_options
from deid.formats.columns import plain
from deid.formats.durable import DurableFile
from deid.formats.json_lines import NESTED, Number, lines, paths
from deid.formats.refusals import CHANGED, EMPTY, NOT_HELD
from deid.registry import register
from deid.values import as_text

_SHOWN = 20
_SPELT = {True: "true", False: "false"}
_EXACT = 2**53
_INT64 = range(-(2**63), 2**63)


@register("format", "jsonl")
@dataclass(frozen=True)
class JsonLines:
    """JSON lines of flat objects. A key that is absent and one that holds null are both missing."""

    suffixes: ClassVar[tuple[str, ...]] = (".jsonl", ".ndjson")
    writes: ClassVar[bool] = True
    options: ClassVar[Mapping[str, type]] = {}

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the table of a file: the keys of all lines in the order in which they first stand.

        Every line is read, because no line says which keys and types the next ones have.
        """
        format_options.checked(path, options, self.options, frozenset())
        kinds: dict[str, set[str]] = {}
        nested: set[str] = set()
        count = 0
        for count, (_, found) in enumerate(lines(path), start=1):  # noqa: B007 - the count is used below
            for key, value in found.items():
                kind = _kind(value)
                kinds.setdefault(key, set()).add(kind)
                if kind == "nested":
                    nested.update(paths(key, value))
        if nested:
            raise DataError(_nested(sorted(nested), path.name))
        if not count:
            raise DataError(EMPTY.at("the file holds no object", path.name))
        schema = pa.schema([pa.field(key, _type(seen - {"null"})) for key, seen in kinds.items()])
        return (TableInfo(path.stem, path, "jsonl", schema),)

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows. Raises DataError where a line is not as it was when the file was inspected."""
        rows: list[dict[str, Any]] = []
        for _, found in lines(table.path):
            rows.append(found)
            if len(rows) == batch_rows:
                yield _batch(rows, table)
                rows = []
        if rows:
            yield _batch(rows, table)

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Open a new file; every object holds every key in the order of the columns, null where a cell is missing."""
        return JsonLinesWriter(path, table.schema)


class JsonLinesWriter:
    """An open file of JSON lines. Dates and times are texts in ISO 8601."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._names = list(schema.names)
        self._encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
        self._place = path.name
        self._file = DurableFile(path)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows. Raises DataError for infinite numbers, which JSON does not have."""
        columns = [_writable(column) for column in batch.columns]
        infinite = [name for name, column in zip(self._names, columns, strict=True) if _infinite(column)]
        if infinite:
            cause = "column '{}' holds infinite numbers, which JSON does not have"
            raise DataError(NOT_HELD.at(cause.format(name), self._place) for name in infinite)
        names = self._names
        rows = zip(*(column.to_pylist() for column in columns), strict=True)
        text = "".join([self._encode(dict(zip(names, row, strict=True))) + "\n" for row in rows])
        self._file.write(text.encode())

    def close(self) -> None:
        """Finish the file and flush it to the disk."""
        self._file.close()


def _nested(names: list[str], place: str) -> Iterator[Problem]:
    for name in names[:_SHOWN]:
        yield NESTED.at(f"key '{name}' is nested", place)
    if len(names) > _SHOWN:
        yield NESTED.at(f"{len(names) - _SHOWN} more keys are nested", place)


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, Number):
        return _number_kind(value)
    return "text" if isinstance(value, str) else "nested"


def _number_kind(spelt: Number) -> str:
    """Tell a whole number, one beyond what a double holds exactly, a fraction, and what no column type holds."""
    if spelt.lstrip("-").isdigit():
        if len(spelt) > 20 or int(spelt) not in _INT64:
            return "text"
        return "whole" if abs(int(spelt)) <= _EXACT else "large"
    return "text" if abs(float(spelt)) == float("inf") else "fraction"


def _type(kinds: set[str]) -> pa.DataType:
    if kinds and kinds <= {"whole", "large"}:
        return pa.int64()
    if kinds and kinds <= {"whole", "fraction"}:
        return pa.float64()
    return pa.bool_() if kinds == {"bool"} else pa.string()


def _batch(rows: list[dict[str, Any]], table: TableInfo) -> pa.RecordBatch:
    names = set(table.schema.names)
    arrays = None
    if all(map(names.issuperset, rows)):
        try:
            arrays = [_array([row.get(field.name) for row in rows], field.type) for field in table.schema]
        except (pa.ArrowException, ValueError, TypeError):  # they hold values
            arrays = None
    if arrays is None:
        raise DataError(CHANGED.at("its keys or types are other ones", table.path.name))
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        convert: Callable[[Any], Any] = int if pa.types.is_integer(kind) else float
        values = [None if value is None else convert(value) for value in values]
    elif pa.types.is_string(kind) and (True in values or False in values):
        values = [_SPELT.get(value, value) if isinstance(value, bool) else value for value in values]
    return pa.array(values, kind)


def _writable(column: pa.Array) -> pa.Array:
    column = plain(column)
    kind = column.type
    bare = pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return column if bare else as_text(column)


def _infinite(column: pa.Array) -> bool:
    return bool(pa.types.is_floating(column.type) and pc.any(pc.is_inf(column)).as_py())
