"""Why a demand cannot be met, which quasi-identifiers stand in the way, and what would help."""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.models.presence import DeltaPresence
from deid.anonymise.task import Task
from deid.errors import DataError, PolicyError, Problem, problem_kind

TOO_FEW = problem_kind(
    "D510",
    "fewer subjects than k",
    remedy="lower k, add subjects, or release no quasi-identifier",
    meaning="A class of k subjects cannot exist in data with fewer subjects.",
)
IMPOSSIBLE = problem_kind(
    "D511",
    "no recoding satisfies the demands",
    remedy="allow more suppression (suppress_at_most); allow coarser levels (max_level) or drop the quasi-identifiers "
    "named; or lower k or relax the privacy models",
    meaning="Even the coarsest recoding allowed needs more suppression than the policy permits.",
)
NOTHING_LEFT = problem_kind(
    "D512",
    "every subject would be suppressed",
    remedy="allow coarser levels (max_level); drop quasi-identifiers; or lower k or relax the privacy models",
    meaning="A release without any quasi-identifier is no anonymised table; say so by dropping them.",
)
LOCAL_IMPOSSIBLE = problem_kind(
    "D513",
    "no local recoding satisfies the demands",
    remedy="allow more suppression (suppress_at_most); choose `recoding: global`; or lower k or relax the models",
    meaning="The local search found no class for some subjects, not even by joining all classes.",
)
ONLY_GLOBAL = problem_kind(
    "P517",
    "not possible with local recoding",
    remedy="choose `recoding: global`, or another quality or model",
    meaning="Local recoding minimises the loss (NCP), and does not know delta-presence with a lower bound.",
)


def impossible_locally(judge: Judge) -> None:
    """Raise PolicyError for what local recoding cannot do."""
    problems = []
    if judge.demands.quality != "loss":
        problems.append(ONLY_GLOBAL.at("local recoding minimises the loss and no other quality", "anonymise.quality"))
    if any(isinstance(model, DeltaPresence) and model.lowest > 0 for model in judge.demands.classes):
        problems.append(ONLY_GLOBAL.at("delta_presence with a lower bound", "anonymise.models"))
    if problems:
        raise PolicyError(problems)


def check_subjects(task: Task, k: int) -> None:
    """Raise DataError when there are fewer subjects than k."""
    if task.subjects < max(k, 1):
        raise DataError(TOO_FEW.at(f"there are {task.subjects} subjects and k is {k}", "anonymise.k"))


def refuse(judge: Judge) -> NoReturn:
    """Raise DataError with the suppression that the coarsest recoding needs and the worst quasi-identifiers."""
    raise DataError(_problem(judge))


def _problem(judge: Judge) -> Problem:
    task = judge.task
    top = [levels - 1 for levels in task.shape]
    verdict = judge(top)
    worst = [name for name, fewer in _relief(judge, verdict.suppressed) if fewer > 0][:3] or _finest(task)[:3]
    cause = (
        f"the coarsest recoding allowed suppresses {verdict.suppressed} of {task.subjects} subjects, "
        f"and {judge.demands.limit} may be"
    )
    if worst:
        cause += "; worst quasi-identifiers: " + ", ".join(worst)
    return IMPOSSIBLE.at(cause, "anonymise")


def _finest(task: Task) -> list[str]:
    """Return the quasi-identifiers that keep several labels on their coarsest level, most labels first."""
    several = [axis for axis in task.axes if axis.cards[-1] > 1]
    return [axis.name for axis in sorted(several, key=lambda axis: (-axis.cards[-1], axis.name))]


def _relief(judge: Judge, suppressed: int) -> list[tuple[str, int]]:
    """Return for each quasi-identifier how many subjects fewer would be suppressed without it, most first."""
    task = judge.task
    relief = []
    for left_out, axis in enumerate(task.axes):
        key = np.zeros(task.tuples, np.int64)
        for i, other in enumerate(task.axes):
            if i != left_out:
                key = np.unique(key * max(other.cards[-1], 1) + other.codes[-1], return_inverse=True)[1].reshape(-1)
        sizes = np.bincount(key, weights=task.counts).astype(np.int64)
        relief.append((axis.name, suppressed - int(sizes[sizes < judge.demands.k].sum())))
    return sorted(relief, key=lambda pair: (-pair[1], pair[0]))
