"""Measures of the class table equal their definitions, worked out by brute force on small random tables."""

from __future__ import annotations

import json
import math
import pickle
from collections import Counter
from itertools import combinations
from math import factorial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import QUASI, ROWS, Row, check, classes, evidence, table

from deid.model import Status
from deid.registry import plugins
from deid.risk import find, is_measure, measure_all
from deid.risk.missing_values import wildcard_sizes
from deid.risk.special_uniques import suda_scores


@given(ROWS, st.sampled_from([0.05, 0.2, 0.25, 1 / 3, 0.5, 1.0]), st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_reidentification(rows: list[Row], tau: float, suppressed: int) -> None:
    found = measure_all(evidence(rows, threshold=tau, suppressed=suppressed))
    sizes = [len(members) for members in classes(rows).values()]
    n = len(rows)
    check(found["prosecutor.ra"], sum(f for f in sizes if 1 / f > tau) / n)
    check(found["prosecutor.rb"], 1 / min(sizes))
    check(found["prosecutor.rc"], sum(1 / len(classes(rows)[row[:3]]) for row in rows) / n)
    check(found["k"], min(sizes))
    check(found["classes"], len(sizes))
    check(found["unique_share"], sum(f == 1 for f in sizes) / n)
    kept = sum(len(classes(rows)[row[:3]]) for row in rows)
    check(found["discernibility"], kept + sum(n + suppressed for _ in range(suppressed)))
    check(found["average_class_size"], n / len(sizes))
    check(found["c_avg"], n / len(sizes) / min(sizes))
    check(found["marketer"], len(sizes) / n)
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


def sizes_on(rows: list[Row], chosen: tuple[int, ...]) -> Counter[Row]:
    return Counter(tuple(row[i] for i in chosen) for row in rows)


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_subsets_of_quasi_identifiers(rows: list[Row]) -> None:
    found = measure_all(evidence(rows))
    n, pairs = len(rows), list(combinations(rows, 2))
    for m in (1, 2, 3):
        chosen = [sizes_on(rows, columns) for columns in combinations(range(3), m)]
        check(found[f"known.rc.m{m}"], max(sum(1 / s[key] for key in s.elements()) / n for s in chosen))
        check(found[f"known.rb.m{m}"], max(1 / min(s.values()) for s in chosen))
    check(found["qi.distinction"], len({row[:3] for row in rows}) / n)
    for i, name in enumerate(QUASI):
        others = tuple(j for j in range(3) if j != i)
        every, rest = sizes_on(rows, (0, 1, 2)), sizes_on(rows, others)
        risk = sum(1 / every[row[:3]] - 1 / rest[tuple(row[j] for j in others)] for row in rows) / n
        check(found[f"contribution.{name}"], risk)
        check(found[f"qi.distinction.{name}"], len({row[i] for row in rows}) / n)
        if pairs:
            check(found[f"qi.separation.{name}"], sum(a[i] != b[i] for a, b in pairs) / len(pairs))
    if pairs:
        check(found["qi.separation"], sum(a[:3] != b[:3] for a, b in pairs) / len(pairs))


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_special_uniques(rows: list[Row]) -> None:
    scores, fewest = [], []
    for row in rows:
        unique = [
            chosen
            for m in (1, 2, 3)
            for chosen in combinations(range(3), m)
            if sizes_on(rows, chosen)[tuple(row[i] for i in chosen)] == 1
        ]
        minimal = [a for a in unique if not any(set(b) < set(a) for b in unique)]
        scores.append(sum(factorial(3 - len(chosen)) for chosen in minimal))
        fewest += [len(chosen) for chosen in minimal]
    classes_, member = table(rows)
    assert suda_scores(classes_)[member].tolist() == scores
    found = measure_all(evidence(rows))
    risky = [score for score in scores if score]
    check(found["suda.uniques"], len(risky))
    check(found["suda.max_score"], max(scores))
    if not risky:
        assert found["suda.smallest_subset"].status is Status.NOT_APPLICABLE
        check(found["suda.max_dis"], 0.0)
        return
    check(found["suda.smallest_subset"], min(fewest))
    power, u, d = 1 + (8 - 3) / 20, len(risky), 0.1  # DIS: the file is taken to hold a tenth of the population
    total = sum(score**-power for score in risky)
    check(found["suda.max_dis"], max(1 / (1 + (u / d - u) / (score**power * total)) for score in risky))


@given(ROWS, st.sampled_from([0.0, 0.5, 1.0]))
@settings(max_examples=60, deadline=None)
def test_wildcards(rows: list[Row], alpha: float) -> None:
    def matching(row: Row) -> float:
        found = 0.0
        for other in rows:
            pairs = list(zip(row[:3], other[:3], strict=True))
            if all(a is None or b is None or a == b for a, b in pairs):
                found += alpha if any(b is None and a is not None for a, b in pairs) else 1.0
        return found

    expected = [matching(row) for row in rows]
    classes_, member = table(rows)
    sizes = wildcard_sizes(classes_, alpha)
    assert sizes is not None
    assert sizes[member].tolist() == pytest.approx(expected)
    found = measure_all(evidence(rows))
    reading = {0.0: "missing.conservative", 1.0: "missing.wildcard"}.get(alpha)
    if reading is None:
        reading, expected = "missing.own_category", [len(classes(rows)[row[:3]]) for row in rows]
    check(found[f"{reading}.k"], min(expected))
    check(found[f"{reading}.rc"], sum(1 / size for size in expected) / len(rows))


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
