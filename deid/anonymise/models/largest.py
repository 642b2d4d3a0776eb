"""The largest part of each class that satisfies a condition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from deid.anonymise.task import Floats

_STEPS = 32  # halvings: the bracket ends narrower than one part in 10^9
_NOTHING = 1e-12


def largest(fits: Callable[[Floats], npt.NDArray[np.bool_]], upper: Floats) -> Floats:
    """Return for each class a size at or above the largest that fits; `fits` is true below it and false above."""
    low, high = np.zeros_like(upper), upper.astype(np.float64)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        inside = fits(middle)
        low = np.where(inside, middle, low)
        high = np.where(inside, high, middle)
    return high


def within(histogram: Floats, ceiling: Floats, need: float) -> Floats:
    """Return for each class the largest X for which sum min(count, X ceiling) is at least `need` times X.

    The sum is the least of its linear pieces: the values whose counts are used up give their counts, the others X times
    their ceilings. So X is the least at which one of these pieces fails; only pieces in the order of count / ceiling
    matter.
    """
    limit = np.divide(histogram, ceiling, out=np.full(histogram.shape, np.inf), where=ceiling > 0)
    order = np.argsort(limit, axis=1)
    used = np.cumsum(np.take_along_axis(histogram, order, axis=1), axis=1)
    lacking = need - (ceiling.sum() - np.cumsum(ceiling[order], axis=1))
    ends = np.divide(used, lacking, out=np.full(used.shape, np.inf), where=lacking > _NOTHING)
    return np.asarray(ends.min(axis=1))
