"""Attacks: an exact copy is broken, strangers' data are not, intervals and seeds behave."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.classes import ClassTable
from deid.hierarchy import Recoding
from deid.model import Status
from deid.risk.attacks import attack_classes, inference, linkability, linkage, membership, singling_out, three_questions
from deid.risk.attacks.features import covers_of, people, released
from deid.risk.attacks.interval import difference, wilson
from deid.risk.tables import class_table

QUASI = ["age", "area", "job", "sex"]


def people_of(seed: int, rows: int = 400) -> dict[str, pa.Array]:
    rng = np.random.default_rng(seed)
    age = rng.integers(20, 90, rows)
    area, job, sex = rng.integers(0, 12, rows), rng.integers(0, 9, rows), rng.integers(0, 2, rows)
    ill = np.where(rng.random(rows) < 0.7, age // 20, rng.integers(0, 5, rows))
    cells = {"age": age, "area": area, "job": job, "sex": sex, "ill": ill}
    prefix = {"age": "", "area": "a", "job": "j", "sex": "s", "ill": "i"}
    return {name: pa.array([f"{prefix[name]}{x}" for x in column]) for name, column in cells.items()}


ORIGINAL, CONTROL, FRESH = people_of(1), people_of(2), people_of(3)


def rates(outcome) -> tuple[float, float]:
    rate, excess = outcome.measures()
    json.dumps([dict(rate.detail), dict(excess.detail)])
    assert rate.interval[0] - 1e-9 <= rate.value <= rate.interval[1] + 1e-9
    assert rate.detail["upper"] == rate.interval[1]
    return rate.value, excess.value


def test_an_exact_copy_singles_out_even_on_one_column_with_few_unique_values() -> None:
    assert rates(singling_out(ORIGINAL, ORIGINAL, CONTROL, QUASI, seed=5))[0] == 1.0
    few = {"x": pa.array(["a"] * 300 + [f"u{i}" for i in range(7)])}
    rate = singling_out(few, few, None, ["x"], seed=5).measures()[0]
    assert rate.value == 1.0
    assert rate.detail["trials"] == 7
    assert rate.interval[0] > 0.6


def test_a_fresh_sample_gives_no_excess() -> None:
    for outcome in (
        singling_out(ORIGINAL, FRESH, CONTROL, QUASI, seed=5),
        linkability(ORIGINAL, FRESH, CONTROL, QUASI[:2], QUASI[2:], seed=5),
        inference(ORIGINAL, FRESH, CONTROL, QUASI, "ill", seed=5),
        membership(ORIGINAL, FRESH, CONTROL, QUASI, seed=5),
    ):
        excess = outcome.measures()[1]
        assert excess.interval[0] < 0.03, outcome.name
        assert abs(excess.value) < 0.12, outcome.name


def test_an_exact_copy_gives_an_excess_in_every_attack() -> None:
    assert rates(inference(ORIGINAL, ORIGINAL, CONTROL, QUASI, "ill", seed=5))[1] > 0.2
    assert rates(membership(ORIGINAL, ORIGINAL, CONTROL, QUASI, seed=5))[1] > 0.8
    assert rates(linkability(ORIGINAL, ORIGINAL, CONTROL, ["age", "sex"], ["area", "job"], seed=5))[1] > 0.05


def test_fragments_that_are_each_unique_are_linked_by_a_copy_and_not_by_shuffled_columns() -> None:
    rng = np.random.default_rng(0)
    table = {"x": pa.array([f"x{i}" for i in range(100)]), "y": pa.array([f"y{i}" for i in rng.permutation(100)])}
    mixed = {"x": table["x"], "y": table["y"].take(pa.array(rng.permutation(100)))}
    assert linkability(table, table, None, ["x"], ["y"], seed=1).measures()[0].value == 1.0
    assert linkability(table, mixed, None, ["x"], ["y"], seed=1).measures()[0].value < 0.1


def test_linkage_with_an_external_file_counts_right_matches_and_false_claims() -> None:
    external = {name: pa.concat_arrays([ORIGINAL[name], CONTROL[name]]) for name in QUASI}
    truth = np.concatenate([np.arange(400), np.full(400, -1)])
    rate, excess = linkage(external, ORIGINAL, QUASI, truth, seed=5).measures()
    json.dumps(dict(rate.detail))
    assert rate.value > 0.9
    assert rate.detail["single_matches"] == rate.detail["single_matches_right"]
    assert excess.detail["control"] < 0.1
    shuffled = np.concatenate([np.roll(np.arange(400), 1), np.full(400, -1)])
    assert linkage(external, ORIGINAL, QUASI, shuffled, seed=5).measures()[0].value < 0.05


def test_classes_of_two_cannot_be_singled_out() -> None:
    twice = {name: pa.concat_arrays([column, column]) for name, column in ORIGINAL.items()}
    rate = singling_out(twice, twice, None, QUASI, seed=5, attacks=200).measures()[0]
    assert rate.value == 0.0
    assert 0.0 < rate.detail["upper"] < 0.05


def test_ties_count_with_the_chance_to_pick_the_right_one() -> None:
    same = {"x": pa.array(["a"] * 10), "y": pa.array(["b"] * 10), "s": pa.array(["p"] * 5 + ["q"] * 5)}
    assert linkability(same, same, None, ["x"], ["y"], seed=1).measures()[0].value == pytest.approx(0.1)
    assert inference(same, same, None, ["x", "y"], "s", seed=1).measures()[0].value == pytest.approx(0.5)


def test_a_generalised_word_stands_for_what_it_covers() -> None:
    columns = {"age": pa.array(["20", "25", "61", None])}
    table: ClassTable = class_table(columns, ["age"])[0]
    recoding = Recoding(
        ("age",),
        ((None, "20-39", "60+"),),
        np.array([[0], [1], [1], [2]], np.int32),
        np.zeros(4, np.bool_),
        {"age": 1},
        "test",
        0.0,
    )
    covers = covers_of(table.vocabularies, table.codes, recoding)
    assert covers == {"age": {"20-39": frozenset({"20", "25"}), "60+": frozenset({"61"})}}
    seen = released({"age": pa.array(["20-39", "60+", None, "*"])}, covers)
    assert seen.distances({"age": "25"}).tolist() == [0.0, 1.0, 1.0, 0.0]
    assert seen.distances({"age": None}).tolist() == [1.0, 1.0, 0.0, 1.0]


def test_numbers_are_compared_by_distance() -> None:
    seen = released({"n": pa.array(["0", "5", "10", None])})
    assert seen.distances({"n": "5"}).tolist() == [0.5, 0.0, 0.5, 1.0]
    assert seen.distances({"n": "x"}).tolist() == [1.0, 1.0, 1.0, 1.0]
    assert people({"n": pa.array([1, None])}, ["n"]) == [{"n": "1"}, {"n": None}]


def test_three_questions_agree_with_the_seed_and_need_no_control() -> None:
    first = three_questions(ORIGINAL, ORIGINAL, CONTROL, QUASI, ["ill"], seed=9, attacks=50)
    again = three_questions(ORIGINAL, ORIGINAL, CONTROL, QUASI, ["ill"], seed=9, attacks=50)
    other = three_questions(ORIGINAL, ORIGINAL, CONTROL, QUASI, ["ill"], seed=10, attacks=50)
    assert first == again
    assert first != other
    assert {name.split(".")[1] for name in first} == {"singling_out", "linkability", "inference"}
    alone = three_questions(ORIGINAL, ORIGINAL, None, QUASI, ["ill"], seed=9, attacks=50)
    assert alone["attack.singling_out.excess"].status is Status.NOT_COMPUTED
    assert alone["attack.singling_out"].value == first["attack.singling_out"].value


def test_an_empty_release_or_nobody_to_attack_gives_no_false_zero() -> None:
    nobody = {name: column[:0] for name, column in ORIGINAL.items()}
    found = three_questions(nobody, nobody, nobody, QUASI, ["ill"], seed=1)
    assert all(measure.value is None and measure.reason for measure in found.values())
    assert membership(ORIGINAL, nobody, CONTROL, QUASI, seed=1).measures()[1].value is not None


def test_class_tables_suffice_for_singling_out_and_linkability() -> None:
    table, _ = class_table(ORIGINAL, QUASI)
    copied = attack_classes(table, table, seed=3)
    assert copied["attack.singling_out"].value == 1.0
    chance = copied["attack.singling_out"].detail["baseline"]
    assert copied["attack.singling_out.excess"].value == pytest.approx(1.0 - chance)
    rows = three_questions(ORIGINAL, ORIGINAL, None, QUASI, seed=3)
    assert copied["attack.linkability"].value == pytest.approx(rows["attack.linkability"].value, abs=0.02)
    labels = ((None, "young", "old"),)
    single = table.project(["age"])
    cells = np.array([[1 if int(single.vocabularies[0][code]) < 50 else 2] for code in single.codes[:, 0]], np.int32)
    recoding = Recoding(("age",), labels, cells, np.zeros(len(single), np.bool_), {"age": 1}, "test", 0.0)
    words = [labels[0][cell] for cell in cells[:, 0] for _ in range(1)]
    grouped = {"age": pa.array(np.repeat(words, single.counts).tolist())}
    coarse = attack_classes(single, class_table(grouped, ["age"])[0], recoding, seed=3)
    assert coarse["attack.singling_out"].value == 0.0
    assert attack_classes(single, class_table({"other": pa.array(["a"])}, ["other"])[0], seed=3) == {}


def test_a_person_alone_in_their_class_is_learnt_from_their_own_record_only() -> None:
    table, _ = class_table({**ORIGINAL, "ill": ORIGINAL["ill"]}, QUASI, ["ill"])
    copied = attack_classes(table, table, seed=3)
    assert copied["attack.membership"].value is not None
    assert copied["attack.membership.excess"].value > 0.3
    assert copied["attack.inference.ill"].value > copied["attack.inference.ill"].detail["baseline"] + 0.1
    assert copied["attack.inference.ill.excess"].interval[0] > 0
    assert copied["attack.linkability.excess"].value > 0


def test_one_class_of_everybody_gives_nothing_beyond_guessing() -> None:
    table, _ = class_table({"all": pa.array(["*"] * 60), "ill": pa.array(["a"] * 40 + ["b"] * 20)}, ["all"], ["ill"])
    found = attack_classes(table, table, seed=3)
    assert found["attack.singling_out"].value == 0.0
    assert found["attack.membership.excess"].value == 0.0
    assert found["attack.inference.ill"].value == pytest.approx(found["attack.inference.ill"].detail["baseline"])
    assert found["attack.inference.ill.excess"].value == 0.0


@given(st.integers(1, 500), st.floats(0, 1))
def test_wilson_holds_the_share_and_stays_between_0_and_1(trials: int, share: float) -> None:
    low, high = wilson(share * trials, trials)
    assert 0.0 <= low <= share + 1e-9
    assert share - 1e-9 <= high <= 1.0
    assert high > 0.0


def test_intervals_agree_with_published_figures() -> None:
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert difference(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert wilson(0, 0) == (0.0, 1.0)
