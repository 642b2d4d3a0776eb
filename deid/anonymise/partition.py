"""Equivalence classes of the tuples at one node of the lattice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from deid.anonymise.task import Floats, Keys, Task
from deid.classes import PACKED_BITS, Counts, ranked

Mask = npt.NDArray[np.bool_]
_DENSE = 4  # a table of all possible keys pays up to this many times the number of tuples


@dataclass(frozen=True)
class Partition:
    """Class of each tuple and number of subjects of each class; class numbers may be empty.

    `levels` are those of the node, where the classes are those of one.
    """

    member: Keys
    sizes: Counts
    population: Counts | None = None
    levels: tuple[int, ...] = ()


@dataclass(frozen=True)
class Survivors:
    """The classes that are still to be judged: their numbers, and their sizes and sensitive values on request."""

    task: Task
    partition: Partition
    chosen: Keys
    cache: dict[str, Floats] = field(default_factory=dict, repr=False)

    @property
    def sizes(self) -> Counts:
        """Subjects of each class."""
        return self.partition.sizes[self.chosen]

    @property
    def population(self) -> Counts:
        """Persons of the population in each class."""
        assert self.partition.population is not None
        return self.partition.population[self.chosen]

    def single_valued(self, attribute: str) -> bool:
        """Return whether every subject has exactly one value of the attribute."""
        return self.task.single_valued[attribute]

    def histogram(self, attribute: str) -> Floats:
        """Return (classes x values) the number of subjects with each value of a sensitive attribute."""
        if attribute not in self.cache:
            histogram = self.task.sensitive[attribute]
            place = np.full(len(self.partition.sizes), -1, np.int64)
            place[self.chosen] = np.arange(len(self.chosen))
            at = place[self.partition.member[histogram.classes]]
            inside = at >= 0
            width = len(histogram.values)
            cells = at[inside] * width + histogram.codes[inside]
            flat = np.bincount(cells, weights=histogram.counts[inside], minlength=len(self.chosen) * width)
            self.cache[attribute] = flat.reshape(len(self.chosen), width).astype(np.float64)
        return self.cache[attribute]

    def only(self, which: Mask) -> Survivors:
        """Return some of the classes."""
        cache = {name: histogram[which] for name, histogram in self.cache.items()}
        return Survivors(self.task, self.partition, self.chosen[which], cache)


def partition(task: Task, levels: Sequence[int], only: Sequence[int] | None = None) -> Partition:
    """Group the tuples by their codes at the given level of each axis, or of some axes by their numbers."""
    key, space = _packed(task, levels, range(len(task.axes)) if only is None else only)
    if space <= _DENSE * task.tuples:
        member, classes = key, space
    else:
        member, classes = ranked(key, space)
    sizes = _counted(member, task.counts, classes)
    people = None if task.population is None else _counted(member, task.population, classes)
    return Partition(member, sizes, people, tuple(levels))


def _packed(task: Task, levels: Sequence[int], only: Sequence[int]) -> tuple[Keys, int]:
    """Return one integer a tuple that stands for its generalised form, and a bound above all of them."""
    key: Keys | None = None
    space = 1
    for i in only:
        axis, level = task.axes[i], levels[i]
        card = axis.cards[level]
        if card <= 1:
            continue
        if key is None:
            key = axis.codes[level]
        else:
            if (space * card).bit_length() > PACKED_BITS:
                key, space = ranked(key, space)
            key = key * card
            key += axis.codes[level]
        space *= card
    return (np.zeros(task.tuples, np.int64) if key is None else key), space


def _counted(member: Keys, counts: Counts, classes: int) -> Counts:
    return np.bincount(member, weights=counts, minlength=classes).astype(np.int64)
