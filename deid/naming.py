"""Names are values too: a file or column called after a person is renamed by the pseudonym of that person."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa

from deid.collecting.needles import fold, windows
from deid.contracts import Context
from deid.decisions import Plan
from deid.facts import Facts
from deid.keys import Key
from deid.transform.pseudonym import Pseudonym
from deid.values import hash64
from deid.verifying.residual import positions

Names = dict[str, dict[str, str]]


def released_names(plan: Plan, facts: Facts, key: Key) -> tuple[Plan, Names]:
    """Return the plan with safe table names, and by table the new name of each column that bears an identifier."""
    names: Names = {}
    tables = []
    for number, table in enumerate(plan.tables, 1):
        renamed = {}
        for step in table.steps:
            field = _field_of(step.column, facts) if step.released else None
            if field is not None:
                renamed[step.column] = _pseudonym(plan, field, step.column, key)
        names[table.table] = renamed
        unsafe = _field_of(table.released_name, facts) is not None
        tables.append(replace(table, released_name=f"table_{number}") if unsafe else table)
    return replace(plan, tables=tuple(tables)), names


def released_plan(plan: Plan, names: Names) -> Plan:
    """Return the plan with every table and column under the name that it has in the release."""
    tables = []
    for table in plan.tables:
        renamed = names[table.table]
        public = table.released_name
        steps = tuple(replace(step, table=public, column=renamed.get(step.column, step.column)) for step in table.steps)
        tables.append(replace(table, table=public, steps=steps, subject=renamed.get(table.subject, table.subject)))
    return replace(plan, tables=tuple(tables))


def _field_of(name: str, facts: Facts) -> str | None:
    """Return the field of the longest identifier that a name holds, or None."""
    runs = sorted(set(windows(fold(name))), key=lambda run: (-len(run), run))
    found = positions(facts.needles.long, hash64(pa.array(runs, pa.string()), facts.hash_secret))
    hits = found[found >= 0]
    return facts.needles.kinds[int(facts.needles.long_kinds[hits[0]])][1] if len(hits) else None


def _pseudonym(plan: Plan, field: str, name: str, key: Key) -> str:
    step = next((step for step in plan.steps if step.field == field and step.do == "pseudonym"), None)
    transform = step.transform if step is not None else Pseudonym()
    context = Context("", name, field, key)
    return str(transform.apply(pa.array([name], pa.string()), context)[0].as_py())
