"""Data models: the tables and columns that a standard knows, what each is, and which key names a row of which table."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from deid.errors import PolicyError, did_you_mean, problem_kind

NO_MODEL = problem_kind(
    "P120",
    "data model not found",
    remedy="name one that comes with deid (omop-cdm-5.4), or a CSV file beside the policy with the columns table, "
    "column, class and, where known, type and references (TABLE.COLUMN)",
)
READY = files("deid") / "data"
READY_NAMES = ("omop-cdm-5.4",)
_NEEDED = {"table", "column", "class"}


@dataclass(frozen=True)
class ModelColumn:
    """A column of a data model: its class, its type in the words of the standard, the column whose keys it holds."""

    kind: str
    type: str = ""
    references: tuple[str, str] | None = None


@dataclass(frozen=True)
class DataModel:
    """Columns by table and name, both in lower case: names of standards differ in case from place to place."""

    name: str
    columns: Mapping[tuple[str, str], ModelColumn] = field(default_factory=dict, repr=False)

    def column(self, table: str, column: str) -> ModelColumn | None:
        """Return what the model says of a column, or None where it does not know it."""
        return self.columns.get((table.casefold(), column.casefold()))

    def tables(self) -> frozenset[str]:
        """Return the tables in lower case."""
        return frozenset(table for table, _ in self.columns)

    def references(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Return the columns that hold keys of other tables, and the column where each key must stand."""
        return {place: column.references for place, column in self.columns.items() if column.references is not None}

    def classes(self) -> frozenset[str]:
        """Return the classes of the columns."""
        return frozenset(column.kind for column in self.columns.values())


def load_data_model(name: str, folder: Path, place: str) -> DataModel:
    """Return a data model that comes with deid, or one from a CSV file. Raises PolicyError."""
    try:
        if name in READY_NAMES:
            text = (READY / f"{name}.csv").read_text(encoding="utf-8")
        else:
            text = (folder / name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        hint = did_you_mean(name, READY_NAMES)
        raise PolicyError(NO_MODEL.at("it is no ready model and no readable file", place, hint=hint)) from None
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    rows = csv.DictReader(lines)
    if not set(rows.fieldnames or ()) >= _NEEDED:
        raise PolicyError(NO_MODEL.at("the file does not have the columns table, column and class", place))
    columns = {}
    for row in rows:
        to = (row.get("references") or "").casefold().rpartition(".")
        references = (to[0], to[2]) if to[0] else None
        kept = ModelColumn(row["class"], row.get("type") or "", references)
        columns[row["table"].casefold(), row["column"].casefold()] = kept
    return DataModel(name, columns)
