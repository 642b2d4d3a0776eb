"""What was done to every column and why: the inventory of the report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from deid.decisions import Plan, Step, TablePlan
from deid.model import Role
from deid.report.disclosure import Disclosure, printable, without_counts
from deid.report.inputs import ReportInputs

#: How the profile weighs a piece of evidence; of no use to a reviewer.
_POINTS = re.compile(r" \([+-]?[\d.]+ (?:points?|for \w+)\)")
#: What each verb of a policy does, in the words of a reviewer.
VERBS: Mapping[str, str] = {
    "keep": "kept as it is",
    "drop": "removed",
    "mask": "partly masked",
    "pseudonym": "replaced by a keyed pseudonym",
    "encrypt": "encrypted, reversible with the key",
    "surrogate": "replaced by invented values",
    "shift_date": "dates shifted, intervals kept",
    "generalise": "generalised",
    "derive": "recomputed from the generalised variable",
    "round": "rounded",
    "noise": "random noise added",
    "pool_rare": "rare values pooled",
    "pool_terms": "rare terms pooled along their hierarchy",
    "redact": "identifiers in the text replaced",
}


def table_name(table: TablePlan, number: int) -> str:
    """Return the name of a table as the release knows it; a table of which nothing is released has none."""
    return printable(table.released_name) if any(step.released for step in table.steps) else f"table {number}"


def table_names(plan: Plan) -> dict[str, str]:
    """Return the shown name of every table of the plan."""
    return {table.table: table_name(table, number) for number, table in enumerate(plan.tables, 1)}


def column_name(inputs: ReportInputs, step: Step) -> str:
    """Return how a column may be called: as in the release, or by its position where it is dropped."""
    if not step.released:
        return f"column {step.position + 1}"
    return printable(inputs.released_names.get(step.table, {}).get(step.column, step.column), 120)


def inventory(inputs: ReportInputs, rules: Disclosure) -> list[dict[str, Any]]:
    """Return one entry for every column: table by table, unclassified columns first, then by position."""
    names = table_names(inputs.plan)
    unsaid = _names_not_said(inputs.plan)
    entries = []
    for table in inputs.plan.tables:
        steps = sorted(table.steps, key=lambda step: (step.role is not None, step.position))
        entries += [_entry(step, column_name(inputs, step), names[table.table], rules, unsaid) for step in steps]
    return entries


def _entry(step: Step, label: str, table: str, rules: Disclosure, unsaid: _Unsaid) -> dict[str, Any]:
    def said(text: str) -> str:
        own = text if label == step.column else _without_name(text, step.column)
        return printable(unsaid.sub(own))

    return {
        "table": table,
        "position": step.position + 1,
        "name": label if step.released else f"{label} of {table}",
        "released": step.released,
        "role": step.role.value if step.role else "unclassified",
        "variable": printable(step.variable, 120)
        if step.released and step.role in (Role.QUASI, Role.SENSITIVE)
        else "",
        "do": printable(step.do, 60),
        "what": VERBS.get(step.do, said(str(getattr(step.transform, "summary", "") or step.do))),
        "options": options(step.transform) if step.released else {},
        "why": said(step.why),
        "source": said(step.source),
        "holds": [printable(kind, 60) for kind in step.holds],
        "evidence": [without_counts(_POINTS.sub("", said(text)), rules) for text in step.evidence],
    }


def options(transform: object) -> dict[str, str]:
    """Return the options of a transform that were set; lists and maps only by their size, for they may hold values."""
    if not is_dataclass(transform):
        return {}
    shown = {}
    for item in fields(transform):
        value = getattr(transform, item.name)
        silent = item.name.startswith("_") or item.name == "folder" or not item.repr
        if silent or value is None or value == item.default:
            continue
        text = option_text(value)
        if text:
            shown[printable(item.name, 60)] = text
    return shown


def option_text(value: Any) -> str:
    """Return an option in words: numbers and names as they are, settings one by one, anything else by its size."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, str):
        return printable(value.replace("\\", "/").rsplit("/", 1)[-1], 80)
    if isinstance(value, Mapping):
        if value and all(isinstance(setting, int | float) for setting in value.values()) and len(value) <= 6:
            return ", ".join(f"{printable(name, 60)} {option_text(setting)}" for name, setting in value.items())
        return _size(len(value))
    if isinstance(value, list | tuple | set | frozenset):
        return _size(len(value)) if value else ""
    return ""


def _size(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}" if count else ""


def _without_name(text: str, name: str) -> str:
    if not name:
        return text
    return re.sub(
        rf"(?<!\w){re.escape(name)}(?!\w)", "[this column]", text, flags=re.IGNORECASE if len(name) > 2 else 0
    )


@dataclass(frozen=True)
class _Unsaid:
    """The names of dropped columns, which no sentence may hold: words looked up one by one, the others searched for."""

    words: frozenset[str]
    others: re.Pattern[str] | None

    def sub(self, text: str) -> str:
        """Return a sentence without these names."""
        text = re.sub(r"\w+", lambda word: "[a dropped column]" if word[0] in self.words else word[0], text)
        return self.others.sub("[a dropped column]", text) if self.others else text


def _names_not_said(plan: Plan) -> _Unsaid:
    """Return the names of dropped columns, save ordinary words and names that are released elsewhere."""
    released = {step.column for step in plan.steps if step.released}
    dropped = {step.column for step in plan.steps if not step.released} - released
    telling = sorted((name for name in dropped if len(name) > 2 and not _ordinary(name)), key=lambda n: (-len(n), n))
    others = [re.escape(name) for name in telling if not re.fullmatch(r"\w+", name)]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(others)})(?!\w)") if others else None
    return _Unsaid(frozenset(telling), pattern)


def _ordinary(name: str) -> bool:
    return name.isalpha() and name[1:].islower()


def counts_by_fate(entries: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many columns were kept as they are, changed, dropped, and had no role."""
    entries = list(entries)
    kept = sum(entry["do"] == "keep" for entry in entries)
    dropped = sum(not entry["released"] for entry in entries)
    unclassified = sum(entry["role"] == "unclassified" for entry in entries)
    changed = len(entries) - kept - dropped
    return {"columns": len(entries), "kept": kept, "changed": changed, "dropped": dropped, "unclassified": unclassified}
