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

from deid.anonymise.blanks import check_patterns
from deid.anonymise.box_search import BoxSearch
from deid.anonymise.judge import Judge, Verdict
from deid.anonymise.lattice import Found, Lattice
from deid.anonymise.local.boxes import Cells
from deid.anonymise.local.spans import NOT_NUMERIC
from deid.anonymise.local_recode import local_recoding
from deid.anonymise.margin import raised
from deid.anonymise.partition import partition
from deid.anonymise.reading import demands
from deid.anonymise.recode import recode, released
from deid.anonymise.refuse import NOTHING_LEFT, check_subjects, refuse
from deid.anonymise.task import Task, build_task
from deid.classes import ClassTable
from deid.decisions import Anonymise
from deid.errors import DataError, PolicyError, did_you_mean, problem_kind
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
        cells = Cells(spec.notation != "hierarchy", _numbers(spec, task), spec.notation == "set")
        return local_recoding(table, _judge(task, spec), deadline, cells)
    judge, found = search(task, spec)
    if found.best is None:
        refuse(judge)
    if found.best.suppressed == task.subjects:
        raise DataError(NOTHING_LEFT.at(f"all {task.subjects} subjects would be suppressed", "anonymise"))
    chosen, steps = raised(judge, found.best, spec.margin) if spec.margin else (found.best, 0)
    result = recode(table, judge, chosen, found, "")
    people = None if population is None else released(result, population, hierarchies)
    sentence = _method(judge, found, result, chosen) + _readings(spec, chosen, steps)
    return replace(result, method=sentence, population=people)


def _numbers(spec: Anonymise, task: Task) -> dict[str, str]:
    """Return how each variable is microaggregated. Raises PolicyError for one that is no quasi-identifier."""
    names = {axis.name.upper(): axis.name for axis in task.axes}
    unknown = sorted(name for name in spec.microaggregate if name.upper() not in names)
    if unknown:
        raise PolicyError(
            NOT_NUMERIC.at(
                "it is no quasi-identifier", f"anonymise.microaggregate: {name}", hint=did_you_mean(name, names)
            )
            for name in unknown
        )
    return {names[name.upper()]: how for name, how in spec.microaggregate.items()}


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
    if wanted.wildcard:
        check_patterns(task)
    return Judge(task, wanted)


def _readings(spec: Anonymise, chosen: Verdict, steps: int) -> str:
    """Return what else decided: the margin, the sets of quasi-identifiers, the reading of missing values."""
    text = ""
    if spec.margin is not None:
        text += (
            f"; then raised by {steps} of {spec.margin.levels} steps drawn from the seed '{spec.margin.seed}' as a "
            "margin against downcoding, so that the levels are not minimal"
        )
    if spec.sets:
        text += f"; k holds on each of {len(spec.sets)} sets of quasi-identifiers, not on all together"
    if spec.missing == "wildcard":
        text += "; a missing value may be any value for its own subject, and is no match for others (wildcard, alpha 0)"
    else:
        text += "; a missing value is a value of its own"
    return text


def _method(judge: Judge, found: Found, result: Recoding, chosen: Verdict) -> str:
    """Return the sentence that says why this recoding was chosen."""
    assert found.best is not None
    task, limit = judge.task, judge.demands.limit
    share = f"{chosen.suppressed} of {task.subjects} subjects suppressed, {limit} allowed"
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
