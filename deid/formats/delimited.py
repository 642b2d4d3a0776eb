"""Delimited text: comma-separated and tab-separated tables. Every cell is text, so that leading zeros survive."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from deid.contracts import BATCH_ROWS, Cut, TableInfo, Writer
from deid.errors import DataError, Problem, problem_kind
from deid.formats import options as format_options
from deid.formats import records
from deid.formats.ahead import ahead
from deid.formats.delimited_writer import DelimitedWriter
from deid.formats.encoded import encoding_of, stretch, utf8_blocks
from deid.formats.header import Head, opened
from deid.formats.rebatch import rebatch
from deid.formats.records import Block
from deid.formats.refusals import CHANGED, OPTION, TOO_LONG, UNREADABLE, refuse_twice
from deid.registry import register

CELL_LIMIT = 10 * 1024 * 1024
RAGGED = problem_kind(
    "D319",
    "row with too many or too few cells",
    remedy="correct the line in the input; a delimiter inside a cell needs quotes around the cell",
    meaning="A row that is longer or shorter than the line of names puts cells under the wrong names.",
)
COMMENT_LINES = problem_kind(
    "D321",
    "another number of comment lines than expected",
    remedy="complete the lines above the names, or allow any number: `formats: {'NAME.txt': {comment_lines: 0}}`",
    meaning="A format such as cBioPortal's has a line of comments for each thing said of a column; one that is missing "
    "shifts the others.",
)
#: What may be said of a table in the policy.
OPTIONS: Mapping[str, type] = {
    "encoding": str,  # codec, such as windows-1252: for reading and for writing; else UTF-8, or by byte order mark
    "delimiter": str,  # one character; else told from the line of names
    "comment": str,  # prefix of the comment lines above the line of names; '' says that there are none
    "comments": str,  # drop (default) or keep: whether cells of those lines that describe columns are written again
    "comment_lines": int,  # how many of those lines there must be; 0 (default): any number
    "missing": list,  # further spellings of a missing cell, such as NA; an empty cell is always missing
    "formulas": str,  # defuse (default): a leading apostrophe before = + - @; keep: as they are, for no spreadsheet
}
NOTED = frozenset({"preamble", "unnamed"})


@dataclass(frozen=True)
class Delimited:
    """What CSV and TSV share: strict reading in bounded memory, and writing by RFC 4180."""

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    writes: ClassVar[bool] = True
    usual: ClassVar[str]
    options: ClassVar[Mapping[str, type]] = OPTIONS

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the one table of a file, all columns text, after reading its line of names."""
        known = _checked(path, options)
        head, _ = self._opened(path, known)
        _refuse_other_number(head, known, path)
        refuse_twice(path, list(head.names))
        schema = pa.schema([pa.field(name, pa.string()) for name in head.names])
        noted = {"delimiter": head.delimiter, "preamble": head.preamble, "unnamed": head.blanks}
        return (TableInfo(path.stem, path, self.name, schema, {**known, **noted}),)

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows. Raises DataError with the line number at the first line that is not as it must be."""
        head, blocks = self._opened(table.path, table.options)
        if list(head.names) != table.schema.names:
            raise DataError(CHANGED.at("the line of column names is another one", table.path.name))
        missing = ["", *table.options.get("missing", ())]
        tables = (_parsed(block, head, missing, table.path.name) for block in blocks)
        return ahead(rebatch((batch for each in tables for batch in each.to_batches()), batch_rows))

    def cuts(self, table: TableInfo, rows: int) -> tuple[Cut, ...]:
        """Return a place to begin every `rows` rows of a file in UTF-8; other encodings are read as a whole.

        So is a table of one column, in which a blank line is a row or, at the very end, none.
        """
        encoding = encoding_of(table.path, table.options.get("encoding"))
        if encoding not in ("utf-8", "utf-8-sig") or len(table.schema) == 1:
            return (Cut(),)
        head, blocks = self._opened(table.path, table.options)
        mark = len(codecs.BOM_UTF8) if encoding == "utf-8-sig" else 0
        return _cuts(blocks, head, mark, rows, table.path.stat().st_size)

    def read_cut(self, table: TableInfo, cut: Cut, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a cut, as strictly as those of a whole file."""
        if cut.rows < 0:
            return self.read(table, batch_rows)
        head, _ = self._opened(table.path, table.options)
        if list(head.names) != table.schema.names:
            raise DataError(CHANGED.at("the line of column names is another one", table.path.name))
        place, missing = table.path.name, ["", *table.options.get("missing", ())]
        found = records.blocks(stretch(table.path, cut.start, cut.octets), head.delimiter, place, cut.line)
        tables = (_parsed(block, head, missing, place) for block in found)
        return ahead(rebatch((batch for each in tables for batch in each.to_batches()), batch_rows))

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Open a new file; dates and numbers are written in their canonical spelling, null as an empty cell."""
        return DelimitedWriter(path, table, table.options.get("delimiter", self.usual))

    def _opened(self, path: Path, options: Mapping[str, Any]) -> tuple[Head, Iterator[Block]]:
        stream = utf8_blocks(path, encoding_of(path, options.get("encoding")))
        delimiter, comment = options.get("delimiter"), options.get("comment")
        return opened(stream, path.name, delimiter=delimiter, usual=self.usual, comment=comment)


@register("format", "csv")
@dataclass(frozen=True)
class Csv(Delimited):
    """Comma-separated values; another delimiter is told from the line of names."""

    name = "csv"
    suffixes = (".csv",)
    usual = ","


@register("format", "tsv")
@dataclass(frozen=True)
class Tsv(Delimited):
    """Tab-separated values; another delimiter is told from the line of names when it holds no tab."""

    name = "tsv"
    suffixes = (".tsv", ".txt", ".tab")
    usual = "\t"


def _cuts(blocks: Iterator[Block], head: Head, mark: int, rows: int, size: int) -> tuple[Cut, ...]:
    """Return where every so many rows begin; a line without a cell is no row."""
    starts, at, line, seen = [(mark + head.octets, head.line)], mark + head.octets, head.line, 0
    for block in blocks:
        ends = block.ends()
        begins = np.concatenate(([0], ends[:-1] + 1))
        octets = np.frombuffer(block.data, np.uint8)
        blank = (ends == begins) | ((ends == begins + 1) & (octets[begins] == ord("\r")))
        begins = begins[~blank]
        for number in range(-seen % rows, len(begins), rows):
            if seen + number:
                begin = int(begins[number])
                starts.append((at + begin, line + block.data.count(b"\n", 0, begin)))
        seen += len(begins)
        line += block.data.count(b"\n")
        at += len(block.data)
    stops = [*(start for start, _ in starts[1:]), size]
    return tuple(
        Cut(i * rows, min(rows, seen - i * rows), start, stop - start, first_line)
        for i, ((start, first_line), stop) in enumerate(zip(starts, stops, strict=True))
    )


def _refuse_other_number(head: Head, options: Mapping[str, Any], path: Path) -> None:
    wanted, mark = options.get("comment_lines", 0), str(options.get("comment") or "\0")
    found = sum(line.startswith(mark) for line in head.preamble.text.splitlines())
    if wanted and found != wanted:
        raise DataError(COMMENT_LINES.at(f"{wanted} are expected, {found} found", f"{path.name}:{found + 1}"))


def _checked(path: Path, options: Mapping[str, Any]) -> dict[str, Any]:
    known = format_options.checked(path, options, OPTIONS, NOTED)
    problems = []
    delimiter = known.get("delimiter", ",")
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter.isalnum() or delimiter in '"\r\n\0 ':
        problems.append(
            OPTION.at("option 'delimiter' must be one ASCII character, no letter, digit or blank", path.name)
        )
    for name, allowed in (("formulas", ("defuse", "keep")), ("comments", ("drop", "keep"))):
        if known.get(name, allowed[0]) not in allowed:
            problems.append(OPTION.at(f"option '{name}' must be {allowed[0]} or {allowed[1]}", path.name))
    if not all(isinstance(spelling, str) for spelling in known.get("missing", ())):
        problems.append(OPTION.at("option 'missing' must be a list of texts: put quotes around each", path.name))
    if problems:
        raise DataError(problems)
    return known


def _parsed(block: Block, head: Head, missing: list[str], place: str) -> pa.Table:
    """Parse a block of whole records. Raises DataError for a ragged line or a cell over the limit."""
    read = pyarrow.csv.ReadOptions(column_names=head.names, block_size=len(block.data) + 1, use_threads=False)
    parse = pyarrow.csv.ParseOptions(
        delimiter=head.delimiter, newlines_in_values=b'"' in block.data, ignore_empty_lines=len(head.names) > 1
    )
    convert = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(head.names, pa.string()),
        null_values=missing,
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
        check_utf8=False,
    )
    table = None
    with suppress(pa.ArrowInvalid):  # its message quotes the row
        table = pyarrow.csv.read_csv(pa.BufferReader(block.data), read, parse, convert)
    if table is None:
        raise DataError(_ragged(block, head, place))
    if len(block.data) > CELL_LIMIT:
        _refuse_long_cells(table, block, place)
    return table


def _ragged(block: Block, head: Head, place: str) -> Problem:
    """Find the first line whose cells are too many or too few, and count such lines in the block."""
    ends = block.ends()
    starts = np.concatenate(([0], ends[:-1] + 1))
    delimiters = block.outside(head.delimiter)
    cells = np.searchsorted(delimiters, ends) - np.searchsorted(delimiters, starts) + 1
    octets = np.frombuffer(block.data, np.uint8)
    blank = (ends == starts) | ((ends == starts + 1) & (octets[starts] == ord("\r")))
    wrong = np.flatnonzero((cells != len(head.names)) & ~blank)
    if not len(wrong):
        return UNREADABLE.at("a line cannot be parsed", f"{place}:{block.line}")
    first = int(wrong[0])
    line = block.line_at(int(starts[first]))
    cause = f"{len(head.names)} cells expected, {cells[first]} found"
    more = f"and {len(wrong) - 1} more such lines soon after" if len(wrong) > 1 else ""
    return RAGGED.at(cause, f"{place}:{line}", hint=more)


def _refuse_long_cells(table: pa.Table, block: Block, place: str) -> None:
    longest = {name: pc.max(pc.binary_length(table[name])).as_py() or 0 for name in table.schema.names}
    over = [name for name, length in longest.items() if length > CELL_LIMIT]
    if over:
        cause = "a cell of column '{}' is longer than 10 MB, on this line or after it"
        raise DataError(TOO_LONG.at(cause.format(name), f"{place}:{block.line}") for name in over)
