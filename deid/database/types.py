"""Types of columns: from SQL to Arrow and back."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from deid.formats.columns import UNREAD

#: Field metadata with the type as its database writes it, kept while a column keeps its storage.
SQL_TYPE = b"sql_type"
_WIDEST_DECIMAL = 38


def field_of(name: str, kind: Any, dialect: Any) -> pa.Field:
    """Return the field under which a column is read; a type that could hide cells in cells is marked as unread.

    A NUMERIC without precision is read as the text that the database writes, so that no digit is lost.
    """
    arrow = arrow_type(kind, dialect.name)
    if arrow is None:
        return pa.field(name, pa.string(), metadata={UNREAD: type(kind).__name__.lower().encode()})
    return pa.field(name, arrow, metadata={SQL_TYPE: kind.compile(dialect=dialect).encode()})


def arrow_type(kind: Any, dialect: str) -> pa.DataType | None:
    """Return the Arrow type of a type of SQLAlchemy, or None where its cells are not read."""
    from sqlalchemy import types as sql

    if isinstance(kind, (sql.JSON, sql.ARRAY, sql.LargeBinary, sql.PickleType, sql.NullType)):
        return None
    if isinstance(kind, sql.Boolean):
        return pa.bool_()
    if isinstance(kind, sql.Integer):
        wide = isinstance(kind, sql.BigInteger) or dialect == "sqlite"
        return pa.int64() if wide else pa.int16() if isinstance(kind, sql.SmallInteger) else pa.int32()
    if isinstance(kind, sql.Float):
        return pa.float32() if isinstance(kind, sql.REAL) and dialect == "postgresql" else pa.float64()
    if isinstance(kind, sql.Numeric):
        if dialect == "sqlite":  # stores floating-point numbers, whatever the type says
            return pa.float64()
        exact = kind.precision is not None and kind.precision <= _WIDEST_DECIMAL
        return pa.decimal128(kind.precision, kind.scale or 0) if exact else pa.string()
    if isinstance(kind, sql.DateTime):
        return pa.timestamp("us", "UTC" if kind.timezone else None)
    if isinstance(kind, sql.Date):
        return pa.date32()
    if isinstance(kind, sql.Time):
        return pa.string() if kind.timezone else pa.time64("us")
    return pa.string() if isinstance(kind, (sql.String, sql.Uuid, sql.Interval)) else None


def sql_type(field: pa.Field, kind: str) -> str:
    """Return the type of a column of a release in a database of a kind: as it was, or by its Arrow type."""
    given = str((field.metadata or {}).get(SQL_TYPE, b"").decode())
    if given and kind == "postgresql":
        return given
    if given.startswith(("NUMERIC", "DECIMAL")) and pa.types.is_string(field.type):
        return "DOUBLE" if kind == "duckdb" else "NUMERIC"
    return _plain_type(field.type, kind)


def _plain_type(kind: pa.DataType, database: str) -> str:
    if pa.types.is_decimal(kind):
        return f"NUMERIC({kind.precision}, {kind.scale})"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMP" if kind.tz is None or database == "sqlite" else "TIMESTAMPTZ"
    if pa.types.is_unsigned_integer(kind):
        return "NUMERIC(20, 0)" if kind == pa.uint64() else "BIGINT"
    names = {
        pa.bool_(): "BOOLEAN",
        pa.int8(): "SMALLINT",
        pa.int16(): "SMALLINT",
        pa.int32(): "INTEGER",
        pa.int64(): "BIGINT",
        pa.float32(): "REAL",
        pa.float64(): "DOUBLE PRECISION",
        pa.date32(): "DATE",
    }
    return names.get(kind, "TIME" if pa.types.is_time(kind) else "TEXT")


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
