"""Other people, the same report: no figure of the report, linear or not, tells a hidden count.

For each hidden count a twin is searched: people of whom that count is another one and whose report says the same in
every figure: means, distances, ratios, l, differences of before and after, curves. Where a twin exists, nobody can
work the count out from the report, by whatever arithmetic. The figures of random attacks are left out of the search.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from invented import RUN, explain
from invented_classes import Person, people_of, release_of
from test_report_solver import truths

from deid.report import build_document
from deid.report.inputs import ReportInputs

K = 11
_RAW = ("beta", "t", "l", "alpha_k", "delta_disclosure", "qi", "attr")
People = list[Person]
#: Counts of which every person is one; the others are sums and differences of them.
ESSENTIAL = {"suppressed", "alone", "before bin 1", "likeliest value suppressed", "other values suppressed"}


def document_of(inputs: ReportInputs) -> dict[str, Any]:
    return build_document(inputs, run=RUN, explain=explain)


def differing(one: Any, other: Any) -> int:
    """Return how many printed figures differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return sum(differing(one[name], other.get(name)) for name in one)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return sum(map(differing, one, other))
    return int(one != other)


def apart(one: ReportInputs, other: ReportInputs) -> float:
    """Return how far the unrounded figures of the release lie apart: what leads the search."""
    total = 0.0
    for name, measure in one.verdict.after.items():
        value = other.verdict.after[name].value if name in other.verdict.after else None
        if measure.value is not None and value is not None and name.split(".")[0] in _RAW:
            total += min(1.0, abs(measure.value - value) / (abs(measure.value) + 1e-9))
    return total


def started(people: People, draw: random.Random) -> People:
    """Return the people with one of them moved from a suppressed class into a released one, or out of one."""
    size, twin = Counter(person[0] for person in people), list(people)
    if draw.random() < 0.5:
        at = draw.choice([i for i, person in enumerate(people) if size[person[0]] < K])
        to = draw.choice([person for person in people if size[person[0]] > K])
        twin[at] = (to[0], to[1], twin[at][2])
    else:
        at = draw.choice([i for i, person in enumerate(people) if size[person[0]] > K])
        twin[at] = (f"a{900 + draw.randrange(9)}", people[at][1], people[at][2])
    return twin


def tweaked(people: People, draw: random.Random) -> People:
    """Return the people with another value for one, or one moved to a class of the same fate."""
    size, twin = Counter(person[0] for person in people), list(people)
    at = draw.randrange(len(people))
    name, group, _ = people[at]
    if draw.random() < 0.5:
        twin[at] = (name, group, draw.choice(("x", "y0", "y1", "y2")))
    else:
        to = draw.choice([person for person in people if (size[person[0]] < K) == (size[name] < K)])
        twin[at] = (to[0], to[1], people[at][2])
    return twin


def twins(people: People, *, starts: int, steps: int, seed: int = 1) -> tuple[dict[str, int], dict[str, int]]:
    """Return every hidden count, and another value of it under which the report says the same."""
    draw = random.Random(seed)
    own = release_of(people, K, attacks=0)
    said = document_of(own)
    hidden = {name: value for name, _, value in truths(own) if 1 <= value < 11}
    found: dict[str, int] = {}
    for _ in range(starts):
        if set(found) >= ESSENTIAL & set(hidden):
            break
        near, best = started(people, draw), float("inf")
        for _ in range(steps):
            twin = tweaked(near, draw)
            other = release_of(twin, K, attacks=0)
            values = {name: value for name, _, value in truths(other)}
            if all(values.get(name) == hidden[name] for name in hidden if name not in found):
                continue
            different = differing(said, document_of(other))
            if different + 20 * apart(own, other) <= best:
                near, best = twin, different + 20 * apart(own, other)
            if different == 0:
                found |= {name: values[name] for name in hidden if values.get(name) != hidden[name]}
                break
    return hidden, found


@pytest.mark.parametrize("sizes", [[1] * 5 + [11] * 6 + [40] * 3, [1] * 6 + [12] * 4 + [30] * 4])
def test_a_twin_with_another_count_has_the_same_report(sizes: list[int]) -> None:
    hidden, found = twins(people_of(sizes, 6, 3), starts=20, steps=120, seed=3)
    assert set(hidden) >= ESSENTIAL
    assert set(found) >= ESSENTIAL
    assert all(found[name] != hidden[name] for name in found)
