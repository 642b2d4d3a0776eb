"""Write the treated rows of a table in the order that the policy asks for, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pyarrow as pa

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.facts import Hashes
from deid.registry import plugins
from deid.treat import Treated

#: Rows and cells that are sorted at once: a table of a thousand columns is sorted in smaller parts.
BUCKET_ROWS, BUCKET_CELLS, FEWEST_ROWS = 250_000, 1_000_000, 5_000
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
    held: list[tuple[pa.RecordBatch, Hashes]] = []
    iterator = iter(treated)
    first = next(iterator, None)
    if first is None:
        return
    if first.order is None:
        for item in _chain(first, iterator):
            counts.update(item.counts)
            yield pa.Table.from_batches([item.batch])
        return
    most = min(BUCKET_ROWS, max(BUCKET_CELLS // max(first.batch.num_columns, 1), FEWEST_ROWS))
    if expected <= most:
        for item in _chain(first, iterator):
            counts.update(item.counts)
            assert item.order is not None
            held.append((item.batch, item.order))
        yield _sorted(held)
        return
    yield from _through_buckets(_chain(first, iterator), -(-expected // most), spill, counts)


def _chain(first: Treated, rest: Iterator[Treated]) -> Iterator[Treated]:
    yield first
    yield from rest


def _through_buckets(treated: Iterator[Treated], number: int, spill: Path, counts: Counts) -> Iterator[pa.Table]:
    """Split rows by the leading bits of their order into files, then sort each file on its own."""
    width = np.uint64(2**64 // number + 1)
    files = [spill / f"bucket-{i}.arrow" for i in range(number)]
    with ExitStack() as stack:
        writers: list[pa.RecordBatchStreamWriter] = []
        for item in treated:
            counts.update(item.counts)
            assert item.order is not None
            batch = item.batch.append_column("\x00order", pa.array(item.order))
            if not writers:
                writers = [stack.enter_context(pa.ipc.new_stream(str(path), batch.schema)) for path in files]
            bucket = item.order // width
            gathered = batch.take(pa.array(np.argsort(bucket, kind="stable")))
            start = 0
            for i, rows in enumerate(np.bincount(bucket.astype(np.int64), minlength=number).tolist()):
                if rows:
                    writers[i].write_batch(gathered.slice(start, rows))
                start += rows
    for path in files:
        with pa.ipc.open_stream(str(path)) as reader:
            table = reader.read_all()
        path.unlink()
        order = np.argsort(np.asarray(table.column("\x00order")), kind="stable")
        table = table.drop_columns(["\x00order"]).take(pa.array(order))
        yield table
        del table  # before the next is read


def _sorted(held: list[tuple[pa.RecordBatch, Hashes]]) -> pa.Table:
    table = pa.Table.from_batches([batch for batch, _ in held])
    order = np.concatenate([order for _, order in held])
    return table.take(pa.array(np.argsort(order, kind="stable")))


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
