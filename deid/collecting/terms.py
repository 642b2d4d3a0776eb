"""Where terms of a hierarchy are cut so that enough subjects hold every label that is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from deid.classes import Codes
from deid.collecting.rows import Rows
from deid.collecting.tuples import Narrow, Owners, Universe, Variable
from deid.decisions import TablePlan
from deid.transform.pool_terms import SEPARATOR, PoolTerms
from deid.values import distinct

Ints = npt.NDArray[np.int64]


@dataclass
class TermPools:
    """Pairs of subject and path of labels, by the pool that they are counted in."""

    pools: dict[str, Variable] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)

    def add(self, table: TablePlan, rows: Rows, owners: Owners | None) -> None:
        """Take in one batch; columns of one hierarchy hold the same paths, which are taken once."""
        if owners is None:
            return
        seen: set[str] = set()
        for step in table.steps:
            if not isinstance(step.transform, PoolTerms) or not step.released:
                continue
            name = step.transform.pool_name(step.variable)
            if name not in seen:
                seen.add(name)
                there = set(rows.batch.schema.names)
                others = {level: rows.column(level) for level in step.transform.levels if level in there}
                column = rows.batch.column(step.position)
                paths = step.transform.paths(column, others, f"{table.table}.{step.column}")
                self.pools.setdefault(name, Variable()).add(table.table, owners, paths)
                self.least[name] = step.transform.at_least

    def cuts(self, universe: Universe) -> dict[str, dict[str, int]]:
        """Return by pool the level at which each path is cut; the number of levels where it is rare on all."""
        return {name: _cuts(variable, universe, self.least[name]) for name, variable in self.pools.items()}


def _cuts(variable: Variable, universe: Universe, least: int) -> dict[str, int]:
    subjects, codes = variable.all_pairs(universe)
    by_code = {code: value for value, code in variable.vocabulary.codes.items() if value is not None}
    labels = {code: value.split(SEPARATOR) for code, value in by_code.items()}
    levels = max((len(parts) for parts in labels.values()), default=0)
    cut = dict.fromkeys(labels, levels)
    group_of: dict[int, tuple[str, ...]] = {}
    for level in range(levels):
        waiting = [code for code in labels if cut[code] == levels and labels[code][level]]
        groups = {code: tuple(labels[code][level:]) for code in waiting}
        held = _subjects(subjects, codes, groups, len(variable.vocabulary.codes))
        for code, group in groups.items():
            if held[group] >= least:
                cut[code] = level
                group_of[code] = (str(level), *group)
    _fill_others(subjects, codes, cut, group_of, levels, least, len(variable.vocabulary.codes))
    return {by_code[code]: level for code, level in cut.items()}


def _fill_others(
    subjects: Codes,
    codes: Narrow,
    cut: dict[int, int],
    group_of: dict[int, tuple[str, ...]],
    levels: int,
    least: int,
    size: int,
) -> None:
    """Let what is rare on every level take in the rarest groups, ties together, until enough subjects hold it."""
    held = _subjects(subjects, codes, group_of, size)
    while True:
        others = dict.fromkeys((code for code, level in cut.items() if level == levels), ("",))
        count = _subjects(subjects, codes, others, size).get(("",), 0)
        if not count or count >= least or not held:
            return
        rarest = min(held.values())
        taken = {group for group, number in held.items() if number == rarest}
        held = {group: number for group, number in held.items() if group not in taken}
        for code, group in list(group_of.items()):
            if group in taken:
                cut[code] = levels
                del group_of[code]


def _subjects(
    subjects: Codes, codes: Narrow, group_of: Mapping[int, tuple[str, ...]], size: int
) -> dict[tuple[str, ...], int]:
    """Count the subjects of each group of codes."""
    names: Sequence[tuple[str, ...]] = sorted(set(group_of.values()))
    number = {name: i for i, name in enumerate(names)}
    index: Ints = np.full(size, -1, np.int64)
    for code, name in group_of.items():
        index[code] = number[name]
    group = index[codes]
    size = max(len(names), 1)
    pairs = distinct(subjects[group >= 0].astype(np.int64) * size + group[group >= 0])
    counts = np.bincount(pairs % size, minlength=len(names))
    return {name: int(counts[i]) for i, name in enumerate(names)}
