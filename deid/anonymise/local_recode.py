"""From a local recoding of the search's tuples to the recoding of every class of the class table."""

from __future__ import annotations

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.local import Local, local
from deid.anonymise.partition import Mask, Partition
from deid.anonymise.recode import mean
from deid.anonymise.refuse import LOCAL_IMPOSSIBLE, NOTHING_LEFT, impossible_locally
from deid.anonymise.task import Axis, Keys
from deid.classes import ClassTable, group
from deid.errors import DataError
from deid.hierarchies.ladder import ROOT
from deid.hierarchy import Recoding


def local_recoding(table: ClassTable, judge: Judge, deadline: float) -> Recoding:
    """Return a multidimensional recoding, checked by grouping its cells. Raises DataError where none is found."""
    impossible_locally(judge)
    task = judge.task
    found = _trimmed(judge, local(judge, deadline))
    gone = found.member < 0
    suppressed = int(task.counts[gone].sum())
    if suppressed == task.subjects:
        raise DataError(NOTHING_LEFT.at(f"all {task.subjects} subjects would be suppressed", "anonymise"))
    if suppressed > judge.demands.limit:
        cause = f"{suppressed} of {task.subjects} subjects found no class, and {judge.demands.limit} may be suppressed"
        raise DataError(LOCAL_IMPOSSIBLE.at(cause, "anonymise"))
    labels, columns, losses = [], [], {}
    for i, axis in enumerate(task.axes):
        names, code = _cells(axis, found, i)
        labels.append(names)
        columns.append(code)
        cost = axis.cells[found.levels[i][np.maximum(found.member, 0)], axis.codes[0]]
        losses[axis.name] = float((np.where(gone, 1.0, cost) * task.counts).sum() / task.subjects)
    codes = np.column_stack(columns).astype(np.int32) if columns else np.zeros((task.tuples, 0), np.int32)
    _check(judge, codes, [len(names) for names in labels], gone)
    return Recoding(
        variables=table.variables,
        labels=tuple(labels),
        codes=codes[task.member],
        suppressed=gone[task.member],
        levels=None,
        method=(
            f"local recoding in {found.classes} classes with cells of the hierarchies: outliers set aside, classes "
            f"split and regrouped ({suppressed} of {task.subjects} subjects suppressed, {judge.demands.limit} "
            "allowed); no proof of the least loss"
        ),
        loss=mean(losses, judge.demands.weights or {}),
        loss_by_variable=losses,
    )


def _trimmed(judge: Judge, found: Local) -> Local:
    """Leave out the smallest classes where a condition on the whole release asks for it."""
    if not judge.demands.table:
        return found
    member = np.where(found.member < 0, found.classes, found.member)
    sizes = np.bincount(member, weights=judge.task.counts, minlength=found.classes + 1).astype(np.int64)
    partition = Partition(member, sizes)
    kept = np.arange(found.classes + 1) < found.classes
    for model in judge.demands.table:
        kept = model.trim(partition, kept)
    return Local(np.where(kept[member], found.member, -1), found.levels, found.codes)


def _cells(axis: Axis, found: Local, i: int) -> tuple[tuple[str | None, ...], Keys]:
    """Return the labels in use in their natural order, and the label of each tuple; suppressed ones have the top's."""
    tops = np.arange(axis.cards[-1])
    levels = np.r_[found.levels[i], np.full(len(tops), axis.levels - 1)]
    codes = np.r_[found.codes[i], tops]
    cell = np.where(found.member < 0, found.classes + axis.codes[-1], found.member)
    used, place = np.unique(cell, return_inverse=True)
    first: dict[str | None, tuple[int, int]] = {}
    text: list[str | None] = []
    for level, code in zip(levels[used], codes[used], strict=True):
        label = axis.hierarchy.labels[axis.lowest + int(level)][int(axis.labels[level][code])]
        text.append(label)
        below = int(np.flatnonzero(axis.steps[level] == code)[0])
        first[label] = min(first.get(label, (below, int(level))), (below, int(level)))
    names = sorted(first, key=lambda label: (label is not None, label == ROOT, first[label]))
    number = {label: at for at, label in enumerate(names)}
    return tuple(names), np.array([number[label] for label in text], dtype=np.int64)[place]


def _check(judge: Judge, codes: np.ndarray[tuple[int, int], np.dtype[np.int32]], sizes: list[int], gone: Mask) -> None:
    """Group what would be written and hold it against k and all class models once more."""
    _, member = group(codes, [max(size, 1) for size in sizes])
    number = np.where(gone, int(member.max(initial=-1)) + 1, member).astype(np.int64)
    classes = int(number.max(initial=-1)) + 1
    counts = np.where(gone, 0, judge.task.counts)
    people = judge.task.population
    if people is not None:
        people = np.bincount(number, weights=people, minlength=classes).astype(np.int64)
    partition = Partition(number, np.bincount(number, weights=counts, minlength=classes).astype(np.int64), people)
    broken = ~judge.released(partition) & (partition.sizes > 0)
    assert not broken.any(), "a class of the local recoding does not hold"
