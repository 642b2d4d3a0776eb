"""DuckDB files, read without a copy: the database hands Arrow batches over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa

from deid.database.address import Address
from deid.database.reading import DatabaseTable
from deid.database.refusals import NO_DRIVER, NOT_REACHED, NOT_READ
from deid.database.types import quoted
from deid.errors import DataError, UsageError
from deid.formats.columns import UNREAD, plain, plain_field
from deid.formats.rebatch import rebatch

#: What DuckDB may go on holding of a file between batches.
CACHE = "16MB"


class DuckDbView:
    """A file opened for reading, which keeps writers out. Rows come in the order in which they were stored."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.schema = address.schema or "main"
        self.connection = connected(address.path, address, read_only=True)

    def tables(self) -> list[DatabaseTable]:
        """Return the tables of the schema."""
        names = "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? AND NOT internal ORDER BY table_name"
        keys = (
            "SELECT table_name, constraint_column_names FROM duckdb_constraints() "
            "WHERE schema_name = ? AND constraint_type = 'PRIMARY KEY'"
        )
        key_of = {name: tuple(columns) for name, columns in self._rows(keys)}
        return [DatabaseTable(name, self._schema(name), key_of.get(name, ())) for (name,) in self._rows(names)]

    def batches(self, table: DatabaseTable, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows."""
        return rebatch(self._batches(table, rows), rows)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return list(self.connection.cursor().execute(query, [self.schema]).fetchall())

    def _schema(self, name: str) -> pa.Schema:
        query = f"SELECT * FROM {quoted(self.schema)}.{quoted(name)} LIMIT 0"  # noqa: S608 - names are quoted
        schema = self.connection.cursor().sql(query).to_arrow_reader().schema
        return pa.schema([plain_field(field.name, field.type) for field in schema])

    def _batches(self, table: DatabaseTable, rows: int) -> Iterator[pa.RecordBatch]:
        import duckdb

        read = ["NULL::VARCHAR" if UNREAD in (field.metadata or {}) else quoted(field.name) for field in table.schema]
        query = f"SELECT {', '.join(read)} FROM {quoted(self.schema)}.{quoted(table.name)}"  # noqa: S608
        batches = None
        while True:
            batch, whole = None, False
            with suppress(duckdb.Error, pa.ArrowException, OSError):  # their messages quote the cell
                batches = self.connection.cursor().sql(query).to_arrow_reader(rows) if batches is None else batches
                batch = next(batches, None)
                whole = True
            if not whole:
                raise DataError(NOT_READ.at("the database cannot read it to its end", table.name))
            if batch is None:
                return
            forget(self.connection)
            columns = [plain(column) for column in batch.columns]
            yield pa.RecordBatch.from_arrays(columns, schema=table.schema)


def connected(path: Path | None, address: Address, *, read_only: bool) -> Any:
    """Open the file of an address, or a database in memory to which one is attached.

    Raises UsageError; the message of the library, which names paths, is let go.
    """
    try:
        import duckdb
    except ImportError:
        raise UsageError(NO_DRIVER.at("duckdb is not installed", address.kind)) from None
    connection = None
    with suppress(duckdb.Error):
        connection = duckdb.connect(str(path), read_only=read_only)
    if connection is None:
        raise UsageError(NOT_REACHED.at("it is no DuckDB file of this version, or in use", address.name))
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET threads = 1")  # each would have buffers of its own
    connection.execute("SET allocator_flush_threshold = '4MB'")
    return connection


def forget(connection: Any) -> None:
    """Let go of the blocks of the file that nobody reads, of which DuckDB would keep as many as there is memory for.

    A lower limit makes it let go at once. It cannot stay, because a few long texts of one batch take more.
    """
    import duckdb

    with suppress(duckdb.Error):  # more is in use: what could go has gone
        connection.execute(f"SET memory_limit = '{CACHE}'")
    connection.execute("RESET memory_limit")
