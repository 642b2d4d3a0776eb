"""Search of a lattice too large to list: branch and bound over boxes of nodes, with the gap known at every moment.

A box holds all nodes between a finest and a coarsest one. Judging the coarsest bounds the cost of all of them; the box
of least bound is cut in two along the axis that leaves most open. The search begins with a descent from the coarsest
node, so that a good solution is at hand when the time is over.
"""

from __future__ import annotations

import heapq
import math
import time

from deid.anonymise.judge import Judge, Verdict
from deid.anonymise.lattice import EPSILON, Found

Node = tuple[int, ...]
_DESCENT = 0.4  # share of the time for the first solution
_BOXES = 2_000_000  # open boxes kept; a search that outgrows them stops with its gap


class BoxSearch:
    """Boxes by their lower bound, the least first."""

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.top: Node = tuple(levels - 1 for levels in judge.task.shape)
        self.found = Found(nodes=math.prod(judge.task.shape))
        self._heap: list[tuple[float, int, Node, Verdict]] = []
        self._seen: dict[Node, Verdict] = {}
        self._serial = 0

    def search(self, deadline: float = math.inf) -> Found:
        """Look at boxes until the best is proven or the time (of `time.perf_counter`) is over."""
        now = time.perf_counter()
        self._descend(now + _DESCENT * (deadline - now))
        self._push(tuple(0 for _ in self.top), self._judged(self.top))
        found = self.found
        while self._heap:
            bound, _, low, verdict = self._heap[0]
            found.bound = min(bound, found.cost)
            if bound >= found.cost - EPSILON:
                break
            if time.perf_counter() > deadline or len(self._heap) > _BOXES:
                return found
            heapq.heappop(self._heap)
            self._cut(low, verdict)
        found.bound, found.proven = found.cost, True
        return found

    def _judged(self, node: Node) -> Verdict:
        if node not in self._seen:
            self._seen[node] = self.judge(node)
            self.found.take(self._seen[node])
        return self._seen[node]

    def _push(self, low: Node, verdict: Verdict) -> None:
        """Keep a box unless nothing in it can be valid or better."""
        if verdict.least > self.judge.demands.limit or low == verdict.levels:
            return
        bound = float(sum(floor[level] for floor, level in zip(verdict.floors, low, strict=True)))
        if bound < self.found.cost - EPSILON:
            self._serial += 1
            heapq.heappush(self._heap, (bound, self._serial, low, verdict))

    def _cut(self, low: Node, verdict: Verdict) -> None:
        """Cut a box along the axis on which its bounds differ most."""
        high = verdict.levels
        open_ = [float(floor[b] - floor[a]) for floor, a, b in zip(verdict.floors, low, high, strict=True)]
        axis = max((i for i in range(len(low)) if low[i] < high[i]), key=lambda i: (open_[i], -i))
        middle = (low[axis] + high[axis]) // 2
        finer = (*high[:axis], middle, *high[axis + 1 :])
        coarser = (*low[:axis], middle + 1, *low[axis + 1 :])
        self._push(low, self._judged(finer))
        self._push(coarser, verdict)

    def _descend(self, deadline: float) -> None:
        """Go from the coarsest node to the neighbour of least cost as long as there is a better one."""
        here = self._judged(self.top)
        while time.perf_counter() < deadline:
            steps = [
                (*here.levels[:i], level + move, *here.levels[i + 1 :])
                for i, level in enumerate(here.levels)
                for move in (-1, 1)
                if 0 <= level + move <= self.top[i]
            ]
            near = [self._judged(step) for step in steps if time.perf_counter() < deadline]
            better = [verdict for verdict in near if verdict.valid]
            best = min(better, key=lambda verdict: verdict.cost, default=here)
            if here.valid and not best.cost < here.cost - EPSILON:
                return
            if best is here:
                return
            here = best
