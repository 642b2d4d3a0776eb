"""The same question under other assumptions: how a blank is read, and which variable an attacker does not know."""

from __future__ import annotations

from typing import Any

from deid.model import Measure
from deid.report.disclosure import Cell, printable
from deid.report.inputs import ReportInputs
from deid.report.numbers import probability
from deid.report.shown import Shown

_READINGS = (
    ("own_category", "A blank equals a blank (as everywhere in this report)"),
    ("conservative", "A person's own blank may be any value; blanks of others are no match"),
    ("wildcard", "A blank may be any value, whoever holds it"),
)


def section(inputs: ReportInputs, after: Shown, why_not: str) -> list[dict[str, Any]]:
    """Return k, highest and average risk of the release under each assumption, and whether k would still hold."""
    if why_not or inputs.after is None:
        return []
    found = inputs.verdict.after
    rows = []
    for reading, words in _READINGS:
        k, average = found.get(f"missing.{reading}.k"), found.get(f"missing.{reading}.rc")
        if k is not None and k.value is not None:
            rows.append(_row(words, k.value, average, inputs, after))
    for name in inputs.plan.quasi_identifiers:
        detail = found[f"contribution.{name}"].detail if f"contribution.{name}" in found else {}
        if "rb_without" in detail and len(inputs.plan.quasi_identifiers) > 1:
            average = Measure("prosecutor.rc", float(detail["rc_without"]))
            words = f"The attacker does not know {printable(name, 120)}"
            rows.append(_row(words, 1 / float(detail["rb_without"]), average, inputs, after))
    return rows


def _row(words: str, k: float, average: Measure | None, inputs: ReportInputs, after: Shown) -> dict[str, Any]:
    asked = inputs.plan.policy.anonymise
    rounded = round(k)
    shown = after.cell(average) if average is not None else Cell(None, "not computed")
    return {
        "assumption": words,
        "k": Cell(rounded, f"{rounded:,}").plain(),
        "highest_risk": probability(1 / k if k else 0.0).plain(),
        "average_risk": shown.plain(),
        "meets_k": None if asked is None else bool(k >= asked.k),
    }
