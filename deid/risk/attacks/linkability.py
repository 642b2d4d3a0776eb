"""Linkability: whether the release joins two fragments that an attacker holds of one person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from deid.risk.attacks.features import Columns, Covers, Feature, Floats, Released, people, released
from deid.risk.attacks.outcome import STRANGERS, TAKEN_OUT, AttackOutcome

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
    targets = _pool(original, (*first, *second), attacks, rng)
    others = [] if control is None else _pool(control, (*first, *second), attacks, rng)
    return link(seen, targets, others, first, second, seed=seed)


def link(
    seen: Released,
    targets: Sequence[Mapping[str, str | None]],
    others: Sequence[Mapping[str, str | None]],
    first: Sequence[str],
    second: Sequence[str],
    *,
    seed: int,
    left_out: Sequence[int] | None = None,
) -> AttackOutcome:
    """Attack persons of whom everything is known in two fragments; `others` are the control group.

    They are sought in a pool of the same size, filled up with fragments of the targets, or guessing would be easier.
    With `left_out` the control group are persons whose own record, one of those of that released row, is taken out of
    the release first (-1 where they have none): what the records of everybody else teach about them.
    """
    rng = np.random.default_rng([seed, 6])
    hits = _link(seen, targets, first, second, rng)
    tried = min(len(others), len(targets))
    pool = others if left_out is not None else [*others, *targets][: len(targets)]
    strangers = _link(seen, pool, first, second, rng, left_out, tried)
    facts = {"first": list(first), "second": list(second), "pool": len(targets)}
    baseline = 1 / len(targets) if targets else 0.0
    group = STRANGERS if left_out is None else TAKEN_OUT
    return AttackOutcome("linkability", hits, len(targets), strangers, tried, baseline, seed, facts, group)


def _pool(
    persons: Columns, names: Sequence[str], attacks: int, rng: np.random.Generator
) -> list[dict[str, str | None]]:
    chosen = np.sort(rng.permutation(len(persons[names[0]]))[:attacks])
    return people({name: persons[name].take(chosen) for name in names}, names)


def _link(
    seen: Released,
    pool: Sequence[Mapping[str, str | None]],
    first: Sequence[str],
    second: Sequence[str],
    rng: np.random.Generator,
    left_out: Sequence[int] | None = None,
    tried: int | None = None,
) -> float:
    """Return the expected successes over a pool of persons, of whom the first `tried` are attacked."""
    if not seen.rows or not pool:
        return 0.0
    tables = [_distances(seen.features[name], [person[name] for person in pool]) for name in second]
    success = 0.0
    for i, person in enumerate(pool[:tried]):
        gone = left_out[i] if left_out is not None else -1
        near = seen.nearest({name: person[name] for name in first}, gone)
        near = near if len(near) <= _MOST_TIES else np.sort(rng.choice(near, _MOST_TIES, replace=False))
        apart = np.zeros(len(pool))
        for name, (table, codes) in zip(second, tables, strict=True):
            words, member = np.unique(seen.features[name].codes[near], return_inverse=True)
            times = np.bincount(member.reshape(-1), weights=seen.persons[near] - (near == gone))
            apart += (table[:, words] @ times)[codes]
        best = np.flatnonzero(apart <= apart.min() + 1e-9)
        success += 1 / len(best) if i in best else 0.0
    return success


def _distances(feature: Feature, values: Sequence[str | None]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return the distance of each different value from each released word, and the value of each person."""
    different = list(dict.fromkeys(values))
    place = {value: i for i, value in enumerate(different)}
    return np.stack([feature.by_word(value) for value in different]), np.array([place[value] for value in values])
