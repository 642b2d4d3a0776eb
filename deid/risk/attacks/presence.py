"""Membership on class tables: whether the release is closer to a person because their record is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from deid.risk.attacks.features import Released
from deid.risk.attacks.membership import best_threshold
from deid.risk.attacks.outcome import AttackOutcome


def presence(
    seen: Released, people: Sequence[Mapping[str, str | None]], own: Sequence[int], *, seed: int
) -> AttackOutcome:
    """Call a person a member whose distance from the nearest released row is at most a threshold.

    `own` is the released row of each person; those without one (-1) are no members and left out. Members are attacked
    as they are, strangers are the same persons after their record was taken out, so the excess is the advantage
    TPR - FPR of knowing. The threshold is chosen on one half of the persons and used on the other half.
    Source: Yeom, Giacomelli, Fredrikson, Jha, Privacy risk in machine learning, CSF 2018.
    """
    rng = np.random.default_rng([seed, 8])
    members, strangers = [], []
    for i in rng.permutation(len(people)).tolist():
        if own[i] < 0:
            continue
        apart = seen.distances(people[i])
        members.append(float(apart.min()))
        if seen.persons[own[i]] == 1:
            apart[own[i]] = 1.0
        strangers.append(float(apart.min()))
    inside, outside = np.array(members), np.array(strangers)
    at = best_threshold(inside[::2], outside[::2])
    found, taken = inside[1::2] <= at, outside[1::2] <= at
    facts = {"threshold": at}
    return AttackOutcome("membership", float(found.sum()), len(found), float(taken.sum()), len(taken), 0.5, seed, facts)
