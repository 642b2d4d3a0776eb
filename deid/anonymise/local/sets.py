"""Axes of names without their hierarchy: any set of values is a cell, written `White or Asian`.

The search treats the values as a row in the order of the hierarchy and looks for stretches of it, so that what stands
together there is put together first; the cell then names the values of the class alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deid.anonymise.local.spans import Stretch
from deid.anonymise.task import Axis, Keys
from deid.hierarchies.ladder import ROOT

BETWEEN = " or "


@dataclass(frozen=True)
class Values(Stretch):
    """The codes of an axis in the order of its hierarchy.

    labels  value at each place, None if missing
    above   (levels x places) number of the node over each place
    nodes   by level the label of each node and the leaves of the whole domain below it
    """

    labels: tuple[str | None, ...]
    above: Keys
    nodes: tuple[tuple[tuple[str | None, int], ...], ...]

    def cell(self, places: Keys) -> str | None:
        """Return the cell of a set of places: one value, the node that holds just these, or the values in a row."""
        if len(places) == 1:
            return self.labels[int(places[0])]
        if self.blank and places[0] == 0:
            return ROOT
        leaves = self._leaves(places)
        for level, nodes in enumerate(self.nodes):
            over = self.above[level][places]
            label, below = nodes[int(over[0])]
            plain = label is None or (BETWEEN not in label and label not in self.labels)
            if plain and (over == over[0]).all() and below == leaves:
                return label
        return BETWEEN.join(str(self.labels[place]) for place in places.tolist())

    def penalty(self, places: Keys) -> float:
        """Return the share of the domain that a set of places covers beyond one leaf; 0 for the missing value."""
        if self.blank and places[0] == 0:
            return 1.0 if len(places) > 1 else 0.0
        return (self._leaves(places) - 1) / max(self.domain - 1, 1)

    def _leaves(self, places: Keys) -> int:
        return int((self.end[places] - self.start[places]).sum())


def values_of(axis: Axis) -> Values | None:
    """Return the values of an axis as places; None where a value holds ' or ', so that a set could be misread."""
    hierarchy = axis.hierarchy
    lowest = hierarchy.labels[axis.lowest]
    own = [lowest[int(label)] for label in axis.labels[0]]
    if any(label is not None and BETWEEN in label for label in own):
        return None
    order = np.lexsort((*axis.steps, np.array([label is not None for label in own])))
    counts = hierarchy.leaves[axis.lowest][axis.labels[0]][order]
    blank = bool(len(order)) and own[int(order[0])] is None
    behind = np.cumsum(np.where(np.arange(len(order)) == 0, 0 if blank else counts, counts))
    start = np.r_[0, behind[:-1]]
    nodes = []
    for level in range(axis.levels):
        names, below = hierarchy.labels[axis.lowest + level], hierarchy.leaves[axis.lowest + level]
        nodes.append(tuple((names[int(label)], int(below[label])) for label in axis.labels[level]))
    return Values(
        np.asarray(order, np.int64),
        start,
        np.where(np.arange(len(order)) == 0, start + counts, behind),
        int(hierarchy.leaves[-1].max(initial=1)),
        blank,
        tuple(own[int(code)] for code in order),
        axis.steps[:, order],
        tuple(nodes),
    )
