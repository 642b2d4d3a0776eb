"""A reader with a solver: linear programmes over everything that the shareable report prints narrow no hidden count.

Unknowns are numbers of people and of groups by size, before and after, people suppressed by group, people with the
likeliest value of an attribute, people singled out by a column. Every printed figure becomes a pair of inequalities as
wide as its rounding; what is nested in what becomes one more. Then each true count from 1 to 10 is minimised and
maximised: it must be able to be anything from 1 to 10, or nought, or at least 11.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from invented import RUN, explain
from invented_classes import people_of, release_of
from scipy.optimize import linprog

from deid.report import build_document
from deid.report.disclosure import coarse_step
from deid.report.inputs import ReportInputs

ENDS = (1, 4, 10, 11, 19, 49, 99, 10**6)
LOWS = (1, 2, 5, 11, 12, 20, 50, 100)
SIDES = ("before", "after")


@dataclass
class Programme:
    """Unknowns by name, and what is known of weighted sums of them."""

    names: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[Mapping[str, float], float, float]] = field(default_factory=list)

    def known(self, weights: Mapping[str, float], low: float, high: float) -> None:
        """State that a weighted sum lies between two numbers."""
        for name in weights:
            self.names.setdefault(name, len(self.names))
        self.rows.append((weights, low, high))

    def bounds(self, weights: Mapping[str, float]) -> tuple[float, float]:
        """Return the least and the largest value of a weighted sum."""
        limits, right = [], []
        for row, low, high in self.rows:
            for sign, limit in ((1.0, high), (-1.0, -low)):
                if np.isfinite(limit):
                    limits.append(self._dense(row, sign))
                    right.append(limit)
        found = []
        for sign in (1.0, -1.0):
            result = linprog(self._dense(weights, sign), A_ub=np.array(limits), b_ub=right, bounds=(0, None))
            found.append(sign * result.fun if result.success else sign * -np.inf)
        return found[0], found[1]

    def _dense(self, weights: Mapping[str, float], sign: float) -> list[float]:
        dense = [0.0] * len(self.names)
        for name, weight in weights.items():
            dense[self.names[name]] += sign * weight
        return dense


def case(sizes: list[int], k: int, likely: int, groups: int) -> ReportInputs:
    """Return a release of one class by size, the smaller ones suppressed, with one attribute and one more variable."""
    return release_of(people_of(sizes, likely, groups), k)


def truths(inputs: ReportInputs) -> Iterator[tuple[str, dict[str, float], int]]:
    """Yield every small count that a reader must not learn: what it is, as a sum of unknowns, and its value."""
    assert inputs.before is not None
    assert inputs.after is not None
    tables = dict(zip(SIDES, (inputs.before, inputs.after), strict=True))
    for side, table in tables.items():
        people = [
            int(table.counts[(table.counts >= low) & (table.counts <= high)].sum())
            for low, high in zip(LOWS, ENDS, strict=True)
        ]
        for i in range(len(ENDS)):
            yield f"{side} bin {ENDS[i]}", {f"{side}.x{i}": 1.0}, people[i]
            yield f"{side} up to {ENDS[i]}", {f"{side}.x{j}": 1.0 for j in range(i + 1)}, sum(people[: i + 1])
    suppressed = inputs.before.subjects - inputs.after.subjects
    yield "suppressed", {"S": 1.0}, suppressed
    for i, (_, people_, gone) in enumerate(inputs.burden[0].groups):
        yield f"group {i}", {f"P{i}": 1.0}, people_
        yield f"suppressed of group {i}", {f"S{i}": 1.0}, gone
        yield f"kept of group {i}", {f"P{i}": 1.0, f"S{i}": -1.0}, people_ - gone
    was, now = (_likeliest(table, inputs) for table in (inputs.before, inputs.after))
    yield "likeliest value suppressed", {"m0": 1.0, "m1": -1.0}, was - now
    yield "other values suppressed", {"S": 1.0, "m0": -1.0, "m1": 1.0}, suppressed - was + now
    risk = inputs.column_risks[0]
    yield "alone", {"c0": 1.0}, risk.unique_alone
    yield "with the others only", {"c1": 1.0, "c0": -1.0}, risk.unique_with_quasi - risk.unique_alone
    yield "not singled out", {"N": 1.0, "c1": -1.0}, risk.subjects - risk.unique_with_quasi


def _likeliest(table: Any, inputs: ReportInputs) -> int:
    """Return how many people hold the value that is likeliest before."""
    first = inputs.before.sensitive["S"]
    totals = np.bincount(first.codes, weights=first.counts, minlength=len(first.values))
    word = first.values[int(np.argmax(totals))]
    own = table.sensitive["S"]
    return int(own.counts[own.codes == own.values.index(word)].sum()) if word in own.values else 0


def programme(document: Mapping[str, Any], inputs: ReportInputs, suppressed: int | None) -> Programme:
    """State everything that the report prints; `suppressed` is a guess where their number is hidden."""
    found = Programme()
    people = document["risk"]["people"]
    whole = people["before"]["value"]
    gone = people["suppressed"]["value"] if suppressed is None else suppressed
    n = {"before": float(whole), "after": float(whole - gone)}
    found.known({"N": 1.0}, whole, whole)
    found.known({"S": 1.0}, gone, gone)
    for side in SIDES:
        _sizes(found, document, side, n[side], hidden=people["after"]["value"] is None and side == "after")
    _groups(found, document, inputs)
    _attribute(found, document, n, inputs)
    _column(found, document, float(whole))
    return found


def _sizes(  # noqa: C901 - one programme, stated line by line
    found: Programme, document: Mapping[str, Any], side: str, n: float, *, hidden: bool
) -> None:
    x = [f"{side}.x{i}" for i in range(len(ENDS))]
    y = [f"{side}.y{i}" for i in range(len(ENDS))]
    found.known(dict.fromkeys(x, 1.0), n, n)
    for i, (low, high) in enumerate(zip(LOWS, ENDS, strict=True)):
        found.known({x[i]: 1.0, y[i]: -float(low)}, 0.0, np.inf)
        found.known({x[i]: 1.0, y[i]: -float(high)}, -np.inf, 0.0)
    room = coarse_step(int(n)) / 2 + 1e-9 if hidden else 5.1e-5

    def upto(end: int) -> dict[str, float]:
        return {x[i]: 1.0 for i, high in enumerate(ENDS) if high <= end}

    def share(weights: dict[str, float], cell: Mapping[str, Any], room: float = room) -> None:
        if weights and cell["value"] is not None:
            found.known(weights, (cell["value"] - room) * n, (cell["value"] + room) * n)
        elif weights and cell["hidden"] == "small":
            found.known(weights, 1.0, 10.0)

    for point in document["risk"]["curve"][side]:
        if point["group_up_to"] in ENDS:
            share(upto(point["group_up_to"]), point["share"])
    for item in document["risk"]["class_sizes"][side]:
        high = item["to"] if item["to"] is not None else ENDS[-1]
        weights = {name: 1.0 for name in upto(high) if name not in upto(item["from"] - 1)}
        share(weights, item["share"])
    rows = {row["id"]: row[side] for row in document["risk"]["measures"]}
    share(upto(1), rows["unique_share"])
    rest = [row for group in document["risk"]["further"] for row in group["measures"]]
    rows |= {row["id"]: row[side] for row in [*rest, *document["utility"]]}
    if rows["classes"]["value"] is not None:
        found.known(dict.fromkeys(y, 1.0), rows["classes"]["value"], rows["classes"]["value"])
    if rows["prosecutor.rc"]["value"] is not None:
        value, wide = rows["prosecutor.rc"]["value"], room
        found.known(dict.fromkeys(y, 1.0), (value - wide) * n, (value + wide) * n)
    if rows.get("suda.uniques", {}).get("value") is not None:
        found.known({x[0]: 1.0}, rows["suda.uniques"]["value"], rows["suda.uniques"]["value"])


def _groups(found: Programme, document: Mapping[str, Any], inputs: ReportInputs) -> None:
    groups = inputs.burden[0].groups
    numbers = range(len(groups))
    found.known({"N": 1.0} | {f"P{i}": -1.0 for i in numbers}, 0.0, 0.0)
    found.known({"S": 1.0} | {f"S{i}": -1.0 for i in numbers}, 0.0, 0.0)
    for i in numbers:
        found.known({f"P{i}": 1.0, f"S{i}": -1.0}, 0.0, np.inf)
    if not document["suppressed"]["burden"]:
        return
    printed = {row["group"]: row for row in document["suppressed"]["burden"][0]["groups"]}
    pooled = [i for i, (label, _, _) in enumerate(groups) if label not in printed]
    for label, row in printed.items():
        own = pooled if label == "all other groups" else [i for i, group in enumerate(groups) if group[0] == label]
        for kind, key in (("P", "people"), ("S", "suppressed")):
            weights = {f"{kind}{i}": 1.0 for i in own}
            if row[key]["value"] is not None:
                found.known(weights, row[key]["value"], row[key]["value"])
            elif row[key]["hidden"] == "small":
                found.known(weights, 1.0, 10.0)


def _attribute(found: Programme, document: Mapping[str, Any], n: Mapping[str, float], inputs: ReportInputs) -> None:
    found.known({"m0": 1.0, "m1": -1.0}, 0.0, np.inf)
    found.known({"S": 1.0, "m0": -1.0, "m1": 1.0}, 0.0, np.inf)
    found.known({"N": 1.0, "m0": -1.0}, 0.0, np.inf)
    rows = {row["id"]: row for entry in document["attribute"] for row in entry["measures"]}
    prior = next((row for name, row in rows.items() if name.startswith("attr.prior")), None)
    for name, side in (("m0", "before"), ("m1", "after")):
        if prior is None or prior[side]["value"] is None:
            continue
        step = next(s for s in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25) if s * n[side] >= 11)
        value = prior[side]["value"]
        found.known({name: 1.0}, (value - step / 2 - 1e-9) * n[side], (value + step / 2 + 1e-9) * n[side])


def _column(found: Programme, document: Mapping[str, Any], n: float) -> None:
    found.known({"c1": 1.0, "c0": -1.0}, 0.0, np.inf)
    found.known({"N": 1.0, "c1": -1.0}, 0.0, np.inf)
    entry = document["kept_columns"][0]
    room = 5.1e-4 if document["risk"]["people"]["after"]["value"] is not None else 5.1e-3
    for name, key in (("c0", "alone"), ("c1", "with_quasi")):
        cell = entry[key]
        if cell["value"] is not None:
            found.known({name: 1.0}, (cell["value"] - room) * n, (cell["value"] + room) * n)
        elif cell["text"].startswith("all but"):
            found.known({"N": 1.0, name: -1.0}, 1.0, 10.0)
        elif cell["hidden"] == "small":
            found.known({name: 1.0}, 1.0, 10.0)


def narrowed(inputs: ReportInputs) -> list[str]:
    """Return the small counts that the printed figures give away."""
    document = build_document(inputs, run=RUN, explain=explain)
    hidden = document["risk"]["people"]["suppressed"]["value"] is None
    guesses: list[int | None] = list(range(1, 11)) if hidden else [None]
    programmes = [programme(document, inputs, guess) for guess in guesses]
    leaks = []
    for what, weights, value in truths(inputs):
        if not 1 <= value <= 10:
            continue
        bounds = [one.bounds(weights) for one in programmes]
        low = min(low for low, _ in bounds if np.isfinite(low))
        high = max(high for _, high in bounds if np.isfinite(high))
        anything = low <= 1 + 1e-6 and high >= 10 - 1e-6
        if not (anything or low < 1 - 1e-6 or high >= 11 - 1e-6):
            leaks.append(f"{what} = {value} lies between {low:.2f} and {high:.2f}")
    return leaks


SIZES = st.lists(st.sampled_from([1, 1, 1, 2, 3, 4, 6, 10, 11, 12, 15, 19, 25, 40, 60]), min_size=2, max_size=16)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(SIZES, st.sampled_from([5, 11, 12]), st.integers(1, 9), st.integers(1, 4))
def test_no_hidden_count_can_be_narrowed_by_all_that_is_printed(
    sizes: list[int], k: int, likely: int, groups: int
) -> None:
    assume(sum(sizes) >= 44)
    assume(any(size >= k for size in sizes))
    assert narrowed(case(sizes, k, likely, groups)) == []


@pytest.mark.parametrize("sizes", [[1] * 5 + [11] * 6 + [40] * 3, [1] * 14 + [20] * 9, [3, 3] + [30] * 8, [40] * 5])
def test_known_shapes_stay_closed(sizes: list[int]) -> None:
    assert narrowed(case(sizes, 11, 6, 3)) == []


def test_the_solver_finds_a_leak_where_there_is_one() -> None:
    inputs = case([1] * 5 + [11] * 6 + [40] * 3, 11, 6, 3)
    document = build_document(inputs, run=RUN, explain=explain)
    found = programme(document, inputs, 5)
    assert found.bounds({"S": 1.0}) == pytest.approx((5.0, 5.0))
