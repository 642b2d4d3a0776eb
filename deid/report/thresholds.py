"""The release held against named conventions, each with its citation and with `<` or `<=` said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deid.model import Measure, Status
from deid.report.inputs import ReportInputs
from deid.risk.thresholds import ThresholdGate, ThresholdProfile, profiles

WORDS: Mapping[str, str] = {"<=": "at most", "<": "strictly below", ">=": "at least", ">": "strictly above"}


def section(inputs: ReportInputs, why_not: str) -> list[dict[str, Any]]:
    """Return the conventions, those that the policy names first; an outcome is no claim of compliance."""
    chosen = set(inputs.plan.policy.thresholds)
    order = sorted(profiles().values(), key=lambda profile: profile.name not in chosen)
    return [_entry(profile, inputs, profile.name in chosen, why_not) for profile in order]


def _entry(profile: ThresholdProfile, inputs: ReportInputs, chosen: bool, why_not: str) -> dict[str, Any]:
    gates = [
        {"metric": gate.id, "condition": f"{WORDS[gate.op]} {gate.threshold:.4g}", "op": gate.op,
         "threshold": gate.threshold, "outcome": _outcome(gate, inputs, why_not)}
        for gate in profile.gates
    ]  # fmt: skip
    outcomes = {gate["outcome"] for gate in gates}
    worst = next((name for name in ("fail", "not_evaluated", "pass") if name in outcomes), "no_number")
    return {
        "name": profile.name,
        "title": profile.title,
        "chosen": chosen,
        "outcome": worst,
        "gates": gates,
        "smallest_k": profile.smallest_k,
        "note": profile.note,
        "source": profile.source,
    }


def _outcome(gate: ThresholdGate, inputs: ReportInputs, why_not: str) -> str:
    measure = inputs.verdict.after.get(gate.id)
    value = _value(measure, gate.op)
    if value is None or why_not:
        return "not_evaluated"
    met = {
        "<=": value <= gate.threshold,
        "<": value < gate.threshold,
        ">=": value >= gate.threshold,
        ">": value > gate.threshold,
    }[gate.op]
    return "pass" if met else "fail"


def _value(measure: Measure | None, op: str) -> float | None:
    if measure is None or measure.status is not Status.OK:
        return None
    if measure.interval is None:
        return measure.value
    return measure.interval[1] if op.startswith("<") else measure.interval[0]
