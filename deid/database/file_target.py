"""A new DuckDB or SQLite file: staged in a private folder beside its place, linked to its name last."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from deid.contracts import TableInfo
from deid.database.address import Address
from deid.database.duckdb_view import connected, forget
from deid.database.refusals import NOT_WRITTEN, WRITE_FAILED
from deid.database.types import quoted, sql_type
from deid.errors import UsageError
from deid.release import Staging, staging
from deid.values import as_text

#: Rows of the largest table that gets its primary key in DuckDB, which makes the index in memory: 110 octets a row.
MOST_KEYED = 250_000
_GROUP = 16_384  # rows that DuckDB packs at once, for which it holds all their columns


class _File(Protocol):
    """An open database file."""

    def run(self, statement: str) -> None: ...

    def append(self, table: TableInfo, batch: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class FilePlace:
    """A staged database file."""

    def __init__(self, address: Address, path: Path) -> None:
        self.final = address
        self.address = replace(address, path=path, url=address.url.set(database=str(path)), schema="")
        self.file: _File | None = None

    def create(self, table: TableInfo) -> Callable[[pa.RecordBatch], None]:
        """Create a table; batches are appended to it."""
        columns = [f"{quoted(field.name)} {sql_type(field, self.final.kind)}" for field in table.schema]
        key = ", ".join(map(quoted, table.options["primary_key"]))
        keyed = [f"PRIMARY KEY ({key})"] if key and self.final.kind == "sqlite" else []
        file = self._open()
        self._guarded(lambda: file.run(f"CREATE TABLE {quoted(table.name)} ({', '.join([*columns, *keyed])})"))
        return lambda batch: self._guarded(lambda: file.append(table, batch))

    def finish(self, table: TableInfo, rows: int) -> None:
        """Add the primary key, where it was not made with the table and its index is not too large."""
        key = ", ".join(map(quoted, table.options["primary_key"]))
        file = self._open()
        if key and self.final.kind == "duckdb" and rows <= MOST_KEYED:
            self._guarded(lambda: file.run(f"ALTER TABLE {quoted(table.name)} ADD PRIMARY KEY ({key})"))

    def settle(self) -> None:
        """Close the file, so that it can be read back."""
        self._guarded(self._open().close)
        self.file = None

    def publish(self, stage: Staging) -> None:
        """Link the file to its name when the release folder is there; a file that is there is not overwritten."""
        assert self.address.path is not None
        assert self.final.path is not None
        with self.address.path.open("rb") as handle:
            os.fsync(handle.fileno())
        stage.commit()
        try:
            os.link(self.address.path, self.final.path)
        except BaseException:
            stage.withdraw()
            raise

    def close(self) -> None:
        """Let the file go, whatever was written."""
        with suppress(*_driver_errors()):
            if self.file is not None:
                self.file.close()

    def _open(self) -> _File:
        if self.file is None:
            kind = _DuckDbFile if self.final.kind == "duckdb" else _SqliteFile
            self.file = self._guarded(lambda: kind(self.address))
        assert self.file is not None
        return self.file

    def _guarded(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except (*_driver_errors(), pa.ArrowException, ValueError) as error:
            name = type(error).__name__
        raise UsageError(WRITE_FAILED.at(name, self.final.name))


@contextmanager
def file_place(address: Address) -> Iterator[FilePlace]:
    """Stage a file beside its place. Raises UsageError where it exists or cannot be written."""
    if address.schema not in ("", "main"):
        raise UsageError(NOT_WRITTEN.at("a release fills the schema `main` of a new file", address.name))
    assert address.path is not None
    with staging(address.path) as stage:
        place = FilePlace(address, stage.folder / "database")
        try:
            yield place
        finally:
            place.close()


class _DuckDbFile:
    def __init__(self, address: Address) -> None:
        self.connection = connected(Path(":memory:"), address, read_only=False)
        place = str(address.path).replace("'", "''")
        self.connection.execute(f"ATTACH '{place}' AS release (ROW_GROUP_SIZE {_GROUP})")
        self.connection.execute("USE release")

    def run(self, statement: str) -> None:
        self.connection.execute(statement)

    def append(self, table: TableInfo, batch: pa.RecordBatch) -> None:
        rows = pa.Table.from_batches([batch])
        for first in range(0, batch.num_rows, _GROUP):
            self.connection.register("deid_rows", rows.slice(first, _GROUP))
            self.connection.execute(f"INSERT INTO {quoted(table.name)} SELECT * FROM deid_rows")  # noqa: S608 - quoted
            self.connection.unregister("deid_rows")
        forget(self.connection)

    def close(self) -> None:
        self.connection.execute("CHECKPOINT")
        self.connection.close()


class _SqliteFile:
    def __init__(self, address: Address) -> None:
        self.connection = sqlite3.connect(str(address.path))

    def run(self, statement: str) -> None:
        self.connection.execute(statement)

    def append(self, table: TableInfo, batch: pa.RecordBatch) -> None:
        marks = ", ".join("?" * batch.num_columns)
        rows = zip(*(_cells(column) for column in batch.columns), strict=True)
        self.connection.executemany(f"INSERT INTO {quoted(table.name)} VALUES ({marks})", rows)  # noqa: S608 - quoted

    def close(self) -> None:
        self.connection.commit()
        self.connection.close()


def _cells(column: pa.Array) -> list[Any]:
    """Return cells as SQLite stores them: it has no dates, times and decimals of its own."""
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind):
        return list(column.to_pylist())
    if pa.types.is_timestamp(kind):
        column = column.cast(pa.timestamp("us"))
    return list((column.cast(pa.string()) if pa.types.is_temporal(kind) else as_text(column)).to_pylist())


def _driver_errors() -> tuple[type[Exception], ...]:
    try:
        import duckdb
    except ImportError:
        return (sqlite3.Error, OSError)
    return (duckdb.Error, sqlite3.Error, OSError)
