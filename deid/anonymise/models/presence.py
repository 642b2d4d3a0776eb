"""delta-presence (Nergiz, Atzori, Clifton, 2007) and k-map (Sweeney, 2001) against a population table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deid.anonymise.models import TOLERANCE
from deid.anonymise.partition import Mask, Partition, Survivors
from deid.classes import Counts


@dataclass(frozen=True)
class DeltaPresence:
    """Share of a population class that is in the data: at least `lowest`, at most `highest`.

    With `lowest` above zero a class of the population without a released subject fails, and so nothing may be
    suppressed.
    """

    lowest: float
    highest: float

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes lie within the bounds."""
        share = classes.sizes / np.maximum(classes.population, 1)
        return np.asarray((share >= self.lowest - TOLERANCE) & (share <= self.highest + TOLERANCE))

    def keepable(self, classes: Survivors) -> Counts:
        """Return the most subjects that the population of the class allows."""
        allowed: Counts = np.floor(classes.population * self.highest + 1e-6).astype(np.int64)
        return np.minimum(classes.sizes, allowed)

    def rejects(self, partition: Partition) -> bool:
        """Return whether a class of the population is absent from the data though none may be."""
        assert partition.population is not None
        return self.lowest > 0 and bool(((partition.sizes == 0) & (partition.population > 0)).any())


@dataclass(frozen=True)
class PopulationClass:
    """k-map: at least k persons of the population in every class of the data."""

    k: int

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes have k persons in the population."""
        return np.asarray(classes.population >= self.k)

    def keepable(self, classes: Survivors) -> Counts:
        """Return nothing: a part of a class has no more persons than the class."""
        return np.zeros(len(classes.chosen), np.int64)
