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
_SAID = "beside its neighbour the values may be latitude and longitude"


def without_positions(columns: Sequence[ColumnProfile], seen: Sequence[Look]) -> tuple[ColumnProfile, ...]:
    """Return the columns; two neighbours that may be positions hold `unknown`, so that no rule keeps them unasked."""
    found = list(columns)
    for i in range(len(found) - 1):
        one, two = found[i], found[i + 1]
        if all(map(_untold, (one, two))) and _may_be(seen[i], seen[i + 1]):
            for at in (i, i + 1):
                found[at] = replace(found[at], holds=("unknown",), evidence=(_SAID, *found[at].evidence))
    return tuple(found)


def _untold(column: ColumnProfile) -> bool:
    told = max((hint.points for hint in hints(column.column).values()), default=0.0)
    return bool(column.holds) and column.holds[0] in _PLAIN and told < _TOLD


def _may_be(one: Look, two: Look) -> bool:
    if min(one.distinct, two.distinct) < 5 or min(one.share("decimal_degrees"), two.share("decimal_degrees")) < 0.8:
        return False
    pairs = [look.numbers for look in (one, two)]
    within = any(np.abs(a).max() <= 90 and np.abs(b).max() <= 180 for a, b in (pairs, pairs[::-1]))
    near = all(np.percentile(a, 90) - np.percentile(a, 10) <= _NEAR for a in pairs)
    return bool(within and near and max(abs(float(a.mean())) for a in pairs) >= _AWAY)
