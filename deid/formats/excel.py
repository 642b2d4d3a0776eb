"""Excel workbooks: read only, through openpyxl. Each sheet is a table; its first row holds the column names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.errors import DataError, Problem
from deid.formats import options as format_options
from deid.formats.refusals import EMPTY, OPTION, READ_ONLY
from deid.formats.sheet import Sheet
from deid.formats.workbook import sheet_names
from deid.registry import register


@register("format", "excel")
@dataclass(frozen=True)
class Excel:
    """Excel 2007 and later. Text stays text, a number with a format such as 00000 keeps its zeros as text."""

    suffixes: ClassVar[tuple[str, ...]] = (".xlsx",)
    writes: ClassVar[bool] = False
    options: ClassVar[Mapping[str, type]] = {"sheet": str, "sheets": list}

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return a table for every sheet that holds cells; named `<file>.<sheet>` when there are several.

        All cells are read, because no cell says of which type the next ones are. Raises DataError with all problems.
        """
        known = format_options.checked(path, options, self.options, frozenset())
        names = sheet_names(path)
        named = [known["sheet"]] if "sheet" in known else known.get("sheets", names)
        missing = sum(name not in names for name in named)
        if missing or not named:
            raise DataError(OPTION.at(f"{missing or 'no'} sheet(s) named in the policy not in the workbook", path.name))
        wanted = [name for name in names if name in named]
        problems: list[Problem] = []
        found = []
        for name in wanted:
            try:
                schema = Sheet(path, name).schema()
            except DataError as error:
                problems += error.problems
            else:
                found += [(name, schema)] if schema is not None else []
        if problems:
            raise DataError(problems)
        if not found:
            raise DataError(EMPTY.at("no sheet holds a cell", path.name))
        several = len(found) > 1
        return tuple(
            TableInfo(f"{path.stem}.{name}" if several else path.stem, path, "excel", schema, {"sheet": name})
            for name, schema in found
        )

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a sheet; rows without any cell are passed over."""
        return Sheet(table.path, table.options["sheet"]).batches(table.schema, batch_rows)

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Raise DataError: workbooks are not written."""
        raise DataError(READ_ONLY.at("workbooks are not written", table.name))
