"""Writes NAACCR XML: the items of the file first, then each patient with its tumours."""

from __future__ import annotations

import re
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pyarrow as pa

from deid.contracts import TableInfo
from deid.errors import DataError
from deid.formats.durable import DurableFile
from deid.formats.naaccr_items import items
from deid.formats.naaccr_xml import ELEMENTS, NAMESPACE
from deid.formats.refusals import NOT_HELD
from deid.values import as_text

PATIENT_KEY = "patientIdNumber"
_DICTIONARY = "http://naaccr.org/naaccrxml/naaccr-dictionary-250.xml"
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Cells = dict[str, dict[str, str]]


class NaaccrWriter:
    """An open file of NAACCR XML. A file without any item of the Abstract record alone says that it is Incidence."""

    def __init__(self, path: Path, table: TableInfo) -> None:
        self._columns = [(_element(field, path), field.name) for field in table.schema]
        self._place = path.name
        self._file = DurableFile(path)
        self._patient: str | None = None
        self._open = False
        self._begun = False
        root = {"baseDictionaryUri": _DICTIONARY, "specificationVersion": "1.8", **table.options.get("root", {})}
        known = [items().get(name) for _, name in self._columns]
        if all(item is not None and item.incidence for item in known):
            root["recordType"] = "I"
        said = "".join(f" {name}={quoteattr(value)}" for name, value in sorted(root.items()))
        self._put(f'<?xml version="1.0" encoding="UTF-8"?>\n<NaaccrData xmlns="{NAMESPACE}"{said}>\n')

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows. Raises DataError, with columns and counts, for signs that XML cannot hold."""
        texts = [as_text(column).to_pylist() for column in batch.columns]
        for (_, name), cells in zip(self._columns, texts, strict=True):
            broken = sum(bool(cell and _NO_XML.search(cell)) for cell in cells)
            if broken:
                cause = f"{broken} cell(s) of column '{name}' hold signs that XML does not have"
                raise DataError(NOT_HELD.at(cause, self._place))
        self._put("".join(self._row(row) for row in zip(*texts, strict=True)))

    def close(self) -> None:
        """Finish the file and flush it to the disk."""
        self._put(("  </Patient>\n" if self._open else "") + "</NaaccrData>\n")
        self._file.close()

    def _row(self, row: tuple[str | None, ...]) -> str:
        cells: Cells = {element: {} for element in ELEMENTS}
        for (element, name), cell in zip(self._columns, row, strict=True):
            if cell:
                cells[element][name] = cell
        parts = [] if self._begun else [_items(cells["NaaccrData"], 1)]
        self._begun = True
        key = cells["Patient"].get(PATIENT_KEY)
        if not (self._open and key is not None and key == self._patient):
            parts.append("  </Patient>\n" if self._open else "")
            parts.append("  <Patient>\n" + _items(cells["Patient"], 2))
            self._open, self._patient = True, key
        if cells["Tumor"]:
            parts.append("    <Tumor>\n" + _items(cells["Tumor"], 3) + "    </Tumor>\n")
        return "".join(parts)

    def _put(self, text: str) -> None:
        self._file.write(text.encode("utf-8"))


def _items(cells: dict[str, str], depth: int) -> str:
    indent = "  " * depth
    return "".join(f'{indent}<Item naaccrId="{escape(name)}">{escape(cell)}</Item>\n' for name, cell in cells.items())


def _element(field: pa.Field, path: Path) -> str:
    element = str((field.metadata or {}).get(b"element", b""), "utf-8")
    if element not in ELEMENTS:
        raise DataError(NOT_HELD.at("a table that was not read as NAACCR XML cannot be written as such", path.name))
    return element
