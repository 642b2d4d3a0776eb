"""FHIR R4 and R4B in JSON: a Bundle, a single resource, or the NDJSON of a bulk export, as one table.

Columns are paths (see `fhir_layout`), found by one scan of the file, besides `_patient` (the id of the patient whom the
row is about) and `_structure` (from which the writer builds the JSON again). A resource takes one row, or more where
an element repeats. All cells are text, so that decimals keep their digits.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.errors import DataError, did_you_mean
from deid.fhir_types import RESOURCE_TYPES
from deid.formats import fhir_validity
from deid.formats import options as format_options
from deid.formats.fhir_groups import BUNDLE, NDJSON, RESOURCE_FILE, Group, Reading
from deid.formats.fhir_json import document
from deid.formats.fhir_labels import LABELS
from deid.formats.fhir_layout import RESOURCE
from deid.formats.fhir_left_out import tags_of
from deid.formats.fhir_writer import AT_ONCE, PATIENT, STRUCTURE, FhirWriter
from deid.formats.json_lines import INVALID, parsed
from deid.formats.records import RECORD_LIMIT
from deid.formats.refusals import CHANGED, EMPTY, OPTION
from deid.registry import register

#: Rows and cells of a batch, most of them empty: a thousand columns get shorter batches than twenty.
MOST_ROWS, MOST_CELLS, FEWEST_ROWS = 8_192, 2_000_000, 1_000
_OWN = (PATIENT, STRUCTURE)
_DEFAULT_LABELS = ("PSEUDED", "REDACTED")


@register("format", "fhir")
@dataclass(frozen=True)
class Fhir:
    """FHIR resources in JSON. The release has the layout of the input.

    Options: labels  what `meta.security` says was done (PSEUDED and REDACTED unless given, [] for none)
             types   resource types of other versions that are read all the same
             closed  true: every `urn:` reference of a Bundle must be to one of its entries
             drop_types  resource types that are left out, and references to them removed
             validate  true: what was written must be valid by the R4B models of `fhir.resources` (extra `fhir`)
    """

    suffixes: ClassVar[tuple[str, ...]] = (".json", ".ndjson")
    writes: ClassVar[bool] = True
    options: ClassVar[Mapping[str, type]] = {
        "labels": list,
        "types": list,
        "closed": bool,
        "validate": bool,
        "drop_types": list,
    }

    def claims(self, path: Path) -> bool:
        """Whether a file is FHIR by its content: the first line of NDJSON, or the document, names a resource type."""
        try:
            with path.open("rb") as file:
                head = file.read(4096).removeprefix(codecs.BOM_UTF8).lstrip()
                if path.suffix.lower() != ".ndjson":
                    return b'"resourceType"' in head
                file.seek(0)
                found = parsed(file.readline(RECORD_LIMIT).removeprefix(codecs.BOM_UTF8))
        except OSError:
            return False
        return isinstance(found, dict) and RESOURCE in found

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the table of a file. Every resource is read, because none says which paths the next ones have."""
        noted = frozenset({"layout"})
        given = format_options.checked(path, options, self.options, noted)
        if set(given.get("labels", ())) - LABELS.keys():
            raise DataError(OPTION.at(f"labels are of {', '.join(LABELS)}", path.name))
        drop = frozenset(map(str, given.get("drop_types", ())))
        strange = drop - RESOURCE_TYPES - set(given.get("types", ()))
        if strange:
            cause = f"drop_types names {len(strange)} type(s) that FHIR R4 and R4B do not have"
            hint = did_you_mean(min(strange), RESOURCE_TYPES)
            raise DataError(OPTION.at(cause, path.name, hint=hint))
        layout = _layout(path)
        columns: dict[str, None] = {}
        count = 0
        for count, group in enumerate(_reading(layout, given).groups(path), 1):  # noqa: B007 - used below
            columns.update((name, None) for name, _, _ in group.cells)
        if not count:
            raise DataError(EMPTY.at("the file holds no resource", path.name))
        # The name of a leaf's column is its place in the resource and cannot be another one: `path` says so.
        leaves = [pa.field(name, pa.string(), metadata={"tags": tags_of(name, drop)}) for name in sorted(columns)]
        schema = pa.schema([*(pa.field(name, pa.string()) for name in _OWN), *leaves])
        return (TableInfo(path.stem, path, "fhir", schema, {**given, "layout": layout}),)

    def reopened(self, table: TableInfo) -> TableInfo:
        """Return a table that was written, with the columns of which no cell was left; others are a defect."""
        found = self.inspect(table.path, table.options)[0]
        if set(found.schema.names) - {*table.schema.names, *_OWN}:
            raise DataError(CHANGED.at("the file has other columns than were written", table.path.name))
        if table.options.get("validate"):
            fhir_validity.check(table.path, table.options["layout"])
        return replace(found, schema=table.schema)

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows; the rows of one resource stand in one batch."""
        most = min(batch_rows, MOST_ROWS, max(MOST_CELLS // len(table.schema), FEWEST_ROWS))
        held: list[Group] = []
        rows = 0
        for group in _reading(table.options["layout"], table.options).groups(table.path):
            held.append(group)
            rows += group.rows
            if rows >= most:
                yield _batch(held, rows, table)
                held, rows = [], 0
        if held:
            yield _batch(held, rows, table)

    def rows_at_once(self, _schema: pa.Schema) -> int:
        """Return how many rows are handed to the writer at once; it writes resource by resource."""
        return AT_ONCE

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Open a new file in the layout of the one that was read. Raises DataError for a table that was never FHIR."""
        labels = tuple(table.options.get("labels", _DEFAULT_LABELS))
        return FhirWriter(path, table.schema, str(table.options.get("layout", "")), labels)


def _reading(layout: str, options: Mapping[str, Any]) -> Reading:
    types, drop = (frozenset(options.get(name, ())) for name in ("types", "drop_types"))
    return Reading(layout, types, bool(options.get("closed", False)), drop)


def _layout(path: Path) -> str:
    if path.suffix.lower() == ".ndjson":
        return NDJSON
    found = document(path)
    if RESOURCE not in found:
        raise DataError(INVALID.at("a JSON document without `resourceType` is no FHIR", path.name))
    return BUNDLE if found[RESOURCE] == "Bundle" else RESOURCE_FILE


def _batch(groups: list[Group], rows: int, table: TableInfo) -> pa.RecordBatch:
    """Return the rows of some resources. Only the cells that are there cost anything but a null."""
    cells: dict[str, list[str | None]] = {}
    wanted = table.schema.names
    first = 0
    patients: list[str | None] = []
    structures: list[str | None] = []
    for group in groups:
        patients += [group.patient] * group.rows
        structures += [group.structure, *([None] * (group.rows - 1))]
        for name, row, text in group.cells:
            column = cells.get(name)
            if column is None:
                column = cells[name] = [None] * rows
            column[first + row] = text
        first += group.rows
    cells |= {PATIENT: patients, STRUCTURE: structures}
    if cells.keys() - {*wanted, *_OWN}:
        raise DataError(CHANGED.at("its paths are other ones", table.path.name))
    nothing = pa.nulls(rows, pa.string())
    arrays = [pa.array(cells[name], pa.string()) if name in cells else nothing for name in wanted]
    return pa.RecordBatch.from_arrays(arrays, schema=table.schema)
