"""Parquet: typed columns in; out without statistics, pandas metadata or anything that the cells do not say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from deid.contracts import BATCH_ROWS, Cut, TableInfo, Writer
from deid.errors import DataError
from deid.formats import options as format_options
from deid.formats.columns import is_category, plain, plain_field, plain_type
from deid.formats.durable import DurableFile
from deid.formats.rebatch import rebatch
from deid.formats.refusals import CHANGED, EMPTY, UNREADABLE, refuse_twice
from deid.registry import register

GROUP_ROWS = 65_536


@register("format", "parquet")
@dataclass(frozen=True)
class Parquet:
    """Apache Parquet. Row groups are of one size, so that the bytes do not depend on how the rows came in.

    Text that came as categories is written as categories, without an order.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".parquet", ".pq")
    writes: ClassVar[bool] = True
    options: ClassVar[Mapping[str, type]] = {}

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the table of a file. An index column of pandas is a column like any other."""
        format_options.checked(path, options, self.options, frozenset())
        with _opened(path) as file:
            refuse_twice(path, file.schema_arrow.names)
            return (TableInfo(path.stem, path, "parquet", _plain_schema(file.schema_arrow)),)

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows; dictionary columns come as their values."""
        return rebatch(_batches(table, batch_rows), batch_rows)

    def cuts(self, table: TableInfo, rows: int) -> tuple[Cut, ...]:
        """Return a place to begin every `rows` rows."""
        with _opened(table.path) as file:
            total = file.metadata.num_rows
        return tuple(Cut(first, min(rows, total - first)) for first in range(0, total, rows)) or (Cut(),)

    def read_cut(self, table: TableInfo, cut: Cut, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a cut, from the row groups that hold them."""
        return rebatch(_batches(table, batch_rows, cut), batch_rows)

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Open a new file, compressed with zstd."""
        return ParquetWriter(path, table.schema)


class ParquetWriter:
    """An open Parquet file."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        bare = pa.schema([pa.field(field.name, _storable(field.type)) for field in schema])
        self._schema = bare
        self._stored = pa.schema(
            [_levelled(kept) if is_category(field) else kept for field, kept in zip(schema, bare, strict=True)]
        )
        self._waiting: list[pa.RecordBatch] = []
        self._rows = 0
        self._file = DurableFile(path)
        self._writer = pq.ParquetWriter(
            self._file,
            self._stored,
            version="2.6",
            compression="zstd",
            write_statistics=False,
            write_page_checksum=True,
            store_schema=self._stored != bare,  # what categories are, no other file needs to say
        )

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows; they reach the file a whole row group at a time."""
        columns = [plain(column).cast(field.type) for column, field in zip(batch.columns, self._schema, strict=True)]
        self._waiting.append(pa.RecordBatch.from_arrays(columns, schema=self._schema))
        self._rows += batch.num_rows
        if self._rows >= GROUP_ROWS:
            groups = list(rebatch(self._waiting, GROUP_ROWS))
            self._waiting = [groups.pop()] if groups[-1].num_rows < GROUP_ROWS else []
            self._rows = sum(each.num_rows for each in self._waiting)
            self._store(groups)

    def close(self) -> None:
        """Write the last row group, finish the file and flush it to the disk."""
        self._store(rebatch(self._waiting, GROUP_ROWS))
        self._waiting = []
        self._writer.close()
        self._file.close()

    def _store(self, groups: Iterable[pa.RecordBatch]) -> None:
        for group in groups:
            columns = [
                _levels(column) if pa.types.is_dictionary(field.type) else column
                for column, field in zip(group.columns, self._stored, strict=True)
            ]
            whole = pa.RecordBatch.from_arrays(columns, schema=self._stored)
            self._writer.write_batch(whole, row_group_size=GROUP_ROWS)


def _opened(path: Path) -> pq.ParquetFile:
    if not path.stat().st_size:
        raise DataError(EMPTY.at("the file is empty", path.name))
    with suppress(pa.ArrowException, OSError, ValueError):
        return pq.ParquetFile(path, page_checksum_verification=True)
    raise DataError(UNREADABLE.at("it is no Parquet file, or damaged or encrypted", path.name))


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    return pa.schema([plain_field(field.name, field.type) for field in schema])


def _batches(table: TableInfo, rows: int, cut: Cut | None = None) -> Iterator[pa.RecordBatch]:
    place = table.path.name
    with _opened(table.path) as file:
        if not _plain_schema(file.schema_arrow).equals(table.schema, check_metadata=False):
            raise DataError(CHANGED.at("its columns are other ones", place))
        batches = file.iter_batches(batch_size=rows) if cut is None else _of_cut(file, cut, rows)
        while True:
            batch, done = None, False
            with suppress(pa.ArrowException, OSError, ValueError):
                batch = next(batches, None)
                done = batch is None
            if done:
                return
            if batch is None:
                raise DataError(UNREADABLE.at("a row group cannot be read", place))
            yield pa.RecordBatch.from_arrays([plain(column) for column in batch.columns], schema=table.schema)


def _of_cut(file: pq.ParquetFile, cut: Cut, rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a cut; only the row groups that hold them are read."""
    last = cut.first + cut.rows if cut.rows >= 0 else file.metadata.num_rows
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
    ends = list(accumulate(sizes))
    groups = [i for i, end in enumerate(ends) if end > cut.first and end - sizes[i] < last]
    at = ends[groups[0]] - sizes[groups[0]] if groups else last
    for batch in file.iter_batches(batch_size=rows, row_groups=groups) if groups else ():
        start, stop = max(cut.first - at, 0), min(last - at, batch.num_rows)
        if start < stop:
            yield batch.slice(start, stop - start)
        at += batch.num_rows


def _levelled(field: pa.Field) -> pa.Field:
    """Return the field of categories; Parquet knows them for text alone."""
    return field.with_type(pa.dictionary(pa.int32(), field.type)) if pa.types.is_string(field.type) else field


def _levels(column: pa.Array) -> pa.DictionaryArray:
    """Return a column of a row group as categories: the levels that occur in it, sorted."""
    levels = column.unique().drop_null().sort()
    return pa.DictionaryArray.from_arrays(pc.index_in(column, levels), levels)


def _storable(kind: pa.DataType) -> pa.DataType:
    """Return the type that survives in Parquet without an Arrow schema beside it: it has no whole seconds."""
    if pa.types.is_timestamp(kind) and kind.unit == "s":
        return pa.timestamp("ms", kind.tz)
    if pa.types.is_time32(kind) and kind.unit == "s":
        return pa.time32("ms")
    if pa.types.is_timestamp(kind) and kind.tz is not None:
        return pa.timestamp(kind.unit, "UTC")
    return plain_type(kind) or kind
