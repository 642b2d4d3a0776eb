"""Inference on class tables: a sensitive value guessed from the released classes that a person fits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from deid.classes import ClassTable, Histogram
from deid.risk.attacks.features import Released
from deid.risk.attacks.outcome import AttackOutcome

Floats = npt.NDArray[np.float64]


def infer(
    seen: Released, before: ClassTable, after: ClassTable, secret: str, *, seed: int, attacks: int
) -> AttackOutcome:
    """Guess a value of random persons as the most frequent one in the released classes nearest to them.

    A person with several values of the attribute is attacked for one of them, drawn at random. The control group are
    the same persons after their own value was taken out of the release: what everybody else's records teach. The
    baseline is the most frequent value of all. Ties count with the chance to pick the right one.
    Source: Article 29 Working Party, Opinion 05/2014 (WP216); attribute inference, Yeom et al., CSF 2018.
    """
    rng = np.random.default_rng([seed, 9])
    asked, held = before.sensitive[secret], after.sensitive[secret]
    total = int(asked.counts.sum())
    numbers = np.sort(rng.choice(total, min(attacks, total), replace=False))
    cells = np.searchsorted(np.cumsum(asked.counts), numbers, side="right")
    code_of = {word: code for code, word in enumerate(held.values)}
    votes = _votes(held, len(after))
    common = np.asarray(votes.sum(axis=0), np.float64).reshape(-1)
    hits = strangers = guessed = 0.0
    for cell in cells.tolist():
        truth = code_of.get(asked.values[asked.codes[cell]], -1)
        row = before.codes[asked.classes[cell]]
        person = {
            name: before.vocabularies[i][row[i]] for i, name in enumerate(before.variables) if name in seen.features
        }
        near = seen.nearest(person)
        told = np.asarray(votes[near].sum(axis=0), np.float64).reshape(-1)
        hits += _chance(told, truth)
        guessed += _chance(common, truth)
        if truth >= 0 and told[truth] > 0 and seen.distances(person)[near[0]] <= 1e-12:
            told = told.copy()
            told[truth] -= 1
        strangers += _chance(told, truth)
    facts = {"known": list(seen.features)}
    trials = len(cells)
    return AttackOutcome(f"inference.{secret}", hits, trials, strangers, trials, guessed / max(trials, 1), seed, facts)


def _votes(held: Histogram, rows: int) -> csr_matrix:
    return csr_matrix((held.counts, (held.classes, held.codes)), shape=(rows, len(held.values)))


def _chance(votes: Floats, truth: int) -> float:
    """Return the chance that the most frequent value is the true one; nobody guesses from no vote."""
    if truth < 0 or not votes.any():
        return 0.0
    best = np.flatnonzero(votes == votes.max())
    return 1 / len(best) if truth in best else 0.0
