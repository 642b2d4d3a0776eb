"""Local recoding: every class has levels of its own, so that outliers do not coarsen everybody's cells.

Four steps: outliers are set aside and classes frozen from the cheapest up (peel); every class is split as long as that
pays (split); small sets of similar classes are regrouped (regroup); the last subjects are placed or suppressed
(leftover). Cells are values of the hierarchy, so that any program that knows it can read them. The result is checked by
grouping what would be written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.local.boxes import Cells, Side, boxes, sides
from deid.anonymise.local.leftover import place_leftovers
from deid.anonymise.local.peel import Peeler
from deid.anonymise.local.regroup import regroup
from deid.anonymise.local.split import split
from deid.anonymise.task import Keys

_ROUNDS = 40  # of regrouping: more lower the loss by less than one part in a thousand each


@dataclass(frozen=True)
class Local:
    """Class of each tuple (-1 suppressed) and, by axis and class, the level and the code of its cell.

    parts  the axes; where one has a span, `low` and `high` are the ends of the cell instead
    """

    member: Keys
    levels: Keys
    codes: Keys
    parts: tuple[Side, ...]
    low: Keys
    high: Keys

    @property
    def classes(self) -> int:
        """Number of classes."""
        return int(self.levels.shape[1])


def local(judge: Judge, deadline: float, cells: Cells | None = None, rounds: int = _ROUNDS) -> Local:
    """Return a multidimensional recoding that satisfies k and all class models."""
    parts = sides(judge.task, judge.demands.weights or {}, cells)
    member, classes = Peeler(judge, parts).run()
    member, classes = split(judge, parts, member, classes)
    member, classes = regroup(judge, parts, member, classes, rounds, deadline)
    member, classes = place_leftovers(judge, parts, member, classes)
    inside = np.flatnonzero(member >= 0)
    if classes == 0:
        nothing = np.zeros((len(parts), 0), np.int64)
        return Local(member, nothing, nothing, parts, nothing, nothing)
    found = boxes(tuple(side.of(inside) for side in parts), judge.task.counts[inside], member[inside], classes)
    levels = np.zeros((len(parts), classes), np.int64)
    codes = np.zeros((len(parts), classes), np.int64)
    for i, side in enumerate(parts):
        for level in range(len(side.above) - 1, -1, -1):
            same = side.above[level][found.low[i]] == side.above[level][found.high[i]]
            levels[i][same] = level
            codes[i][same] = side.above[level][found.low[i][same]]
    return Local(member, levels, codes, parts, found.low, found.high)
