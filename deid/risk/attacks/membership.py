"""Membership: whether a person's closeness to the release tells that their record was in it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from deid.risk.attacks.features import Columns, Covers, Released, people, released
from deid.risk.attacks.outcome import AttackOutcome

Floats = npt.NDArray[np.float64]


def membership(
    original: Columns,
    release: Columns,
    control: Columns,
    columns: Sequence[str],
    *,
    seed: int,
    attacks: int = 500,
    covers: Covers | None = None,
) -> AttackOutcome:
    """Call a person a member whose distance from the nearest released row is at most a threshold.

    The threshold that tells members from strangers best is chosen on one half of both groups and used on the other
    half: successes are members found, control successes are strangers taken for members, so that the excess is the
    advantage TPR - FPR. The baseline is 1/2 for both (a coin). Needs a control group of the same population.
    Source: Yeom, Giacomelli, Fredrikson, Jha, Privacy risk in machine learning, CSF 2018; distance to closest record.
    """
    rng = np.random.default_rng([seed, 5])
    seen = released({name: release[name] for name in columns}, covers)
    members = _closeness(seen, original, columns, attacks, rng)
    strangers = _closeness(seen, control, columns, attacks, rng)
    threshold = best_threshold(members[::2], strangers[::2])
    found, taken = members[1::2] <= threshold, strangers[1::2] <= threshold
    facts = {"columns": list(columns), "auc": _auc(members, strangers), "threshold": threshold}
    return AttackOutcome("membership", float(found.sum()), len(found), float(taken.sum()), len(taken), 0.5, seed, facts)


def _closeness(
    seen: Released, persons: Columns, columns: Sequence[str], attacks: int, rng: np.random.Generator
) -> Floats:
    """Return the distance of random persons from the nearest released row, in random order."""
    pool = rng.permutation(len(persons[columns[0]]))[:attacks]
    chosen = {name: persons[name].take(pool) for name in columns}
    if not seen.rows:
        return np.ones(len(pool))
    return np.array([float(seen.distances(person).min()) for person in people(chosen, columns)])


def best_threshold(members: Floats, strangers: Floats) -> float:
    """Return the distance at which members and strangers differ most; below every distance if they do not."""
    tried = np.unique(np.concatenate([members, strangers]))
    if not len(members) or not len(strangers):
        return -1.0
    gains = [float((members <= at).mean() - (strangers <= at).mean()) for at in tried]
    return float(tried[int(np.argmax(gains))]) if max(gains) > 0 else -1.0


def _auc(members: Floats, strangers: Floats) -> float | None:
    """Return the probability that a member is nearer than a stranger, ties counted half."""
    if not len(members) or not len(strangers):
        return None
    ordered = np.sort(strangers)
    below, upto = np.searchsorted(ordered, members, "left"), np.searchsorted(ordered, members, "right")
    return float((len(ordered) - (below + upto) / 2).mean() / len(ordered))
