"""A class table that would outgrow its budget: which levels of the hierarchies it is counted at instead.

The search never looks below the level that it starts from, so a table that is counted there leads to the same
recodings; what is lost are the finer ones, and the figures of the data as they came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa

from deid import hierarchies
from deid.classes import ClassTable, Codes, numbered
from deid.collecting.tuples import Change, Narrow, Tuples
from deid.decisions import Plan
from deid.hierarchy import Hierarchy
from deid.model import Role

Vocabulary = tuple[str | None, ...]


@dataclass(frozen=True)
class Coarsening:
    """What is counted coarser than it came: for each such variable its hierarchy and how its values change.

    Each hierarchy is worked out for the labels of its lowest level, which stand where the values stood.
    """

    hierarchies: Mapping[str, Hierarchy]
    changes: Mapping[str, Change]


@dataclass
class Levels:
    """The codes of all subjects, at levels that are raised and lowered; each level is counted once."""

    columns: Sequence[Narrow]
    ladders: Sequence[Hierarchy]
    at: list[int]

    def tuples(self, at: Sequence[int]) -> int:
        """Return how many distinct tuples there are at some levels."""
        maps = [ladder.maps[level] for ladder, level in zip(self.ladders, at, strict=True)]
        sizes = [int(own.max(initial=0)) + 1 for own in maps]
        codes = [
            own.astype(np.min_scalar_type(size)).take(column, mode="clip")
            for own, size, column in zip(maps, sizes, self.columns, strict=True)
        ]
        return int(numbered(codes, sizes).max(initial=-1)) + 1

    def labels(self, i: int) -> int:
        """Return how many labels one variable has at its level."""
        return len(self.ladders[i].labels[self.at[i]])

    def may_rise(self, i: int) -> bool:
        """Return whether one variable has a coarser level, below '*', that the policy allows."""
        ladder = self.ladders[i]
        highest = ladder.height if ladder.highest is None else ladder.highest
        return self.at[i] < min(highest, ladder.height - 1)


def within(sizes: Sequence[int], subjects: int, budget: int) -> bool:
    """Return whether so many subjects, or values of each variable, cannot make more tuples than the budget."""
    return min(subjects, prod(max(size, 1) for size in sizes)) <= budget


def distinct_tuples(vocabularies: Sequence[Vocabulary], columns: Sequence[Narrow]) -> int:
    """Return how many distinct tuples the subjects have."""
    return int(numbered(columns, [len(own) for own in vocabularies]).max(initial=-1)) + 1


def coarsening(tuples: Tuples, plan: Plan, changes: Mapping[str, Change]) -> Coarsening | None:
    """Return the finest levels at which the distinct tuples fit the budget: none of them could be one finer.

    None where the tuples fit as they are, and where no levels would do: the policy asks for no global recoding, or
    compares with people beside the data, or its highest levels still hold too many. Raises DataError where a hierarchy
    does not fit the data.
    """
    budget, asked = plan.policy.class_budget, plan.policy.anonymise
    subjects = len(tuples.universe().hashes)
    if within([len(variable.vocabulary.codes) for variable in tuples.quasi.values()], subjects, budget):
        return None
    vocabularies, columns = tuples.columns(plan.policy.counts_from, [], changes)
    people = plan.policy.population
    beside = (people is not None and people.file) or plan.policy.linkage is not None
    if distinct_tuples(vocabularies, columns) <= budget or asked is None or asked.recoding != "global" or beside:
        return None
    names = tuple(tuples.quasi)
    ladders = [
        hierarchies.build(spec_of(plan, name), own, folder=plan.policy.folder, name=name)
        for name, own in zip(names, vocabularies, strict=True)
    ]
    found = finest(Levels(columns, ladders, [ladder.lowest for ladder in ladders]), budget)
    if found is None:
        return None
    raised = [i for i, level in enumerate(found) if level > 0]
    own_changes = {names[i]: _change(vocabularies[i], ladders[i], found[i], changes.get(names[i])) for i in raised}
    return Coarsening({names[i]: _from(ladders[i], found[i]) for i in raised}, own_changes)


def finest(levels: Levels, budget: int) -> tuple[int, ...] | None:
    """Raise the variable with the most labels until the tuples fit, then lower whatever can be lowered; None: never."""
    lowest = list(levels.at)
    while levels.tuples(levels.at) > budget:
        rising = [i for i in range(len(levels.at)) if levels.may_rise(i)]
        if not rising:
            return None
        levels.at[max(rising, key=lambda i: (levels.labels(i), -i))] += 1
    for i in range(len(levels.at)):
        while levels.at[i] > lowest[i]:
            finer = [*levels.at[:i], levels.at[i] - 1, *levels.at[i + 1 :]]
            if levels.tuples(finer) > budget:
                break
            levels.at[i] -= 1
    return tuple(levels.at)


def why_uncounted(plan: Plan, coarser: Coarsening | None, raw: ClassTable | None) -> str:
    """Return why the data as they came have no class table, where they have more tuples than the policy allows."""
    fits = coarser is None and (raw is None or len(raw) <= plan.policy.class_budget)
    if fits or plan.policy.anonymise is None:
        return ""
    return "the data as they came hold more distinct tuples of quasi-identifiers than the class budget of the policy"


def said(uncounted: str, coarser: Coarsening | None) -> tuple[str, ...]:
    """Say that not all was counted, and from which level of its hierarchy on each variable was."""
    if not uncounted:
        return ()
    ladders = coarser.hierarchies if coarser is not None else {}
    levels = ", ".join(f"{name} from level {own.lowest} of its hierarchy on" for name, own in ladders.items())
    started = f"; counted, searched and attacked were {levels}" if levels else ""
    return (f"{uncounted}, so that no risk before is given{started}",)


def spec_of(plan: Plan, variable: str) -> Mapping[str, Any] | str:
    """Return the hierarchy that the policy gives a variable; one that is only kept can only be suppressed."""
    for step in plan.steps:
        if step.variable == variable and step.role is Role.QUASI and step.do == "generalise":
            given: Mapping[str, Any] | str = getattr(step.transform, "hierarchy")  # noqa: B009
            return given
    return {"suppress_only": True, "max_level": 0}


def _change(vocabulary: Vocabulary, ladder: Hierarchy, level: int, before: Change | None) -> Change:
    """Return what puts the label of a level in the place of each value, after another change if there is one."""
    label = dict(zip(vocabulary, (ladder.labels[level][at] for at in ladder.maps[level]), strict=True))

    def change(values: pa.Array) -> pa.Array:
        came = values if before is None else before(values)
        return pa.array([label[value] for value in came.to_pylist()], pa.string())

    return change


def _from(ladder: Hierarchy, level: int) -> Hierarchy:
    """Return a hierarchy over the labels of one of its levels, which becomes the lowest that may be released.

    Below that level it holds the place of one value a label, and nobody looks there; leaves count as before.
    """
    of_value = ladder.maps[level]
    present, first = np.unique(of_value, return_index=True)
    texts = {int(label): ladder.labels[level][label] or "" for label in present}
    order: Codes = np.array(sorted(range(len(present)), key=lambda i: (i > 0, texts[int(present[i])])), np.int32)
    return replace(ladder, maps=np.ascontiguousarray(ladder.maps[:, first[order]]), lowest=level)
