"""What every kind of hierarchy hands over: the labels of each leaf at each level, and which leaf each value is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deid.errors import Problem, problem_kind
from deid.hierarchy import Hierarchy

ROOT = "*"

NOT_NESTED = problem_kind(
    "D502",
    "levels do not nest",
    remedy="give every label of a level one label on the next level",
    meaning="Two values that share a label must share all coarser labels, or a coarser release would tell more.",
)
TWO_LEAVES = problem_kind(
    "D503",
    "a leaf is listed twice",
    remedy="list every value once",
    meaning="A value with two places in a hierarchy has no defined generalisation.",
)


@dataclass(frozen=True)
class Ladder:
    """Leaves in natural order with their labels, finest first and without the root, and the leaf of each value.

    rows     labels of each leaf, level 0 first; distinct in level 0
    members  index into rows for each value of the vocabulary after the missing one
    """

    rows: Sequence[tuple[str, ...]]
    members: Sequence[int]
    ordered: bool = False
    data_dependent: bool = False


def from_labels(labels: Sequence[tuple[str, ...]], *, ordered: bool = False, data_dependent: bool = False) -> Ladder:
    """Make a ladder from the labels of each value; values with the same finest label are one leaf.

    Leaves of an ordered ladder stand in the order of the values given; others are sorted from the coarsest label down.
    """
    distinct = list(dict.fromkeys(labels))
    if not ordered:
        distinct.sort(key=lambda row: row[::-1])
    place = {row: i for i, row in enumerate(distinct)}
    return Ladder(distinct, [place[row] for row in labels], ordered, data_dependent)


def nesting_problems(ladder: Ladder, place: str) -> list[Problem]:
    """Return what is wrong with a ladder: leaves listed twice, labels with several labels above them."""
    problems = []
    twice = len(ladder.rows) - len({row[0] for row in ladder.rows})
    if twice:
        problems.append(TWO_LEAVES.at(f"{twice} leaves of the hierarchy are listed more than once", place))
    for level in range(1, len(ladder.rows[0]) if ladder.rows else 0):
        parents: dict[str, set[str]] = {}
        for row in ladder.rows:
            parents.setdefault(row[level - 1], set()).add(row[level])
        torn = sum(1 for above in parents.values() if len(above) > 1)
        if torn:
            problems.append(
                NOT_NESTED.at(f"{torn} labels of level {level - 1} stand under several of level {level}", place)
            )
    return problems


def assemble(ladder: Ladder, name: str, lowest: int, highest: int | None) -> Hierarchy:
    """Work the ladder out for its vocabulary: label 0 is the missing value, the root is added above all levels."""
    levels = len(ladder.rows[0]) if ladder.rows else 1
    labels: list[tuple[str | None, ...]] = []
    leaves = []
    members = np.asarray(ladder.members, dtype=np.int64)
    maps = np.zeros((levels + 1, len(members) + 1), dtype=np.int32)
    for level in range(levels):
        of_row, names = _numbered([row[level] for row in ladder.rows])
        labels.append((None, *names))
        leaves.append(np.r_[1, np.bincount(of_row, minlength=len(names))].astype(np.int64))
        if len(members):
            maps[level, 1:] = of_row[members] + 1
    labels.append((ROOT,))
    leaves.append(np.array([max(len(ladder.rows), 1)], dtype=np.int64))
    return Hierarchy(
        name, tuple(labels), maps, tuple(leaves), ladder.ordered, ladder.data_dependent, lowest=lowest, highest=highest
    )


def _numbered(labels: Sequence[str]) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], list[str]]:
    """Give labels numbers in order of first appearance."""
    place: dict[str, int] = {}
    return np.array([place.setdefault(label, len(place)) for label in labels], dtype=np.int64), list(place)
