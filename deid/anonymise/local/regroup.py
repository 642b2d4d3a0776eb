"""Regroup small sets of similar classes: their members form new classes greedily; whatever set gets cheaper is kept.

All sets grow their classes in step: each opens a class with one member and adds the one that widens it least until k
subjects are in it. Those that remain join the class that this costs least. Which classes stand together is drawn from
a fixed seed, so that the result is the same on every machine.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.local.boxes import Boxes, Side, boxes, renumbered
from deid.anonymise.partition import Mask, Partition
from deid.anonymise.task import Floats, Keys

_SMALL, _LARGE = 20, 64  # members of a set: four classes where they fit; larger sets are rarely improved
_PATIENCE = 4  # rounds in a row without any gain end the search
_CHEAP = 0.06  # classes below a share of this price are left in peace
_SEED = 20_070_415


def regroup(
    judge: Judge, parts: tuple[Side, ...], member: Keys, classes: int, rounds: int, deadline: float
) -> tuple[Keys, int]:
    """Return classes after some rounds of regrouping; tuples of class -1 stay out."""
    members = max(4 * judge.demands.k, _SMALL)
    if len(parts) < 2 or members > _LARGE or classes < 2:
        return member, classes
    idle = 0
    random = np.random.default_rng(_SEED)
    counts = judge.task.counts
    for _ in range(rounds):
        if time.perf_counter() > deadline or idle >= _PATIENCE:
            break
        idle += 1
        inside = np.flatnonzero(member >= 0)
        before = boxes(tuple(side.of(inside) for side in parts), counts[inside], member[inside], classes)
        sets = _sets(parts, before, member[inside], members, random)
        if sets is None:
            continue
        place, rows = sets
        tuples = np.where(rows >= 0, inside[np.maximum(rows, 0)], -1)
        old = np.bincount(place[place >= 0], weights=(before.cost * before.weight)[place >= 0], minlength=len(rows))
        grown = Growth(parts, counts, tuples, judge.demands.k, random).run()
        cheaper = (grown.total() < old - 1e-9) & (grown.classes > 0)
        if judge.demands.classes:
            cheaper &= _hold(judge, tuples, grown)
        if cheaper.any():
            idle = 0
            chosen = (tuples >= 0) & cheaper[:, None]
            fresh = classes + np.r_[0, np.cumsum(grown.classes)[:-1]]
            member = member.copy()
            member[tuples[chosen]] = (grown.label + fresh[:, None])[chosen]
            member, classes = renumbered(member)
    return member, classes


def _sets(
    parts: tuple[Side, ...], before: Boxes, member: Keys, most: int, random: np.random.Generator
) -> tuple[Keys, Keys] | None:
    """Return the set of each class (-1 for none) and the tuples of each set, filled up with -1.

    Classes are sorted by their nodes on levels and in an order of axes that are drawn anew; neighbours form a set.
    """
    dear = np.flatnonzero(before.cost > random.random() * _CHEAP)
    keys: list[Keys | Floats] = [random.random(len(dear))]
    for i in random.permutation(len(parts)):
        above = parts[i].above[random.integers(len(parts[i].above))]
        low, high = above[before.low[i][dear]], above[before.high[i][dear]]
        keys.append(np.where(low == high, low, -1))
    members = np.bincount(member, minlength=len(before.cost))
    order = dear[np.lexsort(keys)]
    order = order[members[order] <= most]
    if len(order) < 2:
        return None
    number = (np.cumsum(members[order]) - 1) // most
    _, number = np.unique(number, return_inverse=True)
    place = np.full(len(before.cost), -1, np.int64)
    place[order] = number
    chosen = np.flatnonzero(place[member] >= 0)
    chosen = chosen[np.argsort(place[member[chosen]], kind="stable")]
    of = place[member[chosen]]
    many = np.bincount(of)
    start = np.r_[0, np.cumsum(many)[:-1]]
    rows = np.full((len(many), int(many.max())), -1, np.int64)
    rows[of, np.arange(len(chosen)) - start[of]] = chosen
    return place, rows


def _hold(judge: Judge, tuples: Keys, grown: Growth) -> Mask:
    """Return the sets of which all new classes satisfy all models."""
    start = np.r_[0, np.cumsum(grown.classes)]
    inside = (tuples >= 0) & (grown.label >= 0)
    number = np.full(judge.task.tuples, start[-1], np.int64)
    number[tuples[inside]] = (grown.label + start[:-1][:, None])[inside]
    sizes = np.bincount(number, weights=judge.task.counts, minlength=start[-1] + 1).astype(np.int64)
    sizes[-1] = 0
    people = judge.task.population
    if people is not None:
        people = np.bincount(number, weights=people, minlength=start[-1] + 1).astype(np.int64)
    held = judge.released(Partition(number, sizes, people))[:-1]
    of = np.repeat(np.arange(len(grown.classes)), grown.classes)
    return np.asarray(np.bincount(of[~held], minlength=len(grown.classes)) == 0)


@dataclass
class _Open:
    """The class that each set is filling: its box and its subjects."""

    low: Keys
    high: Keys
    weight: Keys


class Growth:
    """Classes growing in all sets at once. Afterwards `label` holds the class of each member within its set."""

    def __init__(
        self, parts: tuple[Side, ...], counts: Keys, tuples: Keys, k: int, random: np.random.Generator
    ) -> None:
        self.parts, self.k = parts, k
        sets, members = tuples.shape
        there = tuples >= 0
        self.codes = np.stack([side.codes[np.maximum(tuples, 0)] for side in parts])
        self.weight = np.where(there, counts[np.maximum(tuples, 0)], 0)
        self.free = there.copy()
        self.label = np.full((sets, members), -1, np.int64)
        self.classes = np.zeros(sets, np.int64)
        self.first = random.random((sets, members))  # who opens a class: drawn anew each time
        self.low = np.zeros((len(parts), sets, members), np.int64)
        self.high = np.zeros_like(self.low)
        self.size = np.zeros((sets, members), np.int64)

    def run(self) -> Growth:
        """Form the classes of all sets."""
        sets = len(self.classes)
        none = np.zeros((len(self.parts), sets), np.int64)
        open_ = _Open(none, none.copy(), np.zeros(sets, np.int64))
        left = self.weight.sum(axis=1)
        every = np.arange(sets)
        while True:
            starts = (open_.weight == 0) & (left >= self.k)
            active = every[starts | (open_.weight > 0)]
            if len(active) == 0:
                break
            pick = np.where(starts, np.where(self.free, self.first, -1.0).argmax(axis=1), self._nearest(open_))[active]
            self._add(open_, active, pick, starts[active])
            left[active] -= self.weight[active, pick]
            full = every[open_.weight >= self.k]
            at = self.classes[full]
            self.low[:, full, at], self.high[:, full, at] = open_.low[:, full], open_.high[:, full]
            self.size[full, at] = open_.weight[full]
            self.classes[full] += 1
            open_.weight[full] = 0
        self._place_rest()
        return self

    def total(self) -> Floats:
        """Return the cost of all classes of each set."""
        cost = np.zeros(self.size.shape)
        for side, low, high in zip(self.parts, self.low, self.high, strict=True):
            cost += side.cost(low, high)
        return np.asarray((cost * self.size).sum(axis=1))

    def _nearest(self, open_: _Open) -> Keys:
        """Return for each set the free member that widens the open class least."""
        cost = np.where(self.free, 0.0, np.inf)
        for side, codes, low, high in zip(self.parts, self.codes, open_.low, open_.high, strict=True):
            cost += side.cost(np.minimum(low[:, None], codes), np.maximum(high[:, None], codes))
        return np.asarray(cost.argmin(axis=1))

    def _add(self, open_: _Open, sets: Keys, pick: Keys, starts: Mask) -> None:
        codes = self.codes[:, sets, pick]
        open_.low[:, sets] = np.where(starts, codes, np.minimum(open_.low[:, sets], codes))
        open_.high[:, sets] = np.where(starts, codes, np.maximum(open_.high[:, sets], codes))
        open_.weight[sets] += self.weight[sets, pick]
        self.free[sets, pick] = False
        self.label[sets, pick] = self.classes[sets]

    def _place_rest(self) -> None:
        """Let members without a class join the one for which that costs least, one of each set at a time."""
        while True:
            sets = np.flatnonzero(self.free.any(axis=1) & (self.classes > 0))
            if len(sets) == 0:
                return
            pick = self.free[sets].argmax(axis=1)
            codes, more = self.codes[:, sets, pick], self.weight[sets, pick]
            low = np.minimum(self.low[:, sets], codes[:, :, None])
            high = np.maximum(self.high[:, sets], codes[:, :, None])
            size = self.size[sets]
            rise = np.where(np.arange(size.shape[1]) < self.classes[sets][:, None], 0.0, np.inf)
            for i, side in enumerate(self.parts):
                with np.errstate(invalid="ignore"):  # a class already beyond the levels allowed makes its set worthless
                    rise += side.cost(low[i], high[i]) * (size + more[:, None])
                    rise -= side.cost(self.low[i][sets], self.high[i][sets]) * size
            to = rise.argmin(axis=1)
            at = np.arange(len(sets))
            self.low[:, sets, to], self.high[:, sets, to] = low[:, at, to], high[:, at, to]
            self.size[sets, to] += more
            self.label[sets, pick] = to
            self.free[sets, pick] = False
