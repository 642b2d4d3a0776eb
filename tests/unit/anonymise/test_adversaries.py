"""Several adversaries, missing values as wildcards, margins: held against trying every recoding."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_tables import tables

from deid.anonymise import anonymise
from deid.anonymise.box_search import BoxSearch
from deid.anonymise.judge import Judge
from deid.anonymise.lattice import Lattice
from deid.anonymise.reading import demands
from deid.anonymise.task import build_task
from deid.classes import ClassTable
from deid.contracts import Evidence
from deid.decisions import Anonymise, Margin, PrivacyModel
from deid.errors import DataError, PolicyError
from deid.hierarchy import Hierarchy
from deid.risk.missing_values import MissingValues


def persons(table: ClassTable) -> list[tuple[int, ...]]:
    """Return the codes of every subject."""
    return [tuple(row) for row, count in zip(table.codes.tolist(), table.counts, strict=True) for _ in range(count)]


def on_sets(cells: list[tuple], sets: list[list[int]], k: int) -> set[int]:
    """Return who can be released: strike out whoever is too rare for one adversary until nobody is."""
    left = set(range(len(cells)))
    while True:
        rare = {
            i for i in left for axes in sets if sum(all(cells[i][a] == cells[j][a] for a in axes) for j in left) < k
        }
        if not rare:
            return left
        left -= rare


def with_wildcards(cells: list[tuple], k: int) -> set[int]:
    """Return who can be released where None is a wildcard for its own subject: those with fewest blanks first."""
    released: set[int] = set()
    for blanks in range(len(cells[0]) + 1):
        level = [i for i, cell in enumerate(cells) if sum(c is None for c in cell) == blanks]
        hidden = {
            i: sum(
                (j in released or cells[j] == cells[i])
                and all(a is None or a == b for a, b in zip(cells[i], cells[j], strict=True))
                for j in range(len(cells))
            )
            for i in level
        }
        released |= {i for i in level if hidden[i] >= k}
    return released


def best_of_all(table: ClassTable, hierarchies: dict[str, Hierarchy], released, limit: int) -> float:
    """Return the least loss of all recodings, each judged person by person."""
    chain = [hierarchies[name] for name in table.variables]
    people = persons(table)
    best = math.inf
    for levels in itertools.product(*[range(h.height + 1) for h in chain]):
        codes = [[h.maps[level][c] for h, level, c in zip(chain, levels, person, strict=True)] for person in people]
        cells = [tuple(h.labels[level][c] for h, level, c in zip(chain, levels, row, strict=True)) for row in codes]
        left = released(cells)
        if len(people) - len(left) > limit:
            continue
        loss = float(len(people) - len(left))
        for i in left:
            one = [
                (h.leaves[level][c] - 1) / (h.leaves[-1][0] - 1)
                for h, level, c in zip(chain, levels, codes[i], strict=True)
            ]
            loss += sum(one) / len(one)
        best = min(best, loss / len(people))
    return best


@settings(max_examples=60, deadline=None)
@given(case=tables(most=24), k=st.integers(2, 4), share=st.sampled_from([0, 0.1, 0.4, 1.0]), pick=st.integers(0, 3))
def test_the_optimum_on_sets_is_that_of_trying_all(case, k, share, pick):
    table, hierarchies = case
    names = list(table.variables)
    every = [[name] for name in names]
    choices = [every, [names], [names[:2], names[-1:]], [[names[0], names[-1]], names[:2], names[1:] or names]]
    sets = [part for part in choices[pick] if part]
    limit = math.floor(share * table.subjects + 1e-9)
    axes = [[names.index(name) for name in part] for part in sets]
    best = best_of_all(table, hierarchies, lambda cells: on_sets(cells, axes, k), limit)
    spec = Anonymise(k, share, sets=tuple(map(tuple, sets)))
    if table.subjects < k:
        return
    task = build_task(table, hierarchies)
    for search in (Lattice, BoxSearch):
        found = search(Judge(task, demands(spec, task))).search()
        assert found.proven
        assert found.cost == pytest.approx(best)


def test_two_adversaries_lose_less_than_one_who_knows_all():
    case = two_columns()
    apart = anonymise(*case, Anonymise(2, 0.0, sets=(("q0",), ("q1",))))
    assert apart.levels == {"q0": 0, "q1": 0}
    assert "2 sets" in apart.method
    together = anonymise(*case, Anonymise(2, 0.0, sets=(("q0",), ("q1",), ("q0", "q1"))))
    assert together.loss == anonymise(*case, Anonymise(2, 0.0)).loss > apart.loss


def two_columns() -> tuple[ClassTable, dict[str, Hierarchy]]:
    from small_tables import VOCABULARY, hierarchy

    codes = np.array([[1, 1], [1, 2], [2, 1], [2, 2]], np.int32)
    table = ClassTable(("q0", "q1"), (VOCABULARY, VOCABULARY), codes, np.ones(4, np.int64))
    return table, {name: hierarchy(name, 2) for name in table.variables}


@settings(max_examples=60, deadline=None)
@given(case=tables(most=24), k=st.integers(2, 4), share=st.sampled_from([0, 0.1, 0.4, 1.0]))
def test_the_optimum_with_wildcards_is_that_of_trying_all(case, k, share):
    table, hierarchies = case
    limit = math.floor(share * table.subjects + 1e-9)
    best = best_of_all(table, hierarchies, lambda cells: with_wildcards(cells, k), limit)
    spec = Anonymise(k, share, missing="wildcard")
    if table.subjects < k:
        return
    task = build_task(table, hierarchies)
    for search in (Lattice, BoxSearch):
        found = search(Judge(task, demands(spec, task))).search()
        assert found.proven
        assert found.cost == pytest.approx(best)


@settings(max_examples=40, deadline=None)
@given(case=tables(most=24), k=st.integers(2, 4))
def test_what_wildcards_release_is_what_the_metric_measures(case, k):
    table, hierarchies = case
    try:
        found = anonymise(table, hierarchies, Anonymise(k, 0.5, missing="wildcard"))
    except DataError:
        return
    assert "wildcard" in found.method
    words = [(None, *(label for label in labels if label is not None)) for labels in found.labels]
    maps = [
        np.array([own.index(label) for label in labels], np.int32)
        for own, labels in zip(words, found.labels, strict=True)
    ]
    codes = np.column_stack([lookup[found.codes[:, i]] for i, lookup in enumerate(maps)]).astype(np.int32)
    kept = ~found.suppressed
    after = ClassTable(table.variables, tuple(words), codes[kept], table.counts[kept]).project(table.variables)
    measures = {measure.id: measure.value for measure in MissingValues().measure(Evidence(after))}
    assert measures["missing.conservative.k"] >= k


def test_a_margin_raises_the_levels_the_same_way_every_time():
    case = two_columns()
    least = anonymise(*case, Anonymise(1, 0.0))
    assert least.levels == {"q0": 0, "q1": 0}
    found = [anonymise(*case, Anonymise(1, 0.0, margin=Margin(2, "spring"))) for _ in range(2)]
    assert found[0].levels == found[1].levels
    assert sum(found[0].levels.values()) == 2
    assert "seed 'spring'" in found[0].method
    drawn = {str(anonymise(*case, Anonymise(1, 0.0, margin=Margin(2, f"s{i}"))).levels) for i in range(12)}
    assert len(drawn) > 1
    top = anonymise(*case, Anonymise(1, 0.0, margin=Margin(99, "spring")))
    assert top.levels == {"q0": 2, "q1": 2}
    assert "4 of 99 steps" in top.method


@pytest.mark.parametrize(
    ("spec", "word"),
    [
        (Anonymise(2, sets=(("q0",),), missing="wildcard"), "wildcards"),
        (Anonymise(2, sets=(("q0",), ("q1",)), recoding="local"), "local"),
        (Anonymise(2, missing="wildcard", recoding="local"), "local"),
        (Anonymise(2, margin=Margin(1, "x"), recoding="local"), "margin"),
        (Anonymise(2, notation="interval"), "notation"),
        (Anonymise(2, microaggregate={"q0": "mean"}), "microaggregate"),
        (Anonymise(2, sets=(("q0",), ("q9",))), "q9"),
        (Anonymise(2, sets=(("q0",),)), "q1 stands in no set"),
        (Anonymise(2, sets=(("q0", "q1"),), models=(PrivacyModel("average_risk", "", {"max": 0.2}),)), "average_risk"),
    ],
)
def test_what_does_not_go_together_is_refused(spec, word):
    with pytest.raises(PolicyError, match=word):
        anonymise(*two_columns(), spec)


def test_too_many_patterns_of_missing_values_are_refused():
    from small_tables import VOCABULARY, hierarchy

    codes = np.array(list(itertools.product([0, 1], repeat=7)), np.int32)
    names = tuple(f"q{i}" for i in range(7))
    table = ClassTable(names, (VOCABULARY,) * 7, codes, np.full(len(codes), 3, np.int64))
    chain = {name: hierarchy(name, 1) for name in names}
    with pytest.raises(DataError, match="128 patterns"):
        anonymise(table, chain, Anonymise(2, missing="wildcard"))
