"""Conditions on the release as a whole, met by suppressing the smallest classes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deid.anonymise.models import TOLERANCE
from deid.anonymise.partition import Mask, Partition


@dataclass(frozen=True)
class AverageRisk:
    """Classes divided by subjects (the mean prosecutor risk over subjects) at most `highest`.

    Dropping the smallest classes raises the average size fastest. Unique subjects may remain: the mean says nothing
    about the worst case.
    """

    highest: float

    def trim(self, partition: Partition, kept: Mask) -> Mask:
        """Return the kept classes without the smallest that stand in the way."""
        order = _smallest_first(partition, kept)
        sizes = partition.sizes[order]
        left = sizes.sum() - np.r_[0, np.cumsum(sizes)]
        classes = len(order) - np.arange(len(order) + 1)
        enough = np.flatnonzero(classes <= self.highest * left + TOLERANCE)
        return _without(kept, order[: enough[0]])


@dataclass(frozen=True)
class SampleUniqueness:
    """Share of released subjects that are alone in their class at most `highest`."""

    highest: float

    def trim(self, partition: Partition, kept: Mask) -> Mask:
        """Return the kept classes without as many unique subjects as stand in the way."""
        order = _smallest_first(partition, kept)
        unique = int((partition.sizes[order] == 1).sum())
        subjects = int(partition.sizes[order].sum())
        dropped = np.arange(unique + 1)
        enough = np.flatnonzero(unique - dropped <= self.highest * (subjects - dropped) + TOLERANCE)
        return _without(kept, order[: enough[0]])


@dataclass(frozen=True)
class PopulationUniqueness:
    """Estimated share of the population that is unique at most `highest`; all classes of a size are dropped together.

    estimate  from the sizes of the kept classes to the number of unique persons in the population
    persons   number of persons in the population
    """

    highest: float
    persons: int
    estimate: Callable[[np.ndarray[tuple[int], np.dtype[np.int64]]], float]

    def trim(self, partition: Partition, kept: Mask) -> Mask:
        """Return the kept classes without the smallest sizes that stand in the way."""
        sizes = partition.sizes
        for least in np.unique(sizes[kept]):
            chosen: Mask = kept & (sizes >= least)
            if self.estimate(sizes[chosen]) <= self.highest * self.persons + TOLERANCE:
                return chosen
        return np.zeros_like(kept)


def _smallest_first(partition: Partition, kept: Mask) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    numbers = np.flatnonzero(kept)
    return numbers[np.argsort(partition.sizes[numbers], kind="stable")]


def _without(kept: Mask, dropped: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Mask:
    rest: Mask = kept.copy()
    rest[dropped] = False
    return rest
