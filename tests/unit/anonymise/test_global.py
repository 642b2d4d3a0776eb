from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import exhaustive, rows, tables

from deid.anonymise import anonymise
from deid.decisions import Anonymise, PrivacyModel
from deid.errors import DataError, PolicyError


def shares(ills, people):
    whole = Counter(ill for _, ill in people)
    values = sorted(whole, key=str)
    p = [whole[v] / len(people) for v in values]
    q = [ills.count(v) / len(ills) for v in values]
    return p, q


def distinct(ills, people):
    return len(set(ills)) >= 2


def entropy(ills, people):
    _, q = shares(ills, people)
    return math.exp(-sum(x * math.log(x) for x in q if x)) >= 1.9 - 1e-9


def recursive(ills, people):
    r = sorted(Counter(ills).values(), reverse=True)
    return r[0] < 1.5 * sum(r[1:])


def equal(ills, people):
    p, q = shares(ills, people)
    return sum(abs(a - b) for a, b in zip(p, q, strict=True)) / 2 <= 0.3 + 1e-9


def ordered(ills, people):
    whole = sorted({ill for _, ill in people}, key=lambda v: (v is not None, str(v)))
    total, run = 0.0, 0.0
    for v in whole:
        run += ills.count(v) / len(ills) - sum(ill == v for _, ill in people) / len(people)
        total += abs(run)
    return total / max(len(whole) - 1, 1) <= 0.25 + 1e-9


def beta(enhanced):
    def holds(ills, people):
        p, q = shares(ills, people)
        gains = ((b - a) / a <= (min(0.8, -math.log(a)) if enhanced else 0.8) + 1e-9 for a, b in zip(p, q, strict=True))
        return all(gains)

    return holds


MODELS = {
    "distinct": (PrivacyModel("l_diversity", "ill", {"l": 2}), distinct),
    "entropy": (PrivacyModel("l_diversity", "ill", {"l": 1.9, "variant": "entropy"}), entropy),
    "recursive": (PrivacyModel("l_diversity", "ill", {"l": 2, "c": 1.5, "variant": "recursive"}), recursive),
    "equal": (PrivacyModel("t_closeness", "ill", {"t": 0.3}), equal),
    "ordered": (PrivacyModel("t_closeness", "ill", {"t": 0.25, "variant": "ordered"}), ordered),
    "beta": (PrivacyModel("beta_likeness", "ill", {"beta": 0.8}), beta(True)),
    "basic": (PrivacyModel("beta_likeness", "ill", {"beta": 0.8, "variant": "basic"}), beta(False)),
}


def check(table, hierarchies, k, limit, models, holds):
    people = rows(table)
    spec = Anonymise(k, limit, models=models)
    most = math.floor(limit * len(people) + 1e-9)
    loss, suppressed = exhaustive(table, hierarchies, holds, most)
    if suppressed == len(people) or math.isinf(loss) or k > len(people):
        with pytest.raises(DataError):
            anonymise(table, hierarchies, spec)
        return
    found = anonymise(table, hierarchies, spec)
    assert found.loss == pytest.approx(loss)
    assert table.counts[found.suppressed].sum() <= most
    assert found.method.startswith("proven optimum")


@settings(max_examples=120, deadline=None)
@given(tables(), st.integers(1, 6), st.sampled_from([0, 0.1, 0.3, 1]))
def test_the_optimum_for_k_is_that_of_exhaustive_search(case, k, limit):
    table, hierarchies = case
    check(table, hierarchies, k, limit, (), lambda ills: len(ills) >= k)


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=60, deadline=None)
@given(case=tables(), k=st.integers(1, 3), limit=st.sampled_from([0, 0.15, 0.4, 1]))
def test_the_optimum_for_every_model_is_that_of_exhaustive_search(name, case, k, limit):
    table, hierarchies = case
    model, rule = MODELS[name]
    people = rows(table)
    check(table, hierarchies, k, limit, (model,), lambda ills: len(ills) >= k and rule(ills, people))


@settings(max_examples=20, deadline=None)
@given(tables())
def test_k_1_costs_nothing(case):
    table, hierarchies = case
    found = anonymise(table, hierarchies, Anonymise(1))
    assert found.loss == 0
    assert set(found.loss_by_variable) == set(table.variables)


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(2, 5), st.sampled_from([0, 0.2]))
def test_every_released_class_has_k_subjects(case, k, limit):
    table, hierarchies = case
    try:
        found = anonymise(table, hierarchies, Anonymise(k, limit))
    except DataError:
        return
    sizes: Counter = Counter()
    for codes, count, gone in zip(found.codes, table.counts, found.suppressed, strict=True):
        if not gone:
            sizes[tuple(labels[c] for labels, c in zip(found.labels, codes, strict=True))] += count
    assert min(sizes.values()) >= k


@settings(max_examples=5, deadline=None)
@given(tables())
def test_a_missing_hierarchy_and_a_foolish_k_are_refused(case):
    table, hierarchies = case
    with pytest.raises(PolicyError):
        anonymise(table, {}, Anonymise(2))
    with pytest.raises(PolicyError):
        anonymise(table, hierarchies, Anonymise(0))
    with pytest.raises(PolicyError):
        anonymise(table, hierarchies, Anonymise(2, models=(PrivacyModel("l_diversty", "ill", {"l": 2}),)))
    with pytest.raises(PolicyError):
        anonymise(table, hierarchies, Anonymise(2, models=(PrivacyModel("l_diversity", "ill", {"l": -1}),)))
    with pytest.raises(PolicyError):
        anonymise(table, hierarchies, Anonymise(2, models=(PrivacyModel("k_map", "", {"k": 2}),)))
    with pytest.raises(DataError, match="D510"):
        anonymise(table, hierarchies, Anonymise(1000))
