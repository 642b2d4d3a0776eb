"""The report as Markdown, for review systems that show text: every section of the page, in the same order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deid.model import KINDS
from deid.report import markdown_evidence as evidence
from deid.report.markdown_text import bullets, escape, paragraph, said, table
from deid.report.page import ROLE_WORDS
from deid.report.sign_off import LABELS


def render_markdown(document: Mapping[str, Any]) -> str:
    """Return the report as Markdown; whatever comes from policy or data is escaped."""
    sections = (
        _verdict, _release, _scope, _columns, _direct, evidence.risk, evidence.kept, evidence.attributes,
        evidence.over_time, evidence.attacks, evidence.cost, evidence.suppression, _text, evidence.assumptions,
        _exceptions, _methods, _sign_off, _files, _versions, _run,
    )  # fmt: skip
    return "\n".join(line for section in sections for line in section(document)).rstrip() + "\n"


def _verdict(document: Mapping[str, Any]) -> list[str]:
    verdict, policy = document["verdict"], document["policy"]
    gates = [
        (evidence.OUTCOMES[g["outcome"]], g["title"], _measured(g), g["condition"], g["source"])
        for g in document["gates"]
    ]
    internal = document["disclosure"]["mode"] == "internal"
    return [
        f"# Disclosure-risk report: {escape(policy['name'])}",
        "",
        *(["**INTERNAL: exact counts, for the owner alone, not to be shared**", ""] if internal else []),
        f"**{verdict['outcome'].upper()}**",
        "",
        *paragraph(*verdict["summary"]),
        *paragraph(f"{policy['claim']['label']}.", policy["claim"]["text"]),
        "## Conditions of release",
        "",
        *table(("Outcome", "Condition", "Measured", "Must be", "Set by"), gates, "The policy sets none."),
        *bullets([*document["left_out"], *document["warnings"]]),
    ]


def _measured(gate: Mapping[str, Any]) -> str:
    bound = "" if gate["upper_bound"] is None else f"; bound of its interval {gate['upper_bound']:.4g}"
    return said(gate) + bound


def _release(document: Mapping[str, Any]) -> list[str]:
    policy = document["policy"]
    stated = {name.replace("_", " "): text for name, text in policy["context"].items()}
    for name in ("purpose", "recipient", "population"):
        stated.setdefault(name, "not stated in the policy")
    required = [] if policy["k"] is None else [("required group size", f"k = {policy['k']}")]
    facts = [
        ("policy digest (SHA-256)", policy["sha256"]),
        *required,
        ("people in the input", document["risk"]["people"]["before"]["text"]),
        *stated.items(),
    ]
    tables = [(t["table"], t["rows_before"]["text"], t["rows_after"]["text"]) for t in document["inputs"]]
    return [
        "## What this release is",
        "",
        *table(("Fact", "As stated or counted"), facts),
        *table(("Table", "Rows before", "Rows after"), tables, ""),
    ]


def _scope(document: Mapping[str, Any]) -> list[str]:
    scope = document["scope"]
    attackers = [
        (a["who"], a["aim"], "yes" if a["measured"] else "no population is stated") for a in scope["attackers"]
    ]
    return [
        "## Against whom the figures hold",
        "",
        *table(("Attacker", "Aim", "Measured"), attackers),
        *paragraph(f"What an attacker may know: {', '.join(scope['knows']) or 'no column is declared as known'}."),
        *bullets(f"Adversary {number} knows {names}" for number, names in enumerate(scope["sets"], 1)),
        *paragraph(scope["events"], scope["population"], scope["missing"]),
        *paragraph("The figures do not cover:"),
        *bullets(scope["not_covered"]),
    ]


def _columns(document: Mapping[str, Any]) -> list[str]:
    rows = [
        (
            c["table"],
            c["name"],
            ROLE_WORDS[c["role"]],
            "; ".join([c["what"], *(f"{name}: {text}" for name, text in c["options"].items())]),
            c["why"],
            c["source"],
            ", ".join(KINDS.get(kind, kind) for kind in c["holds"]),
        )
        for c in document["columns"]
    ]
    head = ("Table", "Column", "Role", "What was done", "Why", "Decided by", "Holds")
    return ["## What was done to every column, and why", "", *table(head, rows)]


def _direct(document: Mapping[str, Any]) -> list[str]:
    residual = document["residual"]
    kinds = [
        (k["what"], "; ".join(f"{n} {what}" for what, n in k["treated"].items()) or "in no column of its own",
         k["in_texts"]["text"], k["left"]["text"])
        for k in document["direct_identifiers"]
    ]  # fmt: skip
    findings = [(f["table"], f["column"], f["what"], f["count"]["text"], f["how"]) for f in residual["findings"]]
    head = ("Kind", "Columns, and what was done", "Found in texts", "Left in the release")
    return [
        "## Direct identifiers: what was done, and what is left",
        "",
        *table(head, kinds, "No column is declared as a direct identifier."),
        "### Left in the release",
        "",
        *table(("Table", "Column", "What", "How many", "How found"), findings, "None was found by the search."),
        *table(("Searched", "How many"), _counts(residual["searched"]), "Nothing was searched."),
        *table(("Not searched", "How many"), _counts(residual["not_searched"]), ""),
    ]


def _counts(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["what"], row["count"]["text"]) for row in rows]


def _text(document: Mapping[str, Any]) -> list[str]:
    rows = [
        (t["table"], t["column"], t["cells"]["text"], t["changed"]["text"], t["redacted_whole"]["text"])
        for t in document["free_text"]
    ]
    kinds = [
        (t["table"], t["column"], k["what"], k["count"]["text"]) for t in document["free_text"] for k in t["kinds"]
    ]
    head = ("Table", "Column", "Texts", "Changed", "Redacted as a whole")
    return [
        "## Free text",
        "",
        *table(head, rows, "The release holds no free text."),
        *table(("Table", "Column", "Kind of identifier", "Found and replaced"), kinds, ""),
    ]


def _exceptions(document: Mapping[str, Any]) -> list[str]:
    rows = [(e["what"], e["where"], e["why"], e["approver"], e["expiry"]) for e in document["exceptions"]]
    head = ("What", "Where", "Why", "Approved by", "Until")
    return ["## Exceptions and warnings", "", *table(head, rows)]


def _methods(document: Mapping[str, Any]) -> list[str]:
    rows = [(m["title"], m["id"], m["meaning"], m["formula"], m["units"], m["source"]) for m in document["methods"]]
    head = ("Measure", "Id", "What it says", "Formula", "Units", "Source")
    return ["## Methods", "", *paragraph(f"To reproduce: {document['reproduce']}"), *table(head, rows)]


def _sign_off(document: Mapping[str, Any]) -> list[str]:
    stated = document["sign_off"]
    blanks = [("Date", "____________"), ("Signature", "____________")]
    rows = [(label, stated[field] or "____________") for field, label in LABELS.items()]
    return [
        "## Sign-off",
        "",
        *paragraph(
            "The figures hold for the release named by the policy digest above, for the recipient and purpose below, "
            "and for as long as the validity says. Whoever signs has judged whether the declared quasi-identifiers "
            "are what this recipient can know."
        ),
        *table(("", ""), [*rows, *blanks]),
    ]


def _files(document: Mapping[str, Any]) -> list[str]:
    return ["## Files", "", *table(("File", "SHA-256"), [(f["name"], f["sha256"]) for f in document["files"]])]


def _versions(document: Mapping[str, Any]) -> list[str]:
    rules = document["disclosure"]
    rows = [*document["versions"].items(), ("report", f"schema {document['schema_version']}, {rules['mode']}")]
    return ["## Versions, and what this report leaves out", "", *table(("", ""), rows), *bullets(rules["rules"])]


def _run(document: Mapping[str, Any]) -> list[str]:
    return ["## This run", "", *table(("", ""), document["run"].items(), "No facts were given.")]
