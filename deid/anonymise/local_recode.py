"""From a local recoding of the search's tuples to the recoding of every class of the class table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from deid.anonymise.judge import Judge
from deid.anonymise.local import Local, local
from deid.anonymise.local.boxes import Cells
from deid.anonymise.local.sets import Values
from deid.anonymise.local.spans import Span
from deid.anonymise.local_cells import shown
from deid.anonymise.partition import Mask, Partition
from deid.anonymise.recode import mean
from deid.anonymise.refuse import LOCAL_IMPOSSIBLE, NOTHING_LEFT, impossible_locally
from deid.anonymise.task import Task
from deid.classes import ClassTable, Codes, group
from deid.errors import DataError
from deid.hierarchy import Recoding


def local_recoding(table: ClassTable, judge: Judge, deadline: float, cells: Cells | None = None) -> Recoding:
    """Return a multidimensional recoding, checked by grouping its cells. Raises DataError where none is found."""
    impossible_locally(judge)
    task = judge.task
    found = _trimmed(judge, local(judge, deadline, cells))
    gone = found.member < 0
    suppressed = int(task.counts[gone].sum())
    if suppressed == task.subjects:
        raise DataError(NOTHING_LEFT.at(f"all {task.subjects} subjects would be suppressed", "anonymise"))
    if suppressed > judge.demands.limit:
        cause = f"{suppressed} of {task.subjects} subjects found no class, and {judge.demands.limit} may be suppressed"
        raise DataError(LOCAL_IMPOSSIBLE.at(cause, "anonymise"))
    written = [shown(axis, found, i, task.counts, cells or Cells()) for i, axis in enumerate(task.axes)]
    labels, columns = [one.labels for one in written], [one.codes for one in written]
    losses = {
        axis.name: float((np.where(gone, 1.0, one.cost) * task.counts).sum() / task.subjects)
        for axis, one in zip(task.axes, written, strict=True)
    }
    codes = np.column_stack(columns).astype(np.int32) if columns else np.zeros((task.tuples, 0), np.int32)
    people = None
    if task.population is not None:
        people = _population(table, task, labels, codes)
    _check(judge, codes, [len(names) for names in labels], gone)
    return Recoding(
        variables=table.variables,
        labels=tuple(labels),
        codes=codes[task.member],
        suppressed=gone[task.member],
        levels=None,
        method=(
            f"local recoding in {found.classes} classes with {_written(task, found, cells)}: outliers set aside, "
            f"classes split and regrouped ({suppressed} of {task.subjects} subjects suppressed, {judge.demands.limit} "
            "allowed); no proof of the least loss"
        ),
        loss=mean(losses, judge.demands.weights or {}),
        loss_by_variable=losses,
        population=people,
    )


def _written(task: Task, found: Local, cells: Cells | None) -> str:
    """Return in words how cells are written."""
    numbers = (cells or Cells()).numbers
    spans = [part.span for axis, part in zip(task.axes, found.parts, strict=True) if axis.name not in numbers]
    intervals = sum(isinstance(span, Span) for span in spans)
    sets = sum(isinstance(span, Values) for span in spans)
    text = "cells of the hierarchies"
    if intervals:
        text += f", narrowest intervals for {intervals} numeric variable(s)"
    if sets:
        text += f", sets of values for {sets} variable(s)"
    if numbers:
        text += ", " + ", ".join(f"the {how} of the class for {name}" for name, how in sorted(numbers.items()))
    return text


def _population(table: ClassTable, task: Task, labels: list[tuple[str | None, ...]], codes: Codes) -> ClassTable:
    """Return the population in released cells: every person in the one class that the search gave its values."""
    assert task.population is not None
    words, maps = [], []
    for names in labels:
        own = (None, *(name for name in names if name is not None))
        words.append(own)
        maps.append(np.array([own.index(name) for name in names] or [0], np.int32))
    there = task.population > 0
    matrix = [lookup[codes[there, i]] for i, lookup in enumerate(maps)]
    cells = np.column_stack(matrix).astype(np.int32) if matrix else np.zeros((int(there.sum()), 0), np.int32)
    source = ClassTable(table.variables, tuple(words), cells, task.population[there])
    return source.project(table.variables)


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
    return replace(found, member=np.where(kept[member], found.member, -1))


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
