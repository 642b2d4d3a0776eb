"""What attacks achieved on the input and on the release: the three questions of WP216 side by side, and membership."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from deid.model import Measure, Status
from deid.report.disclosure import Cell, percent, printable
from deid.report.families import STATUS_WORDS
from deid.report.inputs import ReportInputs
from deid.report.shown import Shown
from deid.report.sides import reason

#: Question, beginning of the ids that answer it, what a success is.
QUESTIONS = (
    (
        "Can a person be singled out?",
        "attack.singling_out",
        "a description made from the release fits exactly one person of the input",
    ),
    (
        "Can records about one person be linked?",
        "attack.linkability",
        "two halves of what is known of a person are joined by way of the release",
    ),
    (
        "Can something be inferred about a person?",
        "attack.inference.",
        "a sensitive value is guessed from the groups that a person fits",
    ),
    (
        "Can people of a register be found?",
        "attack.linkage",
        "a record of the identified file that the policy names is matched to its own person",
    ),
    (
        "Can it be told who is in the data?",
        "attack.membership",
        "a person is recognised as a member by closeness to the release",
    ),
)


def section(inputs: ReportInputs, before: Shown, after: Shown, why_not: str) -> list[dict[str, Any]]:
    """Return every attack with its question: success before and after, interval, control group, guessing."""
    if why_not:
        return []
    names = {step.variable for step in inputs.plan.steps if step.released}
    entries = []
    for question, start, success in QUESTIONS:
        number = 0
        for name in sorted({*inputs.verdict.before, *inputs.verdict.after}):
            exact = not start.endswith(".")
            if name.endswith(".excess") or not (name == start if exact else name.startswith(start)):
                continue
            about = "" if exact else name.removeprefix(start)
            number += 1
            label = printable(about, 120) if about in names else f"attribute {number}"
            rate = inputs.verdict.after.get(name)
            beyond = inputs.verdict.after.get(f"{name}.excess")
            excess = _excess(beyond, after)
            entries.append(
                {
                    "question": question,
                    "id": printable(name) if exact else f"{start}{label}",
                    "about": label if about else "",
                    "success": success,
                    "before": _side(inputs.verdict.before.get(name), before),
                    "after": _side(rate, after),
                    "control": _control(rate, beyond, excess, after),
                    "excess": excess,
                }
            )
    return entries


def _side(measure: Measure | None, shown: Shown) -> dict[str, Any]:
    """Return one attack on one side: rate, upper bound of its interval, and the rate of guessing."""
    if measure is None or measure.value is None or measure.status is not Status.OK:
        word = STATUS_WORDS[measure.status] if measure is not None else "not made"
        nothing = Cell(None, word).plain()
        said = reason(measure, shown.rules) if measure is not None else ""
        return {"rate": nothing, "upper_bound": nothing, "guessing": nothing, "reason": said}
    return {
        "rate": shown.attack(measure.value, measure).plain(),
        "upper_bound": upper_bound(measure, shown).plain(),
        "guessing": shown.attack(float(measure.detail.get("baseline", 0.0)), measure).plain(),
        "reason": "",
    }


def upper_bound(measure: Measure, shown: Shown) -> Cell:
    """Return the upper bound of an attack's interval, rounded upwards so that it gives no count of successes away."""
    if measure.interval is None or measure.value is None:
        return Cell(None, "not computed")
    high, trials = measure.interval[1], int(measure.detail.get("trials", 0))
    step = shown.rules.step(trials) if shown.rules.minimum > 1 and measure.value > 0 else 0.0001
    if not step:
        return shown.rules.derivable()
    rounded = min(1.0, round(math.ceil(high / step - 1e-9) * step, 4))
    return Cell(rounded, percent(rounded, 2))


def _control(rate: Measure | None, beyond: Measure | None, excess: Mapping[str, Any], shown: Shown) -> dict[str, Any]:
    """Return how the control group of an attack on the release fared, and who they are.

    A report to be shared says of it what follows from the other two figures as they are shown, and nothing more: three
    rounded figures of which one is the difference of the others would tell more than two.
    """
    if rate is None or rate.value is None or beyond is None or beyond.value is None:
        return {"rate": Cell(None, "not computed").plain(), "who": ""}
    cell = Cell(None, "not shown", "derivable")
    if shown.rules.minimum <= 1:
        cell = shown.attack(float(beyond.detail["control"]), beyond)
    else:
        success = shown.attack(rate.value, rate).value
        if excess["value"] is None or excess["value"] == 0:
            cell = Cell(None, "about the same", "derivable")
        elif success is not None:
            left = round(max(success - excess["value"], 0.0), 4)
            cell = Cell(left, f"about {percent(left, 2)}")
    return {"rate": cell.plain(), "who": str(beyond.detail["control_group"])}


def _excess(measure: Measure | None, shown: Shown) -> dict[str, Any]:
    if measure is None or measure.value is None:
        return Cell(None, "not computed").plain()
    return shown.attack(measure.value, measure).plain()


def seeds(inputs: ReportInputs) -> Mapping[str, Any]:
    """Return the seed and the confidence that the attacks on the release state."""
    for name, measure in sorted(inputs.verdict.after.items()):
        if name.startswith("attack.") and "seed" in measure.detail and measure.value is not None:
            return {"seed": int(measure.detail["seed"]), "confidence": float(measure.detail.get("confidence", 0.95))}
    return {"seed": None, "confidence": None}
