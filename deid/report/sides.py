"""One side of a measure, the input or the release, as it stands in the JSON twin."""

from __future__ import annotations

from typing import Any

from deid.model import Measure, Status
from deid.report.disclosure import Disclosure, printable, without_counts
from deid.report.shown import Shown


def reason(measure: Measure, rules: Disclosure) -> str:
    """Return why a measure has no figure, in a sentence without counts."""
    return without_counts(printable(measure.reason), rules)


def plain_measure(measure: Measure | None, shown: Shown) -> dict[str, Any]:
    """Return one side of a measure as it stands in the JSON twin."""
    if measure is None:
        return {"value": None, "text": "not measured", "hidden": "", "status": Status.NOT_COMPUTED.value, "reason": ""}
    cell = shown.cell(measure)
    return {**cell.plain(), "status": measure.status.value, "reason": reason(measure, shown.rules)}
