"""From plan and facts to the search: hierarchies for every quasi-identifier, then the recoding; and whom it cost."""

from __future__ import annotations

import numpy as np

from deid import hierarchies
from deid.anonymise import anonymise
from deid.classes import ClassTable
from deid.collecting.coarsening import spec_of
from deid.decisions import Plan
from deid.errors import DataError, DeidError, PolicyError, Problem
from deid.facts import Facts
from deid.hierarchy import Hierarchy, Recoding
from deid.report.inputs import Burden


def recode(plan: Plan, facts: Facts) -> Recoding | None:
    """Search the recoding that the policy asks for; None where it asks for none. Raises PolicyError or DataError."""
    if plan.policy.anonymise is None or facts.classes is None:
        return None
    return anonymise(facts.classes, hierarchies_of(plan, facts), plan.policy.anonymise, facts.population)


def hierarchies_of(plan: Plan, facts: Facts) -> dict[str, Hierarchy]:
    """Build the hierarchy of every quasi-identifier for the values that occur. Raises with all problems at once."""
    built: dict[str, Hierarchy] = {}
    problems: list[Problem] = []
    table = facts.classes
    for variable, vocabulary in zip(table.variables, table.vocabularies, strict=True) if table is not None else ():
        if variable in facts.coarsened:
            built[variable] = facts.coarsened[variable]
            continue
        try:
            spec = spec_of(plan, variable)
            built[variable] = hierarchies.build(spec, vocabulary, folder=plan.policy.folder, name=variable)
        except (DataError, PolicyError) as error:
            problems += _of(error)
    if problems:
        raise DataError(problems)
    return built


def _of(error: DeidError) -> tuple[Problem, ...]:
    return error.problems


def burden(table: ClassTable, recoding: Recoding) -> tuple[Burden, ...]:
    """Return who was suppressed: subjects and suppressed subjects by released group of each quasi-identifier.

    Suppressed subjects are counted under the group that they would have had.
    """
    result = []
    for variable in recoding.variables:
        labels, codes = recoding.cells(variable)
        subjects = np.bincount(codes, weights=table.counts, minlength=len(labels))
        lost = np.bincount(codes, weights=table.counts * recoding.suppressed, minlength=len(labels))
        groups = tuple((label or "(missing)", int(subjects[i]), int(lost[i])) for i, label in enumerate(labels))
        result.append(Burden(variable, tuple(group for group in groups if group[1])))
    return tuple(result)
