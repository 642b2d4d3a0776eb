"""PostgreSQL, read by a server-side cursor: each row as one text, parsed a batch at a time.

A driver written in Python spends most of a run on turning cells into objects; the text of a record is written by the
server and read by Arrow's parser for delimited text, in a tenth of the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from typing import Any

import pyarrow as pa
import pyarrow.csv

from deid.database.address import Address, engine_for
from deid.database.reading import DatabaseTable
from deid.database.refusals import NOT_REACHED, NOT_READ
from deid.database.row_view import FAILURES, RowView
from deid.database.types import quoted
from deid.errors import DataError, UsageError
from deid.formats.columns import UNREAD, plain
from deid.formats.rebatch import rebatch

_SETTINGS = ("SET TRANSACTION READ ONLY", "SET LOCAL TIME ZONE 'UTC'", "SET LOCAL datestyle = 'ISO, YMD'")


class PostgreSqlView(RowView):
    """One read-only transaction that sees one state of the database (REPEATABLE READ), for all passes over it."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self.schema = self.place = address.schema or "public"
        self._cursors = count()

    def batches(self, table: DatabaseTable, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows in the order of the primary key, or of all columns where there is none."""
        return rebatch(self._batches(table, rows), rows)

    def _connected(self) -> Any:
        connection = None
        with suppress(*FAILURES):
            connection = engine_for(self.address).connect()
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
            for setting in _SETTINGS:
                connection.exec_driver_sql(setting)
        if connection is None:
            raise UsageError(NOT_REACHED.at("the connection is refused", self.address.name))
        return connection

    def _batches(self, table: DatabaseTable, rows: int) -> Iterator[pa.RecordBatch]:
        cursor = quoted(f"deid_{next(self._cursors)}")
        self._run(f"DECLARE {cursor} NO SCROLL CURSOR FOR {self._query(table)}", table)
        fetched = [()]
        while fetched:
            fetched = self._run(f"FETCH FORWARD {rows} FROM {cursor}", table).fetchall()
            if fetched:
                yield _parsed([row[0] for row in fetched], table)
        self._run(f"CLOSE {cursor}", table)

    def _run(self, statement: str, table: DatabaseTable) -> Any:
        result = None
        with suppress(*FAILURES):
            result = self.connection.exec_driver_sql(statement.replace("%", "%%"))
        if result is None:
            raise DataError(NOT_READ.at("the database refuses to read it", table.name))
        return result

    def _query(self, table: DatabaseTable) -> str:
        columns = ", ".join(f"{_read(field)} AS c{i}" for i, field in enumerate(table.schema))
        order = ", ".join(map(_ordered, (table.schema.field(name) for name in table.key or _readable(table))))
        place = f"{quoted(self.place)}.{quoted(table.name)}"
        record = f"SELECT {columns}, 1 AS last FROM {place}" + (f" ORDER BY {order}" if order else "")  # noqa: S608 - quoted names
        return f"SELECT substr(r::text, 2, length(r::text) - 2) FROM ({record}) AS r"  # noqa: S608


def _readable(table: DatabaseTable) -> list[str]:
    return [field.name for field in table.schema if UNREAD not in (field.metadata or {})]


def _read(field: pa.Field) -> str:
    if UNREAD in (field.metadata or {}):
        return "NULL::text"
    zoned = pa.types.is_timestamp(field.type) and field.type.tz is not None
    return f"{quoted(field.name)} AT TIME ZONE 'UTC'" if zoned else quoted(field.name)


def _ordered(field: pa.Field) -> str:
    """Sort text by its bytes: the order of a language differs from server to server."""
    return f'{quoted(field.name)}::text COLLATE "C"' if pa.types.is_string(field.type) else quoted(field.name)


def _parsed(records: list[str], table: DatabaseTable) -> pa.RecordBatch:
    """Parse the texts of records: comma-separated, quotes doubled, backslashes doubled, nothing for NULL."""
    data = "\n".join(records).encode()
    names = [*(f"c{i}" for i in range(len(table.schema))), "last"]  # no record is an empty line
    wanted = {name: _parsed_type(field.type) for name, field in zip(names[:-1], table.schema, strict=True)}
    read = pyarrow.csv.ReadOptions(column_names=names, block_size=len(data) + 1)
    parse = pyarrow.csv.ParseOptions(escape_char="\\", newlines_in_values=True)
    convert = pyarrow.csv.ConvertOptions(
        column_types=wanted,
        null_values=[""],
        true_values=["t"],
        false_values=["f"],
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
    )
    found = None
    with suppress(pa.ArrowException):  # its message quotes the cell
        parsed = pyarrow.csv.read_csv(pa.BufferReader(data), read, parse, convert)
        columns = [
            plain(column.combine_chunks()).cast(field.type)
            for column, field in zip(parsed.columns[:-1], table.schema, strict=True)
        ]
        found = pa.RecordBatch.from_arrays(columns, schema=table.schema)
    if found is None or found.num_rows != len(records):
        raise DataError(NOT_READ.at("a cell cannot be read as its column's type says", table.name))
    return found


def _parsed_type(kind: pa.DataType) -> pa.DataType:
    return pa.timestamp("us") if pa.types.is_timestamp(kind) else kind
