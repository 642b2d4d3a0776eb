"""Every measure equals its definition, worked out by brute force on small random tables with missing values."""

from __future__ import annotations

import json
import math
import pickle
from collections import Counter
from fractions import Fraction
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from deid.contracts import Evidence
from deid.model import Measure, Status
from deid.registry import plugins
from deid.risk import find, is_measure, measure_all
from deid.risk.distribution import distribution
from deid.risk.missing_values import wildcard_sizes
from deid.risk.special_uniques import suda_scores
from deid.risk.t_closeness import hierarchical_distance
from deid.risk.tables import class_table

Row = tuple[str | None, ...]
CELL = st.sampled_from([None, "a", "b", "c"])
NUMBER = st.sampled_from([None, "1", "2", "5", "10"])
ROWS = st.lists(st.tuples(CELL, CELL, CELL, CELL, NUMBER), min_size=1, max_size=14)
QUASI = ["q1", "q2", "q3"]


def evidence(rows: list[Row], population: list[Row] | None = None, **options: Any) -> Evidence:
    def table(records: list[Row], sensitive: list[str]) -> Any:
        names = [*QUASI, "s", "n"]
        columns = {name: pa.array([row[i] for row in records], pa.string()) for i, name in enumerate(names)}
        return class_table(columns, QUASI, sensitive)[0]

    return Evidence(table(rows, ["s", "n"]), None if population is None else table(population, []), **options)


def classes(rows: list[Row]) -> dict[Row, list[Row]]:
    found: dict[Row, list[Row]] = {}
    for row in rows:
        found.setdefault(row[:3], []).append(row)
    return found


def check(measure: Measure, expected: float) -> None:
    if math.isinf(expected):
        assert measure.value is None
        assert measure.status is Status.OUT_OF_RANGE
    else:
        assert measure.value == pytest.approx(expected, abs=1e-9), measure.id


@given(ROWS, st.sampled_from([0.05, 0.2, 0.25, 1 / 3, 0.5, 1.0]))
@settings(max_examples=60, deadline=None)
def test_reidentification(rows: list[Row], tau: float) -> None:
    found = measure_all(evidence(rows, threshold=tau))
    sizes = [len(members) for members in classes(rows).values()]
    n = len(rows)
    check(found["prosecutor.ra"], sum(f for f in sizes if 1 / f > tau) / n)
    check(found["prosecutor.rb"], 1 / min(sizes))
    check(found["prosecutor.rc"], sum(1 / len(classes(rows)[row[:3]]) for row in rows) / n)
    check(found["k"], min(sizes))
    check(found["classes"], len(sizes))
    check(found["unique_share"], sum(f == 1 for f in sizes) / n)
    check(found["discernibility"], sum(len(classes(rows)[row[:3]]) for row in rows))
    check(found["average_class_size"], n / len(sizes))
    check(found["marketer"], len(sizes) / n)
    pairs = list(combinations(rows, 2))
    if pairs:
        check(found["qi.separation"], sum(a[:3] != b[:3] for a, b in pairs) / len(pairs))
    assert sum(cell["subjects"] for cell in found["classes"].detail["histogram"].values()) == n


@given(ROWS, ROWS, st.sampled_from([0.1, 0.25, 0.5]))
@settings(max_examples=40, deadline=None)
def test_against_a_population(rows: list[Row], others: list[Row], tau: float) -> None:
    found = measure_all(evidence(rows, rows + others, threshold=tau))
    sample = Counter(row[:3] for row in rows)
    population = Counter(row[:3] for row in rows + others)
    n = len(rows)
    mean = sum(1 / population[row[:3]] for row in rows) / n
    check(found["journalist.ra"], sum(1 / population[row[:3]] > tau for row in rows) / n)
    check(found["journalist.rb"], max(1 / population[row[:3]] for row in rows))
    check(found["journalist.rc"], max(len(sample) / sum(population[key] for key in sample), mean))
    check(found["marketer"], mean)
    check(found["k_map"], min(population[key] for key in sample))
    check(found["delta_presence.min"], min(sample[key] / population[key] for key in population))
    check(found["delta_presence.max"], max(sample[key] / population[key] for key in population))


@given(ROWS)
@settings(max_examples=30, deadline=None)
def test_a_population_that_lacks_somebody_of_the_sample_gives_no_figure(rows: list[Row]) -> None:
    found = measure_all(evidence(rows, rows[1:]))
    assert all(found[name].value is None for name in ("journalist.rb", "marketer", "k_map", "delta_presence.min"))


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


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_subsets_of_quasi_identifiers(rows: list[Row]) -> None:
    evidence_ = evidence(rows)
    found = measure_all(evidence_)
    n = len(rows)

    def sizes(columns: tuple[int, ...]) -> Counter[Row]:
        return Counter(tuple(row[i] for i in columns) for row in rows)

    for m in (1, 2, 3):
        chosen = [sizes(columns) for columns in combinations(range(3), m)]
        check(found[f"known.rc.m{m}"], max(len(s) for s in chosen) / n)
        check(found[f"known.rb.m{m}"], max(1 / min(s.values()) for s in chosen))
    check(found["contribution.q2"], (len(sizes((0, 1, 2))) - len(sizes((0, 2)))) / n)
    table, member = class_table(
        {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(QUASI)}, QUASI
    )
    scores = suda_scores(table)[member]
    for row, score in zip(rows, scores, strict=True):
        unique = [
            columns
            for m in (1, 2, 3)
            for columns in combinations(range(3), m)
            if sizes(columns)[tuple(row[i] for i in columns)] == 1
        ]
        minimal = [a for a in unique if not any(set(b) < set(a) for b in unique)]
        assert score == sum(factorial(3 - len(columns)) for columns in minimal)


@given(ROWS, st.sampled_from([0.0, 0.5, 1.0]))
@settings(max_examples=60, deadline=None)
def test_wildcards(rows: list[Row], alpha: float) -> None:
    columns = {name: pa.array([row[i] for row in rows], pa.string()) for i, name in enumerate(QUASI)}
    table, member = class_table(columns, QUASI)
    sizes = wildcard_sizes(table, alpha)
    assert sizes is not None
    for row, size in zip(rows, sizes[member], strict=True):
        expected = 0.0
        for other in rows:
            pairs = list(zip(row[:3], other[:3], strict=True))
            if all(a is None or b is None or a == b for a, b in pairs):
                expected += alpha if any(b is None and a is not None for a, b in pairs) else 1.0
        assert size == pytest.approx(expected)


@given(ROWS, st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_order_of_rows_and_names_of_values_mean_nothing(rows: list[Row], random: Any) -> None:
    before = measure_all(evidence(rows, fraction=0.1))
    mixed = list(rows)
    random.shuffle(mixed)
    after = measure_all(evidence(mixed, fraction=0.1))
    assert {name: m.value for name, m in before.items()} == {name: m.value for name, m in after.items()}


@pytest.mark.parametrize("family", plugins("metric"))
def test_contract_of_every_metric(family: str) -> None:
    metric = plugins("metric")[family]
    for text in (metric.title, metric.formula, metric.units, metric.source, metric.__doc__):
        assert text.strip()
    rows: list[Row] = [("a", None, "b", "a", "1"), ("a", None, "b", "b", "2"), (None, None, None, None, None)]
    for given_ in (evidence(rows), evidence(rows[:1]), evidence(rows, fraction=0.5), evidence(rows[2:], fraction=1.0)):
        before = pickle.dumps(given_)
        measures = pickle.loads(pickle.dumps(metric())).measure(given_)
        assert pickle.dumps(given_) == before
        for measure in measures:
            explained = find(measure.id)
            assert is_measure(measure.id)
            assert explained is not None
            assert explained.family == family
            assert (measure.value is None) == (measure.status is not Status.OK)
            assert measure.value is None or math.isfinite(measure.value)
            json.dumps(dict(measure.detail))
            assert not any(word in measure.reason for word in ("'a'", "'b'"))
    assert len({m.id for m in measures}) == len(measures)


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
    assert hierarchical_distance(distribution(table, "s"), TREE) == pytest.approx(worst, abs=1e-7)
