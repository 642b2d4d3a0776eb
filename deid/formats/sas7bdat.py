"""SAS data sets (sas7bdat): read only, through pyreadstat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa
import pyreadstat

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.errors import DataError
from deid.formats import options as format_options
from deid.formats.rebatch import rebatch
from deid.formats.refusals import EMPTY, READ_ONLY, refuse_twice
from deid.formats.sas import SasFile
from deid.registry import register


@register("format", "sas7bdat")
@dataclass(frozen=True)
class Sas7bdat:
    """The binary data set of SAS; the encoding stands in the file unless the policy declares another."""

    suffixes: ClassVar[tuple[str, ...]] = (".sas7bdat",)
    writes: ClassVar[bool] = False
    options: ClassVar[Mapping[str, type]] = {"encoding": str}

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the table of a file with labels, formats and widths as field metadata."""
        known = format_options.checked(path, options, self.options, frozenset({"table_label"}))
        if not path.stat().st_size:
            raise DataError(EMPTY.at("the file is empty", path.name))
        file = SasFile(path, pyreadstat.read_sas7bdat, known.get("encoding"))
        schema = file.schema()
        refuse_twice(path, schema.names)
        label = getattr(file.metadata(), "file_label", None) or ""
        return (TableInfo(path.stem, path, "sas7bdat", schema, {**known, "table_label": label}),)

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows; dates and date-times by their SAS format, blank text as null."""
        file = SasFile(table.path, pyreadstat.read_sas7bdat, table.options.get("encoding"))
        return rebatch(file.batches(table.schema), batch_rows)

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Raise DataError: SAS data sets are not written."""
        raise DataError(READ_ONLY.at("SAS data sets are not written; xpt is the exchange format of SAS", table.name))
