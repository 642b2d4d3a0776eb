from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.anonymise import anonymise
from deid.classes import build
from deid.decisions import Anonymise, PrivacyModel
from deid.hierarchies import build as build_hierarchy

RACES = ("Asian", "Black", "Inuit", "Samoan", "White")
SPEC = {"groups": {"Pacific": ["Inuit", "Samoan"], "Mainland": ["Asian", "Black", "White"]}}
AGES = {"interval": 10}


def case(people, spec=SPEC):
    """Return the class table of (race, age, ill) and the hierarchies."""
    words = [(None, *sorted({row[i] for row in people if row[i] is not None})) for i in (0, 1)]
    codes = np.array([[words[i].index(row[i]) for i in (0, 1)] for row in people], np.int32)
    ills = np.array([row[2] for row in people], np.int32)
    sensitive = {"ill": ((None, "flu", "gout"), np.arange(len(people), dtype=np.int32), ills)}
    table, _ = build(("RACE", "AGE"), words, codes, sensitive)
    chain = {
        "RACE": build_hierarchy(spec, words[0], folder=Path(), name="RACE"),
        "AGE": build_hierarchy(AGES, words[1], folder=Path(), name="AGE"),
    }
    return table, chain


def classes(table, found):
    """Return by released cells the original races and the number of subjects."""
    groups: dict[tuple, list] = {}
    for row, codes, count, gone in zip(table.codes, found.codes, table.counts, found.suppressed, strict=True):
        if not gone:
            cells = tuple(labels[code] for labels, code in zip(found.labels, codes, strict=True))
            groups.setdefault(cells, []).append((table.vocabularies[0][row[0]], int(count)))
    return groups


def read(cell):
    """Return the races that a cell stands for, by the published grammar."""
    if cell == "*":
        return {*RACES}
    return set(SPEC["groups"].get(cell, str(cell).split(" or ")))


people = st.lists(
    st.tuples(
        st.one_of(st.none(), st.sampled_from(RACES)), st.sampled_from(["20", "25", "31", "48"]), st.integers(1, 2)
    ),
    min_size=3,
    max_size=40,
)


@settings(max_examples=80, deadline=None)
@given(rows=people, k=st.integers(2, 4), diverse=st.booleans())
def test_a_set_holds_the_values_of_its_class_and_no_other(rows, k, diverse):
    table, chain = case(rows)
    k = min(k, len(rows))
    models = (PrivacyModel("l_diversity", "ill", {"l": 2}),) if diverse and len({row[2] for row in rows}) > 1 else ()
    found = anonymise(table, chain, Anonymise(k, 0.0, "local", notation="set", models=models))
    lost = 0.0
    domain = len({row[0] for row in rows} - {None})
    for (race, _), members in classes(table, found).items():
        assert sum(count for _, count in members) >= k
        held = {value for value, _ in members}
        for _, count in members:
            if race is None:
                assert held == {None}
            elif None in held:
                assert race == "*"
                lost += count
            else:
                inside = read(race) & {row[0] for row in rows}
                assert held == inside
                lost += count * (len(inside) - 1) / max(domain - 1, 1)
    assert found.loss_by_variable["RACE"] == pytest.approx(lost / len(rows))
    again = anonymise(table, chain, Anonymise(k, 0.0, "local", notation="set", models=models))
    assert (again.codes == found.codes).all()


def test_sets_lose_less_than_nodes():
    rows = [("Asian", "20", 1)] * 6 + [("Black", "20", 1), ("White", "20", 1)] * 3 + [("Inuit", "20", 1)] * 6
    table, chain = case(rows)
    by = {how: anonymise(table, chain, Anonymise(6, 0.0, "local", notation=how)) for how in ("interval", "set")}
    assert by["set"].loss < by["interval"].loss
    assert {race for race, _ in classes(table, by["set"])} == {"Asian", "Inuit", "Black or White"}
    assert "sets of values for 1 variable" in by["set"].method


def test_a_highest_level_bounds_sets_too():
    rows = [(race, "20", 1) for race in RACES for _ in range(2)]
    table, chain = case(rows, {**SPEC, "max_level": 1})
    found = anonymise(table, chain, Anonymise(4, 0.0, "local", notation="set"))
    assert {race for race, _ in classes(table, found)} == {"Pacific", "Mainland"}


def test_a_value_that_reads_like_a_set_keeps_the_hierarchy():
    rows = [(race, "20", 1) for race in ("Black or White", "Asian", "Black", "White")]
    spec = {"groups": {"one": ["Black or White", "Asian"], "two": ["Black", "White"]}}
    table, chain = case(rows, spec)
    found = anonymise(table, chain, Anonymise(2, 0.0, "local", notation="set"))
    assert {race for race, _ in classes(table, found)} == {"one", "two"}


def test_columns_that_hold_one_value_or_none():
    for race in (None, "White"):
        table, chain = case([(race, "20", 1)] * 4)
        found = anonymise(table, chain, Anonymise(3, 0.0, "local", notation="set"))
        assert set(classes(table, found)) == {(race, "20")}
        assert found.loss == 0
