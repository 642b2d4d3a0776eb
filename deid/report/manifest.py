"""The manifest: what a release consists of, so that it can be checked and told from half a release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deid.report.columns import counts_by_fate, inventory
from deid.report.disclosure import Disclosure, printable
from deid.report.document import plain
from deid.report.inputs import ReportInputs
from deid.report.verdict import released

SCHEMA_VERSION = "1.0"
ZIP_VINTAGE = "US census 2020"
_KEY_ORIGINS = ("environment", "file", "demo", "")


def manifest(inputs: ReportInputs, *, run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest as data that JSON can hold: no key, no count of people, times only under "run"."""
    policy = inputs.plan.policy
    entries = inventory(inputs, Disclosure(inputs.cell_minimum))
    return {
        "schema_version": SCHEMA_VERSION,
        "outcome": "released" if released(inputs) else "refused",
        "policy": {"name": printable(policy.name), "sha256": printable(policy.digest)},
        "claim": printable(policy.claims),
        "columns": [
            {name: entry[name] for name in ("table", "position", "name", "released", "role", "do", "options")}
            for entry in entries
        ],
        "column_counts": counts_by_fate(entries),
        "subject_columns": {
            printable(table.released_name): printable(table.subject, 120)
            for table in inputs.plan.tables
            if any(step.column == table.subject and step.released for step in table.steps)
        },
        "counted_from_level": {printable(name): own.lowest for name, own in inputs.facts.coarsened.items()},
        "files": {printable(name): printable(inputs.files[name]) for name in sorted(inputs.files)},
        "versions": {printable(name): printable(inputs.versions[name]) for name in sorted(inputs.versions)},
        "zip_vintage": ZIP_VINTAGE if uses_zip3(inputs) else None,
        "key_origin": inputs.key_origin if inputs.key_origin in _KEY_ORIGINS else "other",
        "run": {printable(name): plain(run[name]) for name in sorted(run)},
    }


def uses_zip3(inputs: ReportInputs) -> bool:
    """Return whether a released column was cut to three-digit ZIP areas, whose populations have a vintage."""
    return any(
        step.released and "zip3" in f"{step.do} {getattr(step.transform, 'hierarchy', '')} {step.transform!r}".lower()
        for step in inputs.plan.steps
    )
