"""Against whom the figures hold: what an attacker is taken to know, and what the figures say nothing about."""

from __future__ import annotations

from typing import Any

from deid.decisions import Anonymise, Population
from deid.report.disclosure import printable
from deid.report.inputs import ReportInputs
from deid.report.verdict import known_variables

_ATTACKERS = (
    ("Prosecutor", "looks for one person whom the attacker knows to be in the data", ""),
    ("Journalist", "looks for anybody of the population whom the data could name", "population"),
    ("Marketer", "wants as many right names as possible and accepts errors", ""),
)
_BLANKS = {
    "category": "A missing value is a value of its own: a blank looks like a blank.",
    "wildcard": "A missing value may be any value for its own person and matches nobody else.",
}


def section(inputs: ReportInputs) -> dict[str, Any]:
    """Return attackers, what they know, and what rests on the population, in sentences without a figure."""
    policy = inputs.plan.policy
    return {
        "attackers": [
            {"who": who, "aim": aim, "measured": not needs or policy.population is not None}
            for who, aim, needs in _ATTACKERS
        ],
        "knows": known_variables(inputs),
        "sets": _sets(policy.anonymise),
        "events": _events(inputs),
        "population": _population(policy.population),
        "missing": _BLANKS[policy.anonymise.missing if policy.anonymise is not None else "category"],
        "not_covered": [
            "what somebody knows of a person beyond these columns; see the kept columns that single people out",
            "other data about the same people, earlier releases of them included (deid diff compares two)",
            "whoever holds the key, who can link every pseudonym",
        ],
    }


def _sets(asked: Anonymise | None) -> list[str]:
    return [] if asked is None else [", ".join(printable(name, 120) for name in names) for names in asked.sets]


def _events(inputs: ReportInputs) -> str:
    wanted = inputs.plan.policy.longitudinal
    if wanted is None:
        return "No column of events is declared as known, so what repeated visits give away was not measured."
    order = ", in their order" if wanted.ordered else ""
    number = "one event" if wanted.known_events == 1 else f"up to {wanted.known_events} events"
    return f"Besides, {number} of a person in {printable(wanted.column, 120)}{order}."


def _population(given: Population | None) -> str:
    if given is None:
        return (
            "No population is stated, so risks are those of somebody who knows that a person is in the data; where "
            "nobody can know that, they are higher than they need be."
        )
    if given.file:
        return "Population risks rest on the population table that the policy names."
    return f"Population risks are estimated: the policy states that {given.fraction:.2g} of the population is here."
