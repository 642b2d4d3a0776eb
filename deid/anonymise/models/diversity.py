"""l-diversity: distinct, entropy and recursive (Machanavajjhala et al., 2007)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from deid.anonymise.models import TOLERANCE, floor
from deid.anonymise.models.largest import largest
from deid.anonymise.partition import Mask, Survivors
from deid.anonymise.task import Floats
from deid.classes import Counts


@dataclass(frozen=True)
class DistinctDiversity:
    """At least l different values of the attribute in every class; missing counts as a value."""

    attribute: str
    l: int  # noqa: E741 - the name of the parameter in the field

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes hold l values."""
        return np.asarray((classes.histogram(self.attribute) > 0).sum(axis=1) >= self.l)

    def keepable(self, classes: Survivors) -> Counts:
        """Return nothing: no part of a class holds more values than the class."""
        return np.zeros(len(classes.chosen), np.int64)


@dataclass(frozen=True)
class _Capped(ABC):
    """A diversity that a class can reach by losing subjects with its most frequent values."""

    attribute: str

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes are diverse."""
        return self._diverse(classes.histogram(self.attribute))

    def keepable(self, classes: Survivors) -> Counts:
        """Return what is left when the most frequent values are capped until the rest is diverse."""
        histogram = classes.histogram(self.attribute)
        return capped(classes, self.attribute, lambda cap: self._diverse(np.minimum(histogram, cap[:, None])))

    @abstractmethod
    def _diverse(self, histogram: Floats) -> Mask:
        """Return which rows of counts are diverse."""


@dataclass(frozen=True)
class EntropyDiversity(_Capped):
    """exp(entropy) of the attribute's values in every class at least l."""

    l: float  # noqa: E741

    def _diverse(self, histogram: Floats) -> Mask:
        total = histogram.sum(axis=1, keepdims=True)
        share = np.divide(histogram, total, out=np.zeros_like(histogram), where=total > 0)
        logs = np.log(share, out=np.zeros_like(share), where=share > 0)
        return np.asarray(np.exp(-(share * logs).sum(axis=1)) >= self.l - TOLERANCE)


@dataclass(frozen=True)
class RecursiveDiversity(_Capped):
    """r1 < c (r_l + ... + r_m), where r1 >= r2 >= ... are the counts of the attribute's values in a class."""

    c: float
    l: int  # noqa: E741

    def _diverse(self, histogram: Floats) -> Mask:
        falling = -np.sort(-histogram, axis=1)
        tail = falling[:, self.l - 1 :].sum(axis=1)
        return np.asarray(falling[:, 0] < self.c * tail)


def capped(classes: Survivors, attribute: str, diverse: Callable[[Floats], Mask]) -> Counts:
    """Return the subjects left in each class under the highest cap on its counts that makes it diverse."""
    if not classes.single_valued(attribute):
        return classes.sizes
    histogram = classes.histogram(attribute)
    cap = largest(diverse, histogram.max(axis=1, initial=0.0))
    return floor(np.minimum(histogram, cap[:, None]).sum(axis=1))
