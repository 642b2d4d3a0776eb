"""The anonymise stage: from a class table to the recoding that protects as asked and loses least.

Global recoding gives every variable one level of its hierarchy. The search is exact: it returns the recoding of least
loss among all, with proof, or, where the lattice is too large for the time allowed, the best found and how far from
the best possible it can be at most.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from deid.anonymise.box_search import BoxSearch
from deid.anonymise.judge import Judge
from deid.anonymise.lattice import Found, Lattice
from deid.anonymise.local_recode import local_recoding
from deid.anonymise.partition import partition
from deid.anonymise.reading import demands
from deid.anonymise.recode import recode
from deid.anonymise.refuse import NOTHING_LEFT, check_subjects, refuse
from deid.anonymise.task import Task, build_task
from deid.classes import ClassTable
from deid.decisions import Anonymise
from deid.errors import DataError, PolicyError, problem_kind
from deid.hierarchy import Hierarchy, Recoding

__all__ = ["anonymise", "search"]

LARGE = 1_000_000  # nodes of a lattice that is no longer held in memory as a whole

NO_HIERARCHY = problem_kind(
    "P516",
    "a quasi-identifier without a hierarchy",
    remedy="give the column `do: generalise` with a hierarchy",
    meaning="The search can only coarsen what has a hierarchy.",
)


def anonymise(
    table: ClassTable,
    hierarchies: Mapping[str, Hierarchy],
    spec: Anonymise,
    population: ClassTable | None = None,
) -> Recoding:
    """Return the recoding of least loss that satisfies a policy.

    `hierarchies` by variable are worked out for the vocabularies of the table; `population` (for k-map and
    delta-presence) shares its variables and vocabularies. Raises PolicyError for demands that make no sense and
    DataError for those that these data cannot meet, naming the quasi-identifiers that stand most in the way.
    """
    lacking = [name for name in table.variables if name not in hierarchies]
    if lacking:
        raise PolicyError(NO_HIERARCHY.at("no hierarchy is given", name) for name in lacking)
    task = build_task(table, hierarchies, population)
    if not table.variables:
        return _nothing_to_do(table, task, spec)
    if spec.recoding == "local":
        deadline = time.perf_counter() + spec.time_budget
        return local_recoding(table, _judge(task, spec), deadline)
    judge, found = search(task, spec)
    if found.best is None:
        refuse(judge)
    if found.best.suppressed == task.subjects:
        raise DataError(NOTHING_LEFT.at(f"all {task.subjects} subjects would be suppressed", "anonymise"))
    result = recode(table, judge, found.best, found, "")
    return replace(result, method=_method(judge, found, result))


def search(task: Task, spec: Anonymise) -> tuple[Judge, Found]:
    """Search the global recodings of a task; return what judged them and what was found."""
    judge = _judge(task, spec)
    kind = Lattice if math.prod(task.shape) <= LARGE else BoxSearch
    return judge, kind(judge).search(time.perf_counter() + spec.time_budget)


def _nothing_to_do(table: ClassTable, task: Task, spec: Anonymise) -> Recoding:
    """Return the recoding of a table without quasi-identifiers: all subjects are one class."""
    judge = _judge(task, spec)
    kept = judge.released(partition(task, ()))
    if not kept.all():
        refuse(judge)
    codes = np.zeros((len(table), 0), np.int32)
    nobody = np.zeros(len(table), np.bool_)
    return Recoding((), (), codes, nobody, {}, "no quasi-identifier: all subjects are one class", 0.0)


def _judge(task: Task, spec: Anonymise) -> Judge:
    wanted = demands(spec, task)
    check_subjects(task, wanted.k)
    return Judge(task, wanted)


def _method(judge: Judge, found: Found, result: Recoding) -> str:
    """Return the sentence that says why this recoding was chosen."""
    assert found.best is not None
    task, limit = judge.task, judge.demands.limit
    share = f"{found.best.suppressed} of {task.subjects} subjects suppressed, {limit} allowed"
    quality = judge.demands.quality.replace("_", " ")
    driver = max(result.loss_by_variable, key=lambda name: result.loss_by_variable[name])
    share += f"; {driver} loses most, {result.loss_by_variable[driver]:.2f}"
    if found.proven:
        return (
            f"proven optimum: least {quality} of all {found.nodes} global recodings that satisfy the demands "
            f"({judge.judged} judged, the others ruled out by bounds; {share})"
        )
    gap = found.best.cost - found.bound
    return (
        f"best of {judge.judged} global recodings judged out of {found.nodes} within the time allowed: its {quality} "
        f"is {found.best.cost:.4f}, at most {gap:.4f} above the least possible ({share})"
    )
