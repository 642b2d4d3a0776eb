from __future__ import annotations

import numpy as np
import pytest
from small_tables import VOCABULARY, hierarchy

from deid.anonymise import anonymise
from deid.anonymise.models.closeness import HierarchicalDistance
from deid.anonymise.models.order import tree
from deid.anonymise.partition import Partition, Survivors
from deid.anonymise.task import build_task
from deid.classes import build
from deid.decisions import Anonymise, PrivacyModel
from deid.errors import DataError, PolicyError


def table_of(rows, width=2):
    names = [f"q{i}" for i in range(width)]
    codes = np.array(rows, np.int32).reshape(len(rows), width)
    return build(names, [VOCABULARY] * width, codes)[0], {name: hierarchy(name, 3) for name in names}


@pytest.mark.parametrize("recoding", ["global", "local"])
def test_one_subject_is_released_only_for_k_1(recoding):
    table, hierarchies = table_of([(1, 2)])
    assert anonymise(table, hierarchies, Anonymise(1, 0, recoding)).loss == 0
    with pytest.raises(DataError, match="D510"):
        anonymise(table, hierarchies, Anonymise(2, 1, recoding))


@pytest.mark.parametrize("recoding", ["global", "local"])
def test_constant_and_missing_columns_stay_as_they_are(recoding):
    table, hierarchies = table_of([(3, 0)] * 6)
    found = anonymise(table, hierarchies, Anonymise(5, 0, recoding))
    assert found.loss == 0
    assert found.labels[0][found.codes[0, 0]] == "c0"
    assert found.labels[1][found.codes[0, 1]] is None


@pytest.mark.parametrize("recoding", ["global", "local"])
def test_missing_is_a_value_of_its_own(recoding):
    table, hierarchies = table_of([(1, 0)] * 3 + [(1, 4)] * 3)
    found = anonymise(table, hierarchies, Anonymise(3, 0, recoding))
    assert found.loss == 0


@pytest.mark.parametrize("recoding", ["global", "local"])
def test_no_quasi_identifier_is_one_class(recoding):
    table, hierarchies = table_of([()] * 4, width=0)
    found = anonymise(table, hierarchies, Anonymise(4, 0, recoding))
    assert found.codes.shape == (1, 0)
    assert not found.suppressed.any()


def test_an_empty_table_is_refused():
    table, hierarchies = table_of([])
    with pytest.raises(DataError, match="D510"):
        anonymise(table, hierarchies, Anonymise(1))


def test_suppressing_everybody_is_refused():
    table, hierarchies = table_of([(i, i) for i in range(1, 5)])
    model = (PrivacyModel("average_risk", "", {"max": 0.01}),)
    with pytest.raises(DataError):
        anonymise(table, hierarchies, Anonymise(1, 1, models=model))


def test_tuples_wider_than_one_integer_are_grouped_exactly():
    random = np.random.default_rng(3)
    rows = random.integers(1, 7, (200, 30))
    rows[100:] = rows[:100]
    table, hierarchies = table_of(rows, width=30)
    assert len(table) == 100
    found = anonymise(table, hierarchies, Anonymise(2, time_budget=5))
    assert found.loss == 0


def test_hierarchical_distance_follows_the_tree():
    # Li et al. 2007: moving one of two halves across the root costs 1/2, below the same node 1/4
    values = (None, "a", "b", "c", "d")
    paths = {"a": ["x", "r"], "b": ["x", "r"], "c": ["y", "r"], "d": ["y", "r"]}
    codes = np.array([[1]] * 2 + [[2]] * 2, np.int32)
    ills = np.array([1, 2, 3, 4], np.int32)
    table, _ = build(["q0"], [VOCABULARY], codes, {"ill": (values, np.arange(4, dtype=np.int32), ills)})
    task = build_task(table, {"q0": hierarchy("q0", 3)})
    overall = np.array([0, 0.25, 0.25, 0.25, 0.25])
    survivors = Survivors(task, Partition(np.array([0, 1]), np.array([2, 2])), np.array([0, 1]))
    model = [HierarchicalDistance("ill", t, overall, tree(values, paths, overall)) for t in (0.49, 0.5)]
    assert [m.holds(survivors).tolist() for m in model] == [[False, False], [True, True]]
    with pytest.raises(PolicyError, match="P515"):
        tree(values, {"a": ["x", "r"]}, overall)
