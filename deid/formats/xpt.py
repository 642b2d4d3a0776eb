"""SAS transport files (XPORT): version 5 and 8 in, version 5 out, with names, labels, formats and widths kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyreadstat

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.formats import options as format_options
from deid.formats.rebatch import rebatch
from deid.formats.refusals import refuse_twice
from deid.formats.sas import SasFile
from deid.formats.xpt_layout import ENCODINGS, encoding_of
from deid.formats.xpt_writer import XptWriter
from deid.registry import register

NOTED = frozenset({"sas_encoding", "table_label", "member"})


@register("format", "xpt")
@dataclass(frozen=True)
class Xpt:
    """SAS transport. Special missing values (.A to .Z) are read as missing; trailing blanks are no part of a text."""

    suffixes: ClassVar[tuple[str, ...]] = (".xpt", ".xport")
    writes: ClassVar[bool] = True
    options: ClassVar[Mapping[str, type]] = {"encoding": str}

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the data set of a file. Its bytes are looked through once, to decide their encoding for the whole."""
        known = format_options.checked(path, options, self.options, NOTED)
        codec = encoding_of(path, known.get("encoding", options.get("sas_encoding")))
        file = SasFile(path, pyreadstat.read_xport, ENCODINGS[codec])
        schema, meta = file.schema(), file.metadata()
        refuse_twice(path, schema.names)
        member = (path.stem, meta.table_name or "")
        noted = {"sas_encoding": codec, "table_label": meta.file_label or "", "member": member}
        return (TableInfo(path.stem, path, "xpt", schema, {**known, **noted}),)

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows; dates and date-times by their SAS format, blank text as null."""
        file = SasFile(table.path, pyreadstat.read_xport, ENCODINGS[table.options["sas_encoding"]])
        return rebatch(file.batches(table.schema), batch_rows)

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Open a new version 5 file in the encoding that was read, else UTF-8.

        Raises DataError for names of columns or tables that version 5 does not have.
        """
        stem, member = table.options.get("member", ("", ""))
        name = member if member and stem == table.name else table.name.upper()
        return XptWriter(path, table, name, table.options.get("sas_encoding", "utf-8"))
