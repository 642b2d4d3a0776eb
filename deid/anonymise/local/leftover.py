"""The last subjects for whom no class was found: suppressed where the limit allows, else taken into other classes."""

from __future__ import annotations

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.local.boxes import Side, boxes, renumbered
from deid.anonymise.partition import Partition
from deid.anonymise.task import Keys


def place_leftovers(judge: Judge, parts: tuple[Side, ...], member: Keys, classes: int) -> tuple[Keys, int]:
    """Return classes in which as few tuples as the limit allows are left out (-1).

    Tuples of the same top cell go together into the class they widen least, then the two, four, eight nearest classes
    are joined with it, until k and all models hold.
    """
    member = member.copy()
    task = judge.task
    left = np.flatnonzero(member < 0)
    budget = judge.demands.limit
    for cell in _cells(parts, left):
        if task.counts[cell].sum() <= budget:
            budget -= int(task.counts[cell].sum())
            continue
        _join(judge, parts, member, classes, cell)
    return renumbered(member)


def _cells(parts: tuple[Side, ...], left: Keys) -> list[Keys]:
    """Return the tuples left by their codes on the highest levels, smallest groups first."""
    if len(left) == 0:
        return []
    tops = np.stack([side.above[-1][side.codes[left]] for side in parts], axis=1)
    _, number = np.unique(tops, axis=0, return_inverse=True)
    groups = [left[number.reshape(-1) == i] for i in range(int(number.max()) + 1)]
    return sorted(groups, key=lambda group: (len(group), int(group[0])))


def _join(judge: Judge, parts: tuple[Side, ...], member: Keys, classes: int, cell: Keys) -> None:
    """Take tuples into existing classes; leave them out where not even all classes together would hold."""
    if classes == 0:
        return
    placed = np.flatnonzero(member >= 0)
    there, dense = np.unique(member[placed], return_inverse=True)
    here = boxes(tuple(side.of(placed) for side in parts), judge.task.counts[placed], dense, len(there))
    low = np.stack([np.minimum(a, side.codes[cell].min()) for a, side in zip(here.low, parts, strict=True)])
    high = np.stack([np.maximum(a, side.codes[cell].max()) for a, side in zip(here.high, parts, strict=True)])
    with np.errstate(invalid="ignore"):
        rise = sum(side.cost(a, b) for side, a, b in zip(parts, low, high, strict=True)) - here.cost
    near = np.argsort(rise * here.weight, kind="stable")
    near = near[np.isfinite(rise[near])]
    many = 1
    while len(near):
        chosen = there[near[:many]]
        trial = np.where(np.isin(member, chosen), chosen[0], -1)
        trial[cell] = chosen[0]
        if _holds(judge, trial >= 0):
            member[trial >= 0] = chosen[0]
            return
        if many >= len(near):
            return
        many *= 2


def _holds(judge: Judge, inside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    number = np.where(inside, 0, 1)
    sizes = np.bincount(number, weights=judge.task.counts, minlength=2).astype(np.int64)
    sizes[1] = 0
    people = judge.task.population
    if people is not None:
        people = np.bincount(number, weights=people, minlength=2).astype(np.int64)
    return bool(judge.released(Partition(number, sizes, people))[0])
