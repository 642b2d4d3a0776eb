"""Inference on class tables: a sensitive value guessed from the released classes that a person fits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from deid.classes import ClassTable, Histogram
from deid.risk.attacks.features import Released
from deid.risk.attacks.outcome import TAKEN_OUT, AttackOutcome
from deid.risk.attacks.own_row import OwnRows

Floats = npt.NDArray[np.float64]


def infer(
    seen: Released, before: ClassTable, after: ClassTable, own: OwnRows, secret: str, *, seed: int, attacks: int
) -> AttackOutcome:
    """Guess a value of random persons as the most frequent one in the released classes nearest to them.

    A person with several values of the attribute is attacked for one of them, drawn at random. The control group are
    the same persons, each after their own record was taken out of the release, so that somebody who was alone is
    guessed from the next nearest: what everybody else's records teach. Of several values of a person only the one that
    is asked for goes with the record, which makes the control group's success, if anything, too small. The baseline is
    the most frequent value of all. Ties count with the chance to pick the right one.
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
        person = own.known(int(asked.classes[cell]))
        row = own.of(int(asked.classes[cell]))
        hits += _chance(_told(votes, seen.nearest(person)), truth)
        guessed += _chance(common, truth)
        near = seen.nearest(person, row)
        told = _told(votes, near)
        if truth >= 0 and row in near and votes[row, truth] > 0:
            told[truth] -= 1
        strangers += _chance(told, truth)
    facts = {"known": list(seen.features)}
    trials = len(cells)
    baseline = guessed / max(trials, 1)
    return AttackOutcome(f"inference.{secret}", hits, trials, strangers, trials, baseline, seed, facts, TAKEN_OUT)


def _told(votes: csr_matrix, near: npt.NDArray[np.int64]) -> Floats:
    """Return how often each value stands in the nearest released rows."""
    return np.array(votes[near].sum(axis=0), np.float64).reshape(-1)


def _votes(held: Histogram, rows: int) -> csr_matrix:
    return csr_matrix((held.counts, (held.classes, held.codes)), shape=(rows, len(held.values)))


def _chance(votes: Floats, truth: int) -> float:
    """Return the chance that the most frequent value is the true one; nobody guesses from no vote."""
    if truth < 0 or not votes.any():
        return 0.0
    best = np.flatnonzero(votes == votes.max())
    return 1 / len(best) if truth in best else 0.0
