"""What the policy lets pass, with its reasons: acceptances, relaxations, exclusions and warnings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deid.report.columns import column_name, inventory, table_names
from deid.report.disclosure import Disclosure, printable, without_counts
from deid.report.inputs import ReportInputs
from deid.report.leftovers import left_out

_ACCEPTED = {
    "singling_out": "kept although some values single a person out",
    "identifier": "kept although it looks like an identifier",
}


def section(inputs: ReportInputs, rules: Disclosure) -> list[dict[str, Any]]:
    """Return every exception: what, where, why, who approved it and until when, as far as the policy says."""
    context = inputs.plan.policy.context
    by = printable(context.get("approver", ""), 200)
    until = printable(next((context[name] for name in ("valid_until", "expiry", "expires") if name in context), ""), 60)
    return [
        {"what": what, "where": where, "why": why, "approver": by, "expiry": until}
        for what, where, why in (*_accepted(inputs, rules), *_relaxed(inputs), *_left_out(inputs, rules))
    ]


def _accepted(inputs: ReportInputs, rules: Disclosure) -> Iterator[tuple[str, str, str]]:
    names = table_names(inputs.plan)
    said = {(entry["table"], entry["position"]): entry["why"] for entry in inventory(inputs, rules)}
    for step in inputs.plan.steps:
        for word in sorted(step.accept):
            table = names[step.table]
            why = said[table, step.position + 1]
            yield _ACCEPTED.get(word, printable(word, 60)), f"{table}, {column_name(inputs, step)}", why


def _relaxed(inputs: ReportInputs) -> Iterator[tuple[str, str, str]]:
    policy = inputs.plan.policy
    if policy.unlisted == "drop":
        yield "columns without a decision are removed instead of stopping the run", "unlisted: drop", ""
    if policy.missing_subject == "drop_rows":
        yield "rows without a subject are left out instead of stopping the run", "missing_subject: drop_rows", ""
    if policy.disagreeing_copies == "take_first":
        yield "where copies of a value disagree the first is taken", "disagreeing_copies: take_first", ""
    if policy.cell_minimum != 11:
        yield f"small counts are those below {policy.cell_minimum}, not 11", "cell_minimum", ""


def _left_out(inputs: ReportInputs, rules: Disclosure) -> Iterator[tuple[str, str, str]]:
    for sentence in left_out(inputs, rules):
        yield sentence, "exclude_subjects" if "exclusions" in sentence else "missing_subject", ""
    for text in inputs.facts.warnings:
        yield without_counts(printable(text), rules), "this run", ""
