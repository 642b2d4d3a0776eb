"""Set outliers aside: freeze cheap classes first, and let what does not fit wait for a higher price.

With a price for leaving a subject for later, the node of the lattice is sought whose classes gain most by it; classes
cheaper than the price are frozen and leave. When little more is gained, the price rises. So an outlier never stretches
the class of its neighbours, which is what spoils plain partitioning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.local.boxes import Side
from deid.anonymise.partition import Mask, Partition
from deid.anonymise.task import Floats, Keys
from deid.classes import PACKED_BITS, ranked

PRICES = tuple(float(price) for price in np.linspace(0.02, 1.01, 50))
_WORTHWHILE = 0.01  # a round that frees a smaller share of the rest raises the price

Node = tuple[int, ...]


@dataclass(frozen=True)
class _Look:
    """One node as seen by the tuples that are left: what freezing gains, and which class of whom is frozen."""

    gain: float
    node: Node
    member: Keys
    frozen: Mask


class Peeler:
    """Freezes classes round by round; `member` holds the frozen class of each tuple, -1 while it waits."""

    def __init__(self, judge: Judge, parts: tuple[Side, ...], rest: Keys | None = None) -> None:
        self.judge = judge
        self.parts = parts
        self.counts = judge.task.counts
        self.top = tuple(len(side.above) - 1 for side in parts)
        self.member = np.full(judge.task.tuples, -1, np.int64)
        self.classes = 0
        self._gather(np.arange(judge.task.tuples) if rest is None else rest)

    def run(self, prices: Sequence[float] = PRICES) -> tuple[Keys, int]:
        """Return the frozen class of each tuple (-1 where none would hold) and the number of classes."""
        node: Node = tuple(0 for _ in self.parts)
        for price in prices:
            while len(self.rest):
                best = self._best(node, price)
                if best.gain <= 0:
                    break
                node = best.node
                if not self._freeze(best):
                    break
        return self.member, self.classes

    def _gather(self, rest: Keys) -> None:
        """Take up the codes and prices of the tuples that are left."""
        self.rest = rest
        self.weights = self.counts[rest].astype(np.float64)
        self.codes = [np.ascontiguousarray(side.above[:, side.codes[rest]]) for side in self.parts]
        self.price = [np.ascontiguousarray(side.price[:, side.codes[rest]]) for side in self.parts]
        self.cards = [[int(level.max(initial=0)) + 1 for level in codes] for codes in self.codes]

    def _freeze(self, look: _Look) -> bool:
        """Freeze the classes of a node; return whether that was worthwhile."""
        number = np.cumsum(look.frozen) - 1 + self.classes
        goes = look.frozen[look.member]
        self.member[self.rest[goes]] = number[look.member[goes]]
        self.classes += int(look.frozen.sum())
        freed, left = self.weights[goes].sum(), self.weights.sum()
        self._gather(self.rest[~goes])
        return bool(freed >= _WORTHWHILE * left)

    def _best(self, start: Node, price: float) -> _Look:
        """Climb to the node of most gain, from where the last round ended and from the finest node."""
        memo: dict[Node, _Look] = {}
        found = [self._climb(node, price, memo) for node in (start, tuple(0 for _ in start))]
        return max(found, key=lambda look: look.gain)

    def _climb(self, node: Node, price: float, memo: dict[Node, _Look]) -> _Look:
        here = self._look(node, price, memo)
        while True:
            near = [self._look(step, price, memo) for step in self._neighbours(here.node)]
            better = max(near, key=lambda look: look.gain, default=here)
            if better.gain > max(here.gain, 0):
                here = better
                continue
            higher = tuple(min(level + 1, top) for level, top in zip(here.node, self.top, strict=True))
            if here.gain > 0 or higher == here.node:
                return here
            here = self._look(higher, price, memo)

    def _neighbours(self, node: Node) -> list[Node]:
        steps = [(i, level + move) for i, level in enumerate(node) for move in (1, -1)]
        return [(*node[:i], level, *node[i + 1 :]) for i, level in steps if 0 <= level <= self.top[i]]

    def _look(self, node: Node, price: float, memo: dict[Node, _Look]) -> _Look:
        if node not in memo:
            member, classes = self._grouped(node)
            worth: Floats = np.full(len(self.rest), price)
            for prices, level in zip(self.price, node, strict=True):
                worth -= prices[level]
            gains = np.bincount(member, weights=self.weights * worth, minlength=classes)
            frozen = (gains > 0) & self._holds(member, classes)
            memo[node] = _Look(float(gains[frozen].sum()), node, member, frozen)
        return memo[node]

    def _grouped(self, node: Node) -> tuple[Keys, int]:
        key, space = np.zeros(len(self.rest), np.int64), 1
        for codes, cards, level in zip(self.codes, self.cards, node, strict=True):
            card = cards[level]
            if card > 1:
                if (space * card).bit_length() > PACKED_BITS:
                    key, space = ranked(key, space)
                key = key * card + codes[level]
                space *= card
        return (key, space) if space <= 2 * len(key) else ranked(key, space)

    def _holds(self, member: Keys, classes: int) -> Mask:
        """Return which classes satisfy k and all models."""
        sizes = np.bincount(member, weights=self.weights, minlength=classes).astype(np.int64)
        if not self.judge.demands.classes:
            return np.asarray(sizes >= self.judge.demands.k)
        whole = np.full(len(self.counts), classes, np.int64)  # tuples that are frozen stand in an extra class
        whole[self.rest] = member
        people = self.judge.task.population
        if people is not None:
            people = np.bincount(whole, weights=people, minlength=classes + 1).astype(np.int64)
        return self.judge.released(Partition(whole, np.r_[sizes, 0], people))[:classes]
