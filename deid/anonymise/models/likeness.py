"""beta-likeness, basic and enhanced (Cao and Karras, 2012)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from deid.anonymise.models import TOLERANCE, floor
from deid.anonymise.models.closeness import shares
from deid.anonymise.models.largest import within
from deid.anonymise.partition import Mask, Survivors
from deid.anonymise.task import Floats
from deid.classes import Counts


@dataclass(frozen=True)
class BetaLikeness:
    """No value's share in a class exceeds its ceiling: p (1 + beta), or p (1 + min(beta, -ln p)) when enhanced."""

    attribute: str
    beta: float
    overall: Floats = field(repr=False)
    enhanced: bool = True

    @property
    def ceiling(self) -> Floats:
        """Largest share allowed of each value."""
        gain = np.full_like(self.overall, self.beta)
        if self.enhanced:
            gain = np.minimum(gain, -np.log(self.overall, out=np.zeros_like(gain), where=self.overall > 0))
        return self.overall * (1 + gain)

    def holds(self, classes: Survivors) -> Mask:
        """Return which classes satisfy every ceiling."""
        return np.asarray((shares(classes.histogram(self.attribute)) <= self.ceiling + TOLERANCE).all(axis=1))

    def keepable(self, classes: Survivors) -> Counts:
        """Return the largest part: X subjects fit while sum min(count, X ceiling) is at least X."""
        if not classes.single_valued(self.attribute):
            return classes.sizes
        histogram = classes.histogram(self.attribute)
        room = within(histogram, self.ceiling + TOLERANCE, 1 - TOLERANCE)
        return floor(np.minimum(room, histogram.sum(axis=1)))
