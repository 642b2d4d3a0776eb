"""The derivation specification that data managers hand over with a release: every variable, what was done and why.

Sharing platforms for clinical trials ask for it, dataset by dataset. It holds names, labels and decisions, no value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow as pa

from deid.collect import collect
from deid.contracts import TableInfo
from deid.database.address import Address
from deid.decisions import Plan, Policy, Step
from deid.errors import UsageError, problem_kind
from deid.facts import Facts
from deid.formats.xlsx_book import workbook_bytes
from deid.keys import Key
from deid.listing import as_markdown
from deid.model import TableProfile
from deid.naming import is_identifying
from deid.pipeline import Prepared, Progress, prepare, quiet
from deid.report.columns import VERBS
from deid.transform import describe

NO_SPECIFICATION = problem_kind(
    "U214", "specification cannot be written", remedy="name a new file that ends in .xlsx or .md"
)
HEADER = (
    *("Variable", "Label", "Type", "Length", "Released", "Type released", "Role", "Action"),
    *("Derivation", "Reason", "Decided by"),
)
OVERVIEW = ("Dataset", "Variables", "Kept", "Changed", "Removed", "Subject")
_NAMED = "renamed by its pseudonym"


def write_specification(data: Path | Address, policy: Policy, out: Path, progress: Progress = quiet) -> int:
    """Write the specification to a new .xlsx or .md file and return the number of variables in it.

    Raises UsageError, PolicyError or DataError with all problems.
    """
    if out.suffix.lower() not in (".xlsx", ".md"):
        raise UsageError(NO_SPECIFICATION.at("it must end in .xlsx or .md", out.name))
    prepared = prepare(data, policy, progress=progress)
    # The key only hashes what is looked for in names; nothing that is written depends on it.
    facts = collect(prepared.source, prepared.plan, Key.from_hex(Key.new()))
    sheets = specification(prepared, facts)
    content = workbook_bytes(sheets) if out.suffix.lower() == ".xlsx" else _markdown(sheets, policy).encode("utf-8")
    try:
        with out.open("xb") as handle:
            handle.write(content)
    except OSError:
        raise UsageError(NO_SPECIFICATION.at("the file exists, or its folder cannot be written", out.name)) from None
    return sum(len(rows) - 1 for name, rows in sheets.items() if name != "Overview")


def specification(prepared: Prepared, facts: Facts) -> dict[str, list[tuple[str, ...]]]:
    """Return an overview and, for every dataset, one row a variable; the first row of each is its head."""
    plan = prepared.plan
    sheets: dict[str, list[tuple[str, ...]]] = {"Overview": [OVERVIEW]}
    for number, table in enumerate(plan.tables, 1):
        info = prepared.source.table(table.table)
        rows = [_row(step, info, facts) for step in table.steps]
        name = _safe(table.released_name, facts, f"dataset {number}")
        removed = sum(not step.released for step in table.steps)
        kept = sum(step.do == "keep" for step in table.steps)
        named = zip(rows, table.steps, strict=True)
        subject = next((row[0] for row, step in named if step.column == table.subject), "")
        counts = (len(rows), kept, len(rows) - kept - removed, removed)
        sheets["Overview"].append((name, *map(str, counts), subject))
        sheets[name] = [HEADER, *rows]
    for number, name in enumerate(plan.dropped_tables, 1):
        shown = _safe(name, facts, f"removed dataset {number}")
        rows = _removed(prepared.profile.table(name), prepared.source.table(name), facts)
        sheets["Overview"].append((shown, str(len(rows)), "0", "0", str(len(rows)), ""))
        sheets[shown] = [HEADER, *rows]
    sheets["Overview"] += _heading(plan)
    return sheets


def _heading(plan: Plan) -> list[tuple[str, ...]]:
    policy = plan.policy
    said = {"Policy": policy.name, "SHA-256 of the policy": policy.digest, "Claim": policy.claims}
    said |= {name: text for name, text in policy.context.items() if isinstance(text, str)}
    return [("",) * len(OVERVIEW), *((name, text, "", "", "", "") for name, text in said.items())]


def _row(step: Step, info: TableInfo, facts: Facts) -> tuple[str, ...]:
    field = info.schema.field(step.position)
    name = _safe(step.column, facts, f"column {step.position + 1}")
    named = name == step.column and not step.bears
    derivation = describe(step.transform) + ("" if named or not step.released else f"; {_NAMED}")
    kind = field.type if step.do == "derive" else step.transform.output_type(field.type)
    return (
        name if named else f"column {step.position + 1}",
        *_known(field, facts),
        "yes" if step.released else "no",
        _type(kind) if step.released else "",
        step.role.value.replace("_", " ") if step.role else "",
        VERBS.get(step.do, step.transform.summary),
        derivation,
        step.why,
        step.source,
    )


def _removed(profile: TableProfile, info: TableInfo, facts: Facts) -> list[tuple[str, ...]]:
    why = ("no", "", "", "removed", "removed with its dataset", "the dataset is not shared", "drop_tables")
    return [
        (
            _safe(column.column, facts, f"column {column.position + 1}"),
            *_known(info.schema.field(column.position), facts),
            *why,
        )
        for column in profile.columns
    ]


def _known(field: pa.Field, facts: Facts) -> tuple[str, str, str]:
    """Return label, type and length of a variable, as far as its file says."""
    said = {name.decode(): value.decode("utf-8", "replace") for name, value in (field.metadata or {}).items()}
    return _safe(said.get("label", ""), facts, ""), _type(field.type), said.get("length", "")


def _type(kind: pa.DataType) -> str:
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return "numeric"
    if pa.types.is_temporal(kind):
        return "date"
    return "boolean" if pa.types.is_boolean(kind) else "text"


def _safe(name: str, facts: Facts, instead: str) -> str:
    """Return a name unless it holds an identifier of the data."""
    return instead if name and is_identifying(name, facts) else name


def _markdown(sheets: Mapping[str, Sequence[tuple[str, ...]]], policy: Policy) -> str:
    parts = [f"# Derivation specification: {policy.name}\n"]
    for name, rows in sheets.items():
        flat = [tuple(" ".join(cell.split()) for cell in row) for row in rows]
        parts.append(f"## {name}\n\n{as_markdown(flat[0], flat[1:])}")
    return "\n".join(parts)
