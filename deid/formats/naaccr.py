"""NAACCR XML: one row a tumour, with the items of its patient; written back as NAACCR XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.errors import DataError
from deid.formats import options as format_options
from deid.formats.naaccr_items import items
from deid.formats.naaccr_writer import NaaccrWriter
from deid.formats.naaccr_xml import ELEMENTS, head, is_naaccr, records
from deid.formats.refusals import CHANGED, EMPTY, refuse_twice
from deid.registry import register

#: Attributes of the root that stay, and what they may say; the time of making and other dictionaries do not stay.
_KEPT = {
    "baseDictionaryUri": r"http://naaccr\.org/naaccrxml/naaccr-dictionary-\d{3}\.xml",
    "recordType": "[AIMC]",
    "specificationVersion": r"\d\.\d{1,2}",
}


@register("format", "naaccr")
@dataclass(frozen=True)
class Naaccr:
    """Cancer registry records in NAACCR XML, items as columns, one row a tumour; a patient without tumour is a row.

    Columns are tagged by the v25 dictionary: `naaccr`, `naaccr_incidence` or `naaccr_abstract_only`, and the class of
    the item; what the dictionary does not know is tagged `naaccr_unknown` and claimed by no ready policy.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".xml",)
    writes: ClassVar[bool] = True
    any_table: ClassVar[bool] = False
    must_claim: ClassVar[bool] = True  # other XML, such as define.xml, is no table
    options: ClassVar[Mapping[str, type]] = {}

    def claims(self, path: Path) -> bool:
        """Return whether a file of this suffix is one of this format."""
        return path.is_file() and is_naaccr(path)

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the one table of a file after reading it whole, for no line says which items the next ones hold."""
        format_options.checked(path, options, self.options, frozenset({"root"}))
        root, seen = head(path)
        if not seen:
            raise DataError(EMPTY.at("the file holds no item", path.name))
        refuse_twice(path, [name for _, name in seen])
        kept = {name: value for name, value in root.items() if re.fullmatch(_KEPT.get(name, ""), value)}
        schema = pa.schema([_field(element, name) for element, name in seen])
        return (TableInfo(path.stem, path, "naaccr", schema, {"root": kept}),)

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows. Raises DataError with the line where the XML is not as it must be."""
        rows: list[Mapping[tuple[str, str], str]] = []
        for record in records(table.path):
            rows.append(record.cells)
            if len(rows) == batch_rows:
                yield _batch(rows, table)
                rows = []
        if rows:
            yield _batch(rows, table)

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Open a new file; consecutive rows of one patientIdNumber are one Patient."""
        return NaaccrWriter(path, table)


def _field(element: str, name: str) -> pa.Field:
    known = items().get(name)
    said = {b"element": element.encode(), b"tags": (known.tags if known else "naaccr_unknown").encode()}
    if known is not None:
        said[b"holds"] = known.holds.encode()
    return pa.field(name, pa.string(), metadata=said)


def _batch(rows: list[Mapping[tuple[str, str], str]], table: TableInfo) -> pa.RecordBatch:
    pairs = [((field.metadata or {}).get(b"element", b"").decode(), field.name) for field in table.schema]
    if any(pair[0] not in ELEMENTS for pair in pairs) or not set().union(*rows) <= set(pairs):
        raise DataError(CHANGED.at("its items are other ones", table.path.name))
    arrays = [pa.array([row.get(pair) for row in rows], pa.string()) for pair in pairs]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)
