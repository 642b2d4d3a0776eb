"""The search's own view of a class table: distinct tuples, their codes at every level, and what each code costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from deid.classes import ClassTable, Codes, Counts, Histogram, group
from deid.errors import PolicyError, problem_kind
from deid.hierarchy import Hierarchy

Floats = npt.NDArray[np.float64]
Keys = npt.NDArray[np.int64]

OTHER_VOCABULARY = problem_kind(
    "P505",
    "the population does not fit the data",
    remedy="encode data and population over the same variables and values",
    meaning="k-map and delta-presence compare classes of the data with those of the population.",
)


@dataclass(frozen=True)
class Axis:
    """One quasi-identifier: its levels from the lowest to the highest that the policy allows.

    lowest   hierarchy level of level 0 here
    codes    (levels x tuples) code of each tuple at each level, numbered over the codes in use
    cards    number of codes in use at each level
    labels   for each level the label index in the hierarchy of each code
    cells    (levels x codes of level 0) normalised certainty penalty of a released cell: 0 a leaf, 1 the whole domain
    """

    name: str
    hierarchy: Hierarchy
    lowest: int
    codes: Keys
    cards: tuple[int, ...]
    labels: tuple[Keys, ...]
    cells: Floats
    steps: Keys

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.cards)

    def blank(self, level: int) -> npt.NDArray[np.bool_]:
        """Return which codes of a level stand for a missing value."""
        labels = self.hierarchy.labels[self.lowest + level]
        return np.array([labels[label] is None for label in self.labels[level]], np.bool_)


@dataclass(frozen=True)
class Task:
    """What is to be anonymised: axes, and for each distinct tuple its subjects, sensitive values and population.

    member  tuple of each class of the class table
    """

    axes: tuple[Axis, ...]
    counts: Counts
    member: Codes
    sensitive: Mapping[str, Histogram]
    population: Counts | None

    @cached_property
    def single_valued(self) -> Mapping[str, bool]:
        """Whether every subject has exactly one value, by sensitive attribute."""
        return {
            name: bool((_added(histogram.counts, histogram.classes, self.tuples) == self.counts).all())
            for name, histogram in self.sensitive.items()
        }

    @cached_property
    def subjects(self) -> int:
        """Number of subjects."""
        return int(self.counts.sum())

    @property
    def tuples(self) -> int:
        """Number of distinct tuples."""
        return len(self.counts)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of levels of each axis: the lattice."""
        return tuple(axis.levels for axis in self.axes)


def build_task(table: ClassTable, hierarchies: Mapping[str, Hierarchy], population: ClassTable | None = None) -> Task:
    """Encode a class table for the search; tuples that the lowest levels merge already become one."""
    codes, counts, people = table.codes, table.counts, None
    if population is not None:
        codes, counts, people = _joined(table, population)
    finest = []
    used = []
    for i, name in enumerate(table.variables):
        hierarchy = hierarchies[name]
        present = np.flatnonzero(np.bincount(codes[:, i], minlength=hierarchy.maps.shape[1]))
        labels, renumber = np.unique(hierarchy.maps[hierarchy.lowest, present], return_inverse=True)
        lookup = np.zeros(hierarchy.maps.shape[1], np.int32)
        lookup[present] = renumber
        finest.append(lookup[codes[:, i]])
        used.append((present, labels, lookup))
    columns, member, tuples = finest, np.arange(len(codes), dtype=np.int32), len(codes)
    if population is not None or any(len(present) != len(labels) for present, labels, _ in used):
        matrix = np.column_stack(finest) if finest else np.zeros((len(codes), 0), np.int32)
        distinct, member = group(matrix.astype(np.int32), [max(len(labels), 1) for _, labels, _ in used])
        columns, tuples = [np.ascontiguousarray(column) for column in distinct.T], len(distinct)
    axes = tuple(
        _axis(hierarchies[name], name, columns[i], used[i][0], used[i][2]) for i, name in enumerate(table.variables)
    )
    return Task(
        axes,
        _added(counts, member, tuples),
        member[: len(table)],
        {name: _moved(histogram, member) for name, histogram in table.sensitive.items()},
        None if people is None else _added(people, member, tuples),
    )


def _axis(hierarchy: Hierarchy, name: str, finest: Codes, present: Keys, lookup: Codes) -> Axis:
    highest = hierarchy.height if hierarchy.highest is None else hierarchy.highest
    size = int(lookup.max(initial=0)) + 1
    domain = int(hierarchy.leaves[-1].max(initial=1))
    cards, labels, cells, steps = [], [], [], []
    codes = np.empty((highest + 1 - hierarchy.lowest, len(finest)), np.int64)
    for level in range(hierarchy.lowest, highest + 1):
        label_of = np.zeros(size, np.int64)
        label_of[lookup[present]] = hierarchy.maps[level, present]
        in_use, step = np.unique(label_of, return_inverse=True)
        leaves = hierarchy.leaves[level][label_of]
        cells.append((leaves - 1) / (domain - 1) if domain > 1 else np.zeros(size))
        steps.append(step)
        step.astype(np.int64).take(finest, out=codes[level - hierarchy.lowest], mode="clip")
        cards.append(len(in_use))
        labels.append(in_use)
    return Axis(
        name,
        hierarchy,
        hierarchy.lowest,
        codes,
        tuple(cards),
        tuple(labels),
        np.stack(cells),
        np.stack(steps),
    )


def _joined(table: ClassTable, population: ClassTable) -> tuple[Codes, Counts, Counts]:
    """Put the tuples of the population behind those of the data; either has no count in the other's."""
    if population.variables != table.variables or population.vocabularies != table.vocabularies:
        raise PolicyError(OTHER_VOCABULARY.at("variables or vocabularies of data and population differ"))
    nobody = np.zeros(len(population), np.int64)
    return (
        np.vstack([table.codes, population.codes]),
        np.concatenate([table.counts, nobody]),
        np.concatenate([np.zeros(len(table), np.int64), population.counts]),
    )


def _added(counts: Counts, member: Codes, tuples: int) -> Counts:
    return np.bincount(member, weights=counts, minlength=tuples).astype(np.int64)


def _moved(histogram: Histogram, member: Codes) -> Histogram:
    return Histogram(histogram.values, member[histogram.classes], histogram.codes, histogram.counts)
