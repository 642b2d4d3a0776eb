"""What may still identify: residual identifiers, undeclared columns, free text, dates; and rows gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from deid.model import KINDS
from deid.report.columns import column_name, table_names
from deid.report.disclosure import Cell, Disclosure, percent, printable, without_counts
from deid.report.inputs import ColumnRisk, ReportInputs, TextCounts
from deid.report.people import Totals


def residual(inputs: ReportInputs, rules: Disclosure, totals: Totals) -> dict[str, Any]:
    """Return what the search for identifiers left in the release found, and what it could not search for."""
    place = places(inputs)
    findings = [
        {
            **place(finding.table, finding.column),
            "kind": printable(finding.kind),
            "what": KINDS.get(finding.kind, printable(finding.kind)),
            "count": rules.count(finding.count).plain(),
            "how": without_counts(printable(finding.how), rules),
        }
        for finding in inputs.verdict.findings
    ]
    order = sorted(findings, key=lambda f: (f["table"], f["column"], f["kind"], f["how"]))
    left = inputs.verdict.after.get("residual_identifiers")
    gated = next((g.measure for g in inputs.verdict.gates if g.measure.id == "residual_identifiers"), left)
    known = gated is not None and gated.value is not None
    return {
        "left": (rules.count(round(gated.value or 0)) if gated and known else Cell(None, "not computed")).plain(),
        "findings": order,
        "searched": _counts(inputs.verdict.searched, rules, totals),
        "not_searched": _counts(inputs.verdict.not_searched, rules, totals, words="short or common values: {}"),
    }


def places(inputs: ReportInputs) -> Callable[[str, str], dict[str, str]]:
    """Return what tells how a table and its column may be called, given by their old or their new names."""
    shown = table_names(inputs.plan)
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    for plan in inputs.plan.tables:
        renamed = inputs.released_names.get(plan.table, {})
        for table in (plan.table, plan.released_name):
            tables.setdefault(table, shown[plan.table])
            for step in plan.steps:
                for column in (step.column, renamed.get(step.column, step.column)):
                    columns.setdefault((table, column), column_name(inputs, step))

    def place(table: str, column: str) -> dict[str, str]:
        if table not in tables:
            return {"table": table if table in _OWN_FILES else "another file", "column": ""}
        unknown = column if column in _NO_COLUMNS else "another column"
        return {"table": tables[table], "column": columns.get((table, column), unknown)}

    return place


_NO_COLUMNS = ("(names)", "(text)")
_OWN_FILES = ("report.html", "report.json", "manifest.json")
#: What the residual scan and the date shift count, in words.
_WORDS: Mapping[str, str] = {
    "cells": "cells read back from the release",
    "windows": "runs of words compared with the known identifiers",
    "opened": "encoded pieces (base64, gzip) opened and searched",
    "dates": "dates shifted",
    "partial_unchanged": "partial dates left as they were",
    "unshifted": "dates that equal their own original",
}


def _counts(counts: Mapping[str, int], rules: Disclosure, totals: Totals, *, words: str = "{}") -> list[dict[str, Any]]:
    rows = []
    for name in sorted(counts):
        what = words.format(KINDS[name]) if name in KINDS else _WORDS.get(name, name.replace("_", " "))
        rows.append(
            {"id": printable(name), "what": printable(what), "count": _beside(counts[name], rules, totals).plain()}
        )
    return rows


def _beside(count: int, rules: Disclosure, totals: Totals) -> Cell:
    """Return a count of values; not where it lies so near the number of people that it tells of a few of them."""
    near = any(rules.small(abs(count - people)) for people in (totals.before, totals.after))
    return rules.derivable() if near and not rules.small(count) else rules.count(count)


def kept_columns(inputs: ReportInputs, rules: Disclosure, totals: Totals) -> list[dict[str, Any]]:
    """Return the undeclared kept columns that single people out, the worst first."""
    order = sorted(
        inputs.column_risks,
        key=lambda risk: (risk.accepted, -risk.unique_with_quasi, -risk.unique_alone, risk.table, risk.column),
    )
    place = places(inputs)
    return [
        {
            **place(item.table, item.column),
            **_singled_out(item, rules, totals),
            "accepted": item.accepted,
        }
        for item in order
    ]


def _singled_out(item: ColumnRisk, rules: Disclosure, totals: Totals) -> dict[str, Any]:
    _, with_quasi, alone = rules.nested([item.subjects, item.unique_with_quasi, item.unique_alone])
    exact = all(not rules.small(abs(item.subjects - people)) for people in (totals.before, totals.after))
    return {
        "alone": _share(item.unique_alone, item.subjects, rules, shown=alone, exact=exact).plain(),
        "with_quasi": _share(item.unique_with_quasi, item.subjects, rules, shown=with_quasi, exact=exact).plain(),
    }


def _share(people: int, of: int, rules: Disclosure, *, shown: bool, exact: bool) -> Cell:
    if not of:
        return Cell(None, "nobody holds a value")
    if not shown:
        if rules.small(people):
            return Cell(None, f"{rules.few} people", "small")
        return Cell(None, f"all but {rules.few} people", "small") if rules.small(of - people) else rules.derivable()
    share = round(people / of, 3 if exact else 2)
    return Cell(share, percent(people / of, 1 if exact else 0))


def free_text(inputs: ReportInputs, rules: Disclosure, totals: Totals) -> list[dict[str, Any]]:
    """Return what redaction did in each column of free text."""
    place = places(inputs)
    return [
        {
            **place(item.table, item.column),
            **_cells_of_text(item, rules),
            "kinds": _counts(item.kinds, rules, totals),
        }
        for item in sorted(inputs.text, key=lambda item: (item.table, item.column))
    ]


def _cells_of_text(item: TextCounts, rules: Disclosure) -> dict[str, Any]:
    counts = {"cells": item.cells, "changed": item.changed, "redacted_whole": item.redacted_whole}
    shown = rules.nested(list(counts.values()))
    return {
        name: (rules.count(count) if fits or rules.small(count) else rules.derivable()).plain()
        for (name, count), fits in zip(counts.items(), shown, strict=True)
    }


def dates(inputs: ReportInputs, rules: Disclosure, totals: Totals) -> list[dict[str, Any]]:
    """Return what is known of the date shift: windows in days as they are, anything else as a count of people."""
    return [
        {
            "id": printable(name),
            "what": printable(_WORDS.get(name, name.replace("_", " "))),
            "count": (Cell(count, f"{count:,}") if name.endswith("days") else _beside(count, rules, totals)).plain(),
        }
        for name, count in sorted(inputs.shifts.items())
    ]


def tables(inputs: ReportInputs, rules: Disclosure, totals: Totals) -> list[dict[str, Any]]:
    """Return rows before and after by table; not beside each other where the difference would tell of a few."""
    names = table_names(inputs.plan)
    entries = []
    for plan in inputs.plan.tables:
        before, after = inputs.rows_before.get(plan.table), inputs.rows_after.get(plan.table)
        entries.append(
            {
                "table": names[plan.table],
                "rows_before": None,
                "rows_after": None,
                **_rows(before, after, rules, totals),
            }
        )
    return entries


def _rows(before: int | None, after: int | None, rules: Disclosure, totals: Totals) -> dict[str, Any]:
    """Rows are set against people too, for a table may hold one row a person."""
    known = [totals.before, *([totals.after] if totals.open else [])]
    wanted = [count for count in (after, before) if count is not None]
    shown = dict(zip(wanted, rules.nested([*known, *wanted])[len(known) :], strict=True))

    def cell(count: int | None) -> dict[str, Any]:
        if count is None:
            return Cell(None, "not counted").plain()
        return (Cell(count, f"{count:,}") if shown[count] else rules.derivable()).plain()

    return {"rows_before": cell(before), "rows_after": cell(after)}


def left_out(inputs: ReportInputs, rules: Disclosure) -> list[str]:
    """Return sentences about subjects and rows that were left out before anything else."""
    facts, sentences = inputs.facts, []
    if facts.excluded_subjects:
        count = rules.count(facts.excluded_subjects)
        shown = count.text if count.hidden or _apart(inputs, rules) else "Some"
        sentences.append(f"{shown} people on the policy's list of exclusions were left out of every table.")
    dropped = sum(1 for count in facts.dropped_rows.values() if count)
    if dropped:
        sentences.append(f"Rows without a subject were left out of {dropped} {'table' if dropped == 1 else 'tables'}.")
    return sentences


def _apart(inputs: ReportInputs, rules: Disclosure) -> bool:
    """Return whether no difference between rows and people lies near the number of excluded people."""
    people = inputs.people_before
    whole = people + inputs.facts.excluded_subjects
    return all(not rules.small(abs(rows - whole)) for rows in inputs.rows_before.values())
