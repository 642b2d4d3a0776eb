"""Inference: a sensitive value guessed from released rows that resemble what is known of a person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from deid.risk.attacks.features import Columns, Covers, Released, people, released
from deid.risk.attacks.outcome import AttackOutcome
from deid.risk.tables import encode


def inference(
    original: Columns,
    release: Columns,
    control: Columns | None,
    known: Sequence[str],
    secret: str,
    *,
    seed: int,
    attacks: int = 500,
    covers: Covers | None = None,
) -> AttackOutcome:
    """Guess a person's secret as the most frequent one among the released rows nearest to what is known.

    Ties between most frequent secrets count with the chance to pick the right one. The control group says how well the
    same guess does for persons who are not in the release, which is knowledge about people at large; the baseline is
    the released secret that is most frequent of all. A released secret has to name the value itself to be right.
    Source: Article 29 Working Party, Opinion 05/2014 (WP216); attribute inference, Yeom et al., CSF 2018.
    """
    rng = np.random.default_rng([seed, 3])
    seen = released({name: release[name] for name in known}, covers)
    words, secrets = encode(release[secret])
    hits, trials, guessed = _guess(seen, secrets, words, original, known, secret, attacks, rng)
    strangers, control_trials, _ = (
        (0.0, 0, 0.0) if control is None else _guess(seen, secrets, words, control, known, secret, attacks, rng)
    )
    return AttackOutcome(
        f"inference.{secret}", hits, trials, strangers, control_trials, guessed, seed, {"known": list(known)}
    )


def _guess(
    seen: Released,
    secrets: npt.NDArray[np.int32],
    words: tuple[str | None, ...],
    persons: Columns,
    known: Sequence[str],
    secret: str,
    attacks: int,
    rng: np.random.Generator,
) -> tuple[float, int, float]:
    """Return expected successes, trials and the success rate of the most frequent secret on the same persons."""
    pool = np.sort(rng.permutation(len(persons[secret]))[:attacks])
    chosen = {name: persons[name].take(pool) for name in (*known, secret)}
    truths = [person[secret] for person in people(chosen, [secret])]
    if not seen.rows or not truths:
        return 0.0, len(truths), 0.0
    success = 0.0
    for person, truth in zip(people(chosen, known), truths, strict=True):
        success += _chance(np.bincount(secrets[seen.nearest(person)], minlength=len(words)), words, truth)
    common = np.bincount(secrets, minlength=len(words))
    return success, len(truths), float(np.mean([_chance(common, words, truth) for truth in truths]))


def _chance(votes: npt.NDArray[np.int64], words: tuple[str | None, ...], truth: str | None) -> float:
    best = np.flatnonzero(votes == votes.max())
    return 1 / len(best) if truth in [words[i] for i in best] else 0.0
