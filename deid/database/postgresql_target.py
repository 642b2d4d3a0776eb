"""A new schema of a PostgreSQL database: staged under another name that its owner alone may use, renamed last."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any

import pyarrow as pa
import sqlalchemy as sa

from deid.contracts import TableInfo
from deid.database.address import Address, engine_for
from deid.database.digests import as_csv
from deid.database.refusals import NOT_REACHED, NOT_WRITTEN, TARGET_BUSY, TARGET_EXISTS, WRITE_FAILED
from deid.database.row_view import FAILURES
from deid.database.types import quoted, sql_type
from deid.errors import UsageError
from deid.release import Staging

STAGING = "__deid_staging"
_MARK = "staged by deid; no release"
_LONGEST_NAME = 63
_DUPLICATE_SCHEMA = "42P06"


class PostgreSqlPlace:
    """A staging schema and the connection that writes to it."""

    def __init__(self, address: Address, connection: Any) -> None:
        self.final = address
        self.address = replace(address, schema=address.schema + STAGING)
        self.connection = connection

    def create(self, table: TableInfo) -> Callable[[pa.RecordBatch], None]:
        """Create a table; rows are copied into it."""
        place = self._place(table)
        columns = ", ".join(f"{quoted(field.name)} {sql_type(field, 'postgresql')}" for field in table.schema)
        self.run(f"CREATE TABLE {place} ({columns})")
        return self.copying(place)

    def copying(self, place: str) -> Callable[[pa.RecordBatch], None]:
        """Return what copies rows into a table, given as SQL names it."""

        def copy(batch: pa.RecordBatch) -> None:
            rows = as_csv(batch)

            def sent() -> None:
                cursor = self.connection.connection.cursor()
                cursor.execute(f"COPY {place} FROM STDIN WITH (FORMAT csv)", stream=io.BytesIO(rows))
                cursor.close()

            self._guarded(sent)

        return copy

    def finish(self, table: TableInfo, rows: int) -> None:
        """Add the primary key and keep the rows."""
        key = ", ".join(map(quoted, table.options["primary_key"]))
        if key:
            self.run(f"ALTER TABLE {self._place(table)} ADD PRIMARY KEY ({key})")
        self._guarded(self.connection.commit)

    def settle(self) -> None:
        """Leave the connection open: what each table holds was kept when the table was finished."""

    def publish(self, stage: Staging) -> None:
        """Rename the schema in a transaction that ends when the release folder is there."""
        schema, staged = quoted(self.final.schema), quoted(self.address.schema)
        self.run(f"COMMENT ON SCHEMA {staged} IS NULL")
        self.run(f"ALTER SCHEMA {staged} RENAME TO {schema}")
        stage.commit()
        try:
            self._guarded(self.connection.commit)
        except BaseException:
            stage.withdraw()
            raise

    def run(self, statement: str) -> Any:
        """Run a statement. Raises UsageError with the code of the error alone."""
        return self._guarded(lambda: self.connection.exec_driver_sql(statement.replace("%", "%%")))

    def _guarded(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except (*FAILURES, *_driver_errors()) as error:
            code = sqlstate(error)
        kind = TARGET_EXISTS if code == _DUPLICATE_SCHEMA else WRITE_FAILED
        raise UsageError(kind.at(f"SQLSTATE {code}", self.final.name))

    def _place(self, table: TableInfo) -> str:
        return f"{quoted(self.address.schema)}.{quoted(table.name)}"


@contextmanager
def postgresql_place(address: Address) -> Iterator[PostgreSqlPlace]:
    """Make the staging schema; drop it on every way out but a published release."""
    if not address.schema or len((address.schema + STAGING).encode()) > _LONGEST_NAME:
        cause = f"name the new schema as ?schema=NAME, at most {_LONGEST_NAME - len(STAGING)} bytes"
        raise UsageError(NOT_WRITTEN.at(cause, address.name))
    engine = engine_for(address)
    connection = None
    with suppress(*FAILURES, *_driver_errors()):
        connection = engine.connect()
    if connection is None:
        raise UsageError(NOT_REACHED.at("the connection is refused", address.name))
    place = PostgreSqlPlace(address, connection)
    try:
        _claim(place)
        try:
            yield place
        finally:
            with suppress(UsageError, *FAILURES):
                connection.rollback()
                _drop(place)
                connection.commit()
    finally:
        with suppress(*FAILURES, *_driver_errors()):
            connection.close()  # and with it goes the lock


def _claim(place: PostgreSqlPlace) -> None:
    """Lock the name against other runs, see that it is free, and make the staging schema anew."""
    locked = _asked(place, "SELECT pg_try_advisory_lock(hashtext('deid'), hashtext(:name))", place.final.schema)
    if not locked:
        raise UsageError(TARGET_BUSY.at("its staging schema is locked", place.final.name))
    if _asked(place, "SELECT count(*) FROM pg_namespace WHERE nspname = :name", place.final.schema):
        raise UsageError(TARGET_EXISTS.at("the schema is there already", place.final.name))
    _drop(place)
    staged = quoted(place.address.schema)
    place.run(f"CREATE SCHEMA {staged}")
    place.run(f"COMMENT ON SCHEMA {staged} IS '{_MARK}'")
    place.run("SET TIME ZONE 'UTC'")
    place._guarded(place.connection.commit)


def _drop(place: PostgreSqlPlace) -> None:
    """Drop a staging schema that a run left behind; one that deid did not make is not touched."""
    query = "SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :name"
    if _asked(place, query, place.address.schema) == _MARK:
        place.run(f"DROP SCHEMA {quoted(place.address.schema)} CASCADE")


def _asked(place: PostgreSqlPlace, query: str, name: str) -> Any:
    return place._guarded(lambda: place.connection.execute(sa.text(query), {"name": name}).scalar())


def sqlstate(error: BaseException) -> str:
    """Return the five letters of SQLSTATE that an error bears, or the name of its class; never its message."""
    inner = getattr(error, "orig", None) or error
    details = inner.args[0] if getattr(inner, "args", ()) else None
    code = details.get("C") if isinstance(details, dict) else None
    return code if isinstance(code, str) and len(code) == 5 and code.isalnum() else type(inner).__name__


def _driver_errors() -> tuple[type[Exception], ...]:
    """Return what the driver raises where SQLAlchemy stands not between."""
    try:
        from pg8000.exceptions import DatabaseError, InterfaceError
    except ImportError:
        return ()
    return (DatabaseError, InterfaceError)
