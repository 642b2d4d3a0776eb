"""Hold profiles against labelled columns: which are right, and whether a direct identifier was called anything else."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from deid.model import DIRECT_KINDS, ColumnProfile, TableProfile

HERE = Path(__file__).parent


@dataclass
class Score:
    """Columns judged, those that are right, what was wrong, and direct identifiers that were called harmless."""

    judged: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)

    @property
    def accuracy(self) -> float:
        return self.right / self.judged

    def add(self, profile: TableProfile, truth: dict[str, set[str]]) -> None:
        """Judge every column that is filled; an empty one must be `empty` and is not counted."""
        for column in profile.columns:
            if column.missing == column.rows:
                assert column.holds == ("empty",), f"{profile.name}.{column.column}"
                continue
            kinds = truth.get(column.column) or next(
                (kinds for name, kinds in truth.items() if "*" in name and fnmatchcase(column.column, name)), None
            )
            assert kinds, f"{profile.name}.{column.column} has no label"
            self.judged += 1
            self.right += is_right(column, kinds)
            line = f"{profile.name}.{column.column}: {column.holds}, not {sorted(kinds)}"
            if not is_right(column, kinds):
                self.wrong.append(line)
            if kinds <= DIRECT_KINDS and not set(column.holds) & (DIRECT_KINDS | {"unknown", "empty"}):
                self.leaks.append(line)


def is_right(column: ColumnProfile, kinds: set[str]) -> bool:
    """`constant` is right for a constant column that identifies nobody."""
    got = column.holds[0]
    return got in kinds or (got == "constant" and column.distinct <= 2 and not kinds & DIRECT_KINDS)


def read_truth(name: str, table: str = "") -> dict[str, set[str]]:
    """Return the kinds that are right by column, for the tables that the pattern of a line matches."""
    return dict(_lines(name, table))


def _lines(name: str, table: str) -> Iterator[tuple[str, set[str]]]:
    with (HERE / name).open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            if fnmatchcase(table, row.get("tables", "*")):
                for column in row["columns"].split():
                    yield column.replace("Unnamed:_0", "Unnamed: 0"), set(row["kinds"].split())
