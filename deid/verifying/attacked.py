"""What attacks on the released classes achieve, and what these are still worth."""

from __future__ import annotations

from deid.classes import ClassTable
from deid.facts import Facts
from deid.hierarchy import Recoding
from deid.model import Measure, Status
from deid.risk.attacks import attack_classes, link_register
from deid.risk.utility import recoding_utility

#: Seed of the attacks on a release, printed with them: the day of the opinion (WP216) whose questions they ask.
ATTACK_SEED = 20140410


def attacked(
    facts: Facts, before: ClassTable | None, after: ClassTable | None, recoding: Recoding | None
) -> dict[str, Measure]:
    """Return every attack on `after` by somebody who knows the people of `before`, and the utility of a recoding."""
    if before is None or after is None:
        return {}
    found = attack_classes(before, after, recoding, seed=ATTACK_SEED, population=facts.population)
    if recoding is None:
        return found
    found |= recoding_utility(before, recoding, after)
    lost = [f"util.nue.{name}" for name in facts.coarsened]
    uncounted = [*lost, "util.nue"] if lost else []  # the finer values are not counted, so neither is what they lose
    return found | {name: Measure(name, None, Status.NOT_COMPUTED, facts.uncounted) for name in uncounted}


def linked(facts: Facts, after: ClassTable | None, recoding: Recoding | None) -> dict[str, Measure]:
    """Return the attack with the identified file that the policy names; nothing where it names none."""
    if facts.register is None or facts.classes is None or after is None:
        return {}
    known, classes = facts.register.known, facts.register.classes
    return link_register(facts.classes, after, recoding, known, classes, seed=ATTACK_SEED)
