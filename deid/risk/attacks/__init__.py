"""Attacks on a release: seeded, with a control group, a baseline and intervals."""

from __future__ import annotations

from collections.abc import Sequence

from deid.model import Measure
from deid.risk.attacks.class_linkage import link_register
from deid.risk.attacks.classes import attack_classes
from deid.risk.attacks.features import Columns, Covers
from deid.risk.attacks.inference import inference
from deid.risk.attacks.linkability import linkability
from deid.risk.attacks.linkage import linkage
from deid.risk.attacks.membership import membership
from deid.risk.attacks.outcome import AttackOutcome
from deid.risk.attacks.singling_out import singling_out

__all__ = [
    "AttackOutcome",
    "attack_classes",
    "inference",
    "link_register",
    "linkability",
    "linkage",
    "membership",
    "singling_out",
    "three_questions",
]


def three_questions(
    original: Columns,
    release: Columns,
    control: Columns | None,
    quasi: Sequence[str],
    sensitive: Sequence[str] = (),
    *,
    seed: int,
    attacks: int = 500,
    covers: Covers | None = None,
) -> dict[str, Measure]:
    """Answer WP216's three questions side by side: singling out, linkability, inference; measures by id.

    Fragments for linkability are the quasi-identifiers at even and at odd places. Rows are persons; `control` holds
    persons of the same population who are not in the release, over the same columns.
    """
    found = [singling_out(original, release, control, quasi, seed=seed, attacks=attacks, covers=covers)]
    if len(quasi) > 1:
        halves = (quasi[::2], quasi[1::2])
        found.append(linkability(original, release, control, *halves, seed=seed, attacks=attacks, covers=covers))
    for name in sensitive:
        found.append(inference(original, release, control, quasi, name, seed=seed, attacks=attacks, covers=covers))
    return {measure.id: measure for outcome in found for measure in outcome.measures()}
