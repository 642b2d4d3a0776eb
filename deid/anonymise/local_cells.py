"""What a local recoding writes in the cells of one variable, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from deid.anonymise.local import Local
from deid.anonymise.local.boxes import Cells
from deid.anonymise.local.sets import Values
from deid.anonymise.local.spans import Span, Stretch
from deid.anonymise.task import Axis, Floats, Keys
from deid.classes import Counts
from deid.hierarchies.ladder import ROOT


@dataclass(frozen=True)
class Shown:
    """Cells of one variable: the labels in their natural order, and for each tuple its label and what that costs.

    Suppressed tuples have the label of the top, and any cost.
    """

    labels: tuple[str | None, ...]
    codes: Keys
    cost: Floats


def shown(axis: Axis, found: Local, i: int, counts: Counts, cells: Cells) -> Shown:
    """Return the cells of axis number i of a local recoding."""
    span = found.parts[i].span
    if span is not None:
        return _stretched(span, found, i, counts, cells.numbers.get(axis.name, ""))
    names, codes = _nodes(axis, found, i)
    return Shown(names, codes, axis.cells[found.levels[i][np.maximum(found.member, 0)], axis.codes[0]])


def _nodes(axis: Axis, found: Local, i: int) -> tuple[tuple[str | None, ...], Keys]:
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


def _stretched(span: Stretch, found: Local, i: int, counts: Counts, how: str) -> Shown:
    """Return cells that are intervals, numbers or sets; suppressed tuples have '*'."""
    ends = list(zip(found.low[i].tolist(), found.high[i].tolist(), strict=True))
    cost = np.asarray(span.cost(found.low[i], found.high[i]), np.float64)
    texts: list[str | None] = [span.interval(low, high) if isinstance(span, Span) else None for low, high in ends]
    place = found.parts[i].codes
    for part in _classes(found, place) if how or isinstance(span, Values) else ():
        number = int(found.member[part[0]])
        if isinstance(span, Values):
            held = np.unique(place[part])
            texts[number], cost[number] = span.cell(held), span.penalty(held)
        elif isinstance(span, Span):
            texts[number] = span.middle(place[part], counts[part], how)
    first: dict[str | None, tuple[int, int]] = {}
    for text, end in zip(texts, ends, strict=True):
        first[text] = min(first.get(text, end), end)
    if (found.member < 0).any():
        first.setdefault(ROOT, (len(span.order), 0))
    names = sorted(first, key=lambda text: (text is not None, text == ROOT, first[text], text))
    code = {text: at for at, text in enumerate(names)}
    of_class = np.array([code[text] for text in texts] + [code.get(ROOT, 0)], np.int64)
    return Shown(tuple(names), of_class[found.member], np.r_[cost, 1.0][found.member])


def _classes(found: Local, place: Keys) -> list[Keys]:
    """Return the tuples of each class in the order of their places."""
    order = np.lexsort((place, found.member))
    order = order[found.member[order] >= 0]
    return np.split(order, np.flatnonzero(np.diff(found.member[order])) + 1) if len(order) else []
