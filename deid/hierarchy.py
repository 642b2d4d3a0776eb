"""Generalisation hierarchies, and recodings made with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from deid.classes import ClassTable, Codes


@dataclass(frozen=True)
class Hierarchy:
    """The levels of one quasi-identifier, worked out for its vocabulary.

    labels  for each level the labels; label 0 of level 0 is None (missing)
    maps    (levels x values) int32: index into labels[level] of each value of the vocabulary. Level 0 is the finest
            released form (which may already be coded: '90+'), the last level has one label, '*'.
    leaves  for each level and label the number of distinct level-0 labels below it
    ordered whether the values of level 0 stand in a natural order (numbers, dates)
    data_dependent whether cut points came from the data themselves
    lowest, highest  range of levels that may be released (highest None: the last)
    """

    name: str
    labels: tuple[tuple[str | None, ...], ...]
    maps: Codes
    leaves: tuple[npt.NDArray[np.int64], ...]
    ordered: bool = False
    data_dependent: bool = False
    lowest: int = 0
    highest: int | None = None

    @property
    def height(self) -> int:
        """Number of levels above level 0."""
        return len(self.labels) - 1


@dataclass(frozen=True)
class Recoding:
    """What the search decided for every class of a class table.

    variables   quasi-identifiers, as in the class table
    labels      for each variable the released labels (None = missing)
    codes       (classes x q) int32: index into labels of the released cell
    suppressed  (classes,) bool: classes whose subjects are suppressed
    levels      level by variable where the recoding is global, else None
    method      how it was found, in words for the report ("proven optimum over 1,200 recodings")
    loss        normalised certainty penalty in [0, 1], suppressed subjects counted as 1
    loss_by_variable  the same by variable
    alternatives  other solutions seen, best first, for the risk-utility frontier
    population  the population in released cells, where one was given
    """

    variables: tuple[str, ...]
    labels: tuple[tuple[str | None, ...], ...]
    codes: Codes
    suppressed: npt.NDArray[np.bool_]
    levels: Mapping[str, int] | None
    method: str
    loss: float
    loss_by_variable: Mapping[str, float] = field(default_factory=dict)
    alternatives: tuple[Alternative, ...] = ()
    population: ClassTable | None = None

    def cells(self, variable: str) -> tuple[tuple[str | None, ...], Codes]:
        """Return labels and, by class, the code of the released cell of one variable."""
        i = self.variables.index(variable)
        return self.labels[i], self.codes[:, i]


@dataclass(frozen=True)
class Alternative:
    """One other recoding: levels, loss, suppressed subjects and the highest prosecutor risk."""

    levels: Mapping[str, int]
    loss: float
    suppressed: int
    highest_risk: float
