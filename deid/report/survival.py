"""Survival before and after, as the report may show it: on round times, for groups of enough people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deid.model import Measure, Status
from deid.report.disclosure import Cell, Disclosure, printable
from deid.report.families import STATUS_WORDS
from deid.report.inputs import ReportInputs
from deid.report.shown import Shown
from deid.report.sides import reason


def section(inputs: ReportInputs, after: Shown) -> dict[str, Any] | None:
    """Return the survival analysis that the policy declares, None where it declares none."""
    asked = inputs.plan.policy.survival
    if asked is None:
        return None
    gap = inputs.verdict.after.get("util.survival_gap")
    curves = gap.detail.get("curves", []) if gap is not None else []
    rules = after.rules
    return {
        "time": printable(asked.time, 120),
        "event": printable(asked.event, 120),
        "by": printable(asked.by, 120),
        "gap": _gap(gap, after).plain(),
        "reason": reason(gap, rules) if gap is not None else "",
        "hazard_ratio": {
            "before": _ratio(inputs.verdict.before.get("util.hazard_ratio")).plain(),
            "after": _ratio(inputs.verdict.after.get("util.hazard_ratio")).plain(),
        },
        "groups": [
            {
                "group": printable(curve["group"], 60) or "everybody",
                "before": _points(curve["before"], rules),
                "after": _points(curve["after"], rules),
            }
            for curve in curves
            if curve["people"] >= max(rules.minimum, 1)
        ],
    }


def _gap(gap: Measure | None, after: Shown) -> Cell:
    if gap is None or gap.value is None:
        return Cell(None, STATUS_WORDS[gap.status if gap is not None else Status.NOT_COMPUTED])
    return after.gap(gap, gap.value)


def _points(points: Sequence[tuple[float, float, int]], rules: Disclosure) -> list[dict[str, Any]]:
    """Return the curve where enough people are still observed, rounded so that no event can be counted."""
    shown = []
    for when, share, at_risk in points:
        if at_risk < max(rules.minimum, 1):
            break
        step = rules.step(points[0][2]) if rules.minimum > 1 else 0.001
        if not step:
            break
        rounded = min(1.0, round(round(share / step) * step, 3))
        shown.append({"time": when, "share": Cell(rounded, f"{100 * rounded:g} %").plain()})
    return shown


def _ratio(measure: Measure | None) -> Cell:
    if measure is None or measure.value is None:
        return Cell(None, STATUS_WORDS[measure.status if measure is not None else Status.NOT_COMPUTED])
    bounds = "" if measure.interval is None else f" ({measure.interval[0]:.2g} to {measure.interval[1]:.2g})"
    return Cell(round(measure.value, 2), f"{measure.value:.2g}{bounds}")
