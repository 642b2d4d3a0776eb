"""Linkability: whether the release joins two fragments that an attacker holds of one person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from deid.risk.attacks.features import Columns, Covers, Feature, Floats, Released, people, released
from deid.risk.attacks.outcome import AttackOutcome

_MOST_TIES = 200


def linkability(
    original: Columns,
    release: Columns,
    control: Columns | None,
    first: Sequence[str],
    second: Sequence[str],
    *,
    seed: int,
    attacks: int = 500,
    covers: Covers | None = None,
) -> AttackOutcome:
    """Match fragments over `first` with a pool of fragments over `second`, one pair a person, by way of the release.

    Fragment i is linked with the second fragment that lies nearest to the released rows nearest to i. Where several
    second fragments are equally near, the success is the chance to pick the right one: ties neither count as misses
    nor as hits. The pool holds the attacked persons, so that guessing succeeds with 1 / pool.
    Source: Article 29 Working Party, Opinion 05/2014 (WP216); distance-based linkage, Domingo-Ferrer and Torra 2001.
    """
    rng = np.random.default_rng([seed, 2])
    seen = released({name: release[name] for name in (*first, *second)}, covers)
    hits, trials = _link(seen, original, first, second, attacks, rng)
    strangers, control_trials = (0.0, 0) if control is None else _link(seen, control, first, second, attacks, rng)
    facts = {"first": list(first), "second": list(second), "pool": trials}
    return AttackOutcome(
        "linkability", hits, trials, strangers, control_trials, 1 / trials if trials else 0.0, seed, facts
    )


def _link(
    seen: Released,
    persons: Columns,
    first: Sequence[str],
    second: Sequence[str],
    attacks: int,
    rng: np.random.Generator,
) -> tuple[float, int]:
    """Return expected successes and trials over a random pool of persons."""
    rows = len(persons[first[0]])
    pool = np.sort(rng.permutation(rows)[:attacks])
    chosen = {name: persons[name].take(pool) for name in (*first, *second)}
    lefts, rights = people(chosen, first), people(chosen, second)
    if not seen.rows:
        return 0.0, len(pool)
    tables = [_distances(seen.features[name], [right[name] for right in rights]) for name in second]
    success = 0.0
    for i, left in enumerate(lefts):
        near = seen.nearest(left)
        near = near if len(near) <= _MOST_TIES else np.sort(rng.choice(near, _MOST_TIES, replace=False))
        apart = np.zeros(len(rights))
        for name, (table, codes) in zip(second, tables, strict=True):
            words, times = np.unique(seen.features[name].codes[near], return_counts=True)
            apart += (table[:, words] @ times)[codes]
        best = np.flatnonzero(apart <= apart.min() + 1e-9)
        success += 1 / len(best) if i in best else 0.0
    return success, len(pool)


def _distances(feature: Feature, values: Sequence[str | None]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the distance of each different value from each released word, and the value of each person."""
    different = list(dict.fromkeys(values))
    place = {value: i for i, value in enumerate(different)}
    return np.stack([feature.by_word(value) for value in different]), np.array([place[value] for value in values])
