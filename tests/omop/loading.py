"""The invented database, put into a real one, typed as the model says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from deid.database.address import Address
from tests.omop.cdm import MODEL, Row, columns_of

_TYPES = {"integer": "INTEGER", "date": "DATE", "datetime": "TIMESTAMP", "float": "NUMERIC"}


def create(table: str, schema: str = "") -> str:
    """Return the statement that makes a table as the DDL of the model does, with its primary key."""
    columns = [f'"{name}" {_TYPES.get(kind, "TEXT")}' for name, kind in columns_of(table).items()]
    first = next(iter(columns_of(table)))
    keyed = first == f"{table}_id" and table != "cohort_definition"
    place = f'"{schema}"."{table}"' if schema else f'"{table}"'
    return f"CREATE TABLE {place} ({', '.join([*columns, *([f'PRIMARY KEY ({first})'] if keyed else [])])})"


def load_postgresql(url: str, schema: str, tables: Mapping[str, list[Row]]) -> None:
    engine = sa.create_engine(Address.given(url, "source").url)
    with engine.begin() as connection:
        connection.exec_driver_sql(f'CREATE SCHEMA "{schema}"')
        for table, rows in tables.items():
            connection.exec_driver_sql(create(table, schema))
            if rows:
                described = sa.Table(table, sa.MetaData(), schema=schema, autoload_with=connection)
                connection.execute(described.insert(), rows)
    engine.dispose()


def load_duckdb(path: str, tables: Mapping[str, list[Row]]) -> None:
    import duckdb
    import pyarrow as pa

    connection = duckdb.connect(path)
    for table, rows in tables.items():
        connection.execute(create(table).replace("NUMERIC", "DOUBLE"))
        if rows:
            names = list(columns_of(table))
            held = pa.table({name: pa.array([row[name] for row in rows]) for name in names})
            connection.register("rows", held)
            connection.execute(f'INSERT INTO "{table}" SELECT * FROM rows')
            connection.unregister("rows")
    connection.close()


def load_sqlite(path: str, tables: Mapping[str, list[Row]]) -> None:
    import sqlite3

    connection = sqlite3.connect(path)
    for table, rows in tables.items():
        connection.execute(create(table))
        marks = ", ".join("?" * len(columns_of(table)))
        cells = [[_stored(row[name], name, table) for name in columns_of(table)] for row in rows]
        connection.executemany(f'INSERT INTO "{table}" VALUES ({marks})', cells)
    connection.commit()
    connection.close()


def _stored(value: Any, column: str, table: str) -> Any:
    if value is None or isinstance(value, (int, float, str)):
        return value
    return f"{value.isoformat(' ')}.000000" if MODEL.columns[table, column].type == "datetime" else value.isoformat()


def read_all(url: str, schema: str, tables: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Read every table back without the code under test."""
    if url.startswith("duckdb:"):
        import duckdb

        connection = duckdb.connect(url.removeprefix("duckdb:///"), read_only=True)
        result = {}
        for table in tables:
            found = connection.execute(f'SELECT * FROM "{table}"')
            names = [item[0] for item in found.description]
            result[table] = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        connection.close()
        return result
    engine = sa.create_engine(Address.given(url, "source").url)
    place = f'"{schema}".' if schema else ""
    with engine.connect() as connection:
        read = {table: connection.exec_driver_sql(f'SELECT * FROM {place}"{table}"') for table in tables}
        return {table: [dict(row) for row in found.mappings()] for table, found in read.items()}


def schemas(url: str) -> set[str]:
    """Return the schemas of a PostgreSQL database that are not its own."""
    engine = sa.create_engine(Address.given(url, "source").url)
    with engine.connect() as connection:
        found = {name for (name,) in connection.exec_driver_sql("SELECT nspname FROM pg_namespace")}
    engine.dispose()
    return {name for name in found if not name.startswith(("pg_", "information_schema", "public"))}
