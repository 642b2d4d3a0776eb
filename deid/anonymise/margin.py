"""A margin above the optimum: levels that are not minimal tell no attacker what finer levels would have shown.

Whoever knows that a release is minimal can rule out originals for which less would have done (downcoding, Cohen 2022).
Steps upwards are drawn from a seed that the policy names, so that a run can be repeated.
"""

from __future__ import annotations

import hashlib

import numpy as np

from deid.anonymise.judge import Judge, Verdict
from deid.decisions import Margin


def raised(judge: Judge, best: Verdict, margin: Margin) -> tuple[Verdict, int]:
    """Return a valid node some drawn steps above the best one, and the number of steps; fewer where none is left."""
    random = np.random.default_rng(list(hashlib.sha256(margin.seed.encode()).digest()))
    here = best
    for step in range(margin.levels):
        node = here.levels
        higher = [
            judge((*node[:i], level + 1, *node[i + 1 :]))
            for i, level in enumerate(node)
            if level + 1 < judge.task.shape[i]
        ]
        valid = [verdict for verdict in higher if verdict.valid]
        if not valid:
            return here, step
        here = valid[int(random.integers(len(valid)))]
    return here, margin.levels
