"""Writes VCF: the lines of the head that stay, the fixed columns, then the samples under their released names."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from deid.contracts import TableInfo
from deid.errors import DataError
from deid.formats.bgzf import BgzfFile
from deid.formats.durable import DurableFile
from deid.formats.header import Preamble
from deid.formats.refusals import NOT_HELD
from deid.formats.vcf_header import FIXED
from deid.values import as_text

_BREAKS = r"[\t\r\n\x00]"


class VcfWriter:
    """An open VCF, blocked gzip where its name says so."""

    def __init__(self, path: Path, table: TableInfo) -> None:
        names = list(table.schema.names)
        samples = names[len(FIXED) + 1 :]
        if names[: len(FIXED)] != list(FIXED):
            raise DataError(NOT_HELD.at("a VCF needs its eight fixed columns: suppress, do not drop", path.name))
        if len(names) > len(FIXED) and (names[len(FIXED)] != "FORMAT" or not samples):
            raise DataError(NOT_HELD.at("FORMAT and the samples stay or go together", path.name))
        self._place = path.name
        self._names = names
        zipped = path.name.lower().endswith((".gz", ".bgz"))
        self._file: BgzfFile | DurableFile = BgzfFile(path) if zipped else DurableFile(path)
        preamble = table.options.get("preamble", Preamble("##fileformat=VCFv4.2\n"))
        lines = [line for line in preamble.text.splitlines() if samples or not line.startswith("##FORMAT=")]
        self._put("".join(f"{line}\n" for line in lines) + "#" + "\t".join(names) + "\n")

    def write(self, batch: pa.RecordBatch) -> None:
        """Append records. Raises DataError, with columns and counts, for text that a VCF cannot hold."""
        cells = [self._cells(name, column) for name, column in zip(self._names, batch.columns, strict=True)]
        if batch.num_rows:
            lines = pc.binary_join_element_wise(*cells, "\t")
            self._put("\n".join(lines.to_pylist()) + "\n")

    def close(self) -> None:
        """Finish the file and flush it to the disk."""
        self._file.close()

    def _cells(self, name: str, column: pa.Array) -> pa.Array:
        text = pc.fill_null(as_text(column), ".")
        text = pc.if_else(pc.equal(text, ""), ".", text)
        broken = pc.sum(pc.match_substring_regex(text, _BREAKS)).as_py() or 0
        if broken:
            raise DataError(NOT_HELD.at(f"{broken} cell(s) of column '{name}' hold a tab or a line break", self._place))
        return text

    def _put(self, text: str) -> None:
        self._file.write(text.encode())
