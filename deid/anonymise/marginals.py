"""Subjects whom two quasi-identifiers alone force out: a bound on every node before any of them is judged.

A class over all quasi-identifiers is no larger than the class over two of them. So whoever stands in a pair's class
below k at two levels is suppressed at every node with these levels, whatever the others are.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.task import Axis, Floats, Keys

_CELLS = 500_000  # a pair with a larger table is passed over: the bound is only weaker without it


@dataclass(frozen=True)
class Pair:
    """For each pair of levels the subjects forced out, and what that costs on these two axes."""

    forced: Keys
    extra: Floats


def sharpen(judge: Judge, bounds: Floats) -> None:
    """Raise the bounds of all nodes by what pairs of axes show; nodes that no limit allows become infinite."""
    task, limit = judge.task, judge.demands.limit
    least = [saving.min(axis=1, initial=np.inf) for saving in judge.savings]
    elsewhere = _spread_sum(least)
    raised = bounds.copy()
    indicators = [_indicators(axis) for axis in task.axes]
    for i, j in itertools.combinations(range(len(task.axes)), 2):
        if task.axes[i].cards[0] * task.axes[j].cards[0] > _CELLS or not _known_together(judge, i, j):
            continue
        pair = _pair(judge, i, j, indicators[i], indicators[j])
        if not pair.forced.any():
            continue
        shape = [1] * len(task.axes)
        shape[i], shape[j] = task.axes[i].levels, task.axes[j].levels
        raised += np.where(pair.forced > limit, np.inf, 0.0).reshape(shape)
        if not pair.extra.any():
            continue
        others = elsewhere - _spread(least[i], i, len(shape)) - _spread(least[j], j, len(shape))
        forced = pair.forced.reshape(shape)
        extra = pair.extra.reshape(shape) + forced * others
        np.maximum(raised, bounds + extra, out=raised)
    bounds[...] = raised


def _known_together(judge: Judge, i: int, j: int) -> bool:
    """Return whether one adversary knows both axes, so that their classes bound a class that must hold."""
    return not judge.demands.sets or any(i in axes and j in axes for axes in judge.demands.sets)


def _pair(judge: Judge, i: int, j: int, first: list[Floats], second: list[Floats]) -> Pair:
    """Work out one pair, from the coarsest levels down: what fails there fails at all finer ones."""
    task, k, limit = judge.task, judge.demands.k, judge.demands.limit
    one, two = task.axes[i], task.axes[j]
    width = two.cards[0]
    flat = np.bincount(one.codes[0] * width + two.codes[0], weights=task.counts, minlength=one.cards[0] * width)
    table = flat.reshape(one.cards[0], width)
    forced = np.zeros((one.levels, two.levels), np.int64)
    extra = np.zeros((one.levels, two.levels))
    rolled = [table @ indicator for indicator in second]
    for a in range(one.levels - 1, -1, -1):
        rows = first[a].T
        for b in range(two.levels - 1, -1, -1):
            coarser = max(forced[a + 1, b] if a + 1 < one.levels else 0, forced[a, b + 1] if b + 1 < two.levels else 0)
            if coarser > limit:
                forced[a, b] = coarser
                continue
            sizes = rows @ rolled[b]
            small = (sizes < k) & (sizes > 0)
            if judge.demands.wildcard:  # whoever has a blank here may be matched by larger classes
                small &= ~one.blank(a)[:, None] & ~two.blank(b)[None, :]
            forced[a, b] = int(sizes[small].sum())
            if 0 < forced[a, b] <= limit:
                failing = table * small[one.steps[a]][:, two.steps[b]]
                extra[a, b] = judge.savings[i][a] @ failing.sum(axis=1) + judge.savings[j][b] @ failing.sum(axis=0)
    return Pair(forced, extra)


def _indicators(axis: Axis) -> list[Floats]:
    """Return for each level (codes of level 0 x codes of the level) which is which."""
    return [np.eye(card)[step] for card, step in zip(axis.cards, axis.steps, strict=True)]


def _spread(values: Floats, axis: int, axes: int) -> Floats:
    """Return values as an array that varies along one axis."""
    shape = [1] * axes
    shape[axis] = len(values)
    return values.reshape(shape)


def _spread_sum(values: list[Floats]) -> Floats:
    """Return the sum of one value of each axis, for all nodes."""
    total = np.zeros([len(value) for value in values])
    for axis, value in enumerate(values):
        total += _spread(value, axis, len(values))
    return total
