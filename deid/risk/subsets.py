"""Class sizes over any of the quasi-identifiers, counted fast: the core of every 'what if less is known' question."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

import numpy as np
import numpy.typing as npt

from deid.classes import ClassTable, group

Ints = npt.NDArray[np.int64]

#: Work that one family may spend on subsets: classes read, over all subsets. Large tables get less, so that the
#: measures of a million rows stay within a few times one group-by.
BUDGET, LARGE_BUDGET, LARGE = 40_000_000, 12_000_000, 50_000
_DENSE = 4  # count in place while the possible tuples are at most this many times the classes


def subset_sizes(table: ClassTable, columns: Sequence[int]) -> Ints:
    """Return the sizes of the classes over some columns, in no particular order."""
    packed, space = _pack(table, columns)
    if packed is None:
        member, distinct = members(table, columns)
        return np.bincount(member, weights=table.counts, minlength=distinct).astype(np.int64)
    if space <= _DENSE * len(table) + 1024:
        sizes = np.bincount(packed, weights=table.counts).astype(np.int64)
        return np.asarray(sizes[sizes > 0])
    order = np.argsort(packed)
    packed = packed[order]
    start = np.flatnonzero(np.concatenate([[True], packed[1:] != packed[:-1]]))
    return np.asarray(np.add.reduceat(table.counts[order], start))


def sizes_by_class(table: ClassTable, columns: Sequence[int]) -> Ints:
    """Return for every class of the table the number of subjects that agree with it on some columns."""
    member, distinct = members(table, columns)
    return np.bincount(member, weights=table.counts, minlength=distinct).astype(np.int64)[member]


def members(table: ClassTable, columns: Sequence[int]) -> tuple[Ints, int]:
    """Return for every class its group over some columns, and the number of groups."""
    packed, space = _pack(table, columns)
    if packed is None:
        distinct, member = group(table.codes[:, list(columns)], [len(table.vocabularies[i]) for i in columns])
        return member.astype(np.int64), len(distinct)
    if space <= _DENSE * len(table) + 1024:
        used = np.zeros(space, np.int64)
        used[packed] = 1
        number = np.cumsum(used) - 1
        return np.asarray(number[packed]), int(used.sum())
    order = np.argsort(packed)
    packed = packed[order]
    number = np.cumsum(np.concatenate([[0], packed[1:] != packed[:-1]]))
    groups = np.empty(len(order), np.int64)
    groups[order] = number
    return groups, int(number[-1]) + 1


def _pack(table: ClassTable, columns: Sequence[int]) -> tuple[Ints | None, int]:
    """Return each tuple as one integer and the number of possible ones; None where 62 bits do not suffice."""
    packed, space = np.zeros(len(table), np.int64), 1
    for column in columns:
        width = max(len(table.vocabularies[column]), 1)
        space *= width
        if space >= 2**62:
            return None, space
        packed *= width
        packed += table.codes[:, column]
    return packed, space


def distinct_sizes(counts: Ints) -> tuple[Ints, Ints]:
    """Return the class sizes that occur, ascending, and how many classes have each."""
    if int(counts.max(initial=0)) <= _DENSE * len(counts) + 1024:
        classes = np.bincount(counts)
        sizes = np.flatnonzero(classes)
        return sizes, classes[sizes]
    sizes, classes = np.unique(counts, return_counts=True)
    return sizes, classes.astype(np.int64)


def affordable_size(table: ClassTable, largest: int) -> int:
    """Return the largest size of subset, up to `largest`, of which all can be examined within the budget."""
    q, spent = len(table.variables), 0
    budget = BUDGET if len(table) <= LARGE else LARGE_BUDGET
    for size in range(1, min(largest, q) + 1):
        spent += comb(q, size) * max(len(table), 1)
        if spent > budget:
            return size - 1
    return min(largest, q)
