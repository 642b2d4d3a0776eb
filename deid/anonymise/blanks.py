"""Missing values as wildcards: for its own subject a blank may be any value; another's blank makes no match.

A subject with blanks is hidden among all released subjects who agree with it where it has values and have no blank
beside those. One without blanks counts its equals only. That is the conservative reading (alpha = 0) of Templ, Kowarik
and Meindl, Statistical disclosure control for micro-data, JSS 67(4), 2015.
"""

from __future__ import annotations

import numpy as np

from deid.anonymise.partition import Mask, Partition
from deid.anonymise.task import Keys, Task
from deid.classes import Codes, group
from deid.errors import DataError, problem_kind

MOST_PATTERNS = 64
TOO_MANY = problem_kind(
    "D517",
    "too many patterns of missing values for wildcards",
    remedy="say `missing: category`, or drop the quasi-identifiers that are missing most",
    meaning=f"Wildcards compare every pattern of missing quasi-identifiers with every other; {MOST_PATTERNS} are the "
    "most that are compared, here and when the release is measured.",
)


def check_patterns(task: Task) -> None:
    """Raise DataError where wildcards would take too long."""
    patterns = len(np.unique(_blank(task, [0] * len(task.axes)), axis=0)) if task.axes and task.tuples else 0
    if patterns > MOST_PATTERNS:
        raise DataError(TOO_MANY.at(f"there are {patterns} patterns", "anonymise.missing"))


def large_with_wildcards(task: Task, found: Partition, k: int) -> Mask:
    """Return the classes of a node whose subjects are each hidden among k released ones.

    Classes with fewer blanks are decided first, as they count for those with more and never the other way round.
    """
    kept = np.zeros(len(found.sizes), np.bool_)
    one_of = np.full(len(found.sizes), -1, np.int64)
    one_of[found.member] = np.arange(task.tuples)
    there = np.flatnonzero(one_of >= 0)
    blank = _blank(task, found.levels)[one_of[there]]
    patterns, pattern = np.unique(blank, axis=0, return_inverse=True)
    pattern = pattern.reshape(-1)
    codes = np.column_stack(
        [axis.codes[level][one_of[there]] for axis, level in zip(task.axes, found.levels, strict=True)]
    ).astype(np.int32)
    sizes = found.sizes[there]
    for mine in np.argsort(patterns.sum(axis=1), kind="stable"):
        me = np.flatnonzero(pattern == mine)
        hidden = sizes[me].astype(np.int64)
        columns = np.flatnonzero(~patterns[mine])
        inside = ~(patterns & ~patterns[mine]).any(axis=1) & (np.arange(len(patterns)) != mine)
        them = np.flatnonzero(inside[pattern] & kept[there])
        if len(them):
            hidden += _agreeing(codes[np.ix_(me, columns)], codes[np.ix_(them, columns)], sizes[them])
        kept[there[me[hidden >= k]]] = True
    return kept


def _agreeing(mine: Codes, theirs: Codes, sizes: Keys) -> Keys:
    """Return for each row of mine the subjects of the rows of theirs that are equal to it."""
    both = np.vstack([mine, theirs])
    distinct, member = group(both, [int(column.max(initial=0)) + 1 for column in both.T])
    totals = np.bincount(member[len(mine) :], weights=sizes, minlength=len(distinct)).astype(np.int64)
    return np.asarray(totals[member[: len(mine)]])


def _blank(task: Task, levels: tuple[int, ...] | list[int]) -> Mask:
    """Return (tuples x axes) which cells are missing at the given levels."""
    columns = [axis.blank(level)[axis.codes[level]] for axis, level in zip(task.axes, levels, strict=True)]
    return np.column_stack(columns) if columns else np.zeros((task.tuples, 0), np.bool_)
