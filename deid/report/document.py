"""The report as data: everything that report.html, report.md and report.json say, and nothing else.

The pages are views of this document, so what the small-cell rules keep out of it cannot be on any page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from deid.report import (
    attacks,
    columns,
    cost,
    direct,
    exceptions,
    leftovers,
    longitudinal,
    reidentification,
    scope,
    sensitivity,
    survival,
    thresholds,
    verdict,
)
from deid.report.disclosure import Disclosure, printable, without_counts
from deid.report.inputs import ReportInputs
from deid.report.people import class_sizes, cut_of, totals
from deid.report.shown import Shown
from deid.report.sign_off import sign_off, words
from deid.report.titles import title

SCHEMA_VERSION = "1.0"

#: Looks a measure id up and returns what has `formula`, `units`, `source` and `meaning`, or None.
Explain = Callable[[str], Any]


def build_document(
    inputs: ReportInputs, *, run: Mapping[str, Any], explain: Explain | None = None, internal: bool = False
) -> dict[str, Any]:
    """Build the report as data that JSON can hold. Raises ReleaseRefused on an inconsistent verdict.

    The shareable report unless `internal`: then every count is exact, whatever the policy says about small cells.

    `run` holds facts about the run (times, command); they stand apart under "run", the rest depends on inputs alone.
    """
    rules = Disclosure(1 if internal else inputs.cell_minimum)
    people = totals(inputs, rules)
    taus = (reidentification.threshold(inputs),)
    before_sizes = class_sizes(inputs.before, rules, taus, coarse=False)
    after_sizes = class_sizes(inputs.after, rules, taus, coarse=not people.open)
    known = [reidentification.common_variables(table, rules.minimum) for table in (inputs.before, inputs.after)]
    before = Shown(rules, people, before_sizes, after=False, common=known[0])
    after = Shown(rules, people, after_sizes, after=True, common=known[1])
    why_not = reidentification.withheld(inputs.plan)
    gates = verdict.gates(inputs, after)
    inventory = columns.inventory(inputs, rules)
    texts = leftovers.free_text(inputs, rules, people)
    built: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "verdict": _verdict(inputs, gates, after, why_not),
        "gates": gates,
        "scope": scope.section(inputs),
        "direct_identifiers": direct.section(inputs, rules, texts),
        "exceptions": exceptions.section(inputs, rules),
        "thresholds": thresholds.section(inputs, why_not),
        "policy": _policy(inputs),
        "inputs": leftovers.tables(inputs, rules, people),
        "left_out": leftovers.left_out(inputs, rules),
        "dropped_tables": len(inputs.plan.dropped_tables),
        "columns": inventory,
        "column_counts": columns.counts_by_fate(inventory),
        "risk": reidentification.risk(inputs, before, after, why_not),
        "attribute": reidentification.attribute(inputs, before, after, why_not),
        "longitudinal": longitudinal.section(inputs, before, after, why_not),
        "attacks": {**attacks.seeds(inputs), "tried": attacks.section(inputs, before, after, why_not)},
        "sensitivity": sensitivity.section(inputs, after, why_not),
        "survival": survival.section(inputs, after),
        "generalisation": cost.generalisation(inputs, after),
        "suppressed": {
            "people": people.cells(rules)["suppressed"].plain(),
            "share": after.suppressed().plain(),
            "burden": cost.burden(inputs, after),
        },
        "utility": reidentification.utility(inputs, before, after),
        "residual": leftovers.residual(inputs, rules, people),
        "kept_columns": leftovers.kept_columns(inputs, rules, people),
        "free_text": texts,
        "dates": leftovers.dates(inputs, rules, people),
        "files": _files(inputs.files),
        "warnings": [without_counts(printable(text), rules) for text in inputs.facts.warnings],
        "versions": {printable(name): printable(inputs.versions[name]) for name in sorted(inputs.versions)},
        "sign_off": sign_off(inputs.plan.policy),
        "reproduce": _reproduce(inputs),
        "disclosure": _disclosure(rules, cut_of(taus[0]), internal),
        "run": {printable(name): plain(run[name]) for name in sorted(run)},
    }
    return {**built, "methods": _methods(built, explain)}


def _verdict(inputs: ReportInputs, gates: list[dict[str, Any]], shown: Shown, why_not: str) -> dict[str, Any]:
    outcomes = [gate["outcome"] for gate in gates]
    return {
        "outcome": "released" if verdict.released(inputs) else "refused",
        "summary": verdict.summary(inputs, gates, shown, why_not),
        "passed": outcomes.count("pass"),
        "failed": outcomes.count("fail"),
        "not_evaluated": outcomes.count("not_evaluated"),
    }


def _policy(inputs: ReportInputs) -> dict[str, Any]:
    policy = inputs.plan.policy
    anonymise = policy.anonymise
    return {
        "name": printable(policy.name),
        "sha256": printable(policy.digest),
        "claim": verdict.claim(policy.claims),
        "context": {printable(name): words(policy.context[name]) for name in sorted(policy.context)},
        "k": anonymise.k if anonymise is not None else None,
        "suppress_at_most": anonymise.suppress_at_most if anonymise is not None else None,
        "suppressed_rows": anonymise.suppressed if anonymise is not None else "",
        "unlisted_columns": policy.unlisted,
    }


def _reproduce(inputs: ReportInputs) -> str:
    """Return the command that gives the same files again, for whoever holds data, policy and key."""
    name = printable(inputs.plan.policy.path.replace("\\", "/").rsplit("/", 1)[-1], 120) or "POLICY"
    return f"deid run DATA --policy {name} --key-file KEY --out RELEASE"


def _files(files: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": printable(name), "sha256": printable(files[name])} for name in sorted(files)]


def _disclosure(rules: Disclosure, risky_size: int, internal: bool) -> dict[str, Any]:
    few = f"Counts of people from 1 to {rules.minimum - 1} are not shown; nought is."
    return {
        "mode": "internal" if internal else "shareable",
        "cell_min": rules.minimum,
        "largest_group_above_threshold": risky_size if risky_size < 2**40 else None,
        "rules": [
            few if rules.minimum > 1 else "The policy sets no minimum: counts of people are shown in full.",
            "Where a small count would follow from a total, a percentage or the difference of two figures, another "
            "figure is left out too, or rounded; bins of group sizes are merged.",
            "The outcome of a condition is always shown, even where its threshold lies below the minimum.",
            "Probabilities and ratios within the worst group are shown: k and 1/k say that some group has k members, "
            "not which one, nor how many such groups there are.",
            "No value of the data, no example and no label held by fewer people than the minimum is shown; a dropped "
            "column stands by position, not by name.",
            "Counts in sentences about evidence are rounded to two digits.",
        ],
    }


def _methods(built: Mapping[str, Any], explain: Explain | None) -> list[dict[str, str]]:
    """Return formula, units and source of every measure that the report shows, each definition once."""
    explain = explain or _registered
    ids = {entry["id"] for section in ("utility",) for entry in built[section]}
    ids |= {row["id"] for group in built["risk"]["further"] for row in group["measures"]}
    ids |= {entry["id"] for entry in built["risk"]["measures"]} | {gate["metric"] for gate in built["gates"]}
    ids |= {row["id"] for entry in built["attribute"] for row in entry["measures"]}
    ids |= {f"{entry['id']}{what}" for entry in built["attacks"]["tried"] for what in ("", ".excess")}
    ids |= {row["id"] for row in built["longitudinal"]["measures"]}
    methods: dict[str, dict[str, str]] = {}
    for name in sorted(ids):
        found = explain(name)
        if found is None:
            methods.setdefault(name, {"id": name, "title": title(name), "meaning": ""} | _NOTHING)
            continue
        methods.setdefault(
            found.id,
            {
                "id": found.id,
                "title": title(name) if found.id == name != title(name) else found.title,
                "meaning": found.meaning,
                "formula": found.formula,
                "units": found.units,
                "source": found.source,
            },
        )
    return [methods[name] for name in sorted(methods)]


_NOTHING = {"formula": "", "units": "", "source": ""}


def _registered(name: str) -> Any:
    """Ask the risk room; imported late, for it loads every plug-in."""
    from deid.risk import find

    return find(name)


def plain(value: Any) -> Any:
    """Return a fact about the run as JSON can hold it; numbers that are none become null."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Mapping):
        return {printable(name): plain(value[name]) for name in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return printable(value, 2000)
