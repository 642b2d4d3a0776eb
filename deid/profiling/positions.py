"""Two neighbouring columns of numbers that may be latitude and longitude, whatever they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from deid.model import ColumnProfile
from deid.profiling.header import hints
from deid.profiling.look import Look

#: Kinds that numbers get when nothing else is known of them.
_PLAIN = frozenset({"number", "measurement", "unknown"})
#: A name that says this much of a column (header points) is believed.
_TOLD = 3.0
#: Places of one study lie together (degrees) and, unlike standard scores, away from nought (degrees).
_NEAR, _AWAY = 30.0, 15.0
#: Projected coordinates (metres or feet): six digits and more before the point, spread little around their mean.
_FAR, _SPREAD = 100_000.0, 0.2
_SAID = "beside its neighbour the values may be latitude and longitude"


def without_positions(columns: Sequence[ColumnProfile], seen: Sequence[Look]) -> tuple[ColumnProfile, ...]:
    """Return the columns; two neighbours that may be positions hold `unknown`, so that no rule keeps them unasked."""
    found = list(columns)
    for i in range(len(found) - 1):
        one, two = found[i], found[i + 1]
        untold = [at for at in (i, i + 1) if _untold(found[at])]
        if (len(untold) == 2 and _may_be(seen[i], seen[i + 1])) or _paired(one, two):
            for at in untold:
                found[at] = replace(found[at], holds=("unknown",), evidence=(_SAID, *found[at].evidence))
    return tuple(found)


def _paired(one: ColumnProfile, two: ColumnProfile) -> bool:
    """Whether one is known for a coordinate and the other's name differs in x and y: `loc_x`, `loc_y`."""
    known = "coordinates" in (one.holds[:1] + two.holds[:1])
    return known and one.column.casefold().replace("x", "y") == two.column.casefold().replace("x", "y")


def _untold(column: ColumnProfile) -> bool:
    told = max((hint.points for hint in hints(column.column).values()), default=0.0)
    return bool(column.holds) and column.holds[0] in _PLAIN and told < _TOLD


def _may_be(one: Look, two: Look) -> bool:
    return _degrees(one, two) or all(map(_projected, (one, two)))


def _projected(look: Look) -> bool:
    if min(look.distinct, len(look.numbers)) < 5 or look.numeric < 0.95 or look.unique < 0.3:
        return False
    low, high, mean = float(look.numbers.min()), float(look.numbers.max()), float(look.numbers.mean())
    return low >= _FAR and high - low <= _SPREAD * mean and look.decimal >= 0.5


def _degrees(one: Look, two: Look) -> bool:
    if min(one.distinct, two.distinct) < 5 or min(one.share("decimal_degrees"), two.share("decimal_degrees")) < 0.8:
        return False
    pairs = [look.numbers for look in (one, two)]
    within = any(np.abs(a).max() <= 90 and np.abs(b).max() <= 180 for a, b in (pairs, pairs[::-1]))
    near = all(np.percentile(a, 90) - np.percentile(a, 10) <= _NEAR for a in pairs)
    return bool(within and near and max(abs(float(a.mean())) for a in pairs) >= _AWAY)
