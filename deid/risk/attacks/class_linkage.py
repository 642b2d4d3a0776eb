"""Linkage on class tables: a register with identities matched against the released classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from deid.classes import ClassTable, Codes
from deid.hierarchy import Recoding
from deid.model import Measure
from deid.risk.attacks.features import Covers, Released, covers_of, released_classes
from deid.risk.attacks.outcome import AttackOutcome
from deid.risk.attacks.own_row import OwnRows

_EXACT = 1e-12


def link_register(
    before: ClassTable,
    after: ClassTable,
    recoding: Recoding | None,
    known: Mapping[str, Sequence[str | None]],
    classes: Codes,
    *,
    seed: int,
    attacks: int = 500,
) -> dict[str, Measure]:
    """Match each person of a register with the released classes that agree best on the variables known; by id.

    known    value by variable of each person of the register, as in `before`
    classes  class of the person in `before`, -1 for strangers, who are the control group

    A success is the chance to pick the right one among the people of the nearest classes; a suppressed person is never
    found. For a stranger the match is a false claim where exactly one released person agrees with everything known, so
    that the excess is what a match is worth beyond the claims that are wrong. A value that nobody in the data has is
    covered by no released label, which makes false claims rarer and never the risk smaller. The baseline is one in all
    released people. Source: Winkler 2004; Domingo-Ferrer and Torra 2001.
    """
    names = [name for name in after.variables if name in before.variables and name in known]
    if not names or not after.subjects:
        return {}
    covers: Covers = {}
    if recoding is not None and recoding.variables == before.variables:
        covers = covers_of(before.vocabularies, before.codes, recoding)
    after = after.project(names)
    seen = released_classes(after, covers)
    own = OwnRows(seen, before, after, recoding, names)
    rng = np.random.default_rng([seed, 10])
    inside, strangers = (np.sort(rng.permutation(np.flatnonzero(of))[:attacks]) for of in (classes >= 0, classes < 0))
    success, single, right = 0.0, 0, 0
    for i in inside.tolist():
        near = seen.nearest({name: known[name][i] for name in names})
        people, hit = int(seen.persons[near].sum()), own.of(int(classes[i])) in near
        success += 1 / people if hit else 0.0
        single += people == 1
        right += people == 1 and hit
    false_claims = sum(_claims(seen, {name: known[name][i] for name in names}) for i in strangers.tolist())
    facts = {"columns": names, "single_matches": single, "single_matches_right": right}
    baseline = 1 / after.subjects
    outcome = AttackOutcome("linkage", success, len(inside), float(false_claims), len(strangers), baseline, seed, facts)
    return {measure.id: measure for measure in outcome.measures()}


def _claims(seen: Released, person: Mapping[str, str | None]) -> bool:
    return int(seen.persons[seen.distances(person) <= _EXACT].sum()) == 1
