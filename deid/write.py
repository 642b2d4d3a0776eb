"""Write the treated rows of a table in the order that the policy asks for, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path

import pyarrow as pa

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.ordering import in_order
from deid.registry import plugins
from deid.treat import Treated

Counts = Counter[tuple[str, str]]


def write_table(
    treated: Iterable[Treated],
    info: TableInfo,
    expected_rows: int,
    spill: Path,
    opened: Callable[[TableInfo], Writer],
) -> tuple[int, Counts]:
    """Write a table with the writer that `opened` gives, and return its rows and what was counted.

    Rows that carry an order are sorted by it (stably, so one subject's rows stay as they were) through spill files of
    already treated rows in `spill`; the bytes do not depend on how the input came in batches.
    """
    counts: Counts = Counter()
    return write_ordered(_ordered(treated, expected_rows, spill, counts), info, opened), counts


def write_ordered(tables: Iterator[pa.Table], info: TableInfo, opened: Callable[[TableInfo], Writer]) -> int:
    """Write rows that are in their order already, and return their number."""
    writer = opened(info)
    rows = 0
    try:
        for batch in _chunks(tables, info.schema, _chunk_rows(info)):
            rows += batch.num_rows
            writer.write(batch)
    finally:
        writer.close()
    return rows


def _ordered(treated: Iterable[Treated], expected: int, spill: Path, counts: Counts) -> Iterator[pa.Table]:
    iterator = iter(treated)
    first = next(iterator, None)
    if first is None:
        return
    counted = _counted(chain([first], iterator), counts)
    if first.order is None:
        yield from (pa.Table.from_batches([item.batch]) for item in counted)
        return
    yield from in_order(((item.batch, item.order) for item in counted if item.order is not None), expected, spill)


def _counted(treated: Iterable[Treated], counts: Counts) -> Iterator[Treated]:
    for item in treated:
        counts.update(item.counts)
        yield item


def _chunk_rows(info: TableInfo) -> int:
    """Return the rows that are handed to a writer at once; fewer where the format says that rows are wide."""
    kind = plugins("format").get(info.format)  # a table of a database has no format
    limit = getattr(kind(), "rows_at_once", None) if kind is not None else None
    return BATCH_ROWS if limit is None else int(limit(info.schema))


def _chunks(tables: Iterator[pa.Table], schema: pa.Schema, size: int) -> Iterator[pa.RecordBatch]:
    """Cut rows into batches of a fixed size, whatever size they came in."""
    held: list[pa.RecordBatch] = []
    rows = 0
    for table in tables:
        held += table.to_batches()
        rows += table.num_rows
        if rows >= size:
            whole = pa.Table.from_batches(held, held[0].schema)
            cut = rows - rows % size
            for start in range(0, cut, size):
                yield from _one(whole.slice(start, size), schema)
            held, rows = whole.slice(cut).to_batches(), rows - cut
    if rows:
        yield from _one(pa.Table.from_batches(held, held[0].schema), schema)


def _one(table: pa.Table, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    arrays = [column.combine_chunks() if column.num_chunks != 1 else column.chunk(0) for column in table.columns]
    yield pa.RecordBatch.from_arrays(arrays, schema=schema)
