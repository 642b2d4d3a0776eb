"""From a judged node to the recoding of every class of the class table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from deid.anonymise.judge import Judge, Verdict
from deid.anonymise.lattice import Found
from deid.anonymise.partition import Mask
from deid.anonymise.task import Task
from deid.classes import ClassTable
from deid.hierarchy import Alternative, Hierarchy, Recoding

_HANDFUL = 8


@dataclass(frozen=True)
class Losses:
    """Normalised certainty penalty of a recoding, whole and by variable."""

    whole: float
    by_variable: Mapping[str, float]


def losses(task: Task, levels: Sequence[int], gone: Mask, weights: Mapping[str, float]) -> Losses:
    """Return the penalty of one level an axis; `gone` tuples are suppressed and cost 1 in every variable."""
    weight = np.where(gone, 0, task.counts)
    suppressed = int(task.counts[gone].sum())
    rows = max(task.subjects, 1)
    by_variable = {
        axis.name: float((axis.cells[level][axis.codes[0]] @ weight + suppressed) / rows)
        for axis, level in zip(task.axes, levels, strict=True)
    }
    return Losses(mean(by_variable, weights), by_variable)


def mean(by_variable: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the weighted mean over variables, 0 without any."""
    total = sum(weights.get(name, 1.0) for name in by_variable)
    return sum(weights.get(name, 1.0) * loss for name, loss in by_variable.items()) / total if total else 0.0


def recode(table: ClassTable, judge: Judge, chosen: Verdict, found: Found, method: str) -> Recoding:
    """Return the recoding that a node stands for."""
    task = judge.task
    partition, kept = judge.kept(chosen.levels)
    gone = ~kept[partition.member]
    cost = losses(task, chosen.levels, gone, judge.demands.weights or {})
    labels = []
    codes = np.zeros(table.codes.shape, np.int32)
    levels = {}
    for i, (axis, level) in enumerate(zip(task.axes, chosen.levels, strict=True)):
        levels[axis.name] = axis.lowest + level
        labels.append(axis.hierarchy.labels[axis.lowest + level])
        codes[:, i] = axis.hierarchy.maps[axis.lowest + level][table.codes[:, i]]
    return Recoding(
        variables=table.variables,
        labels=tuple(labels),
        codes=codes,
        suppressed=gone[task.member],
        levels=levels,
        method=method,
        loss=cost.whole,
        loss_by_variable=cost.by_variable,
        alternatives=tuple(alternative(judge, other) for other in frontier(found.seen, chosen)),
    )


def released(result: Recoding, population: ClassTable, hierarchies: Mapping[str, Hierarchy]) -> ClassTable:
    """Return the population in the released cells of a global recoding."""
    assert result.levels is not None
    maps, words = [], []
    for name in population.variables:
        hierarchy, level = hierarchies[name], result.levels[name]
        labels = hierarchy.labels[level]
        shift = 0 if None in labels else 1  # label 0 of every vocabulary is the missing value
        words.append(labels if not shift else (None, *labels))
        maps.append((hierarchy.maps[level] + shift).astype(np.int32))
    return population.recoded(words, maps)


def alternative(judge: Judge, verdict: Verdict) -> Alternative:
    """Return what is told about a node that was not chosen."""
    partition, kept = judge.kept(verdict.levels)
    cost = losses(judge.task, verdict.levels, ~kept[partition.member], judge.demands.weights or {})
    smallest = int(partition.sizes[kept].min(initial=judge.task.subjects)) if kept.any() else 0
    levels = {axis.name: axis.lowest + i for axis, i in zip(judge.task.axes, verdict.levels, strict=True)}
    return Alternative(levels, cost.whole, verdict.suppressed, 1 / smallest if smallest else 0.0)


def frontier(seen: Sequence[Verdict], chosen: Verdict) -> list[Verdict]:
    """Return a handful of other valid nodes: each cheaper than all that suppress as few, then the next best."""
    ranked = sorted((other for other in seen if other.levels != chosen.levels), key=lambda v: (v.cost, v.suppressed))
    best = [other for i, other in enumerate(ranked) if all(o.suppressed > other.suppressed for o in ranked[:i])]
    picked = [best[i] for i in _spread(len(best), _HANDFUL - 2)]
    picked += [other for other in ranked if other not in picked][: _HANDFUL - len(picked)]
    return sorted(picked, key=lambda v: (v.cost, v.suppressed))


def _spread(many: int, few: int) -> list[int]:
    """Return few indices spread evenly over many, first and last among them."""
    return list(range(many)) if many <= few else sorted({round(i * (many - 1) / (few - 1)) for i in range(few)})
