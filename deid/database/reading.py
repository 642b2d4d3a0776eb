"""Tables of a database, read batch by batch in one unchanging view of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from deid.contracts import TableInfo
from deid.database.address import Address
from deid.database.refusals import NOT_REACHED
from deid.errors import UsageError

FORMAT = "database"
Read = Callable[[TableInfo, int], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class DatabaseTable:
    """A table as the database describes it: its columns as they are read, and its primary key."""

    name: str
    schema: pa.Schema
    key: tuple[str, ...] = ()


class View(Protocol):
    """An open database that shows one state of its tables, whoever writes to it meanwhile."""

    def tables(self) -> Sequence[DatabaseTable]:
        """Return the tables of the schema, sorted by name; views are no tables."""

    def batches(self, table: DatabaseTable, rows: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows in an order that does not change, in memory for one batch."""

    def close(self) -> None:
        """Let the database go."""


@dataclass
class Opened:
    """What `Source` needs to read a database like files."""

    tables: tuple[TableInfo, ...]
    reader: Read = field(repr=False)
    left_out: int
    close: Callable[[], None] = field(repr=False)


def open_view(address: Address) -> View:
    """Open a database for reading. Raises UsageError."""
    if address.path is not None and not address.path.is_file():
        raise UsageError(NOT_REACHED.at("there is no such file", address.name))
    if address.kind == "duckdb":
        from deid.database.duckdb_view import DuckDbView

        return DuckDbView(address)
    if address.kind == "postgresql":
        from deid.database.postgresql_view import PostgreSqlView

        return PostgreSqlView(address)
    from deid.database.row_view import RowView

    return RowView(address)


def open_database(address: Address, ignore: Sequence[str] = ()) -> Opened:
    """Return the tables of a database and what reads them. Raises UsageError or DataError."""
    view = open_view(address)
    found = {table.name: table for table in view.tables()}
    kept = {name: table for name, table in found.items() if not any(fnmatch(name, pattern) for pattern in ignore)}
    if not kept:
        view.close()
        raise UsageError(NOT_REACHED.at("the schema holds no table that can be seen", address.name))

    def read(info: TableInfo, rows: int) -> Iterator[pa.RecordBatch]:
        return view.batches(kept[info.name], rows)

    infos = tuple(
        TableInfo(name, Path(name), FORMAT, table.schema, {"primary_key": table.key}) for name, table in kept.items()
    )
    return Opened(infos, read, len(found) - len(kept), view.close)
