"""Singling out and linkability from class tables alone: no row is needed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from deid.classes import ClassTable
from deid.hierarchy import Recoding
from deid.model import Measure
from deid.risk.attacks.features import covers_of, released_classes
from deid.risk.attacks.linkability import link
from deid.risk.attacks.singling_out import isolate


def attack_classes(
    before: ClassTable, after: ClassTable, recoding: Recoding | None = None, *, seed: int, attacks: int = 500
) -> dict[str, Measure]:
    """Attack the released classes (`after`) of the persons in `before`, over the quasi-identifiers; measures by id.

    `recoding` says which original values each released label stands for; labels without an entry stand for themselves.
    There is no control group here, so the excess over strangers has no value: see `three_questions` for one.
    """
    covers: Mapping[str, Mapping[str, frozenset[str]]] = {}
    if recoding is not None and recoding.variables == before.variables:
        covers = covers_of(before.vocabularies, before.codes, recoding)
    names = [name for name in after.variables if name in before.variables]
    if not names:
        return {}
    seen, targets = released_classes(after.project(names), covers), released_classes(before.project(names))
    found = [isolate(seen, targets, None, seed=seed, attacks=attacks, covers=covers)]
    if len(names) > 1:
        persons = _draw(before.project(names), attacks, np.random.default_rng([seed, 7]))
        found.append(link(seen, persons, [], names[::2], names[1::2], seed=seed))
    return {measure.id: measure for outcome in found for measure in outcome.measures()}


def _draw(table: ClassTable, most: int, rng: np.random.Generator) -> list[dict[str, str | None]]:
    """Return what is known of random subjects, without replacement."""
    numbers = np.sort(rng.choice(table.subjects, min(most, table.subjects), replace=False))
    classes = np.searchsorted(np.cumsum(table.counts), numbers, side="right")
    words = table.vocabularies
    return [
        {name: words[i][code] for i, (name, code) in enumerate(zip(table.variables, row, strict=True))}
        for row in table.codes[classes].tolist()
    ]
