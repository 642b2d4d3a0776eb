"""The columns of an analysis that is made on the input and again on what was written, where they may bear new names."""

from __future__ import annotations

from collections.abc import Sequence

from deid.decisions import Plan, TablePlan
from deid.source import Source


def columns_again(
    plan: Plan, released: Source, table: str, columns: Sequence[str]
) -> tuple[TablePlan, dict[str, str]] | str:
    """Return the table and the new name of each column by its old one in lower case; else why they are not there."""
    found = next((own for own in plan.tables if own.table.casefold() == table.casefold()), None)
    if found is None:
        return "the release does not hold the table"
    kept = [step for step in found.steps if step.released]
    gone = [name for name in columns if name.casefold() not in {step.column.casefold() for step in kept}]
    if gone:
        return f"the release does not hold {len(gone)} of the columns that it needs"
    names = released.table(found.released_name).schema.names
    return found, {step.column.casefold(): names[i] for i, step in enumerate(kept)}
