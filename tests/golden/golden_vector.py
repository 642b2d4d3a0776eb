"""A golden vector with its tables, read as text; an empty cell is missing."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from deid.classes import ClassTable, Codes
from deid.contracts import Evidence
from deid.risk.tables import class_table


@dataclass(frozen=True)
class Vector:
    """A golden vector with the folder that holds its tables and the other vectors of its file."""

    folder: Path
    raw: dict[str, Any]
    siblings: tuple[dict[str, Any], ...]

    @property
    def params(self) -> dict[str, Any]:
        return self.raw["params"]

    @property
    def names(self) -> list[str]:
        table = self.raw["table"]
        return table if isinstance(table, list) else [table]

    def rows(self, which: int = 0) -> list[dict[str, str | None]]:
        with (self.folder / "tables" / f"{self.names[which]}.csv").open(newline="", encoding="utf-8") as file:
            return [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]

    def column(self, name: str, which: int = 0) -> list[str | None]:
        return [row[name] for row in self.rows(which)]

    def matrix(self, which: int) -> np.ndarray:
        return np.array([[float(cell or "nan") for cell in row.values()] for row in self.rows(which)])

    def classes(self, which: int = 0) -> tuple[ClassTable, Codes]:
        rows = self.rows(which)
        quasi = self.params.get("qi") or self.params.get("cols") or [n for n in rows[0] if n != self.params.get("sa")]
        wanted = [self.params["sa"]] if which == 0 and "sa" in self.params else []
        columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in rows[0]}
        return class_table(columns, quasi, wanted)

    def evidence(self) -> Evidence:
        population = self.classes(1)[0] if len(self.names) == 2 else None
        options = {
            "suppressed": int(self.params.get("suppressed", 0)),
            "threshold": float(self.params.get("tau", 0.09)),
        }
        return Evidence(self.classes()[0], population, **options)
