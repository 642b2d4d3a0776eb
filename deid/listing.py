"""Plans, measures and releases as text for people and machines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deid.decisions import Plan, Step, TablePlan
from deid.model import Measure
from deid.transform import describe
from deid.undecided import Undecided

if TYPE_CHECKING:
    from deid.pipeline import Release

UNDECIDED = "undecided"
HEADER = ("table", "column", "holds", "role", "do", "how", "why", "decided by", "names the subject")


def plan_rows(plan: Plan, undecided: Sequence[Undecided] = ()) -> list[tuple[str, ...]]:
    """Return one row a column: table, column, what it holds, role, transform, how, why, source of the decision.

    The last cell says whether the rows of the table are counted as persons by this column. Columns without a decision
    stand in their place, their transform is `undecided`.
    """
    rows = []
    for table in plan.tables:
        own = [(step.position, _row(step, table.subject)) for step in table.steps]
        own += [(column.position, _open(column, table.subject)) for column in undecided if column.table == table.table]
        rows += [row for _, row in sorted(own)]
    rows += [
        (table, "(all columns)", "", "", "drop", "table left out", "", "drop_tables", "")
        for table in plan.dropped_tables
    ]
    return rows


def _row(step: Step, subject: str) -> tuple[str, ...]:
    role = step.role.value if step.role else ""
    return (
        step.table,
        step.column,
        ", ".join(step.holds),
        role,
        step.do,
        describe(step.transform),
        step.why,
        step.source,
        "yes" if step.column == subject else "",
    )


def _open(column: Undecided, subject: str) -> tuple[str, ...]:
    counted = "yes" if column.column == subject else ""
    return (
        column.table,
        column.column,
        ", ".join(column.holds),
        "",
        UNDECIDED,
        UNDECIDED,
        column.said,
        "nobody",
        counted,
    )


def as_csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as CSV."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([header, *rows])
    return buffer.getvalue()


def as_markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table as Markdown."""
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (header, *rows)]
    lines.insert(1, "|" + " --- |" * len(header))
    return "\n".join(lines) + "\n"


def plan_listing(plan: Plan, form: str, undecided: Sequence[Undecided] = ()) -> str:
    """Return the plan as text, csv, markdown or json, with the columns that it does not decide."""
    rows = plan_rows(plan, undecided)
    if form == "json":
        return json.dumps([dict(zip(HEADER, row, strict=True)) for row in rows], indent=2, ensure_ascii=False) + "\n"
    if form == "csv":
        return as_csv(HEADER, rows)
    if form == "markdown":
        return as_markdown(HEADER, rows)
    shown = [(f"{row[0]}.{row[1]}", row[2], row[3], row[5] or row[4], row[6], row[7]) for row in rows]
    widths = [
        min(max((len(row[i]) for row in shown), default=0), limit) for i, limit in enumerate((34, 16, 18, 44, 40, 40))
    ]
    listed = "".join(
        "  ".join(cell[:w].ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() + "\n" for row in shown
    )
    return listed + "\n" + "".join(_subject_line(table) for table in plan.tables)


def _subject_line(table: TablePlan) -> str:
    if table.subject:
        return f"{table.table}: persons are counted by the column {table.subject}\n"
    if table.rows_are_subjects:
        return f"{table.table}: no column names the person; every row is counted as one\n"
    return f"{table.table}: not counted; it has no quasi-identifier and no column that names the person\n"


def measures_listing(measures: Mapping[str, Measure], as_json: bool) -> str:
    """Return measures as text or JSON; what was not computed says why."""
    if as_json:
        plain = {name: {"value": m.value, "status": m.status.value, "reason": m.reason} for name, m in measures.items()}
        return json.dumps(plain, indent=2, sort_keys=True) + "\n"
    width = max((len(name) for name in measures), default=0)
    lines = []
    for name, measure in sorted(measures.items()):
        value = f"{measure.value:.6g}" if measure.value is not None else f"{measure.status.value}: {measure.reason}"
        if measure.value is not None and measure.interval is not None:
            value += f"  ({measure.interval[0]:.4g} to {measure.interval[1]:.4g})"
        lines.append(f"{name.ljust(width)}  {value}\n")
    return "".join(lines)


def release_summary(release: Release) -> dict[str, Any]:
    """Return what a finished run says: gates with their figures, warnings, and where the release lies."""
    gates = release.verified.verdict.gates
    lines = [f"released to {release.path}"]
    for outcome in gates:
        value = outcome.measure.value
        lines.append(
            f"  passed: {outcome.gate} = {value:.4g} {outcome.op} {outcome.threshold:g}" if value is not None else ""
        )
    lines += [f"  note: {warning}" for warning in release.warnings]
    figures = {outcome.gate: outcome.measure.value for outcome in gates}
    return {"lines": lines, "gates": figures, "release": str(release.path), "report": str(release.path / "report.html")}


def difference_listing(found: Mapping[str, Any]) -> str:
    """Return how two releases differ as text; counts of people as the small-cell rules allow."""
    lines = [f"policy: {'the same' if found['policy']['same'] else 'another, or changed'}"]
    for title, key in (("columns", "columns"), ("gates", "gates"), ("measures", "measures")):
        lines.append(f"{title}: {len(found[key]) or 'no'} difference{'' if len(found[key]) == 1 else 's'}")
        lines += [f"  {row['what']}: {row['old']} -> {row['new']}" for row in found[key]]
    joint = found["joint"]
    lines.append(f"both together: {joint['summary']}")
    people = joint["people"]
    lines += [f"  people in {name.replace('_', ' ')}: {people[name]['text']}" for name in people]
    for name, label in (
        ("k", "smallest group in the joint view"),
        ("k_only_in_one", "among people in one of them only"),
    ):
        if joint[name] is not None:
            lines.append(f"  {label}: {joint[name]}")
    return "\n".join(lines) + "\n"
