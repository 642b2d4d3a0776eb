"""What a recoding costs. Some costs add up over rows and axes, so that the bound of a node needs no grouping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from deid.anonymise.partition import Mask, Partition
from deid.anonymise.task import Axis, Floats, Keys, Task

SEPARABLE = ("loss", "precision", "entropy")
SHAPED = ("discernibility", "average_class_size")
QUALITIES = SEPARABLE + SHAPED


@dataclass(frozen=True)
class Price:
    """Cost of one axis: of a subject by level and code of level 0, and of a suppressed subject by code.

    Both are shares of the whole table's cost, so that all prices of a node add up to a number from 0 to 1.
    """

    kept: Floats
    gone: Floats

    @property
    def saving(self) -> Floats:
        """What suppressing a subject costs beyond releasing it."""
        return self.gone - self.kept


def prices(task: Task, quality: str, weights: Mapping[str, float]) -> tuple[Price, ...]:
    """Return the prices of all axes; for a quality of class sizes they are zero."""
    given = np.array([weights.get(axis.name, 1.0) for axis in task.axes])
    if quality == "entropy":
        return _entropy(task, given)
    share = given / (given.sum() * max(task.subjects, 1)) if len(given) else given
    return tuple(_price(axis, quality, weight) for axis, weight in zip(task.axes, share, strict=True))


def _price(axis: Axis, quality: str, weight: float) -> Price:
    size = axis.cards[0]
    if quality in SHAPED:
        return Price(np.zeros((axis.levels, size)), np.zeros(size))
    if quality == "precision":
        height = max(axis.hierarchy.height, 1)
        level = (axis.lowest + np.arange(axis.levels)) / height
        return Price(np.repeat(level[:, None], size, axis=1) * weight, np.full(size, weight))
    return Price(axis.cells * weight, np.full(size, weight))


def _entropy(task: Task, weights: Floats) -> tuple[Price, ...]:
    """Non-uniform entropy: bits lost from the source value to the released one, over the bits there were."""
    found = []
    for axis, weight in zip(task.axes, weights, strict=True):
        size = axis.cards[0]
        there = np.maximum(np.bincount(axis.codes[0], weights=task.counts, minlength=size), 1)
        kept = np.stack([np.log2(np.bincount(step, weights=there)[step] / there) for step in axis.steps])
        gone = np.log2(max(task.subjects, 1) / there)
        found.append((kept * weight, np.maximum(gone, kept.max(axis=0)) * weight, there))
    total = sum(float((gone * there).sum()) for _, gone, there in found) or 1.0
    return tuple(Price(kept / total, gone / total) for kept, gone, _ in found)


def shape_cost(task: Task, quality: str, partition: Partition, kept: Mask, k: int) -> float:
    """Return the cost of class sizes, 0 to 1: discernibility over rows squared, or average class size over rows."""
    rows = max(task.subjects, 1)
    sizes = partition.sizes[kept].astype(np.float64)
    suppressed = rows - sizes.sum()
    if quality == "discernibility":
        return float((sizes**2).sum() + suppressed * rows) / rows**2
    return 1.0 / max(len(sizes) + int(suppressed > 0), 1)


def shape_bound(task: Task, quality: str, counts: Keys, forced: int, k: int) -> float:
    """Return the least cost of class sizes of any finer recoding, given the counts of the tuples not forced out."""
    rows = max(task.subjects, 1)
    if quality == "discernibility":
        return float((counts * np.maximum(counts, k)).sum() + forced * rows) / rows**2
    classes = min(len(counts), int(counts.sum()) // max(k, 1)) + (forced > 0 or len(counts) > 0)
    return 1.0 / max(classes, 1)
