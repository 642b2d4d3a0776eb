"""WP216's three questions, and membership, asked of class tables alone: no row is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from deid.classes import ClassTable
from deid.hierarchy import Recoding
from deid.model import Measure
from deid.risk.attacks.class_inference import infer
from deid.risk.attacks.features import Covers, Released, covers_of, released_classes
from deid.risk.attacks.linkability import link
from deid.risk.attacks.outcome import NO_RECORD, AttackOutcome
from deid.risk.attacks.own_row import OwnRows
from deid.risk.attacks.presence import place, presence
from deid.risk.attacks.singling_out import isolate

#: Released classes that all attacks of one kind may look at together: large tables are attacked less often.
BUDGET = 20_000_000
_FEWEST = 50


def attack_classes(
    before: ClassTable,
    after: ClassTable,
    recoding: Recoding | None = None,
    *,
    seed: int,
    attacks: int = 500,
    population: ClassTable | None = None,
) -> dict[str, Measure]:
    """Attack the released classes (`after`) of the persons in `before`, over the quasi-identifiers; measures by id.

    `recoding` says which original values each released label stands for; labels without an entry stand for themselves.
    Control groups: where the table of the population is given (over the values of `before`), people of the population
    who are not in the data, except for inference, because nobody knows their sensitive values. Else nobody outside the
    data is known, and the control group are the same people, each after their own record was taken out of the release:
    what the attack achieves on people like them whose record is not there (leave one out; the labels of the release are
    kept). For singling out it is then predicates drawn column by column by somebody who has no record. Where both
    groups are the same people, the interval of the excess, which takes them for different ones, is too wide, never too
    narrow.
    """
    covers: Covers = {}
    if recoding is not None and recoding.variables == before.variables:
        covers = covers_of(before.vocabularies, before.codes, recoding)
    names = [name for name in after.variables if name in before.variables]
    if not names or not before.subjects or not after.subjects:
        return {}
    after = after.project(names)
    seen = released_classes(after, covers)
    own = OwnRows(seen, before, after, recoding if covers else None, names)
    attacks = max(min(attacks, BUDGET // max(seen.rows, len(before))), _FEWEST)
    everybody = before.project(names)
    others = strangers(everybody, population.project(names), seed) if population is not None else None
    found = [_singled_out(seen, everybody, others, covers, seed, attacks)]
    found += _as_a_person(seen, before, after, own, others, seed, attacks)
    return {measure.id: measure for outcome in found for measure in outcome.measures()}


def _singled_out(
    seen: Released, before: ClassTable, others: ClassTable | None, covers: Covers, seed: int, attacks: int
) -> AttackOutcome:
    control = None if others is None else released_classes(others)
    outcome = isolate(seen, released_classes(before), control, seed=seed, attacks=attacks, covers=covers)
    if control is not None:
        return outcome
    by_chance = outcome.baseline * outcome.trials
    return replace(outcome, control_successes=by_chance, control_trials=outcome.trials, group=NO_RECORD)


def _as_a_person(
    seen: Released,
    before: ClassTable,
    after: ClassTable,
    own: OwnRows,
    others: ClassTable | None,
    seed: int,
    attacks: int,
) -> list[AttackOutcome]:
    """Attack random persons of whom the quasi-identifiers are known."""
    names = list(after.variables)
    classes = _drawn(before, attacks, np.random.default_rng([seed, 7]))
    people = [own.known(one) for one in classes]
    rows = [own.of(one) for one in classes]
    control = None
    if others is not None:
        control = [_known(others, names, one) for one in _drawn(others, attacks, np.random.default_rng([seed, 11]))]
    found = []
    if len(names) > 1:
        others_, left_out = (people, rows) if control is None else (control, None)
        found.append(link(seen, people, others_, names[::2], names[1::2], seed=seed, left_out=left_out))
    away = None if control is None else [float(seen.distances(person).min()) for person in control]
    placed = [place(seen, person, row) for person, row in zip(people, rows, strict=True)]
    found.append(presence(placed, seed=seed, strangers=away))
    found += [
        infer(seen, before, after, own, name, seed=seed, attacks=attacks)
        for name in sorted(before.sensitive)
        if name in after.sensitive
    ]
    return found


def strangers(before: ClassTable, population: ClassTable, seed: int) -> ClassTable | None:
    """Return as many random people of the population who are not in the data as the data have; None if too few are.

    Both tables are over the same variables and vocabularies.
    """
    if population.vocabularies != before.vocabularies:
        return None
    there = dict(zip(map(tuple, before.codes.tolist()), before.counts.tolist(), strict=True))
    inside = np.array([there.get(tuple(codes), 0) for codes in population.codes.tolist()], np.int64)
    left = np.maximum(population.counts - inside, 0)
    if left.sum() < max(_FEWEST, 2):
        return None
    wanted = min(before.subjects, int(left.sum()))
    drawn = np.random.default_rng([seed, 12]).multivariate_hypergeometric(left, wanted, method="marginals")
    held = drawn > 0
    return ClassTable(population.variables, population.vocabularies, population.codes[held], drawn[held])


def _drawn(table: ClassTable, most: int, rng: np.random.Generator) -> list[int]:
    """Return the classes of random subjects, drawn without replacement."""
    numbers = np.sort(rng.choice(table.subjects, min(most, table.subjects), replace=False))
    classes: list[int] = np.searchsorted(np.cumsum(table.counts), numbers, side="right").tolist()
    return classes


def _known(table: ClassTable, names: Sequence[str], own: int) -> Mapping[str, str | None]:
    """Return what is known of a subject of a class."""
    places = [table.variables.index(name) for name in names]
    return {name: table.vocabularies[i][table.codes[own, i]] for name, i in zip(names, places, strict=True)}
