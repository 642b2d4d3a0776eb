"""What known events and shifted dates give away of a person, as a curve over the number of events known."""

from __future__ import annotations

from typing import Any

from deid.report.disclosure import printable
from deid.report.inputs import ReportInputs
from deid.report.leftovers import places
from deid.report.reidentification import measures
from deid.report.shown import Shown
from deid.report.sides import plain_measure

FAMILIES = ("longitudinal.", "shift.")
_MOST_EVENTS = 5


def section(inputs: ReportInputs, before: Shown, after: Shown, why_not: str) -> dict[str, Any]:
    """Return the column of events, risk by number of events known, and the shifts that fit the released dates."""
    asked = inputs.plan.policy.longitudinal
    ids = [] if why_not else sorted({*inputs.verdict.before, *inputs.verdict.after})
    column = places(inputs)(asked.table, asked.column) if asked is not None else {"table": "", "column": ""}
    return {
        "declared": asked is not None,
        "table": printable(column["table"]),
        "column": printable(column["column"], 120),
        "ordered": asked.ordered if asked is not None else False,
        "points": [
            _point(inputs, before, after, number)
            for number in range(1, _MOST_EVENTS + 1)
            if f"longitudinal.max_risk.m{number}" in ids
        ],
        "measures": measures([name for name in ids if name.startswith(FAMILIES)], inputs, before, after),
    }


def _point(inputs: ReportInputs, before: Shown, after: Shown, number: int) -> dict[str, Any]:
    found, names = inputs.verdict, (("highest_risk", "max_risk"), ("unicity", "unicity"))
    return {
        "known_events": number,
        **{
            key: {
                "before": plain_measure(found.before.get(f"longitudinal.{name}.m{number}"), before),
                "after": plain_measure(found.after.get(f"longitudinal.{name}.m{number}"), after),
            }
            for key, name in names
        },
    }
