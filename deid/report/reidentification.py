"""Risk of being recognised and of being learnt about, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from deid.classes import ClassTable
from deid.decisions import Plan, Step
from deid.model import Measure, Role
from deid.report.disclosure import printable
from deid.report.inputs import ReportInputs
from deid.report.people import ClassSizes
from deid.report.shown import Shown
from deid.report.sides import plain_measure
from deid.report.titles import title

_UTILITY = ("loss", "average_class_size", "c_avg", "discernibility", "ncp", "precision", "entropy_loss")
#: Further measures in groups: title, and the first parts of their ids.
_GROUPS = (
    ("Risk by how much the attacker knows", ("known",)),
    ("What each quasi-identifier contributes", ("contribution", "qi")),
    ("Estimates for the population", ("k_map", "delta_presence", "popuniq", "indivrisk", "loglinear")),
    ("Combinations that single people out", ("suda",)),
    ("Other readings of missing values", ("missing",)),
)
#: Measures that stand in sections of their own.
_ELSEWHERE = ("util.", "attack.", "longitudinal.", "shift.")
_VALUES_STAY = ("keep", "round", "noise", "pool_rare", "pool_terms")
_MOST_VARIABLES = 12
_MOST_CLASSES = 300_000
#: Order of measures in the table; the rest follows by id.
_ORDER = ("k", "prosecutor.rb", "prosecutor.rc", "prosecutor.ra", "unique_share", "journalist.rb", "journalist.rc",
          "journalist.ra", "marketer", "classes")  # fmt: skip


def threshold(inputs: ReportInputs) -> float:
    """Return tau, the risk above which a person counts as at risk, as it was measured or as the policy has it."""
    for measures in (inputs.verdict.after, inputs.verdict.before):
        tau = measures["prosecutor.ra"].detail.get("tau") if "prosecutor.ra" in measures else None
        if isinstance(tau, int | float) and tau > 0:
            return float(tau)
    for gate in inputs.verdict.gates:
        if gate.measure.id == "prosecutor.rb":
            return gate.threshold
    return 1 / inputs.plan.policy.anonymise.k if inputs.plan.policy.anonymise is not None else 0.09


def withheld(plan: Plan) -> str:
    """Return why no risk is shown, or an empty string: a figure about groups comforts wrongly in these cases."""
    if any(_stays(step) for step in plan.steps):
        return (
            "A direct identifier stays in the release, so people can be recognised at once: figures about groups would "
            "only comfort, and none is shown."
        )
    if not plan.quasi_identifiers:
        return (
            "The policy declares no quasi-identifier, so the risk that somebody is recognised was not computed; that "
            "is not the same as no risk."
        )
    return ""


def _stays(step: Step) -> bool:
    return step.role is Role.DIRECT and step.do in _VALUES_STAY and "identifier" not in step.accept


def risk(inputs: ReportInputs, before: Shown, after: Shown, why_not: str) -> dict[str, Any]:
    """Return the section on re-identification."""
    ids = [] if why_not else _risk_ids(inputs)
    core = [name for name in ids if name in _ORDER]
    return {
        "withheld": why_not,
        "threshold": round(threshold(inputs), 6),
        "quasi_identifiers": [printable(name, 120) for name in inputs.plan.quasi_identifiers],
        "people": {name: cell.plain() for name, cell in after.totals.cells(after.rules).items()},
        "measures": measures(core, inputs, before, after),
        "further": _further([name for name in ids if name not in core], inputs, before, after),
        "class_sizes": {
            "before": _bins(None if why_not else before.sizes),
            "after": _bins(None if why_not else after.sizes),
        },
        "curve": {
            "before": _curve(None if why_not else before.sizes),
            "after": _curve(None if why_not else after.sizes),
        },
        "contribution": [] if why_not else contribution(inputs.before, inputs, before),
    }


def _further(ids: list[str], inputs: ReportInputs, before: Shown, after: Shown) -> list[dict[str, Any]]:
    groups, left = [], list(ids)
    for heading, families in (*_GROUPS, ("Other measures", ())):
        own = [name for name in left if not families or name.split(".")[0] in families]
        left = [name for name in left if name not in own]
        if own:
            groups.append({"title": heading, "measures": measures(own, inputs, before, after)})
    return groups


def measures(ids: Iterable[str], inputs: ReportInputs, before: Shown, after: Shown) -> list[dict[str, Any]]:
    """Return measures by id with both sides."""
    return [
        {
            "id": printable(name),
            "title": title(name),
            "before": plain_measure(inputs.verdict.before.get(name), before),
            "after": plain_measure(inputs.verdict.after.get(name), after),
        }
        for name in ids
    ]


def _every_id(inputs: ReportInputs) -> list[str]:
    return sorted({*inputs.verdict.before, *inputs.verdict.after})


def _gate_only(inputs: ReportInputs) -> set[str]:
    return {
        "residual_identifiers",
        "singling_out",
        "suppressed_share",
        "unshifted_dates",
        "orphan_keys",
        "emptied_cells",
        "text_redacted_whole",
    }


def _risk_ids(inputs: ReportInputs) -> list[str]:
    about = set(attributes_of(inputs))
    rest = [
        name
        for name in _every_id(inputs)
        if name not in _UTILITY and name not in _gate_only(inputs) and name not in about
        if not name.startswith(_ELSEWHERE)
    ]
    return sorted(rest, key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))


def utility(inputs: ReportInputs, before: Shown, after: Shown) -> list[dict[str, Any]]:
    """Return the measures of what the release is still worth."""
    ids = [name for name in _every_id(inputs) if name in _UTILITY or name.startswith("util.")]
    ids = [name for name in ids if name not in ("util.survival_gap", "util.hazard_ratio")]  # their section shows them
    names = {"", *_released_names(inputs)}
    rows = [{**row, "about": _about(row["id"])} for row in measures(ids, inputs, before, after)]
    return [row for row in rows if row["about"] in names]


def _about(measure: str) -> str:
    """Return the variable or attribute that a measure of utility is about, "" for the whole."""
    return "".join(measure.split(".", 2)[2:]) if measure.startswith("util.") else ""


def _released_names(inputs: ReportInputs) -> list[str]:
    steps = [step for step in inputs.plan.steps if step.released]
    return [step.variable for step in steps] + [step.column for step in steps]


def common_variables(table: ClassTable | None, minimum: int) -> frozenset[str]:
    """Return the quasi-identifiers of which each value is held by at least `minimum` people."""
    if table is None:
        return frozenset()
    found = set()
    for i, name in enumerate(table.variables):
        held = np.bincount(table.codes[:, i], weights=table.counts)
        if (held[held > 0] >= minimum).all():
            found.add(name)
    return frozenset(found)


def attributes_of(inputs: ReportInputs) -> dict[str, str]:
    """Return the sensitive attribute that each measure about one is about, by measure id."""
    sides = [table.sensitive for table in (inputs.before, inputs.after) if table is not None]
    names = sorted({name for side in sides for name in side}, key=lambda name: (-len(name), name))
    found = {}
    for measure in _every_id(inputs):
        if measure.startswith(_ELSEWHERE):
            continue
        about = next((name for name in names if measure.endswith(f".{name}")), None)
        if about is not None:
            found[measure] = about
    return found


def attribute(inputs: ReportInputs, before: Shown, after: Shown, why_not: str) -> list[dict[str, Any]]:
    """Return, by sensitive attribute, what a group of look-alikes gives away about its members."""
    if why_not:
        return []
    about = attributes_of(inputs)
    released = {step.variable for step in inputs.plan.steps if step.released} | {
        step.column for step in inputs.plan.steps if step.released
    }
    entries = []
    for number, name in enumerate(sorted(set(about.values())), 1):
        label = printable(name, 120) if name in released else f"attribute {number}"
        own = [measure for measure in sorted(about) if about[measure] == name]
        rows = [_without(row, name) for row in measures(own, inputs, before, after)]
        if name not in released:
            rows = [{**row, "id": row["id"].removesuffix(name) + str(number)} for row in rows]
        entries.append({"attribute": label, "measures": rows})
    return entries


def _without(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**row, "title": str(row["title"]).removesuffix(f": {printable(name)}").removesuffix(f".{printable(name)}")}


def _bins(sizes: ClassSizes | None) -> list[dict[str, Any]]:
    if sizes is None:
        return []
    return [{"from": low, "to": high, "share": cell.plain()} for low, high, cell in sizes.bins()]


def _curve(sizes: ClassSizes | None) -> list[dict[str, Any]]:
    if sizes is None:
        return []
    return [{"group_up_to": end, "share": cell.plain()} for end, cell in sizes.curve()]


def contribution(table: ClassTable | None, inputs: ReportInputs, before: Shown) -> list[dict[str, Any]]:
    """Return the average risk before, and what it would be if the attacker did not know one of the variables."""
    if table is None or not 2 <= len(table.variables) <= _MOST_VARIABLES or len(table) > _MOST_CLASSES:
        return []
    if table.subjects == 0:
        return []
    allowed = set(inputs.plan.quasi_identifiers)
    every = Measure("prosecutor.rc", len(table) / table.subjects)
    rows: list[dict[str, Any]] = []
    for variable in table.variables:
        rest = table.project([name for name in table.variables if name != variable])
        average = Measure("prosecutor.rc", len(rest) / table.subjects)
        label = printable(variable, 120) if variable in allowed else "a variable not released"
        rows.append({"variable": label, "average_risk_without": before.cell(average).plain()})
    rows.sort(key=lambda row: (row["average_risk_without"]["value"] or 0.0, row["variable"]))
    return [*rows, {"variable": "none, all known", "average_risk_without": before.cell(every).plain()}]
