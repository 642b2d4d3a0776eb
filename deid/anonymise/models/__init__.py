"""Privacy models: what every class of the release, or the release as a whole, must satisfy.

A class model also bounds how many subjects of a class that fails could be kept if the class were split: that is what
lets the search pass over recodings without looking at them. Every class model here is closed under union (two classes
that satisfy it satisfy it together), which those bounds rest on.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from deid.anonymise.partition import Mask, Partition, Survivors
from deid.classes import Counts

TOLERANCE = 1e-9  # a class with counts 2, 2, 2 has exp(entropy) 2.9999999999999996: equality must pass


class ClassModel(Protocol):
    """A condition on each class by itself."""

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes satisfy the model."""

    def keepable(self, classes: Survivors) -> Counts:
        """Return an upper bound on the subjects of each failing class that some finer recoding could keep."""


class TableModel(Protocol):
    """A condition on the release as a whole, met by suppressing the smallest classes."""

    def trim(self, partition: Partition, kept: Mask) -> Mask:
        """Return which of the kept classes remain so that the condition holds."""


def floor(subjects: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Counts:
    """Return whole subjects that a bound leaves room for, rounding errors on the safe side."""
    return np.floor(subjects + 1e-6).astype(np.int64)
