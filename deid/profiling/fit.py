"""How well the values of a column fit a kind, in points that add to the points of the name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from deid.profiling.look import Look

#: Hardly anything else looks like this.
SURE = 5.0
#: Enough to stand when the name says nothing.
STANDS = 4.2
LIKELY = 3.0
POSSIBLE = 1.0
SILENT = 0.0
#: Speaks against the kind, but a strong name still leaves a doubt (`unknown`).
DOUBT = -3.0
AGAINST = -5.0
#: The values are plainly something else; not even a published convention keeps the kind.
NEVER = -9.0
#: Points of name and values together from which a kind holds.
HOLDS = 4.0


class Fit(NamedTuple):
    """Points and the sentence that says why, in counts and shares, never in values."""

    points: float
    said: str = ""


Test = Callable[[Look], Fit]


def of(share: float, what: str, look: Look) -> str:
    """Say a share: '306 of 306 distinct values are dates'."""
    judged = len(look.values)
    return f"{round(share * judged)} of {judged} distinct values {what}"


def graded(look: Look, share: float, what: str, *, full: float = LIKELY, otherwise: float = AGAINST) -> Fit:
    """Give `full` points from 90 % on, LIKELY (at most) from 60 %, POSSIBLE from 30 %, else `otherwise`."""
    if share >= 0.9:
        return Fit(full, of(share, what, look))
    if share >= 0.6:
        return Fit(min(full, LIKELY), of(share, what, look))
    if share >= 0.3:
        return Fit(POSSIBLE, of(share, what, look))
    return Fit(otherwise, of(share, what, look))


def silent(look: Look) -> Fit:
    """Nothing can be told from the values."""
    return Fit(SILENT)
