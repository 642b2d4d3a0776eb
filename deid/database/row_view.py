"""Databases of any dialect of SQLAlchemy, read by a server-side cursor row by row."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from deid.database.address import Address, engine_for
from deid.database.reading import DatabaseTable
from deid.database.refusals import NOT_REACHED, NOT_READ
from deid.database.types import field_of
from deid.errors import DataError, UsageError
from deid.formats.columns import UNREAD, plain

#: What drivers raise for connections that fail and cells that are not of their column's type.
FAILURES: tuple[type[Exception], ...] = (sa.exc.SQLAlchemyError, OSError, ValueError, TypeError, OverflowError)


class RowView:
    """One read-only transaction. Rows come in the order of the primary key, or of all columns where there is none."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.schema: str | None = address.schema or None
        self.connection = self._connected()
        self.dialect = self.connection.dialect

    def tables(self) -> list[DatabaseTable]:
        """Return the tables of the schema. Raises DataError."""
        try:
            seen = sa.inspect(self.connection)
            names = sorted(seen.get_table_names(schema=self.schema))
            columns, keys = seen.get_multi_columns(schema=self.schema), seen.get_multi_pk_constraint(schema=self.schema)
        except FAILURES:
            raise DataError(NOT_READ.at("its tables cannot be listed", self.address.name)) from None
        return [
            DatabaseTable(
                name,
                pa.schema([field_of(item["name"], item["type"], self.dialect) for item in columns[self.schema, name]]),
                tuple(keys[self.schema, name]["constrained_columns"] if keys.get((self.schema, name)) else ()),
            )
            for name in names
        ]

    def batches(self, table: DatabaseTable, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows. Raises DataError where a cell is not of its column's type."""
        parts = None
        while True:
            batch, whole = None, False
            with suppress(*FAILURES, pa.ArrowException):  # their messages quote the cell
                parts = self._parts(table, rows) if parts is None else parts
                part = next(parts, None)
                batch = None if part is None else _batch(part, table.schema)
                whole = True
            if not whole:
                raise DataError(NOT_READ.at("a cell cannot be read, or the connection was lost", table.name))
            if batch is None:
                return
            yield batch

    def close(self) -> None:
        """End the transaction."""
        self.connection.close()

    def _connected(self) -> Any:
        connection = None
        with suppress(*FAILURES):
            connection = engine_for(self.address).connect()
            if self.address.kind == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only = ON")
                connection.exec_driver_sql("BEGIN")
        if connection is None:
            raise UsageError(NOT_REACHED.at("the connection is refused", self.address.name))
        return connection

    def _parts(self, table: DatabaseTable, rows: int) -> Iterator[Sequence[Sequence[Any]]]:
        loaded = sa.Table(table.name, sa.MetaData(), schema=self.schema, autoload_with=self.connection)
        read = [field for field in table.schema if UNREAD not in (field.metadata or {})]
        columns = [loaded.c[field.name] if field in read else sa.null() for field in table.schema]
        order = [loaded.c[name] for name in table.key or [field.name for field in read]]
        found = self.connection.execution_options(yield_per=rows).execute(sa.select(*columns).order_by(*order))
        parts: Iterator[Sequence[Sequence[Any]]] = iter(found.partitions(rows))
        return parts


def _batch(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    columns = []
    for field, cells in zip(schema, zip(*rows, strict=True), strict=True):
        text = pa.types.is_string(field.type)
        if text:
            cells = tuple(None if cell is None else cell if isinstance(cell, str) else format(cell) for cell in cells)
        elif pa.types.is_floating(field.type):
            cells = tuple(None if cell is None else float(cell) for cell in cells)
        columns.append(plain(pa.array(cells, field.type)))
    return pa.RecordBatch.from_arrays(columns, schema=schema)
