"""Linkage: an external file with identities matched against the release."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from deid.risk.attacks.features import Columns, Covers, people, released
from deid.risk.attacks.outcome import AttackOutcome


def linkage(
    external: Columns,
    release: Columns,
    columns: Sequence[str],
    truth: npt.NDArray[np.int64],
    *,
    seed: int,
    attacks: int = 500,
    covers: Covers | None = None,
) -> AttackOutcome:
    """Match each external record with the released rows that agree best on the shared columns.

    `truth` holds for each external record the row of the same person in the release, -1 for persons who are not in it:
    these are the control group, and a match that names a single row for one of them is a false claim. A success is
    the chance to pick the right row among the nearest. Source: Winkler 2004, Re-identification methods for masked
    microdata; Domingo-Ferrer and Torra 2001.
    """
    rng = np.random.default_rng([seed, 4])
    seen = released({name: release[name] for name in columns}, covers)
    inside, outside = np.flatnonzero(truth >= 0), np.flatnonzero(truth < 0)
    targets = np.sort(rng.permutation(inside)[:attacks])
    strangers = np.sort(rng.permutation(outside)[:attacks])
    success, single, right = 0.0, 0, 0
    for row, person in zip(targets, people({n: external[n].take(targets) for n in columns}, columns), strict=True):
        near = seen.nearest(person)
        hit = bool((near == truth[row]).any())
        success += 1 / len(near) if hit else 0.0
        single += len(near) == 1
        right += len(near) == 1 and hit
    false_claims = sum(
        _exact(seen.distances(person)) == 1
        for person in people({name: external[name].take(strangers) for name in columns}, columns)
    )
    facts = {"single_matches": single, "single_matches_right": right, "columns": list(columns)}
    baseline = 1 / seen.rows if seen.rows else 0.0
    return AttackOutcome("linkage", success, len(targets), false_claims, len(strangers), baseline, seed, facts)


def _exact(distances: npt.NDArray[np.float64]) -> int:
    """Return how many released rows agree with everything known."""
    return int((distances <= 1e-12).sum())
