"""Writes SAS transport files, version 5: equal tables give equal bytes, with names, labels, formats and widths kept.

The header states widths that only the last row settles, so rows wait in a nameless temporary file beside the target.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa

from deid.contracts import TableInfo
from deid.errors import DataError, Problem, problem_kind
from deid.formats.columns import plain
from deid.formats.durable import DurableFile
from deid.formats.refusals import COLUMN_TYPE, NOT_HELD
from deid.formats.xpt_columns import XptColumn
from deid.formats.xpt_records import RECORD, headers

XPT_NAME = problem_kind(
    "D327",
    "name that SAS transport 5 cannot hold",
    remedy="rename the column or table to at most 8 capitals, digits and underscores, or write another format",
    meaning="The submission format of the regulators; a cut name could stand for two columns.",
)
_NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")


class XptWriter:
    """An open transport file; it is written when it is closed."""

    def __init__(self, path: Path, table: TableInfo, member: str, codec: str) -> None:
        self._place = path.name
        self._member, self._label, self._codec = member, str(table.options.get("table_label", "")), codec
        problems = list(_name_problems(table.schema, member, self._place))
        if problems:
            raise DataError(problems)
        self._schema = pa.schema([pa.field(each.name, _held(each.type)) for each in table.schema])
        self._columns = [XptColumn.of(each.with_type(_held(each.type)), codec) for each in table.schema]
        self._file = DurableFile(path)
        self._spool = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - closed with the writer
        self._stream = pa.ipc.new_stream(self._spool, self._schema)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows to the spool."""
        arrays = [plain(array).cast(each.type) for array, each in zip(batch.columns, self._schema, strict=True)]
        for column, array in zip(self._columns, arrays, strict=True):
            column.learn(array)
        self._stream.write_batch(pa.RecordBatch.from_arrays(arrays, schema=self._schema))

    def close(self) -> None:
        """Write the file and flush it to the disk. Raises DataError, and leaves no file, for what cannot be held."""
        if self._file.closed:
            return
        try:
            self._stream.close()
            problems = [NOT_HELD.at(cause, self._place) for column in self._columns for cause in column.problems()]
            if problems:
                raise DataError(problems)
            self._write_rows()
            self._file.close()
        finally:
            self._spool.close()
            if not self._file.closed:
                self._file.discard()

    def _write_rows(self) -> None:
        label = self._label.encode(self._codec, "replace")[:40].decode(self._codec, "ignore").encode(self._codec)
        self._file.write(headers(self._member.encode("ascii"), label, [each.variable() for each in self._columns]))
        self._spool.seek(0)
        length, blank_rows = 0, 0
        for batch in pa.ipc.open_stream(self._spool):
            parts = [column.octets(array) for column, array in zip(self._columns, batch.columns, strict=True)]
            rows = np.concatenate(parts, axis=1)
            filled = np.flatnonzero((rows != ord(" ")).any(axis=1))
            blank_rows = blank_rows + len(rows) if not len(filled) else len(rows) - 1 - int(filled[-1])
            self._file.write(rows.tobytes())
            length += rows.size
        if blank_rows:
            cause = f"the last {blank_rows} rows are blank in every column: SAS transport takes them for padding"
            raise DataError(NOT_HELD.at(cause, self._place))
        self._file.write(b" " * (-length % RECORD))


def _name_problems(schema: pa.Schema, member: str, place: str) -> list[Problem]:
    problems = [] if _NAME.fullmatch(member) else [XPT_NAME.at("the name of the table", place)]
    problems += [XPT_NAME.at(f"column '{name}'", place) for name in schema.names if not _NAME.fullmatch(name)]
    problems += [COLUMN_TYPE.at(f"column '{each.name}' has a time zone", place) for each in schema if _zoned(each.type)]
    if len(schema) > 9999:
        problems.append(NOT_HELD.at(f"{len(schema)} columns; SAS transport 5 has 9999", place))
    return problems


def _zoned(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) and kind.tz is not None)


def _held(kind: pa.DataType) -> pa.DataType:
    """Return the type in the spool: true and false are 1 and 0, decimals are numbers."""
    if pa.types.is_boolean(kind):
        return pa.int8()
    if pa.types.is_decimal(kind):
        return pa.float64()
    if pa.types.is_large_string(kind) or pa.types.is_dictionary(kind):
        return pa.string()
    return kind
