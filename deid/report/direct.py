"""What was done to direct identifiers, kind by kind, and how many of them are left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from deid.decisions import Step
from deid.model import KINDS, Role
from deid.report.columns import VERBS
from deid.report.disclosure import NOT_SHOWN, Cell, Disclosure, grouped, printable
from deid.report.inputs import ReportInputs

_OTHER = "direct identifier of no known kind"


def section(inputs: ReportInputs, rules: Disclosure, texts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one row a kind: columns that held it, what was done to them, finds in texts, finds left in the output.

    `texts` is the report's section on free text, whose figures the finds in texts are summed from.
    """
    steps: dict[str, list[Step]] = {}
    for step in inputs.plan.steps:
        if step.role is Role.DIRECT:
            steps.setdefault(step.holds[0] if step.holds else "", []).append(step)
    found = {kind for text in inputs.text for kind in text.kinds}
    left: dict[str, list[int]] = {}
    for finding in inputs.verdict.findings:
        left.setdefault(finding.kind, []).append(finding.count)
    return [
        {
            "kind": printable(kind, 60),
            "what": KINDS.get(kind, printable(kind)) if kind else _OTHER,
            "columns": len(steps.get(kind, ())),
            "treated": _treated(steps.get(kind, ())),
            "in_texts": _in_texts(texts, kind).plain(),
            "left": _left(left.get(kind, []), rules).plain(),
        }
        for kind in sorted({*steps, *found, *left}, key=lambda kind: (kind == "", kind))
    ]


def _treated(steps: tuple[Step, ...] | list[Step]) -> dict[str, int]:
    done: Mapping[str, int] = Counter(VERBS.get(step.do, printable(step.do, 60)) for step in steps)
    return {words: done[words] for words in sorted(done)}


def _left(finds: list[int], rules: Disclosure) -> Cell:
    """Return the finds of all places together; one that is small would follow from the others."""
    alone = len(finds) < 2 or not any(rules.small(count) for count in finds)
    return rules.count(sum(finds)) if alone else rules.derivable()


def _in_texts(texts: Sequence[Mapping[str, Any]], kind: str) -> Cell:
    """Return the finds in all texts together; where one column's figure is hidden it would follow from the sum."""
    if not texts:
        return Cell(None, "no free text")
    cells = [row["count"] for text in texts for row in text["kinds"] if row["id"] == printable(kind)]
    if any(cell["value"] is None for cell in cells):
        return (
            Cell(None, NOT_SHOWN, "derivable") if len(cells) > 1 else Cell(None, cells[0]["text"], cells[0]["hidden"])
        )
    found = sum(int(cell["value"]) for cell in cells)
    return Cell(found, grouped(found))
