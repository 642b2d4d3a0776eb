"""The evidence of the report as Markdown: risk, attacks, cost, and what rests on other assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deid.report.figures import bin_label
from deid.report.markdown_text import escape, measured, paragraph, said, table

OUTCOMES = {"pass": "pass", "fail": "FAIL", "not_evaluated": "NOT EVALUATED"}
_WITHHELD = "No figure is shown, as above."


def risk(document: Mapping[str, Any]) -> list[str]:
    """Return risk before and after: measures, group sizes, the curve, what each variable carries."""
    found = document["risk"]
    parts = ["## Risk of being recognised, before and after", "", *paragraph(found["withheld"])]
    if found["withheld"]:
        return parts
    parts += paragraph(f"The threshold is {found['threshold']:.4g}.")
    parts += measured(found["measures"], "No measure of risk was computed; that is not the same as no risk.")
    sides = ("before", "after")
    sizes = [(side, bin_label(b), b["share"]["text"]) for side in sides for b in found["class_sizes"][side]]
    curve = [(side, _odds(p["group_up_to"]), p["share"]["text"]) for side in sides for p in found["curve"][side]]
    parts += ["### How large the groups are", "", *table(("Side", "Group size", "Share of people"), sizes)]
    parts += ["### How many people run how high a risk", ""]
    parts += table(("Side", "Risk at least", "Share of people"), curve)
    for group in found["further"]:
        parts += [f"### {group['title']}", "", *measured(group["measures"])]
    carried = [(row["variable"], row["average_risk_without"]["text"]) for row in found["contribution"]]
    if carried:
        parts += ["### Which variable carries the risk", ""]
        parts += table(("Not known to the attacker", "Average risk in the input"), carried)
    return parts


def _odds(size: float) -> str:
    return "1" if size == 1 else f"1 in {size}"


def kept(document: Mapping[str, Any]) -> list[str]:
    """Return the undeclared columns that single people out."""
    rows = [
        (c["table"], c["column"], c["alone"]["text"], c["with_quasi"]["text"], "yes" if c["accepted"] else "no")
        for c in document["kept_columns"]
    ]
    head = ("Table", "Column", "Alone", "With the quasi-identifiers", "Accepted")
    return ["## Kept columns that single people out", "", *table(head, rows)]


def attributes(document: Mapping[str, Any]) -> list[str]:
    """Return what groups give away about their members, by sensitive attribute."""
    parts = ["## What groups give away about their members", ""]
    for entry in document["attribute"]:
        parts += [*table(("Attribute",), [(entry["attribute"],)]), *measured(entry["measures"])]
    nothing = _WITHHELD if document["risk"]["withheld"] else "No sensitive attribute is declared."
    return parts if document["attribute"] else [*parts, nothing, ""]


def over_time(document: Mapping[str, Any]) -> list[str]:
    """Return risk by number of events known, shifts that fit the released dates, and dates moved."""
    found = document["longitudinal"]
    points = [
        (
            p["known_events"],
            said(p["highest_risk"]["before"]),
            said(p["highest_risk"]["after"]),
            said(p["unicity"]["before"]),
            said(p["unicity"]["after"]),
        )
        for p in found["points"]
    ]
    head = ("Events known", "Highest risk before", "after", "People singled out before", "after")
    shifts = [row for row in found["measures"] if row["id"].startswith("shift.")]
    moved = [(row["what"], row["count"]["text"]) for row in document["dates"]]
    events = f"Events: {found['column']} of {found['table']}." if found["declared"] else document["scope"]["events"]
    return [
        "## Over time: known events and dates",
        "",
        *paragraph(events),
        *table(head, points, ""),
        *measured(shifts),
        *table(("What", "How many"), moved, "No dates were shifted."),
    ]


def attacks(document: Mapping[str, Any]) -> list[str]:
    """Return the attacks tried, side by side."""
    rows = [
        (
            f"{a['question']} {a['about']}".strip(),
            said({**a["before"]["rate"], "reason": a["before"]["reason"]}),
            said({**a["after"]["rate"], "reason": a["after"]["reason"]}),
            a["after"]["upper_bound"]["text"],
            a["control"]["rate"]["text"],
            a["excess"]["text"],
            a["after"]["guessing"]["text"],
        )
        for a in document["attacks"]["tried"]
    ]
    head = (
        "Question", "On the input", "On the release", "Upper bound", "Control group", "Beyond the control group",
        "By guessing",
    )  # fmt: skip
    nothing = _WITHHELD if document["risk"]["withheld"] else "No attack could be tried."
    seed = document["attacks"]["seed"]
    whose: dict[str, list[str]] = {}
    for a in document["attacks"]["tried"]:
        if a["control"]["who"]:
            whose.setdefault(a["control"]["who"], []).append(a["id"])
    groups = [f"Control group of {', '.join(ids)}: {who}." for who, ids in sorted(whose.items())]
    last = [*groups, f"Seed {seed}."] if rows else []
    return ["## Attacks tried", "", *table(head, rows, nothing), *paragraph(*last)]


def cost(document: Mapping[str, Any]) -> list[str]:
    """Return generalisation, alternatives, the survival analysis and the measures of utility."""
    found = document["generalisation"]
    parts = ["## What it cost", ""]
    loss = found["loss"]["text"] if found["loss"] else "not measured"
    parts += paragraph(f"Information lost over the people kept: {loss}.", _chosen(found["method"]))
    variables = [
        (v["name"], _level(v["level"]), v["loss"]["text"] if v["loss"] else "not computed",
         " · ".join(v["labels"]) + (" and others" if v["labels_unsaid"] and v["labels"] else ""))
        for v in found["variables"]
    ]  # fmt: skip
    parts += table(("Variable", "Level", "Information lost", "Values in the release"), variables, "")
    others = [
        (", ".join(f"{name} {level}" for name, level in a["levels"].items()), a["loss"]["text"],
         a["suppressed"]["text"], a["highest_risk"]["text"], "chosen" if a["chosen"] else "")
        for a in found["alternatives"]
    ]  # fmt: skip
    if others:
        head = ("Levels", "Information lost", "People suppressed, in bands", "Highest risk", "")
        parts += ["### What else was possible", "", *table(head, others)]
    return [*parts, *survival(document["survival"]), *_worth(document)]


def _chosen(method: str) -> str:
    return f"How it was chosen: {method}." if method else ""


def _level(level: int | None) -> str:
    return "varies" if level is None else str(level)


def _worth(document: Mapping[str, Any]) -> list[str]:
    return ["### What the release is still worth", "", *measured(document["utility"], "Not measured.")]


def survival(found: Mapping[str, Any] | None) -> list[str]:
    """Return the survival analysis before and after, on round times; nothing where the policy declares none."""
    if found is None:
        return []
    ratio = found["hazard_ratio"]
    rows = [
        (group["group"], side, f"{point['time']:g}", point["share"]["text"])
        for group in found["groups"]
        for side in ("before", "after")
        for point in group[side]
    ]
    by = f", by {found['by']}" if found["by"] else ""
    return [
        "### The survival analysis, before and after",
        "",
        *paragraph(
            f"{found['time']} with the event {found['event']}{by}.",
            f"Largest change of a curve: {said({**found['gap'], 'reason': found['reason']})}.",
            f"Hazard ratio before: {ratio['before']['text']}; after: {ratio['after']['text']}.",
        ),
        *table(("Group", "Side", escape(found["time"]), "Share without the event"), rows, ""),
    ]


def suppression(document: Mapping[str, Any]) -> list[str]:
    """Return who was suppressed, by group where that can be shown."""
    people, found = document["risk"]["people"], document["suppressed"]
    parts = ["## Who was suppressed", ""]
    parts += paragraph(
        f"People in the input: {people['before']['text']}.",
        f"Suppressed: {found['people']['text']} ({found['share']['text']}).",
        f"In groups of the release: {people['after']['text']}.",
    )
    for burden in found["burden"]:
        rows = [
            (g["group"], g["people"]["text"], g["suppressed"]["text"], g["share"]["text"]) for g in burden["groups"]
        ]
        parts += [*paragraph(f"By {burden['variable']}:"), *table(("Group", "People", "Suppressed", "Share"), rows)]
    return parts


def assumptions(document: Mapping[str, Any]) -> list[str]:
    """Return the same figures under other assumptions, and the release against named conventions."""
    others = [
        (s["assumption"], s["k"]["text"], s["highest_risk"]["text"], s["average_risk"]["text"], _holds(s["meets_k"]))
        for s in document["sensitivity"]
    ]
    conventions = [
        (
            t["title"],
            "; ".join(f"{g['metric']} {g['condition']}" for g in t["gates"]) or "no number is named",
            OUTCOMES.get(t["outcome"], "nothing to hold against"),
            "yes" if t["chosen"] else "no",
            t["note"],
            t["source"],
        )
        for t in document["thresholds"]
    ]
    head = ("Convention", "Condition", "Outcome", "Named by the policy", "To be minded", "Source")
    return [
        "## The same under other assumptions",
        "",
        *table(("If", "Smallest group", "Highest risk", "Average risk", "k holds"), others),
        "## Conventions in use",
        "",
        *table(head, conventions),
        *paragraph("A convention that is met is no proof that the release complies with anything."),
    ]


def _holds(meets: bool | None) -> str:
    return {True: "yes", False: "NO", None: "no k is asked"}[meets]
