"""Measures of sensitive attributes equal their definitions, worked out by brute force on small random tables."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import ROWS, Row, check, classes, evidence
from scipy.optimize import linprog

from deid.classes import build
from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import plugin
from deid.risk import measure_all
from deid.risk.tables import class_table


@given(ROWS)
@settings(max_examples=80, deadline=None)
def test_attribute_disclosure(rows: list[Row]) -> None:
    found = measure_all(evidence(rows))
    total = Counter(row[3] for row in rows)
    n = len(rows)
    p = {value: Fraction(count, n) for value, count in total.items()}
    shares = []
    for members in classes(rows).values():
        held = Counter(row[3] for row in members)
        shares.append({value: Fraction(count, len(members)) for value, count in held.items()})
    check(found["l.distinct.s"], min(len(q) for q in shares))
    check(found["l.entropy.s"], math.exp(min(-sum(float(x) * math.log(x) for x in q.values()) for q in shares)))
    check(found["alpha_k.s"], float(max(max(q.values()) for q in shares)))
    check(found["t.equal.s"], float(max(sum(abs(q.get(v, 0) - p[v]) for v in p) for q in shares) / 2))
    gains = [((q[v] - p[v]) / p[v], p[v]) for q in shares for v in q if q[v] > p[v]]
    check(found["beta.basic.s"], float(max((gain for gain, _ in gains), default=0)))
    enhanced = any(float(gain) > -math.log(share) + 1e-9 for gain, share in gains)
    check(found["beta.enhanced.s"], math.inf if enhanced else float(max((gain for gain, _ in gains), default=0)))
    check(found["delta_disclosure.ln.s"], max(abs(math.log(q[v] / p[v])) for q in shares for v in q))
    if any(len(q) < len(p) for q in shares):
        check(found["delta_disclosure.strict.s"], math.inf)
    check(found["attr.prior.s"], max(total.values()) / n)
    best = sum(max(Counter(row[3] for row in members).values()) for members in classes(rows).values())
    check(found["attr.posterior.s"], best / n)
    for length in (2, 3):
        ratios = []
        for members in classes(rows).values():
            r = sorted(Counter(row[3] for row in members).values(), reverse=True)
            ratios.append(r[0] / sum(r[length - 1 :]) if len(r) >= length else math.inf)
        check(found[f"l.recursive_c.l{length}.s"], max(ratios))


@given(ROWS)
@settings(max_examples=80, deadline=None)
def test_ordered_distance(rows: list[Row]) -> None:
    found = measure_all(evidence(rows))["t.ordered.n"]
    values = sorted({row[4] for row in rows}, key=lambda value: -1.0 if value is None else float(value))
    whole = Counter(row[4] for row in rows)
    worst = 0.0
    for members in classes(rows).values():
        held, gap, total = Counter(row[4] for row in members), 0.0, 0.0
        for value in values:
            gap += held[value] / len(members) - whole[value] / len(rows)
            total += abs(gap)
        worst = max(worst, total / (len(values) - 1) if len(values) > 1 else 0.0)
    check(found, worst)


Had = list[tuple[str, frozenset[str]]]
SUBJECTS = st.lists(
    st.tuples(st.sampled_from("xyz"), st.frozensets(st.sampled_from("abc"), max_size=3)), min_size=1, max_size=10
)


def of_several(subjects: Had) -> dict[str, Measure]:
    """Return the measures of subjects who hold several values each, or no record at all."""
    words = (None, "a", "b", "c", "unused")
    codes = np.array([[" xyz".index(q)] for q, _ in subjects], np.int32)
    pairs = [(i, words.index(value)) for i, (_, held) in enumerate(subjects) for value in sorted(held)]
    pairs += pairs  # a record that stands twice counts once
    at, value = (np.array([pair[i] for pair in pairs], np.int32) for i in (0, 1))
    return measure_all(Evidence(build(["q"], [(None, "x", "y", "z", "none")], codes, {"s": (words, at, value)})[0]))


@given(SUBJECTS)
@settings(max_examples=120, deadline=None)
def test_several_values_a_subject(subjects: Had) -> None:
    """A subject without a record holds the missing value if nothing else, as the class-wise count has it."""
    found = of_several(subjects)
    groups = {q: [held for own, held in subjects if own == q] for q, _ in subjects}
    held = {q: Counter(value for one in members for value in one) for q, members in groups.items()}
    for q, members in groups.items():
        if sum(held[q].values()) < len(members):
            held[q][None] = len(members) - sum(held[q].values())
    n = len(subjects)
    total = sum(held.values(), Counter())
    values = sum(total.values())
    share = {(q, v): held[q][v] / len(groups[q]) for q in groups for v in held[q]}
    check(found["alpha_k.s"], max(share.values()))
    check(found["attr.prior.s"], max(total.values()) / n)
    check(found["attr.posterior.s"], sum(max(held[q].values()) for q in groups) / n)
    check(found["delta_disclosure.ln.s"], max(abs(math.log(share[q, v] / (total[v] / n))) for q, v in share))
    check(found["beta.basic.s"], max([0.0, *(share[q, v] / (total[v] / n) - 1 for q, v in share)]))
    sure = {q for q, v in share if share[q, v] >= 1}
    check(found["l.distinct.s"], min(1 if q in sure else len(held[q]) for q in groups))
    moved = [0.0]
    for q in groups:
        own = sum(held[q].values())
        moved.append(sum(abs(held[q][v] / own - total[v] / values) for v in total) / 2)
        moved += [abs(share[q, v] - total[v] / n) for v in held[q]]
    check(found["t.equal.s"], min(max(moved), 1.0))


TREE = {
    "a": ("ab", "root"),
    "b": ("ab", "root"),
    "c": ("cd", "root"),
    "d": ("cd", "root"),
}


@given(st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from("abcd")), min_size=2, max_size=10))
@settings(max_examples=30, deadline=None)
def test_hierarchical_distance_is_the_cheapest_transport(rows: list[tuple[str, str]]) -> None:
    columns = {"q": pa.array([q for q, _ in rows]), "s": pa.array([s for _, s in rows])}
    table, _ = class_table(columns, ["q"], ["s"])
    names = sorted(TREE)
    cost = [[0 if u == v else 0.5 if TREE[u][0] == TREE[v][0] else 1.0 for v in names] for u in names]
    whole = [sum(s == name for _, s in rows) / len(rows) for name in names]
    worst = 0.0
    for q in {q for q, _ in rows}:
        members = [s for other, s in rows if other == q]
        share = [members.count(name) / len(members) for name in names]
        moves = np.eye(16).reshape(4, 4, 16)
        equal = np.vstack([moves.sum(axis=1), moves.sum(axis=0)])
        found = linprog(np.ravel(cost), A_eq=equal, b_eq=[*share, *whole])
        worst = max(worst, float(found.fun))
    measured = plugin("metric", "t_closeness")(hierarchies={"s": TREE}).measure(Evidence(table))
    check({measure.id: measure for measure in measured}["t.hier.s"], worst, 1e-7)
