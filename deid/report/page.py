"""report.html: the document as one self-contained page, without script, that opens offline and prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from deid.model import KINDS
from deid.report import figures
from deid.report.sign_off import LABELS

_HERE = Path(__file__).resolve().parent
ROLE_WORDS: Mapping[str, str] = {
    "direct_identifier": "direct identifier",
    "quasi_identifier": "quasi-identifier",
    "sensitive_attribute": "sensitive",
    "insensitive": "insensitive",
    "free_text": "free text",
    "unclassified": "unclassified",
}
_OPEN_UP_TO = 250  # columns; beyond, the tables of columns start folded


def render_html(document: Mapping[str, Any]) -> str:
    """Return the report as HTML; whatever comes from policy or data is escaped."""
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            doc=document,
            css=Markup(_style()),  # noqa: S704 - our own style sheet
            tables=_by_table(document),
            methods=_by_formula(document),
            unfolded=len(document["columns"]) <= _OPEN_UP_TO,
            at_a_glance=glance(document),
            figures=figures,
            role_words=ROLE_WORDS,
            sign_labels=LABELS,
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["combined"] = lambda cell, reason: {**cell, "reason": reason}
    environment.filters["told"] = _told
    environment.filters["kind"] = lambda kind: KINDS.get(kind, kind)
    return environment


@cache
def _style() -> str:
    return (_HERE / "report.css").read_text(encoding="utf-8")


def _by_table(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return rows and columns by table, in the order of the inventory."""
    rows = {entry["table"]: entry for entry in document["inputs"]}
    grouped = groupby(document["columns"], key=lambda column: column["table"])
    return [{"name": name, "columns": list(columns), "rows": rows.get(name)} for name, columns in grouped]


def _told(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the measures that have a figure on some side, and those without one together by the reason they share."""
    figures_, without = [], dict[tuple[str, str], list[Mapping[str, Any]]]()
    for row in rows:
        before, after = row["before"], row["after"]
        why = (after["text"], after["reason"])
        same = before["text"] in (after["text"], "not measured") and before["reason"] in (after["reason"], "")
        if after["value"] is None and after["reason"] and same:
            without.setdefault(why, []).append(row)
        else:
            figures_.append(row)
    return {"figures": figures_, "without": list(without.values())}


def _by_formula(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the methods, measures that share formula, units and source together, in the order of their ids.

    Of these, the ones that say the same stand under one meaning.
    """
    grouped: dict[tuple[str, ...], dict[str, list[Mapping[str, str]]]] = {}
    for method in document["methods"]:
        alike = grouped.setdefault((method["formula"], method["units"], method["source"]), {})
        alike.setdefault(method["meaning"], []).append(method)
    return [
        {"formula": formula, "units": units, "source": source, "meanings": alike}
        for (formula, units, source), alike in grouped.items()
    ]


def glance(document: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the figures that a reviewer asks for first."""
    measures = {entry["id"]: entry for entry in document["risk"]["measures"]}
    cards = []
    for name, label in (("k", "Smallest group of look-alikes"), ("prosecutor.rb", "Highest risk of one person")):
        if name in measures:
            entry = measures[name]
            cards.append({"label": label, "before": _odds(entry["before"]), "after": _odds(entry["after"])})
    cards += _most_telling(document["kept_columns"])
    if document["risk"]["measures"]:
        cards.append({"label": "People suppressed", "before": "", "after": document["suppressed"]["people"]["text"]})
    if document["generalisation"]["chosen"]:
        loss = document["generalisation"]["loss_with_suppressed"]
        shown = loss if loss["value"] is not None else document["generalisation"]["loss"]
        cards.append({"label": "Information lost", "before": "", "after": shown["text"]})
    found = document["residual"]["left"]
    left = "none found" if found["value"] == 0 and not document["residual"]["findings"] else found["text"]
    return [*cards, {"label": "Identifiers left", "before": "", "after": left}]


def _most_telling(kept: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the column that was kept undeclared and singles most people out by itself, if one does."""
    ranked = [(1.0 if "all but" in c["alone"]["text"] else c["alone"]["value"] or 0.0, c) for c in kept]
    share, column = max(ranked, key=lambda one: one[0], default=(0.0, {}))
    if not share:
        return []
    about = f"{column['table']}, {column['column']}{'; accepted by the policy' if column['accepted'] else ''}"
    label = "Singled out by one kept column"
    return [{"label": label, "before": "", "after": column["alone"]["text"], "about": about}]


def _odds(side: Mapping[str, Any]) -> str:
    """Return a risk as one in so many, where it is given so."""
    text = str(side["text"])
    return text[text.index("one in") :] if "one in" in text else text
