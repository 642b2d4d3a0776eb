"""A release in a database: written where nobody looks for it, read back there, given its name as the last act."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from deid.contracts import TableInfo, Writer
from deid.database.address import Address
from deid.database.digests import as_csv
from deid.database.reading import FORMAT, open_database
from deid.database.refusals import NOT_WRITTEN
from deid.decisions import TablePlan
from deid.errors import UsageError
from deid.formats.columns import plain
from deid.release import Staging
from deid.source import Source


class Place(Protocol):
    """Where the staged tables are, and how they become the release."""

    address: Address

    def create(self, table: TableInfo) -> Callable[[pa.RecordBatch], None]:
        """Make an empty table and return what appends rows to it."""

    def finish(self, table: TableInfo, rows: int) -> None:
        """Complete a table whose rows, so many, are all there."""

    def settle(self) -> None:
        """Let go of what was open for writing."""

    def publish(self, stage: Staging) -> None:
        """Give tables and release folder their names, or neither."""


@dataclass
class DatabaseTarget:
    """The tables of a release in a database. Their digests are of the rows as they are read back."""

    place: Place
    digests: dict[str, str] = field(default_factory=dict)
    opened: list[Source] = field(default_factory=list)

    def table(self, info: TableInfo, plan: TablePlan, schema: pa.Schema) -> TableInfo:
        """Return the released table; it has the primary key of the input where that is released."""
        key = [column for column in info.options.get("primary_key", ()) if column in schema.names]
        whole = len(key) == len(info.options.get("primary_key", ()))
        return TableInfo(
            plan.released_name, Path(plan.released_name), FORMAT, schema, {"primary_key": tuple(key) if whole else ()}
        )

    def open(self, table: TableInfo) -> Writer:
        """Open an empty table."""
        return _TableWriter(table, self.place)

    def released(self, tables: Iterable[TableInfo]) -> Source:
        """Open what was written, as a reader of the release would."""
        self.place.settle()
        found = open_database(self.place.address)

        def read(table: TableInfo, rows: int) -> Iterator[pa.RecordBatch]:
            digest = hashlib.sha256()
            for batch in found.reader(table, rows):
                digest.update(as_csv(batch))
                yield batch
            self.digests[table.name] = digest.hexdigest()

        source = Source(found.tables, dict.fromkeys((table.name for table in found.tables), read), close=found.close)
        self.opened.append(source)
        return source

    def files(self, tables: Iterable[TableInfo]) -> dict[str, str]:
        """Return the digest of every table's rows by its place; they have been read when the release was verified."""
        return {f"database/{name}": digest for name, digest in sorted(self.digests.items())}

    def commit(self, stage: Staging) -> None:
        """Make what was staged the release."""
        self.close()
        self.place.publish(stage)

    def close(self) -> None:
        """Close what was opened for reading: a schema that is being read cannot be renamed or dropped."""
        while self.opened:
            self.opened.pop().close()


class _TableWriter:
    """An open table of a database."""

    def __init__(self, table: TableInfo, place: Place) -> None:
        self._table = table
        self._place = place
        self._append = place.create(table)
        self._rows = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows."""
        self._rows += batch.num_rows
        self._append(pa.RecordBatch.from_arrays([plain(column) for column in batch.columns], names=batch.schema.names))

    def close(self) -> None:
        """Complete the table."""
        self._place.finish(self._table, self._rows)


@contextmanager
def database_target(address: Address) -> Iterator[DatabaseTarget]:
    """Open a target that does not exist yet; what was staged is gone unless it was committed. Raises UsageError."""
    with _place(address) as opened:
        target = DatabaseTarget(opened)
        try:
            yield target
        finally:
            target.close()


def _place(address: Address) -> AbstractContextManager[Place]:
    if address.kind == "postgresql":
        from deid.database.postgresql_target import postgresql_place

        return postgresql_place(address)
    if address.kind in ("duckdb", "sqlite"):
        from deid.database.file_target import file_place

        return file_place(address)
    raise UsageError(NOT_WRITTEN.at("deid writes no database of this kind", address.kind))
