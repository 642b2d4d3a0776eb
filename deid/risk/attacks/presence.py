"""Membership on class tables: whether the release is closer to a person because their record is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from deid.risk.attacks.features import Released
from deid.risk.attacks.membership import best_threshold
from deid.risk.attacks.outcome import STRANGERS, TAKEN_OUT, AttackOutcome


@dataclass(frozen=True)
class Standing:
    """Where a person stands to the release.

    row      the person's own released row, -1 where it was suppressed
    inside   distance of the nearest released row
    outside  the same after the person's own record was taken out
    """

    row: int
    inside: float
    outside: float


def place(seen: Released, person: Mapping[str, str | None], row: int) -> Standing:
    """Return where a person stands to the release, whose own record is in that row (-1: in none)."""
    apart = seen.distances(person)
    inside = float(apart.min())
    if row >= 0 and seen.persons[row] == 1:
        apart[row] = 1.0
    return Standing(row, inside, float(apart.min()))


def presence(people: Sequence[Standing], *, seed: int, strangers: Sequence[float] | None = None) -> AttackOutcome:
    """Call a person a member whose distance from the nearest released row is at most a threshold.

    Persons without a released row are no members and left out. Members are attacked as they are. The control group are
    `strangers`, by their distance from the nearest released row, or the same persons after their record was taken out;
    so the excess is the advantage TPR - FPR of knowing. The threshold is chosen on one half of both groups and used on
    the other half.
    Source: Yeom, Giacomelli, Fredrikson, Jha, Privacy risk in machine learning, CSF 2018.
    """
    rng = np.random.default_rng([seed, 8])
    chosen = [people[i] for i in rng.permutation(len(people)).tolist() if people[i].row >= 0]
    inside = np.array([one.inside for one in chosen])
    if strangers is None:
        outside = np.array([one.outside for one in chosen])
    else:
        outside = np.array(strangers)[rng.permutation(len(strangers))]
    at = best_threshold(inside[::2], outside[::2])
    found, taken = inside[1::2] <= at, outside[1::2] <= at
    facts = {"threshold": at}
    group = TAKEN_OUT if strangers is None else STRANGERS
    return AttackOutcome(
        "membership", float(found.sum()), len(found), float(taken.sum()), len(taken), 0.5, seed, facts, group
    )
