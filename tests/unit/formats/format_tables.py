"""Helpers of the format tests: whole tables in and out, and random tables of plain types."""

from __future__ import annotations

import datetime
import string
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from deid.contracts import TableInfo
from deid.registry import plugin

#: Characters that formats stumble over, beside ordinary ones.
TRICKY = "\",;|\t'=+-@#\\/<> é’Łß漢😀\u2028\xa0" + string.ascii_letters + string.digits
LINES = "\n\r"


def read_all(name: str, path: Path, options: Mapping[str, Any] | None = None, rows: int = 65_536) -> pa.Table:
    """Read the first table of a file."""
    reader = plugin("format", name)()
    info = reader.inspect(path, options or {})[0]
    return pa.Table.from_batches(list(reader.read(info, rows)), info.schema)


def write_all(
    name: str, path: Path, table: pa.Table, options: Mapping[str, Any] | None = None, rows: int = 65_536
) -> TableInfo:
    """Write a table batch by batch and return what was told to the writer."""
    info = TableInfo(path.stem, path, name, table.schema, dict(options or {}))
    writer = plugin("format", name)().open(path, info)
    for batch in table.to_batches(max_chunksize=rows):
        writer.write(batch)
    writer.close()
    return info


def texts(alphabet: str, largest: int = 12) -> st.SearchStrategy[str]:
    """Return a strategy of short texts, none of them empty."""
    return st.text(alphabet, min_size=1, max_size=largest)


DATES = st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31))
STAMPS = st.datetimes(datetime.datetime(1800, 1, 1), datetime.datetime(2200, 1, 1))


def tables(columns: Mapping[str, tuple[pa.DataType, st.SearchStrategy[Any]]]) -> st.SearchStrategy[pa.Table]:
    """Return a strategy of tables with these columns, cells missing here and there, of no row or more."""
    schema = pa.schema([(name, kind) for name, (kind, _) in columns.items()])
    row = st.tuples(*(st.none() | cells for _, cells in columns.values()))

    def built(rows: list[tuple[Any, ...]]) -> pa.Table:
        arrays = [pa.array([each[i] for each in rows], field.type) for i, field in enumerate(schema)]
        return pa.Table.from_arrays(arrays, schema=schema)

    return st.lists(row, max_size=9).map(built)
