"""Judge one node of the lattice: who is suppressed, what it costs, and what that says about all finer nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from deid.anonymise.adversaries import large_on_sets
from deid.anonymise.blanks import large_with_wildcards
from deid.anonymise.models import ClassModel, TableModel
from deid.anonymise.models.presence import DeltaPresence
from deid.anonymise.partition import Mask, Partition, Survivors, partition
from deid.anonymise.quality import SHAPED, prices, shape_bound, shape_cost
from deid.anonymise.task import Floats, Keys, Task
from deid.classes import Counts


@dataclass(frozen=True)
class Demands:
    """Everything that the release must satisfy, and what is minimised.

    limit        most subjects that may be suppressed
    sets         axes by adversary: k holds on the classes of each set, not on those of all axes; () without sets
    wildcard     whether a missing value may, for its own subject, be any value
    closed       whether merging classes of a release that needs no suppression keeps it valid
    """

    k: int
    limit: int
    classes: tuple[ClassModel, ...] = ()
    table: tuple[TableModel, ...] = ()
    quality: str = "loss"
    weights: Mapping[str, float] | None = None
    closed: bool = True
    sets: tuple[tuple[int, ...], ...] = ()
    wildcard: bool = False

    @property
    def plain(self) -> bool:
        """Whether a class of all axes is released if and only if it holds k subjects (and all models)."""
        return not self.sets and not self.wildcard


@dataclass(frozen=True)
class Verdict:
    """A node: suppressed subjects, cost, whether it is within the limit; and what holds for every finer node.

    least   fewest subjects that any finer node suppresses
    floors  for each axis and level a cost that every finer node has at least; their sum bounds its cost from below
    """

    levels: tuple[int, ...]
    suppressed: int
    cost: float
    valid: bool
    least: int
    floors: tuple[Floats, ...]


class Judge:
    """Judges nodes for one task. Keeps tables that all nodes share; counts the nodes judged."""

    def __init__(self, task: Task, demands: Demands) -> None:
        self.task = task
        self.demands = demands
        self.prices = prices(task, demands.quality, demands.weights or {})
        self.base = tuple(
            price.kept @ np.bincount(axis.codes[0], weights=task.counts, minlength=axis.cards[0])
            for axis, price in zip(task.axes, self.prices, strict=True)
        )
        self.judged = 0
        self.savings = tuple(price.saving for price in self.prices)
        self._codes = tuple(np.ascontiguousarray(axis.codes[0]) for axis in task.axes)
        self._all = self._summed(np.arange(task.tuples))

    def kept(self, levels: Sequence[int]) -> tuple[Partition, Mask]:
        """Return the classes of a node and which of them are released."""
        found = partition(self.task, levels)
        return found, self._released(found)[0]

    def released(self, found: Partition) -> Mask:
        """Return which classes of any partition of the tuples satisfy k and all class models."""
        return self._judged(found)[0]

    def __call__(self, levels: Sequence[int]) -> Verdict:
        """Judge a node. One that no finer node can mend is not priced: nobody asks what it would cost."""
        self.judged += 1
        found = partition(self.task, levels)
        small = int(found.sizes[found.sizes < self.demands.k].sum()) if self.demands.plain else 0
        if small > self.demands.limit:
            return Verdict(tuple(levels), small, np.inf, False, small, self.base)
        kept, room = self._released(found)
        suppressed = int(self.task.subjects - found.sizes[kept].sum())
        least = suppressed if room is None else int((found.sizes - room).sum())
        if self.demands.closed and self.demands.limit == 0 and suppressed:
            least = max(least, 1)
        if least > self.demands.limit:
            return Verdict(tuple(levels), suppressed, np.inf, False, least, self.base)
        gone = self._savings(~kept[found.member])
        cost = float(sum(b[level] + g[level] for b, g, level in zip(self.base, gone, levels, strict=True)))
        if self.demands.quality in SHAPED:
            cost = shape_cost(self.task, self.demands.quality, found, kept, self.demands.k)
        valid = suppressed <= self.demands.limit and not self._rejected(found)
        floors = self._floors(found, kept, room, gone, levels, least)
        return Verdict(tuple(levels), suppressed, cost, valid, least, floors)

    def _floors(
        self, found: Partition, kept: Mask, room: Counts | None, gone: list[Floats], levels: Sequence[int], least: int
    ) -> tuple[Floats, ...]:
        """Return the terms of the bound on the cost of every finer node."""
        forced, extra = ~kept, 0.0
        if room is not None:
            forced, extra = self._forced(found, room, levels)
            gone = self._savings(forced[found.member])
        if self.demands.quality in SHAPED:
            extra = self._shape_floor(forced, found, least)
        floors = [b + g for b, g in zip(self.base, gone, strict=True)]
        if floors:
            floors[0] = floors[0] + extra
        return tuple(floors)

    def _released(self, found: Partition) -> tuple[Mask, Counts | None]:
        """Return which classes are released, and for every class how many subjects a finer node could keep.

        None stands for: all of a released class and none of another, as is the case for k alone.
        """
        kept, room = self._judged(found)
        for whole in self.demands.table:
            room = np.where(kept, found.sizes, 0) if room is None else room
            kept = whole.trim(found, kept)
        return kept, room

    def _judged(self, found: Partition) -> tuple[Mask, Counts | None]:
        """Return the same by the class models alone."""
        kept = self._large(found)
        if not self.demands.classes:
            return kept, None
        room = np.where(kept, found.sizes, 0)
        at = Survivors(self.task, found, np.flatnonzero(kept))
        passed = np.ones(len(at.chosen), np.bool_)
        for model in self.demands.classes:
            holds = model.holds(at)
            passed &= holds
            if not holds.all():
                failing = at.only(~holds)
                room[failing.chosen] = np.minimum(room[failing.chosen], model.keepable(failing))
        kept[at.chosen[~passed]] = False
        room[room < self.demands.k] = 0
        return kept, room

    def _large(self, found: Partition) -> Mask:
        """Return which classes are large enough, as the policy counts."""
        k = max(self.demands.k, 1)
        if self.demands.sets:
            return large_on_sets(self.task, found, self.demands.sets, k)
        if self.demands.wildcard:
            return large_with_wildcards(self.task, found, k)
        return np.asarray(found.sizes >= k)

    def _forced(self, found: Partition, room: Counts, levels: Sequence[int]) -> tuple[Mask, float]:
        """Return the classes whose subjects no finer node keeps, and the least cost of what others must lose."""
        forced = room == 0
        short = found.sizes - room
        partial = (short > 0) & ~forced
        if not partial.any() or self.demands.quality in SHAPED:
            return forced, 0.0
        # a subject of a partial class saves at least as much when suppressed at a finer node as it does here
        inside = np.flatnonzero(partial[found.member])
        saving = sum(
            saving[level][axis.codes[0][inside]]
            for saving, axis, level in zip(self.savings, self.task.axes, levels, strict=True)
        )
        lowest = np.full(len(found.sizes), np.inf)
        if self.demands.quality == "entropy":
            np.minimum.at(lowest, found.member[inside], saving)
        else:
            lowest[found.member[inside]] = saving  # the same for all members of a class
        return forced, float((lowest[partial] * short[partial]).sum())

    def _savings(self, out: Mask) -> list[Floats]:
        """Return for each axis and level what suppressing some tuples costs beyond releasing them."""
        chosen = np.flatnonzero(out)
        if 2 * len(chosen) > self.task.tuples:
            rest = self._summed(np.flatnonzero(~out))
            return [whole - kept for whole, kept in zip(self._all, rest, strict=True)]
        return self._summed(chosen)

    def _summed(self, chosen: Keys) -> list[Floats]:
        counts = self.task.counts[chosen].astype(np.float64)
        return [
            saving @ np.bincount(codes[chosen], weights=counts, minlength=saving.shape[1])
            for saving, codes in zip(self.savings, self._codes, strict=True)
        ]

    def _shape_floor(self, forced: Mask, found: Partition, least: int) -> float:
        inside = ~forced[found.member]
        k = self.demands.k if self.demands.plain else 1
        return shape_bound(self.task, self.demands.quality, self.task.counts[inside], least, k)

    def _rejected(self, found: Partition) -> bool:
        return any(isinstance(model, DeltaPresence) and model.rejects(found) for model in self.demands.classes)


def bottom(task: Task) -> Keys:
    """Return the finest node."""
    return np.zeros(len(task.axes), np.int64)
