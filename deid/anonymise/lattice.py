"""The proven optimum over the whole lattice of global recodings.

Every node has a lower bound that needs no grouping: the cost of its levels. Judging a node u sharpens the bound of all
finer nodes v at once: a subject whom no finer node can keep costs as much as a suppressed one there, and what the
others cost at v is known from their codes alone. So a bound is again a sum over axes, and one broadcast maximum over
the box below u. The open node of least bound is looked at first; on a path upwards from it a binary search finds nodes
that rule out as much as possible. When the least bound reaches the best cost found, the best is proven.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce

import numpy as np

from deid.anonymise.judge import Judge, Verdict
from deid.anonymise.marginals import sharpen
from deid.anonymise.task import Floats

EPSILON = 1e-12  # costs closer than this are the same; summing in another order moves them by about 1e-15


@dataclass
class Found:
    """The best node so far, all valid nodes that were judged, and the least that any other could cost."""

    best: Verdict | None = None
    seen: list[Verdict] = field(default_factory=list)
    bound: float = 0.0
    proven: bool = False
    nodes: int = 0

    @property
    def cost(self) -> float:
        """Cost of the best node, infinite while there is none."""
        return np.inf if self.best is None else self.best.cost

    def take(self, verdict: Verdict) -> None:
        """Note a judged node."""
        if verdict.valid:
            self.seen.append(verdict)
            if verdict.cost < self.cost - EPSILON:
                self.best = verdict


class Lattice:
    """All nodes with their lower bounds, as one array with an axis for each quasi-identifier."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.shape = judge.task.shape
        self.bounds = outer(judge.base)
        if len(self.shape) > 1:
            sharpen(judge, self.bounds)
        self.found = Found(nodes=self.bounds.size)

    def search(self, deadline: float = np.inf) -> Found:
        """Look at nodes until the best is proven or the time (of `time.perf_counter`) is over."""
        found = self.found
        while True:
            at = int(self.bounds.argmin())
            found.bound = float(self.bounds.flat[at])
            if not found.bound < found.cost - EPSILON or np.isinf(found.bound):
                found.proven = True
                return found
            if time.perf_counter() > deadline:
                return found
            self._climb(tuple(int(i) for i in np.unravel_index(at, self.shape)))

    def _climb(self, start: tuple[int, ...]) -> None:
        """Search the path of least bounds upwards from a node for the border of what can be ruled out."""
        path = self._path(start)
        low, high = 0, len(path) - 1
        middle = high if self.found.best else (low + high) // 2  # with a good best known, most of the path fails
        while low <= high:
            self._judge(path[middle])
            if self._settled(start):
                low = middle + 1
            else:
                high = middle - 1
            middle = (low + high) // 2

    def _settled(self, node: tuple[int, ...]) -> bool:
        return not self.bounds[node] < self.found.cost - EPSILON

    def _path(self, node: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return the nodes from `node` up, each the cheapest open step, as long as they may beat the best."""
        path = [node]
        while True:
            steps = [
                (*node[:i], level + 1, *node[i + 1 :]) for i, level in enumerate(node) if level + 1 < self.shape[i]
            ]
            steps = [step for step in steps if not self._settled(step)]
            if not steps:
                return path
            node = min(steps, key=lambda step: float(self.bounds[step]))
            path.append(node)

    def _judge(self, node: Sequence[int]) -> None:
        """Judge a node, sharpen the bounds below it, and close it."""
        verdict = self.judge(node)
        self.found.take(verdict)
        below = self.bounds[tuple(slice(0, level + 1) for level in node)]
        if verdict.least > self.judge.demands.limit:
            below[...] = np.inf
        else:
            floors = [floor[: level + 1] for floor, level in zip(verdict.floors, node, strict=True)]
            np.maximum(below, outer(floors), out=below)
        self.bounds[tuple(node)] = np.inf


def outer(terms: Sequence[Floats]) -> Floats:
    """Return the array of all sums of one term of each axis."""
    return np.array(reduce(np.add.outer, terms)) if terms else np.zeros(())
