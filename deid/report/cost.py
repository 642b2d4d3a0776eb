"""What the anonymity cost: generalisation chosen, the alternatives, and who bears the suppression."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from deid.classes import MISSING
from deid.hierarchy import Alternative, Recoding
from deid.report.disclosure import Cell, Disclosure, percent, printable, without_counts
from deid.report.inputs import Burden, ReportInputs
from deid.report.numbers import probability
from deid.report.shown import Shown

_MOST_LABELS = 24
_MOST_ALTERNATIVES = 60
OTHERS = "all other groups"


def generalisation(inputs: ReportInputs, shown: Shown) -> dict[str, Any]:
    """Return the recoding chosen, its cost by variable, and what else the search saw."""
    recoding, rules = inputs.recoding, shown.rules
    if recoding is None:
        return {
            "chosen": False,
            "method": "",
            "loss": None,
            "loss_with_suppressed": None,
            "driver": "",
            "variables": [],
            "alternatives": [],
        }
    allowed = set(inputs.plan.quasi_identifiers)
    loss = recoding.loss_by_variable
    named = [(name, f"variable {i}" if name not in allowed else printable(name, 120)) for i, name in
             enumerate(recoding.variables, 1)]  # fmt: skip
    variables = [
        {
            "name": label,
            "level": recoding.levels.get(name) if recoding.levels is not None else None,
            "loss": shown.kept_loss(loss[name]).plain() if name in loss else None,
            **released_labels(inputs, name, rules),
        }
        for name, label in named
    ]
    highest = max(loss.values(), default=0.0)
    driver = next((label for name, label in named if highest > 0 and loss.get(name) == highest), "")
    return {
        "chosen": True,
        "method": _method(printable(recoding.method, 600), shown),
        "loss": shown.kept_loss(recoding.loss).plain(),
        "loss_with_suppressed": _whole_loss(recoding, shown).plain(),
        "driver": driver,
        "variables": variables,
        "alternatives": alternatives(recoding, dict(named), shown),
    }


def _method(sentence: str, shown: Shown) -> str:
    """Return how the recoding was found; it may tell how many were suppressed."""
    return sentence if shown.totals.open else without_counts(sentence, shown.rules)


def _whole_loss(recoding: Recoding, shown: Shown) -> Cell:
    """Return the loss with suppressed people counted as wholly lost; beside the other it tells how many they are."""
    if not shown.totals.open:
        return shown.rules.derivable()
    return Cell(round(recoding.loss, 3), percent(recoding.loss))


def released_labels(inputs: ReportInputs, variable: str, rules: Disclosure) -> dict[str, Any]:
    """Return the released labels of a variable that enough people hold, and whether others are left unsaid."""
    table = inputs.after
    if table is None or variable not in table.variables:
        return {"labels": [], "labels_unsaid": False}
    i = table.variables.index(variable)
    words = table.vocabularies[i]
    held = np.bincount(table.codes[:, i], weights=table.counts, minlength=len(words)).astype(np.int64)
    codes = [code for code in np.flatnonzero(held).tolist() if held[code] >= max(rules.minimum, 1)]
    labels = ["(missing)" if code == MISSING else printable(words[code], 60) for code in codes]
    labels.sort(key=_in_order)
    unsaid = len(codes) < int((held > 0).sum()) or len(labels) > _MOST_LABELS
    return {"labels": labels[:_MOST_LABELS], "labels_unsaid": unsaid}


def _in_order(label: str) -> tuple[float, float, str]:
    """Return where a label stands: by its first number, one that is open downwards ('<50') before the others."""
    number = re.search(r"\d+(?:\.\d+)?", label)
    return (float(number[0]) if number else math.inf, 0.0 if label.startswith("<") else 1.0, label)


def alternatives(recoding: Recoding, names: dict[str, str], shown: Shown) -> list[dict[str, Any]]:
    """Return other recodings that the search saw, best first; suppression in bands, for they are nested in each other.

    The chosen one stands first.
    """
    chosen = {name: recoding.levels[name] for name in recoding.variables} if recoding.levels is not None else {}
    entries = []
    if recoding.levels is not None and shown.sizes is not None:
        own = Alternative(chosen, recoding.loss, shown.totals.suppressed, 1 / shown.sizes.smallest)
        entries.append(_alternative(own, names, shown, chosen=True))
    others = [other for other in recoding.alternatives if dict(other.levels) != chosen]
    return entries + [_alternative(other, names, shown, chosen=False) for other in others[:_MOST_ALTERNATIVES]]


def _alternative(other: Alternative, names: dict[str, str], shown: Shown, *, chosen: bool) -> dict[str, Any]:
    return {
        "chosen": chosen,
        "levels": {names[name]: level for name, level in sorted(other.levels.items()) if name in names},
        "loss": shown.kept_loss(other.loss, other.suppressed).plain(),
        "suppressed": shown.rules.banded(other.suppressed).plain(),
        "highest_risk": probability(other.highest_risk).plain(),
    }


def burden(inputs: ReportInputs, shown: Shown) -> list[dict[str, Any]]:
    """Return for each variable who was suppressed, by group; nothing where the total itself is hidden."""
    if not shown.totals.open or shown.totals.suppressed == 0:
        return []
    allowed = set(inputs.plan.quasi_identifiers)
    return [_burden(item, shown.rules) for item in inputs.burden if item.variable in allowed]


def _burden(item: Burden, rules: Disclosure) -> dict[str, Any]:
    groups = pooled(item.groups, rules)
    total = sum(suppressed for _, _, suppressed in groups)
    unsafe = [rules.small(people - suppressed) for _, people, suppressed in groups]
    if any(unsafe):  # the few who were kept in a group would follow from what was suppressed in it
        cells: Sequence[Cell] = [rules.derivable()] * len(groups)
    else:
        cells = rules.parts(total, [suppressed for _, _, suppressed in groups])
    rows = []
    for (label, people, suppressed), cell in zip(groups, cells, strict=True):
        share = suppressed / people if people else 0.0
        known = cell.value is not None
        rows.append(
            {
                "group": label,
                "people": rules.count(people).plain(),
                "suppressed": cell.plain(),
                "share": (Cell(round(share, 4), percent(share)) if known else rules.derivable()).plain(),
            }
        )
    return {"variable": printable(item.variable, 120), "groups": rows}


def pooled(groups: Sequence[tuple[str, int, int]], rules: Disclosure) -> list[tuple[str, int, int]]:
    """Pool groups of too few people under one label, with the smallest others until the pool itself is large enough."""
    by_size = sorted(groups, key=lambda group: (group[1], str(group[0])))
    pool = [group for group in by_size if group[1] < rules.minimum]
    rest = [group for group in by_size if group[1] >= rules.minimum]
    while pool and rest and sum(group[1] for group in pool) < rules.minimum:
        pool.append(rest.pop(0))
    left_out = {id(group) for group in pool}
    shown = [
        ("(missing)" if label is None else printable(label, 60), people, suppressed)
        for label, people, suppressed in (group for group in groups if id(group) not in left_out)
    ]
    if pool:
        shown.append((OTHERS, sum(group[1] for group in pool), sum(group[2] for group in pool)))
    return shown
