"""Split classes in two as long as that lowers the loss: all classes of one depth at once.

Each axis offers its best cut between two neighbouring codes by its own cost; the axis whose cut lowers the cost over
all axes most is taken. Both parts must satisfy k and all models.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.local.boxes import Side, boxes
from deid.anonymise.partition import Mask, Partition
from deid.anonymise.task import Keys

_CELLS = 4_000_000  # classes x codes of one axis held at a time


@dataclass(frozen=True)
class _Cut:
    """For each class the code after which an axis would be cut, and whether there is such a cut."""

    after: Keys
    possible: Mask


def split(judge: Judge, parts: tuple[Side, ...], member: Keys, classes: int) -> tuple[Keys, int]:
    """Return the classes after all worthwhile splits; tuples of class -1 stay out."""
    final = np.full(len(member), -1, np.int64)
    done = 0
    live = np.flatnonzero(member >= 0)
    current = member[live]
    while len(live):
        axis, after = _choose(judge, parts, live, current, classes)
        stays = axis < 0
        number = np.cumsum(stays) - 1 + done
        settled = stays[current]
        final[live[settled]] = number[current[settled]]
        done += int(stays.sum())
        live, current = live[~settled], current[~settled]
        if len(live) == 0:
            break
        codes = np.stack([side.codes[live] for side in parts])
        upper = codes[axis[current], np.arange(len(live))] > after[current]
        _, current = np.unique(current * 2 + upper, return_inverse=True)
        classes = int(current.max()) + 1
    return final, done


def _choose(judge: Judge, parts: tuple[Side, ...], live: Keys, member: Keys, classes: int) -> tuple[Keys, Keys]:
    """Return for each class the axis to cut, -1 for none, and the last code of the lower part."""
    counts = judge.task.counts[live]
    here = tuple(side.of(live) for side in parts)
    before = boxes(here, counts, member, classes)
    best = np.full(classes, 1e-12)
    axis, after = np.full(classes, -1, np.int64), np.zeros(classes, np.int64)
    for i, side in enumerate(here):
        cut = _cut(side, counts, member, before.low[i], before.high[i], judge.demands.k)
        if not cut.possible.any():
            continue
        inside = cut.possible[member]
        parted = member[inside] * 2 + (side.codes[inside] > cut.after[member[inside]])
        numbers, dense = np.unique(parted, return_inverse=True)
        chosen = tuple(other.of(inside) for other in here)
        halves = boxes(chosen, counts[inside], dense, len(numbers))
        cost = np.bincount(numbers // 2, weights=halves.cost * halves.weight, minlength=classes)
        gain = np.where(cut.possible, before.cost - cost / before.weight, -1.0)
        if judge.demands.classes:
            gain[~_both_hold(judge, live[inside], parted, classes)] = -1.0
        better = gain > best
        best[better], axis[better], after[better] = gain[better], i, cut.after[better]
    return axis, after


def _cut(side: Side, counts: Keys, member: Keys, low: Keys, high: Keys, k: int) -> _Cut:
    """Return for each class the cut of one axis that lowers the cost on this axis most."""
    classes = len(low)
    step = max(_CELLS // side.size, 1)
    if classes <= step:
        return _cut_some(side, counts, member, low, high, k)
    cuts = []
    for start in range(0, classes, step):
        inside = (member >= start) & (member < start + step)
        ends = slice(start, start + step)
        cuts.append(_cut_some(side.of(inside), counts[inside], member[inside] - start, low[ends], high[ends], k))
    return _Cut(np.concatenate([cut.after for cut in cuts]), np.concatenate([cut.possible for cut in cuts]))


def _cut_some(side: Side, counts: Keys, member: Keys, low: Keys, high: Keys, k: int) -> _Cut:
    classes, size = len(low), side.size
    table = np.bincount(member * size + side.codes, weights=counts, minlength=classes * size).reshape(classes, size)
    held = table > 0
    lower = np.cumsum(table, axis=1)
    whole = lower[:, -1:]
    possible = held & (lower >= k) & (whole - lower >= k)
    row, cut = np.nonzero(possible)
    following = np.where(held, np.arange(size), size - 1)
    following = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]
    first = following[row, np.minimum(cut + 1, size - 1)]
    share = lower[row, cut]
    cost = np.full(table.shape, np.inf)
    cost[row, cut] = side.cost(low[row], cut) * share + side.cost(first, high[row]) * (whole[row, 0] - share)
    after = cost.argmin(axis=1)
    return _Cut(after, possible[np.arange(classes), after])


def _both_hold(judge: Judge, tuples: Keys, parted: Keys, classes: int) -> Mask:
    """Return the classes of which both parts satisfy all models."""
    whole = np.full(judge.task.tuples, 2 * classes, np.int64)
    whole[tuples] = parted
    sizes = np.bincount(whole, weights=judge.task.counts, minlength=2 * classes + 1).astype(np.int64)
    sizes[-1] = 0
    people = judge.task.population
    if people is not None:
        people = np.bincount(whole, weights=people, minlength=2 * classes + 1).astype(np.int64)
    held = judge.released(Partition(whole, sizes, people))[: 2 * classes]
    return np.asarray(held[0::2] & held[1::2])
