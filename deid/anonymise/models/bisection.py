"""The largest part of each class that satisfies a condition which only ever fails above some size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from deid.anonymise.task import Floats

_STEPS = 40  # halvings: the bracket ends narrower than one part in 10^12


def largest(fits: Callable[[Floats], npt.NDArray[np.bool_]], upper: Floats) -> Floats:
    """Return for each class a size at or above the largest that fits; `fits` is true below it and false above."""
    low, high = np.zeros_like(upper), upper.astype(np.float64)
    for _ in range(_STEPS):
        middle = (low + high) / 2
        inside = fits(middle)
        low = np.where(inside, middle, low)
        high = np.where(inside, high, middle)
    return high
