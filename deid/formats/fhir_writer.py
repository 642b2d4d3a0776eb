"""FHIR written anew from the rows of a table, in the layout of the file that was read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.errors import DataError
from deid.formats.durable import DurableFile
from deid.formats.fhir_groups import LEFT_OUT
from deid.formats.fhir_json import written
from deid.formats.fhir_labels import labelled
from deid.formats.fhir_layout import RESOURCE
from deid.formats.fhir_skeleton import PuttingTogether
from deid.formats.refusals import NOT_HELD
from deid.values import as_text

PATIENT, STRUCTURE = "_patient", "_structure"
#: Rows that stand in memory as dictionaries at once.
AT_ONCE = 4_096


class FhirWriter:
    """An open file of resources. NDJSON is written as it comes; the entries of a Bundle are held and put in order."""

    def __init__(self, path: Path, schema: pa.Schema, layout: str, labels: Sequence[str]) -> None:
        if STRUCTURE not in schema.names or not layout:
            cause = f"a table without '{STRUCTURE}' was no FHIR, or the policy drops that column"
            raise DataError(NOT_HELD.at(cause, path.name))
        self._place = path.name
        self._names = list(schema.names)
        self._layout, self._labels = layout, tuple(labels)
        self._open: tuple[str, list[dict[str, str]]] | None = None
        self._shell: dict[str, Any] = {RESOURCE: "Bundle"}
        self._entries: list[tuple[int, dict[str, Any]]] = []
        self._file = DurableFile(path)

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows; the rows of a resource may be spread over two batches."""
        for first in range(0, batch.num_rows, AT_ONCE):
            self._write(batch.slice(first, AT_ONCE))

    def _write(self, batch: pa.RecordBatch) -> None:
        starts = batch.column(self._names.index(STRUCTURE)).to_pylist()
        rows = self._rows(batch)
        for structure, row in zip(starts, rows, strict=True):
            if structure is not None:
                self._finish()
                self._open = (structure, [row])
            elif self._open is not None:
                self._open[1].append(row)

    def close(self) -> None:
        """Finish the file and flush it to the disk."""
        self._finish()
        if self._layout == "bundle" and not self._file.closed:
            entries = [entry for _, entry in sorted(self._entries, key=lambda pair: pair[0])]
            bundle = {**self._shell, **({"entry": entries} if entries else {})}
            self._file.write((written(bundle, 0) + "\n").encode())
        self._file.close()

    def _rows(self, batch: pa.RecordBatch) -> list[dict[str, str]]:
        """Return the cells of each row that hold something, by column."""
        rows: list[dict[str, str]] = [{} for _ in range(batch.num_rows)]
        for name, column in zip(self._names, batch.columns, strict=True):
            if name in (PATIENT, STRUCTURE) or column.null_count == len(column):
                continue
            at = np.flatnonzero(np.asarray(pc.is_valid(column)))
            for row, text in zip(at.tolist(), as_text(column.drop_null()).to_pylist(), strict=True):
                rows[row][name] = text
        return rows

    def _finish(self) -> None:
        """Write the resource whose rows have come."""
        if self._open is None:
            return
        structure, rows = self._open
        self._open = None
        parts = json.loads(structure)
        if LEFT_OUT in parts:
            return
        together = PuttingTogether(lambda name, row: rows[row].pop(name, None) if row < len(rows) else None)
        if "shell" in parts:
            shell = together.object(parts["shell"], "Bundle") or {RESOURCE: "Bundle"}
            self._shell = labelled(shell, self._labels)
            self._refuse_lost(rows)
            return
        entry = together.object(parts["entry"], "Bundle.entry") if "entry" in parts else None
        resource = self._resource(parts["resource"], together) if "resource" in parts else None
        self._refuse_lost(rows)
        if self._layout == "bundle":
            whole = {**(entry or {}), **({"resource": resource} if resource is not None else {})}
            first = {"fullUrl": whole.pop("fullUrl")} if "fullUrl" in whole else {}
            last = {key: whole.pop(key) for key in ("resource",) if key in whole}
            self._entries.append((parts["at"], {**first, **last, **whole}))
        elif resource is not None:
            self._file.write((written(resource, None if self._layout == "ndjson" else 0) + "\n").encode())

    def _refuse_lost(self, rows: list[dict[str, str]]) -> None:
        """Refuse cells that stand in no structure: their column bears another name than its path."""
        lost = {name for row in rows for name in row}
        if lost:
            raise DataError(NOT_HELD.at(f"{len(lost)} column(s) stand for no path of a resource", self._place))

    def _resource(self, skeleton: dict[str, Any], together: PuttingTogether) -> dict[str, Any]:
        kind = str(skeleton[RESOURCE]).removeprefix("=")
        return labelled(together.object(skeleton, kind) or {RESOURCE: kind}, self._labels)
