"""For every model and for mixtures: the searches find what judging every single node finds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import ILLS, tables

from deid.anonymise.box_search import BoxSearch
from deid.anonymise.judge import Judge
from deid.anonymise.lattice import Lattice
from deid.anonymise.reading import demands
from deid.anonymise.task import build_task
from deid.classes import ClassTable
from deid.decisions import Anonymise, PrivacyModel

TREE = {"flu": ["lung", "all"], "gout": ["joint", "all"], "lupus": ["joint", "all"]}
MODELS = {
    "hierarchical": [PrivacyModel("t_closeness", "ill", {"t": 0.3, "variant": "hierarchical", "hierarchy": TREE})],
    "ordered": [PrivacyModel("t_closeness", "ill", {"t": 0.2, "variant": "ordered"})],
    "k_map": [PrivacyModel("k_map", "", {"k": 5})],
    "presence": [PrivacyModel("delta_presence", "", {"max": 0.6})],
    "presence_both": [PrivacyModel("delta_presence", "", {"min": 0.1, "max": 0.8})],
    "average": [PrivacyModel("average_risk", "", {"max": 0.3})],
    "maximum": [PrivacyModel("maximum_risk", "", {"max": 0.34})],
    "uniqueness": [PrivacyModel("sample_uniqueness", "", {"max": 0.05})],
    "population_uniqueness": [PrivacyModel("population_uniqueness", "", {"max": 0.1, "persons": 500})],
    "mixture": [
        PrivacyModel("l_diversity", "ill", {"l": 1.5, "variant": "entropy"}),
        PrivacyModel("t_closeness", "ill", {"t": 0.4}),
        PrivacyModel("beta_likeness", "ill", {"beta": 2}),
        PrivacyModel("k_map", "", {"k": 3}),
        PrivacyModel("average_risk", "", {"max": 0.5}),
    ],
}


def population_of(table: ClassTable, seed: int) -> ClassTable:
    """Return a population that holds the subjects of a table and others over the same values."""
    random = np.random.default_rng(seed)
    extra = random.integers(0, 7, (30, len(table.variables))).astype(np.int32)
    codes = np.vstack([table.codes, extra])
    distinct, member = np.unique(codes, axis=0, return_inverse=True)
    weights = np.concatenate([table.counts, np.ones(30, np.int64)])
    counts = np.bincount(member.reshape(-1), weights=weights).astype(np.int64)
    return ClassTable(table.variables, table.vocabularies, distinct.astype(np.int32), counts)


@pytest.mark.parametrize("name", MODELS)
@settings(max_examples=25, deadline=None)
@given(case=tables(most=30), k=st.integers(1, 3), limit=st.sampled_from([0, 0.1, 0.4]), seed=st.integers(0, 99))
def test_the_searches_find_the_best_of_all_nodes(name, case, k, limit, seed):
    table, hierarchies = case
    task = build_task(table, hierarchies, population_of(table, seed))
    wanted = demands(Anonymise(k, limit, models=tuple(MODELS[name])), task)
    judge = Judge(task, wanted)
    verdicts = {node: judge(node) for node in np.ndindex(task.shape)}
    best = min((verdict.cost for verdict in verdicts.values() if verdict.valid), default=math.inf)
    for search in (Lattice, BoxSearch):
        found = search(Judge(task, wanted)).search()
        assert found.proven
        assert found.cost == pytest.approx(best)
    for node, verdict in verdicts.items():
        for finer in np.ndindex(tuple(level + 1 for level in node)):
            if verdicts[finer].valid:
                assert verdict.least <= wanted.limit
                floor = sum(f[level] for f, level in zip(verdict.floors, finer, strict=True))
                assert floor <= verdicts[finer].cost + 1e-9


@settings(max_examples=40, deadline=None)
@given(case=tables(most=30), seed=st.integers(0, 99))
def test_presence_holds_in_every_class_of_the_population(case, seed):
    table, hierarchies = case
    population = population_of(table, seed)
    task = build_task(table, hierarchies, population)
    wanted = demands(Anonymise(1, 0.3, models=tuple(MODELS["presence_both"])), task)
    assert wanted.limit == 0
    found = Lattice(Judge(task, wanted)).search()
    if found.best is None:
        return
    chain = [hierarchies[name].maps[level] for name, level in zip(table.variables, found.best.levels, strict=True)]

    def sums(source):
        total: dict = {}
        for codes, count in zip(source.codes, source.counts, strict=True):
            cell = tuple(int(steps[c]) for steps, c in zip(chain, codes, strict=True))
            total[cell] = total.get(cell, 0) + int(count)
        return total

    here = sums(table)
    assert all(0.1 - 1e-9 <= here.get(cell, 0) / count <= 0.8 + 1e-9 for cell, count in sums(population).items())


def test_the_values_of_the_tree_are_those_of_the_tables():
    assert set(TREE) == set(ILLS[1:])
