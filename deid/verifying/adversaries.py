"""What each of several adversaries can do who know different quasi-identifiers."""

from __future__ import annotations

from deid.classes import ClassTable
from deid.decisions import Anonymise
from deid.model import Measure


def sets_measures(table: ClassTable, asked: Anonymise | None) -> dict[str, Measure]:
    """Return k on each set of quasi-identifiers, the smallest of them and the highest risk; nothing without sets."""
    if asked is None or not asked.sets or table.subjects == 0:
        return {}
    by_name = {name.upper(): name for name in table.variables}
    sizes = []
    for names in asked.sets:
        held = [by_name[name.upper()] for name in names if name.upper() in by_name]
        sizes.append(float(table.project(held).counts.min()))
    found = {f"sets.k.{i}": size for i, size in enumerate(sizes, start=1)}
    smallest = min(sizes)
    found |= {"sets.k": smallest, "sets.highest_risk": 1.0 / smallest}
    return {name: Measure(name, value) for name, value in found.items()}
