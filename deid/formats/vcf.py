"""VCF: variants by line, samples by column. The head is cut to an allow-list; sample names are identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.errors import DataError
from deid.formats import options as format_options
from deid.formats.bgzf import unzipped_blocks
from deid.formats.header import Preamble
from deid.formats.rebatch import rebatch
from deid.formats.refusals import CHANGED, EMPTY, refuse_twice
from deid.formats.vcf_carriers import revised
from deid.formats.vcf_header import FIXED, VcfHead, read_head
from deid.formats.vcf_records import parsed, whole_lines
from deid.formats.vcf_writer import VcfWriter
from deid.registry import register

BLOCK = 4 * 1024 * 1024
#: Cells in memory at once: the more samples, the fewer records.
CELLS = 1_000_000
_NOTED = frozenset({"preamble", "lines_removed", "without"})
_HOLDS = {"QUAL": "measurement", "FILTER": "code", "FORMAT": "code", "CHROM": "code"}


@register("format", "vcf")
@dataclass(frozen=True)
class Vcf:
    """Variant Call Format 4.x, plain or gzip (written as blocked gzip). Only what the format needs stays of the head.

    Every cell is text as it stands. Columns after FORMAT are tagged `genotype` and bear the name of a sample, which is
    recoded as in the tables. Sites are tagged `vcf`.

    Options: carriers  records with an allele that fewer samples carry are left out (0: none are)
    """

    suffixes: ClassVar[tuple[str, ...]] = (".vcf", ".vcf.gz", ".vcf.bgz")
    writes: ClassVar[bool] = True
    any_table: ClassVar[bool] = False
    options: ClassVar[Mapping[str, type]] = {"carriers": int}

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the one table of a file after reading its head. Raises DataError where that is malformed."""
        given = format_options.checked(path, options, self.options, _NOTED)
        if not path.stat().st_size:
            raise DataError(EMPTY.at("the file is empty", path.name))
        head, _ = _opened(path)
        refuse_twice(path, head.columns)
        lower = path.name.lower()
        suffix = max((s for s in self.suffixes if lower.endswith(s)), key=len, default=path.suffix)
        noted = {"preamble": Preamble("".join(f"{line}\n" for line in head.lines)), "lines_removed": head.gone}
        name = path.name[: len(path.name) - len(suffix)]
        return (TableInfo(name, path, "vcf", pa.schema(list(_fields(head.columns))), {**given, **noted}),)

    def reopened(self, table: TableInfo) -> TableInfo:
        """Return a table that was written, of which no record is left out."""
        return self.inspect(table.path, {})[0]

    def samples(self, table: TableInfo) -> list[str]:
        """Return the names of the samples, each a column."""
        return list(table.schema.names[len(FIXED) + 1 :])

    def without(self, table: TableInfo, samples: frozenset[str]) -> TableInfo:
        """Return a table without samples of people who are left out, and without what was counted over all samples."""
        stay = [name for name in self.samples(table) if name not in samples]
        names = [*FIXED, *(["FORMAT", *stay] if stay else [])]
        schema = pa.schema([table.schema.field(name) for name in names])
        return replace(table, schema=schema, options={**table.options, "without": samples})

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the records. Raises DataError with the line number at the first that is malformed."""
        head, blocks = _opened(table.path)
        gone = table.options.get("without", frozenset())
        stay = [name for name in head.columns[len(FIXED) + 1 :] if name not in gone]
        if [*head.columns[: len(FIXED)], *(["FORMAT", *stay] if stay else [])] != table.schema.names:
            raise DataError(CHANGED.at("the line of column names is another one", table.path.name))
        batches = _batches(blocks, head, table)
        return rebatch(batches, min(batch_rows, self.rows_at_once(table.schema)))

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Open a new file; all fixed columns must be released (suppressed at most); samples need not."""
        return VcfWriter(path, table)

    def rows_at_once(self, schema: pa.Schema) -> int:
        """Return how many records are held in memory at once."""
        return max(64, min(BATCH_ROWS, CELLS // max(len(schema), 1)))


def _fields(columns: tuple[str, ...]) -> Iterator[pa.Field]:
    for position, name in enumerate(columns):
        if position < len(FIXED):
            known = {b"holds": _HOLDS.get(name, "gene_variant").encode(), b"tags": b"vcf"}
        elif position == len(FIXED):
            known = {b"holds": b"code", b"tags": b"genotype"}
        else:
            known = {b"holds": b"genotype", b"tags": b"genotype", b"bears": b"sample_id"}
        yield pa.field(name, pa.string(), metadata=known)


def _opened(path: Path) -> tuple[VcfHead, Iterator[bytes]]:
    """Read the head; return it and the blocks of whole lines after it."""
    blocks = whole_lines(unzipped_blocks(path, BLOCK), path.name)
    block, start = b"", 0

    def lines() -> Iterator[tuple[int, bytes]]:
        nonlocal block, start
        number = 0
        for block in blocks:
            start = 0
            while (end := block.find(b"\n", start) + 1) > 0:
                number += 1
                line = block[start : end - 1]
                start = end
                yield number, line.removesuffix(b"\r")

    head = read_head(lines(), path.name)

    def after() -> Iterator[bytes]:
        if start < len(block):
            yield block[start:]
        yield from blocks

    return head, after()


def _batches(blocks: Iterator[bytes], head: VcfHead, table: TableInfo) -> Iterator[pa.RecordBatch]:
    line = head.first
    for block in blocks:
        data = block.replace(b"\r\n", b"\n")
        found = parsed(data, head.columns, line, table.path.name)
        line += found.num_rows
        for batch in found.to_batches():
            yield pa.RecordBatch.from_arrays(_revised(batch, table).columns, schema=table.schema)


def _revised(batch: pa.RecordBatch, table: TableInfo) -> pa.RecordBatch:
    gone, least = table.options.get("without"), int(table.options.get("carriers", 0))
    if gone is None and not least:
        return batch
    return revised(batch, gone or frozenset(), least, excluding=gone is not None, place=table.path.name)
