from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import tables

import deid.anonymise as stage
from deid.anonymise import anonymise
from deid.anonymise.box_search import BoxSearch
from deid.anonymise.judge import Demands, Judge
from deid.anonymise.lattice import Lattice
from deid.anonymise.quality import QUALITIES
from deid.anonymise.task import build_task
from deid.decisions import Anonymise, PrivacyModel
from deid.errors import DataError


@settings(max_examples=80, deadline=None)
@given(tables(most=40), st.integers(1, 5), st.sampled_from([0, 3, 40]), st.sampled_from(QUALITIES))
def test_both_searches_agree_with_judging_every_node(case, k, limit, quality):
    table, hierarchies = case
    task = build_task(table, hierarchies)
    demands = Demands(k, min(limit, task.subjects), quality=quality)
    judge = Judge(task, demands)
    verdicts = [judge(node) for node in np.ndindex(task.shape)]
    best = min((verdict.cost for verdict in verdicts if verdict.valid), default=math.inf)
    for search in (Lattice, BoxSearch):
        found = search(Judge(task, demands)).search()
        assert found.proven
        assert found.cost == pytest.approx(best)


@settings(max_examples=60, deadline=None)
@given(tables(most=40), st.integers(1, 5), st.sampled_from([0, 3, 40]), st.sampled_from(QUALITIES))
def test_what_a_node_says_about_finer_nodes_is_true(case, k, limit, quality):
    table, hierarchies = case
    task = build_task(table, hierarchies)
    judge = Judge(task, Demands(k, limit, quality=quality))
    verdicts = {node: judge(node) for node in np.ndindex(task.shape)}
    for node, verdict in verdicts.items():
        for finer in np.ndindex(tuple(level + 1 for level in node)):
            other = verdicts[finer]
            assert other.suppressed >= verdict.least or limit == 0
            if other.valid:
                floor = sum(f[level] for f, level in zip(verdict.floors, finer, strict=True))
                assert floor <= other.cost + 1e-9


def test_out_of_time_the_gap_is_stated(monkeypatch):
    table, hierarchies = _wide()
    monkeypatch.setattr(stage, "LARGE", 1)
    found = anonymise(table, hierarchies, Anonymise(5, 0.05, time_budget=0.05))
    assert "within the time allowed" in found.method
    assert "above the least possible" in found.method
    clock = time.perf_counter()
    anonymise(table, hierarchies, Anonymise(5, 0.05, time_budget=0.2))
    assert time.perf_counter() - clock < 5


def _wide():
    from small_tables import LEAVES, VOCABULARY, hierarchy

    from deid.classes import build

    codes = np.random.default_rng(7).integers(1, LEAVES + 1, (400, 9)).astype(np.int32)
    names = [f"q{i}" for i in range(9)]
    table, _ = build(names, [VOCABULARY] * 9, codes)
    return table, {name: hierarchy(name, 3) for name in names}


@settings(max_examples=40, deadline=None)
@given(tables(most=30), st.floats(0.05, 1))
def test_the_mean_risk_is_met_by_dropping_the_smallest_classes(case, most):
    table, hierarchies = case
    model = PrivacyModel("average_risk", "", {"max": most})
    try:
        found = anonymise(table, hierarchies, Anonymise(1, 0.5, models=(model,)))
    except DataError:
        return
    codes, counts = found.codes[~found.suppressed], table.counts[~found.suppressed]
    assert len(np.unique(codes, axis=0)) / counts.sum() <= most + 1e-9


@settings(max_examples=40, deadline=None)
@given(tables(most=30), tables(most=60), st.integers(2, 8))
def test_k_map_counts_the_population(sample, people, k):
    table, hierarchies = sample
    population, _ = people
    if population.variables != table.variables:
        return
    models = (PrivacyModel("k_map", "", {"k": k}),)
    try:
        found = anonymise(table, hierarchies, Anonymise(1, 0.3, models=models), population)
    except DataError:
        return
    levels = [found.levels[name] for name in table.variables]
    chain = [hierarchies[name] for name in table.variables]

    def cells(codes):
        return [tuple(h.maps[lv][c] for h, lv, c in zip(chain, levels, row, strict=True)) for row in codes]

    whole: dict = {}
    for cell, count in zip(cells(population.codes), population.counts, strict=True):
        whole[cell] = whole.get(cell, 0) + count
    for cell, gone in zip(cells(table.codes), found.suppressed, strict=True):
        assert gone or whole.get(cell, 0) >= k


def test_levels_stay_within_min_and_max():
    from dataclasses import replace

    table, hierarchies = _wide()
    held = {name: replace(h, lowest=1, highest=2) for name, h in hierarchies.items()}
    found = anonymise(table, held, Anonymise(1))
    assert set(found.levels.values()) == {1}
    with pytest.raises(DataError, match="worst quasi-identifiers"):
        anonymise(table, {name: replace(h, highest=1) for name, h in hierarchies.items()}, Anonymise(20))


def test_weights_decide_which_variable_is_spared():
    table, hierarchies = _wide()
    spared = anonymise(table, hierarchies, Anonymise(20, weights={"q3": 100.0}))
    other = anonymise(table, hierarchies, Anonymise(20, weights={"q4": 100.0}))
    assert spared.levels["q3"] <= other.levels["q3"]
    assert other.levels["q4"] <= spared.levels["q4"]
