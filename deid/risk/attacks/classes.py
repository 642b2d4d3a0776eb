"""WP216's three questions, and membership, asked of class tables alone: no row is needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from deid.classes import ClassTable
from deid.hierarchy import Recoding
from deid.model import Measure
from deid.risk.attacks.class_inference import infer
from deid.risk.attacks.features import Covers, Released, covers_of, released_classes
from deid.risk.attacks.linkability import link
from deid.risk.attacks.outcome import AttackOutcome
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
    Control groups: for singling out, predicates drawn column by column by somebody who has no record; for the others
    the same persons after their own record was taken out of the release. Where the table of the population is given
    (over the values of `before`), singling out and membership have real strangers as control group: people of the
    population who are not in the data. The excess is what the record itself gives.
    """
    covers: Covers = {}
    if recoding is not None and recoding.variables == before.variables:
        covers = covers_of(before.vocabularies, before.codes, recoding)
    names = [name for name in after.variables if name in before.variables]
    if not names or not before.subjects or not after.subjects:
        return {}
    after, before = after.project(names), before.project(names)
    seen = released_classes(after, covers)
    attacks = max(min(attacks, BUDGET // max(seen.rows, len(before))), _FEWEST)
    others = strangers(before, population.project(names), seed) if population is not None else None
    found = [_singled_out(seen, before, others, covers, seed, attacks)]
    found += _as_a_person(seen, before, after, others, seed, attacks)
    return {measure.id: measure for outcome in found for measure in outcome.measures()}


def _singled_out(
    seen: Released, before: ClassTable, others: ClassTable | None, covers: Covers, seed: int, attacks: int
) -> AttackOutcome:
    control = None if others is None else released_classes(others)
    outcome = isolate(seen, released_classes(before), control, seed=seed, attacks=attacks, covers=covers)
    if control is not None:
        return outcome
    return replace(outcome, control_successes=outcome.baseline * outcome.trials, control_trials=outcome.trials)


def _as_a_person(
    seen: Released, before: ClassTable, after: ClassTable, others: ClassTable | None, seed: int, attacks: int
) -> list[AttackOutcome]:
    """Attack random persons of whom the quasi-identifiers are known."""
    names = list(before.variables)
    people = _people(before, attacks, np.random.default_rng([seed, 7]))
    placed = [place(seen, person) for person in people]
    own = [standing.row for standing in placed]
    found = []
    if len(names) > 1:
        found.append(link(seen, people, people, names[::2], names[1::2], seed=seed, left_out=own))
    control = None if others is None else _people(others, attacks, np.random.default_rng([seed, 11]))
    away = None if control is None else [float(seen.distances(person).min()) for person in control]
    found.append(presence(placed, seed=seed, strangers=away))
    found += [
        infer(seen, before, after, name, seed=seed, attacks=attacks)
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


def _people(table: ClassTable, most: int, rng: np.random.Generator) -> list[Mapping[str, str | None]]:
    """Return what is known of random subjects, drawn without replacement."""
    numbers = np.sort(rng.choice(table.subjects, min(most, table.subjects), replace=False))
    classes = np.searchsorted(np.cumsum(table.counts), numbers, side="right")
    return [_known(table, row) for row in table.codes[classes].tolist()]


def _known(table: ClassTable, row: list[int]) -> Mapping[str, str | None]:
    words = table.vocabularies
    return {name: words[i][code] for i, (name, code) in enumerate(zip(table.variables, row, strict=True))}
