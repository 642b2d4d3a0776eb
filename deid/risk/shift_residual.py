"""Date shifts: how many shifts of a person stay possible for somebody who knows when visits can take place."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from deid.model import Measure, Status
from deid.risk.outcome import figure, unavailable

WORKDAYS = frozenset({0, 1, 2, 3, 4})


def shift_candidates(
    released: Mapping[str, Sequence[int]],
    window: int,
    *,
    weekdays: Collection[int] = WORKDAYS,
    first_day: int | None = None,
    last_day: int | None = None,
) -> tuple[Measure, Measure]:
    """Return `shift.candidates.min` and `shift.candidates.median` over persons with a date.

    A shift d from -window to window is a candidate if every released day minus d is a possible original: on one of the
    weekdays (Monday is 0) on which visits take place, and within the period of the study where it is known. Days count
    from 1970-01-01. The fewer candidates, the more of the shift can be worked out from the dates alone: one is none.
    Persons whose dates fit no shift show that the assumption does not hold for them, and are left out; where it does
    not hold for most, it helps nobody and there is no figure.
    """
    names = ("shift.candidates.min", "shift.candidates.median")
    shifts = np.arange(-window, window + 1)
    allowed = np.isin(np.arange(7), sorted(weekdays))
    found = []
    for days in released.values():
        if days:
            original = np.asarray(sorted(set(days)), np.int64)[:, None] - shifts
            possible = allowed[(original + 3) % 7]
            possible &= True if first_day is None else original >= first_day
            possible &= True if last_day is None else original <= last_day
            found.append(int(possible.all(axis=0).sum()))
    if not found:
        nobody = "nobody has a date"
        return unavailable(names[0], nobody), unavailable(names[1], nobody)
    impossible, found = found.count(0), [count for count in found if count]
    if impossible > len(found):
        reason = "most people have dates on days that were taken to be impossible"
        least, median = (unavailable(name, reason, Status.NOT_APPLICABLE) for name in names)
        return least, median
    return (
        figure(names[0], min(found), impossible=impossible, window=window),
        figure(names[1], float(np.median(found)), window=window),
    )
