"""The frontier for a policy and its data: what other demands would cost, before anything is released."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from deid.anonymise.frontier import Point, frontier
from deid.collect import collect
from deid.database.address import Address
from deid.decisions import Policy
from deid.errors import PolicyError, problem_kind
from deid.keys import Key
from deid.listing import as_csv, as_markdown
from deid.pipeline import prepare
from deid.population import with_population
from deid.searching import hierarchies_of
from deid.source import Source

NOTHING_ASKED = problem_kind(
    "P520",
    "nothing to compare",
    remedy="give the policy an `anonymise:` part and at least one quasi-identifier",
    meaning="The frontier shows what other values of k and of the suppression limit would cost.",
)
HEADER = ("chosen", "k", "limit", "loss", "suppressed", "highest risk", "loses most", "levels")
Progress = Callable[[str, str, int], None]


def compare(data: Path | Address | Source, policy: Policy, progress: Progress) -> tuple[Point, ...]:
    """Search the policy's own demand and a handful of others on these data; the policy's own comes first.

    Reads the data and writes nothing. Raises PolicyError where the policy asks for no anonymisation, and whatever the
    search of the policy's own demand raises never: a demand that these data cannot meet is a point without figures.
    """
    prepared = prepare(data, policy, progress=progress)
    asked = prepared.plan.policy.anonymise
    if asked is None or not prepared.plan.quasi_identifiers:
        raise PolicyError(NOTHING_ASKED.at("the policy asks for no recoding of quasi-identifiers", policy.path))
    key = Key.from_hex(Key.new())
    facts = collect(prepared.source, prepared.plan, key, lambda t, n: progress("read", t, n))
    facts = with_population(facts, prepared.plan, key)
    assert facts.classes is not None
    return frontier(facts.classes, hierarchies_of(prepared.plan, facts), asked, facts.population)


def listing(points: Sequence[Point], form: str) -> str:
    """Return the frontier as text, csv, markdown or json, with the sentence that says why the first was chosen."""
    rows = [_row(point, own=i == 0) for i, point in enumerate(points)]
    if form == "json":
        shown = [{**vars(point), "levels": dict(point.levels) if point.levels else None} for point in points]
        return json.dumps({"chosen": shown[0], "alternatives": shown[1:]}, indent=2, ensure_ascii=False) + "\n"
    if form == "csv":
        return as_csv(HEADER, rows)
    if form == "markdown":
        return f"{as_markdown(HEADER, rows)}\n{why(points)}\n"
    table = [("", *HEADER[1:]), *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(HEADER))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join(lines) + f"\n\n{why(points)}\n"


def _row(point: Point, *, own: bool) -> tuple[str, ...]:
    start = (">" if own else "", str(point.k), f"{point.suppress_at_most:g}")
    if not point.feasible or point.loss is None or point.highest_risk is None:
        return (*start, "not possible", "", "", "", "")
    levels = ", ".join(f"{name} {level}" for name, level in (point.levels or {}).items()) or "local"
    return (*start, f"{point.loss:.4f}", str(point.suppressed), f"{point.highest_risk:.4f}", point.driver, levels)


def why(points: Sequence[Point]) -> str:
    """Return why the first point was chosen, what drives its loss, and the nearest demand that costs much less."""
    own = points[0]
    if not own.feasible or own.loss is None:
        feasible = [point for point in points if point.feasible]
        what = ", ".join(f"k {point.k} with limit {point.suppress_at_most:g}" for point in feasible) or "none of these"
        return f"The policy's own demand cannot be met by these data; possible here: {what}."
    sentence = f"Chosen: {own.method}."
    if own.driver and own.loss > 0:
        sentence += f" {own.driver} drives the loss: a finer hierarchy for it, or leaving it out, would help most."
    weaker = [point for point in points[1:] if point.loss is not None and point.loss < own.loss]
    if weaker:
        best = min(weaker, key=lambda point: (point.loss or 0.0, point.k))
        sentence += (
            f" The cheapest demand here (k {best.k}, limit {best.suppress_at_most:g}) would lose {best.loss:.4f} "
            f"instead of {own.loss:.4f}, at a highest risk of {best.highest_risk:.4f}, not {own.highest_risk:.4f}."
        )
    return sentence
