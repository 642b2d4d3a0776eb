"""Several adversaries, each with quasi-identifiers of its own: k on each set instead of on all together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from deid.anonymise.partition import Mask, Partition, partition
from deid.anonymise.task import Task


def large_on_sets(task: Task, found: Partition, sets: Sequence[Sequence[int]], k: int) -> Mask:
    """Return the most classes of a node that can be released so that every set's classes hold k released subjects.

    Who is suppressed for one adversary is missing in the classes of the others, so classes are struck out until none
    is too small. What remains is the largest such release, and a coarser node keeps all of it: the bounds of the
    search hold as they do for one set.
    """
    views = [partition(task, found.levels, axes).member for axes in sets]
    sizes = [int(view.max(initial=-1)) + 1 for view in views]
    alive = np.ones(task.tuples, np.bool_)
    left = -1
    while left != (left := int(alive.sum())):
        for view, size in zip(views, sizes, strict=True):
            people = np.bincount(view, weights=task.counts * alive, minlength=size)
            alive &= people[view] >= k
    kept = np.zeros(len(found.sizes), np.bool_)
    kept[found.member[alive]] = True
    return kept
