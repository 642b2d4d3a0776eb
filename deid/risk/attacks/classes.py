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
    before: ClassTable, after: ClassTable, recoding: Recoding | None = None, *, seed: int, attacks: int = 500
) -> dict[str, Measure]:
    """Attack the released classes (`after`) of the persons in `before`, over the quasi-identifiers; measures by id.

    `recoding` says which original values each released label stands for; labels without an entry stand for themselves.
    Control groups: for singling out, predicates drawn column by column by somebody who has no record; for the others
    the same persons after their own record was taken out of the release. The excess is what the record itself gives.
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
    found = [_singled_out(seen, before, covers, seed, attacks)]
    found += _as_a_person(seen, before, after, names, seed, attacks)
    return {measure.id: measure for outcome in found for measure in outcome.measures()}


def _singled_out(seen: Released, before: ClassTable, covers: Covers, seed: int, attacks: int) -> AttackOutcome:
    outcome = isolate(seen, released_classes(before), None, seed=seed, attacks=attacks, covers=covers)
    return replace(outcome, control_successes=outcome.baseline * outcome.trials, control_trials=outcome.trials)


def _as_a_person(
    seen: Released, before: ClassTable, after: ClassTable, names: list[str], seed: int, attacks: int
) -> list[AttackOutcome]:
    """Attack random persons of whom the quasi-identifiers are known."""
    classes = _draw(before, attacks, np.random.default_rng([seed, 7]))
    people = [_known(before, row) for row in before.codes[classes].tolist()]
    placed = [place(seen, person) for person in people]
    own = [standing.row for standing in placed]
    found = []
    if len(names) > 1:
        found.append(link(seen, people, people, names[::2], names[1::2], seed=seed, left_out=own))
    found.append(presence(placed, seed=seed))
    found += [
        infer(seen, before, after, name, seed=seed, attacks=attacks)
        for name in sorted(before.sensitive)
        if name in after.sensitive
    ]
    return found


def _draw(table: ClassTable, most: int, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the classes of random subjects, without replacement."""
    numbers = np.sort(rng.choice(table.subjects, min(most, table.subjects), replace=False))
    return np.searchsorted(np.cumsum(table.counts), numbers, side="right").astype(np.int64)


def _known(table: ClassTable, row: list[int]) -> Mapping[str, str | None]:
    words = table.vocabularies
    return {name: words[i][code] for i, (name, code) in enumerate(zip(table.variables, row, strict=True))}
