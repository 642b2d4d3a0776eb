"""The verdict strip: each gate against its measure, and what the outcome means in two sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deid.errors import ReleaseRefused, problem_kind
from deid.model import GateOutcome, Status
from deid.report.attacks import upper_bound
from deid.report.disclosure import Cell, percent, printable
from deid.report.families import SHARES
from deid.report.inputs import ReportInputs
from deid.report.shown import Shown
from deid.report.sides import reason
from deid.report.titles import title

GATE_WITHOUT_VALUE = problem_kind(
    "R501",
    "gate passed without a figure",
    remedy="this is a defect of the measure or of the gate: report it; nothing is released on such a verdict",
    meaning="A gate may only pass on a measure that was computed; one without a value counts as failed.",
)
CLAIMS: Mapping[str, tuple[str, str]] = {
    "anonymised": (
        "Anonymised",
        "The owner holds that people can no longer be identified by means reasonably likely to be used.",
    ),
    "pseudonymised": (
        "Pseudonymised: still personal data",
        "People can be identified again with further information kept apart; data protection law applies in full.",
    ),
    "limited_data_set": (
        "Limited data set: not de-identified",
        "Dates and places may remain; sharing needs a data use agreement (45 CFR 164.514(e)).",
    ),
    "safe_harbor": (
        "De-identified by the Safe Harbor method",
        "The identifiers of 45 CFR 164.514(b)(2) are removed; the owner must have no knowledge that what remains "
        "identifies a person.",
    ),
}
_WORDS_OF_OP = {"<=": "at most", "<": "below", ">=": "at least", ">": "above"}


def released(inputs: ReportInputs) -> bool:
    """Return whether the files may go out: every gate passed and no identifier was found."""
    return inputs.verdict.passed and not inputs.verdict.findings


def claim(name: str) -> dict[str, str]:
    """Return what the policy claims the release to be, in words."""
    label, text = CLAIMS.get(name, (printable(name), "This claim is the owner's own wording."))
    return {"id": printable(name), "label": label, "text": text}


def gates(inputs: ReportInputs, shown: Shown) -> list[dict[str, Any]]:
    """Return every gate: failed ones first, then those not evaluated, then passed ones. Raises ReleaseRefused."""
    broken = [outcome for outcome in inputs.verdict.gates if outcome.passed and not _evaluated(outcome)]
    if broken:
        raise ReleaseRefused([GATE_WITHOUT_VALUE.at("it has no value", outcome.gate) for outcome in broken])
    order = {"fail": 0, "not_evaluated": 1, "pass": 2}
    places = {gate.id: gate.place for gate in inputs.plan.policy.gates}
    entries = [_gate(outcome, shown, _set_by(places.get(outcome.gate, ""))) for outcome in inputs.verdict.gates]
    return sorted(entries, key=lambda gate: (order[gate["outcome"]], gate["id"]))


def _evaluated(outcome: GateOutcome) -> bool:
    value = outcome.measure.value
    return outcome.measure.status is Status.OK and value is not None and value == value


def _set_by(place: str) -> str:
    """Return who asked for a gate, in words for a place of the policy."""
    words = {"always": "every release", "anonymise": "anonymise: k of the policy", "": "the policy"}
    return words.get(place, printable(place, 120))


def _gate(outcome: GateOutcome, shown: Shown, source: str) -> dict[str, Any]:
    cell = _unrounded(shown.cell(outcome.measure), outcome)
    failed = "fail" if _evaluated(outcome) else "not_evaluated"
    return {
        "id": printable(outcome.gate),
        "metric": printable(outcome.measure.id),
        "title": title(outcome.measure.id),
        **cell.plain(),
        "status": outcome.measure.status.value,
        "reason": reason(outcome.measure, shown.rules),
        "op": outcome.op,
        "condition": f"{_WORDS_OF_OP[outcome.op]} {_threshold(outcome)}",
        "threshold": outcome.threshold,
        "upper_bound": _upper_bound(outcome, cell, shown),
        "outcome": "pass" if outcome.passed else failed,
        "source": source,
    }


def _upper_bound(outcome: GateOutcome, cell: Cell, shown: Shown) -> float | None:
    """Return the upper bound that the gate was held against; no finer than the figure, nor beyond what passed."""
    interval = outcome.measure.interval
    if interval is None or outcome.measure.value is None:
        return None
    if outcome.gate.startswith("attack."):
        rounded = upper_bound(outcome.measure, shown).value
        if rounded is None or (outcome.passed and outcome.op.startswith("<") and rounded > outcome.threshold):
            return outcome.threshold if outcome.passed and outcome.op.startswith("<") else None
        return float(rounded)
    return round(interval[1], 4) if cell.value is not None else None


def _threshold(outcome: GateOutcome) -> str:
    """Return the threshold in the unit in which the figure is shown."""
    return (
        percent(outcome.threshold, 2)
        if outcome.measure.id.startswith((*SHARES, "attack."))
        else f"{outcome.threshold:g}"
    )


def _unrounded(cell: Cell, outcome: GateOutcome) -> Cell:
    """Show more digits where rounding would make a figure look as if it were on the other side of the threshold."""
    exact = outcome.measure.value
    if outcome.measure.interval is not None:  # the bound decides, which stands beside the figure
        return cell
    if cell.value is None or exact is None or cell.hidden or abs(exact - cell.value) >= 0.01:
        return cell
    if _meets(cell.value, outcome) == outcome.passed:
        return cell
    return Cell(round(exact, 8), f"{exact:.8g}")


def _meets(value: float, outcome: GateOutcome) -> bool:
    above, strict = outcome.op.startswith(">"), len(outcome.op) == 1
    return (value != outcome.threshold and (value > outcome.threshold) == above) or (
        value == outcome.threshold and not strict
    )


def summary(inputs: ReportInputs, entries: list[dict[str, Any]], shown: Shown, withheld: str) -> list[str]:
    """Return what the verdict means, in two sentences of plain words."""
    first = _release_sentence(inputs, entries)
    return [first, _people_sentence(inputs, shown, withheld)]


def _release_sentence(inputs: ReportInputs, entries: list[dict[str, Any]]) -> str:
    missed = [entry for entry in entries if entry["outcome"] != "pass"]
    if not missed and inputs.verdict.findings:
        return "Nothing may be shared: identifiers were found in the files as they were written."
    if not missed and entries:
        number = "The one condition" if len(entries) == 1 else f"All {len(entries)} conditions"
        verb = "is" if len(entries) == 1 else "are"
        return f"{number} of the policy {verb} met by the files as they were written, so they may go to the recipient."
    if not missed:
        return "The policy sets no condition, so nothing was checked that could have stopped this release."
    names = ", ".join(f"{entry['title']} ({_outcome_words(entry)})" for entry in missed[:3])
    more = f", and {len(missed) - 3} more" if len(missed) > 3 else ""
    number = f"{len(missed)} of {len(entries)} conditions {'is' if len(missed) == 1 else 'are'}"
    if len(entries) == 1:
        number = "the one condition of the policy is"
    return f"Nothing may be shared: {number} not met: {names}{more}."


def _outcome_words(entry: Mapping[str, Any]) -> str:
    if entry["outcome"] == "not_evaluated":
        return "not evaluated"
    bound = "" if entry["upper_bound"] is None else f", bound {entry['upper_bound']:g}"
    return f"{entry['text']}{bound}, needs {entry['condition']}"


def _people_sentence(inputs: ReportInputs, shown: Shown, withheld: str) -> str:
    if withheld:
        return withheld
    sizes = shown.sizes
    if sizes is None:
        return "How likely it is that somebody is recognised was not computed; that is not the same as no risk."
    variables = known_variables(inputs)
    known = ", ".join(variables[:5]) + (f" and {len(variables) - 5} more" if len(variables) > 5 else "")
    if sizes.smallest == 1:
        return f"Somebody who knows {known} of a person could single out at least one person with certainty."
    chance = f"1 in {sizes.smallest:,}"
    return (
        f"Somebody who knows {known} of a person finds at least {sizes.smallest:,} people who look alike: the chance "
        f"to pick the right one is {chance} at most, and this holds for these columns only."
    )


def known_variables(inputs: ReportInputs) -> list[str]:
    """Return the quasi-identifiers that the release holds, by name."""
    return [printable(name, 120) for name in inputs.plan.quasi_identifiers]
