"""A hierarchy in a file: one line a leaf, the leaf first and then its label at each level, no header."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from deid.errors import DataError, problem_kind
from deid.hierarchies.ladder import Ladder
from deid.hierarchies.listed import refuse_unplaced

UNREADABLE = problem_kind(
    "D505",
    "the hierarchy file cannot be read",
    remedy="save it as UTF-8 CSV, one line a leaf with the same number of labels, separated by semicolon or comma",
    meaning="A hierarchy file holds one line a leaf: the value, then its label at each level, the coarsest last.",
)
NO_ROOT = problem_kind(
    "D504",
    "the hierarchy has no single root",
    remedy="add a last column that holds the same label, such as *, on every line",
    meaning="The coarsest level must hold one label for all values, so that a solution always exists.",
)


@dataclass(frozen=True)
class File:
    """One row a leaf: the leaf, then its coarser labels; the last column is the root.

    Leaves of all lines count for the loss, also those that the data do not hold.
    """

    file: str = ""

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        if not isinstance(self.file, str) or not self.file:
            yield "file is the name of a CSV file"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value. Raises DataError when the file is malformed or lacks values."""
        rows = _read(folder / self.file, place)
        if len({row[-1] for row in rows}) != 1:
            raise DataError(NO_ROOT.at(f"the last of {len(rows[0])} columns holds several labels", place))
        rows = [row[:-1] if len(row) > 1 else row for row in rows]
        numeric = _numeric([row[0] for row in rows])
        order = sorted(range(len(rows)), key=(lambda i: numeric[i]) if numeric else (lambda i: rows[i][::-1]))
        rows = [rows[i] for i in order]
        leaves = {row[0]: i for i, row in enumerate(rows)}
        refuse_unplaced(values, leaves, place)
        return Ladder(rows, [leaves[value] for value in values], ordered=bool(numeric))


def _read(path: Path, place: str) -> list[tuple[str, ...]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise DataError(UNREADABLE.at(f"{path.name} does not exist or is not UTF-8 text", place)) from None
    first = text.split("\n", 1)[0]
    separator = next((mark for mark in (";", "\t") if mark in first), ",")
    try:
        rows = [tuple(row) for row in csv.reader(text.splitlines(), delimiter=separator, strict=True) if row]
    except csv.Error:
        raise DataError(UNREADABLE.at(f"{path.name} is not well-formed CSV", place)) from None
    if not rows:
        raise DataError(UNREADABLE.at(f"{path.name} is empty", place))
    ragged = sum(1 for row in rows if len(row) != len(rows[0]))
    if ragged:
        raise DataError(UNREADABLE.at(f"{ragged} lines of {path.name} differ in their number of labels", place))
    return rows


def _numeric(leaves: Sequence[str]) -> list[float]:
    """Return the leaves as numbers where all of them are, else nothing."""
    try:
        numbers = [float(leaf) for leaf in leaves]
    except ValueError:
        return []
    return numbers if all(number == number for number in numbers) else []
