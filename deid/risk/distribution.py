"""The values of one sensitive attribute in every class: what all attribute-disclosure metrics are computed from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from weakref import ref

import numpy as np
import numpy.typing as npt

from deid.classes import MISSING, ClassTable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Distribution:
    """Subjects by (class, value) as sparse triples, sorted by class and then value, each pair once, counts above zero.

    classes, codes, counts  the triples; code 0 is the missing value, a category of its own
    sizes                   subjects by class (f_j)
    values                  the vocabulary
    In a class whose subjects may hold several values (several adverse events) the counts add up to more than f_j; in
    one whose subjects have no record of the attribute they would add up to less, so the rest is counted as missing.
    """

    classes: npt.NDArray[np.integer]
    codes: npt.NDArray[np.integer]
    counts: Ints
    sizes: Ints
    values: tuple[str | None, ...]

    @cached_property
    def sums(self) -> Ints:
        """Values held in each class, over all its subjects."""
        return np.bincount(self.classes, weights=self.counts, minlength=len(self.sizes)).astype(np.int64)

    @cached_property
    def several(self) -> npt.NDArray[np.bool_]:
        """Classes in which some subject holds more than one value."""
        return self.sums > self.sizes

    @cached_property
    def shares(self) -> Floats:
        """Share q of each triple among the values held in its class."""
        return np.asarray(self.counts / self.sums[self.classes], np.float64)

    @cached_property
    def held(self) -> Floats:
        """Share of the subjects of the class that hold the value; equals q where each subject holds one value."""
        if not self.several.any():
            return self.shares
        return np.asarray(self.counts / self.sizes[self.classes], np.float64)

    @cached_property
    def totals(self) -> Ints:
        """Subjects that hold each value, over all classes."""
        return np.bincount(self.codes, weights=self.counts, minlength=len(self.values)).astype(np.int64)

    @cached_property
    def overall(self) -> Floats:
        """p: share of each value among all values held."""
        return np.asarray(self.totals / self.totals.sum(), np.float64)

    @cached_property
    def held_overall(self) -> Floats:
        """Share of all subjects that hold each value."""
        return np.asarray(self.totals / self.sizes.sum(), np.float64)

    def per_class(self, figures: Floats) -> Floats:
        """Add up a figure of the triples by class."""
        return np.asarray(np.bincount(self.classes, weights=figures, minlength=len(self.sizes)), np.float64)

    def largest(self, figures: Floats) -> Floats:
        """Return the largest figure among the triples of each class."""
        return np.asarray(np.maximum.reduceat(figures, self.starts))

    @cached_property
    def starts(self) -> Ints:
        """Where the triples of each class begin."""
        return np.searchsorted(self.classes, np.arange(len(self.sizes)))

    @cached_property
    def descending(self) -> Ints:
        """Counts of the triples, the most frequent value of each class first."""
        most = int(self.counts.max()) + 1
        return np.asarray(self.counts[np.argsort(self.classes * np.int64(most) + (most - 1 - self.counts))])

    @cached_property
    def certain(self) -> npt.NDArray[np.bool_]:
        """Classes in which all subjects hold some value in common: membership tells it."""
        return self.largest(self.held) >= 1.0


def distribution(table: ClassTable, attribute: str) -> Distribution:
    """Return the distribution of one sensitive attribute over the classes of a table that holds subjects.

    They are kept until `let_go`, or as long as their table lives, for every metric of a dataset asks for the same.
    """
    kept = _KEPT.get((id(table), attribute))
    if kept is not None and kept[0]() is table:
        return kept[1]
    key, made = (id(table), attribute), _distribution(table, attribute)
    _KEPT[key] = (ref(table, lambda _: _KEPT.pop(key, None)), made)
    return made


def let_go(table: ClassTable) -> None:
    """Forget the distributions of a table that was measured: of a large one they take more than the table itself."""
    for key in [key for key, (kept, _) in _KEPT.items() if kept() is table]:
        del _KEPT[key]


_KEPT: dict[tuple[int, str], tuple[ref[ClassTable], Distribution]] = {}


def _distribution(table: ClassTable, attribute: str) -> Distribution:
    histogram = table.sensitive[attribute]
    width = max(len(histogram.values), 1)
    sums = np.bincount(histogram.classes, weights=histogram.counts, minlength=len(table)).astype(np.int64)
    unrecorded = np.maximum(table.counts - sums, 0)
    short = np.flatnonzero(unrecorded)
    cells = histogram.classes.astype(np.int64) * width + histogram.codes
    counts = histogram.counts
    if not len(short) and (np.diff(cells) > 0).all() and (counts > 0).all():
        return Distribution(histogram.classes, histogram.codes, counts, table.counts, histogram.values)
    cells = np.concatenate([cells, short * width + MISSING])
    counts = np.concatenate([counts, unrecorded[short]])
    cells, member = np.unique(cells[counts > 0], return_inverse=True)
    counts = np.bincount(member.reshape(-1), weights=counts[counts > 0], minlength=len(cells)).astype(np.int64)
    return Distribution(cells // width, cells % width, counts, table.counts, histogram.values)
