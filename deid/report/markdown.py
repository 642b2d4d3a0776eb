"""The report as Markdown, for review systems that show text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from deid.report.figures import bin_label
from deid.report.page import ROLE_WORDS

_OUTCOMES = {"pass": "pass", "fail": "FAIL", "not_evaluated": "NOT EVALUATED"}


def render_markdown(document: Mapping[str, Any]) -> str:
    """Return the report as Markdown; whatever comes from policy or data is escaped."""
    parts = [*_verdict(document), *_columns(document), *_risk(document), *_rest(document)]
    return "\n".join(parts).rstrip() + "\n"


def escape(text: object) -> str:
    """Return foreign text without any character that Markdown or HTML would act on."""
    flat = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_{}\[\]()#|~!@:])", r"\\\1", flat).replace("\n", " ")


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return ["None.", ""]
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *lines, ""]


def _verdict(document: Mapping[str, Any]) -> list[str]:
    verdict, policy = document["verdict"], document["policy"]
    gates = [(_OUTCOMES[g["outcome"]], g["title"], g["text"], g["condition"]) for g in document["gates"]]
    context = [(name, text) for name, text in policy["context"].items()]
    return [
        f"# Disclosure-risk report: {escape(policy['name'])}",
        "",
        f"**{verdict['outcome'].upper()}**",
        "",
        *(escape(sentence) for sentence in verdict["summary"]),
        "",
        f"{escape(policy['claim']['label'])}. {escape(policy['claim']['text'])}",
        "",
        "## Conditions of release",
        "",
        *_table(("Outcome", "Condition", "Measured", "Must be"), gates),
        "## What this release is",
        "",
        *_table(("", ""), [("policy digest (SHA-256)", policy["sha256"]), *context]),
    ]


def _columns(document: Mapping[str, Any]) -> list[str]:
    rows = [
        (c["table"], c["name"], ROLE_WORDS[c["role"]], c["what"], c["why"], c["source"]) for c in document["columns"]
    ]
    head = ("Table", "Column", "Role", "What was done", "Why", "Decided by")
    return ["## What was done to every column, and why", "", *_table(head, rows)]


def _risk(document: Mapping[str, Any]) -> list[str]:
    risk = document["risk"]
    rows = [(m["title"], m["before"]["text"], m["after"]["text"]) for m in risk["measures"] + document["utility"]]
    rows += [
        (f"{m['title']}: {entry['attribute']}", m["before"]["text"], m["after"]["text"])
        for entry in document["attribute"]
        for m in entry["measures"]
    ]
    sizes = [
        (side, bin_label(item), item["share"]["text"])
        for side in ("before", "after")
        for item in risk["class_sizes"][side]
    ]
    return [
        "## Risk before and after",
        "",
        *([escape(risk["withheld"]), ""] if risk["withheld"] else []),
        *_table(("Measure", "Before", "After"), rows),
        *_table(("Side", "Group size", "Share of people"), sizes),
        *_tried(document),
    ]


def _tried(document: Mapping[str, Any]) -> list[str]:
    attacks = [
        (
            f"{a['question']} {a['about']}".strip(),
            a["before"]["rate"]["text"],
            a["after"]["rate"]["text"],
            a["after"]["upper_bound"]["text"],
            a["after"]["guessing"]["text"],
            a["excess"]["text"],
        )
        for a in document["attacks"]["tried"]
    ]
    others = [
        (s["assumption"], s["k"]["text"], s["highest_risk"]["text"], s["average_risk"]["text"])
        for s in document["sensitivity"]
    ]
    conventions = [
        (
            t["title"],
            "; ".join(f"{g['metric']} {g['condition']}" for g in t["gates"]) or "no number is named",
            _OUTCOMES.get(t["outcome"], "nothing to hold against"),
            "yes" if t["chosen"] else "no",
            t["source"],
        )
        for t in document["thresholds"]
    ]
    head = ("Question", "On the input", "On the release", "Upper bound", "By guessing", "From the own record")
    return [
        "## Attacks tried",
        "",
        *_table(head, attacks),
        "## The same under other assumptions",
        "",
        *_table(("If", "Smallest group", "Highest risk", "Average risk"), others),
        "## Conventions in use",
        "",
        *_table(("Convention", "Condition", "Outcome", "Named by the policy", "Source"), conventions),
    ]


def _rest(document: Mapping[str, Any]) -> list[str]:
    suppressed, residual = document["suppressed"], document["residual"]
    findings = [(f["table"], f["column"], f["what"], f["count"]["text"], f["how"]) for f in residual["findings"]]
    unsearched = [(row["what"], row["count"]["text"]) for row in residual["not_searched"]]
    loss = document["generalisation"]["loss"]
    kept = [
        (c["table"], c["column"], c["alone"]["text"], c["with_quasi"]["text"], "yes" if c["accepted"] else "no")
        for c in document["kept_columns"]
    ]
    return [
        "## What it cost",
        "",
        f"People suppressed: {escape(suppressed['people']['text'])}. "
        f"Information lost: {escape(loss['text']) if loss else 'not measured'}.",
        "",
        "## Identifiers left in the release",
        "",
        *_table(("Table", "Column", "What", "How many", "How found"), findings),
        "Not searched:",
        "",
        *_table(("What", "How many"), unsearched),
        "## Kept columns that single people out",
        "",
        *_table(("Table", "Column", "Alone", "With the quasi-identifiers", "Accepted"), kept),
        "## Files",
        "",
        *_table(("File", "SHA-256"), [(f["name"], f["sha256"]) for f in document["files"]]),
        "## Run",
        "",
        *_table(("", ""), document["run"].items()),
    ]
