"""Writes delimited text by RFC 4180: minimal quoting, line feeds, null as an empty cell, formulas defused."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from deid.contracts import TableInfo
from deid.errors import DataError
from deid.formats.cells import defused, nul_count, quoted
from deid.formats.durable import DurableFile
from deid.formats.header import DELIMITERS, Preamble
from deid.formats.refusals import NOT_HELD
from deid.values import as_text

_BATCH_BYTES = 256 * 1024 * 1024


class DelimitedWriter:
    """An open delimited file. `defused` counts the cells that got an apostrophe."""

    def __init__(self, path: Path, table: TableInfo, delimiter: str) -> None:
        self.defused = 0
        self._place = path.name
        self._names = list(table.schema.names)
        self._delimiter = delimiter
        self._keep = table.options.get("formulas", "defuse") == "keep"
        self._comment = table.options.get("comment") or "#"
        self._encoding = codecs.lookup(table.options.get("encoding", "utf-8")).name
        self._encoder = codecs.getincrementalencoder(self._encoding)("strict")
        keeps = table.options.get("comments") == "keep"
        preamble = table.options.get("preamble", Preamble()) if keeps else Preamble()
        blanks = set(table.options.get("unnamed", ()))
        head = self._head([None if name in blanks else name for name in self._names])
        self._file = DurableFile(path)
        self._put([pa.array([preamble.text]), head])

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows. Raises DataError, with columns and counts, for text that the file cannot hold."""
        half = batch.num_rows // 2
        if half and batch.nbytes > _BATCH_BYTES:
            self.write(batch.slice(0, half))
            self.write(batch.slice(half))
        elif batch.num_rows:
            texts = [as_text(column) for column in batch.columns]
            self._refuse_nul(texts)
            self._put([self._lines([self._cells(text) for text in texts])], texts)

    def close(self) -> None:
        """Finish the file and flush it to the disk."""
        self._file.close()

    def _head(self, names: Sequence[str | None]) -> pa.Array:
        """Return the line of names, in quotes where a name holds anything that could be taken for a delimiter."""
        self._refuse_nul([pa.array([name], pa.string()) for name in self._names])
        safe = [name if name is None or self._keep else defused(pa.array([name]))[0][0].as_py() for name in names]
        special = {*DELIMITERS, self._delimiter, '"', "\n", "\r"}
        for position, name in enumerate(safe):
            odd = position == 0 and name is not None and name.startswith(("#", "\ufeff", self._comment))
            if name is not None and (odd or not special.isdisjoint(name)):
                safe[position] = '"' + name.replace('"', '""') + '"'
        return self._lines([pa.array([name], pa.string()) for name in safe])

    def _cells(self, text: pa.Array) -> pa.Array:
        if not self._keep:
            text, count = defused(text)
            self.defused += count
        return quoted(text, self._delimiter)

    def _lines(self, cells: list[pa.Array]) -> pa.Array:
        """Join the cells of each row. A row of one missing cell is a pair of quotes, for a blank line is no row."""
        if len(cells) == 1:
            only = pc.if_else(pc.equal(pc.fill_null(cells[0], ""), ""), '""', cells[0])
            return pc.binary_join_element_wise(only, "\n", "")
        *most, last = cells
        ended = pc.binary_join_element_wise(pc.fill_null(last, ""), "\n", "")
        return pc.binary_join_element_wise(*most, ended, self._delimiter, null_handling="replace", null_replacement="")

    def _put(self, texts: list[pa.Array], columns: Sequence[pa.Array] = ()) -> None:
        for text in texts:
            data = memoryview(text.buffers()[2] or b"")[: pc.sum(pc.binary_length(text)).as_py() or 0]
            if self._encoding != "utf-8":
                data = memoryview(self._encoded(bytes(data).decode(), columns))
            self._file.write(data)

    def _encoded(self, text: str, columns: Sequence[pa.Array]) -> bytes:
        try:
            return self._encoder.encode(text)
        except UnicodeEncodeError:  # the exception holds the text
            pass
        counts = [sum(not _encodes(cell, self._encoding) for cell in column.to_pylist()) for column in columns]
        cause = "{} cells of column '{}' hold characters that are not in " + self._encoding
        named = [cause.format(count, name) for name, count in zip(self._names, counts, strict=False) if count]
        raise DataError(NOT_HELD.at(each, self._place) for each in named or ["a column name is not in the encoding"])

    def _refuse_nul(self, texts: list[pa.Array]) -> None:
        counts = [nul_count(text) for text in texts]
        cause = "{} cells of column '{}' hold a NUL character"
        if any(counts):
            named = zip(self._names, counts, strict=True)
            raise DataError(NOT_HELD.at(cause.format(count, name), self._place) for name, count in named if count)


def _encodes(cell: str | None, encoding: str) -> bool:
    try:
        (cell or "").encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
