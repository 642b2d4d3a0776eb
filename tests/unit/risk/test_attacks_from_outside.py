"""A register matched with the release, strangers of a population, and what a model tells apart."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.classes import ClassTable
from deid.hierarchy import Recoding
from deid.risk.attacks import attack_classes, inference, link_register, linkability
from deid.risk.attacks.classes import strangers
from deid.risk.attacks.features import covers_of, released_classes
from deid.risk.attacks.linkage import linkage
from deid.risk.attacks.outcome import STRANGERS, TAKEN_OUT
from deid.risk.attacks.own_row import OwnRows
from deid.risk.propensity import pmse_recoding
from deid.risk.tables import class_table

CELL = st.sampled_from(["a", "b", "c"])
ROWS = st.lists(st.tuples(CELL, CELL), min_size=2, max_size=12)


def table(rows: list[tuple[str, str]]) -> tuple[ClassTable, np.ndarray]:
    columns = {name: pa.array([row[i] for row in rows]) for i, name in enumerate("pq")}
    return class_table(columns, ["p", "q"])


@given(ROWS, st.lists(st.tuples(CELL, CELL), max_size=5), st.sampled_from([["p", "q"], ["q"]]))
@settings(max_examples=60, deadline=None)
def test_a_register_over_classes_is_one_over_rows(
    rows: list[tuple[str, str]], others: list[tuple[str, str]], names: list[str]
) -> None:
    classes, member = table(rows)
    register = rows + others
    known = {name: [row["pq".index(name)] for row in register] for name in names}
    own = np.concatenate([member, np.full(len(others), -1)]).astype(np.int32)
    found = link_register(classes, classes, None, known, own, seed=3)
    columns = {name: pa.array([row[i] for row in rows]) for i, name in enumerate("pq")}
    external = {name: pa.array(known[name]) for name in names}
    truth = np.array([*range(len(rows)), *[-1] * len(others)])
    by_rows = linkage(external, columns, names, truth, seed=3)
    first, second = by_rows.measures()
    assert found["attack.linkage"].value == pytest.approx(first.value)
    assert found["attack.linkage"].detail["single_matches_right"] == first.detail["single_matches_right"]
    assert found["attack.linkage.excess"].value == (None if not others else pytest.approx(second.value))


def test_a_suppressed_person_is_never_found_and_a_band_hides_its_values() -> None:
    before, _ = table([("a", "x"), ("b", "x"), ("c", "x"), ("c", "y")])
    codes = np.array([[1, 1], [1, 1], [2, 1], [2, 2]], np.int32)
    labels = ((None, "a or b", "c"), (None, "x", "y"))
    gone = np.array([False, False, False, True])
    recoding = Recoding(("p", "q"), labels, codes, gone, None, "test", 0.2)
    after, _ = table([("a or b", "x"), ("a or b", "x"), ("c", "x")])
    known = {"p": ["a", "b", "c", "c"], "q": ["x", "x", "x", "y"]}
    found = link_register(before, after, recoding, known, np.arange(4, dtype=np.int32), seed=1)["attack.linkage"]
    assert found.value == pytest.approx((0.5 + 0.5 + 1 + 0) / 4)
    assert found.detail["single_matches"] == 2
    assert found.detail["single_matches_right"] == 1
    assert found.detail["baseline"] == pytest.approx(1 / 3)


def test_a_register_without_a_variable_of_the_release_is_no_attack() -> None:
    before, member = table([("a", "x"), ("b", "x")])
    assert link_register(before, before, None, {"other": ["1", "2"]}, member, seed=1) == {}


def test_strangers_are_people_of_the_population_who_are_not_in_the_data() -> None:
    people = [(str(i % 9), str(i % 7)) for i in range(630)]
    sample = people[:200]
    population, _ = table(people)
    columns = {name: pa.array([row[i] for row in sample]) for i, name in enumerate("pq")}
    before, _ = class_table(columns, ["p", "q"])
    assert strangers(before, population, 1) is not None
    drawn = strangers(before, population, 1)
    assert drawn is not None
    assert drawn.subjects == 200

    def counted(one: ClassTable) -> Counter[tuple[str | None, ...]]:
        words = one.vocabularies
        return Counter({
            tuple(words[i][code] for i, code in enumerate(row)): n
            for row, n in zip(one.codes.tolist(), one.counts.tolist(), strict=True)
        })  # fmt: skip

    left = counted(population) - counted(before)
    assert not counted(drawn) - left
    assert strangers(before, before, 1) is None


def test_a_population_gives_membership_real_strangers() -> None:
    people = [(str(i), str(i % 5)) for i in range(400)]
    population, _ = table(people)
    columns = {name: pa.array([row[i] for row in people[:150]]) for i, name in enumerate("pq")}
    sample, member = class_table(columns, ["p", "q"])
    del member
    widened = ClassTable(sample.variables, population.vocabularies, _recode(sample, population), sample.counts)
    found = attack_classes(widened, widened, seed=5, population=population)
    assert found["attack.membership.excess"].detail["control_group"] == STRANGERS
    assert found["attack.membership.excess"].value == pytest.approx(1.0)
    alone = attack_classes(widened, widened, seed=5)
    assert alone["attack.membership.excess"].detail["control_group"] == TAKEN_OUT


def _recode(sample: ClassTable, population: ClassTable) -> np.ndarray:
    columns = []
    for i, words in enumerate(population.vocabularies):
        place = {word: code for code, word in enumerate(words)}
        columns.append([place[sample.vocabularies[i][code]] for code in sample.codes[:, i]])
    return np.array(columns, np.int32).T


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(1, 6)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_pmse_of_a_recoding_is_that_of_its_records(classes: list[tuple[int, bool, int]]) -> None:
    codes = np.array([[cell, 0] for cell, _, _ in classes], np.int32)
    gone = np.array([suppressed for _, suppressed, _ in classes])
    counts = np.array([n for _, _, n in classes])
    recoding = Recoding(("p", "q"), ((None,) * 4, (None,)), codes, gone, None, "test", 0.0)
    pmse, ratio = pmse_recoding(recoding, counts)
    original = [cell for cell, _, n in classes for _ in range(n)]
    released = [cell for cell, suppressed, n in classes if not suppressed for _ in range(n)]
    if not released:
        assert pmse.value is None
        assert ratio.value is None
        return
    both, share = original + released, len(released) / (len(original) + len(released))
    chance = {cell: released.count(cell) / both.count(cell) for cell in both}
    assert pmse.value == pytest.approx(sum((chance[cell] - share) ** 2 for cell in both) / len(both))
    if len(set(both)) > 1:
        null = (len(set(both)) - 1) * (1 - share) ** 2 * share / len(both)
        assert ratio.value == pytest.approx(pmse.value / null)


def _joint(seed: int, rows: int) -> dict[str, pa.Array]:
    """Return people among whom two columns tell something about two others and about an illness."""
    rng = np.random.default_rng(seed)
    area, age = rng.integers(0, 14, rows), rng.integers(20, 80, rows)
    job = np.where(rng.random(rows) < 0.6, area % 7, rng.integers(0, 7, rows))
    ill = np.where(rng.random(rows) < 0.6, (area + age // 15) % 5, rng.integers(0, 5, rows))
    cells = {"area": area, "age": age, "job": job, "ill": ill}
    return {name: pa.array([f"{name}{x}" for x in column.tolist()]) for name, column in cells.items()}


@pytest.mark.parametrize("banded", [False, True])
def test_people_whose_own_record_is_taken_out_fare_like_people_who_are_not_in_the_data(banded: bool) -> None:
    """The control group of a run is a leave-one-out: it has to agree with strangers of the same population."""
    quasi, inside, outside = ["age", "area", "job"], _joint(1, 1500), _joint(2, 4000)
    before, _ = class_table(inside, quasi, ["ill"])
    width = 20 if banded else 1
    bands = [*dict.fromkeys(f"band{int(str(word)[3:]) // width:02d}" for word in before.vocabularies[0][1:])]
    labels = ((None, *bands), *before.vocabularies[1:])
    codes = before.codes.copy()
    codes[:, 0] = [labels[0].index(f"band{int(str(before.vocabularies[0][c])[3:]) // width:02d}") for c in codes[:, 0]]
    recoding = Recoding(tuple(quasi), labels, codes, np.zeros(len(before), np.bool_), None, "test", 0.0)
    ages = [f"band{int(age[3:]) // width:02d}" for age in inside["age"].to_pylist()]
    written = {**inside, "age": pa.array(ages)}
    after, _ = class_table(written, quasi, ["ill"])
    covers = covers_of(before.vocabularies, before.codes, recoding)
    ours = attack_classes(before, after, recoding, seed=4, attacks=1000)
    told = inference(inside, written, outside, quasi, "ill", seed=4, attacks=1000, covers=covers).measures()[1]
    joined = linkability(
        inside, written, outside, ["age", "job"], ["area"], seed=4, attacks=1000, covers=covers
    ).measures()[1]
    for name, strangers_ in (("inference.ill", told), ("linkability", joined)):
        excess = ours[f"attack.{name}.excess"]
        assert excess.detail["control_group"] == TAKEN_OUT
        assert excess.detail["control"] == pytest.approx(strangers_.detail["control"], abs=0.05), name
        assert excess.value == pytest.approx(strangers_.value, abs=0.07), name


def test_a_person_alone_in_a_class_is_guessed_from_the_nearest_once_the_own_record_is_out() -> None:
    rows = [("a", "x", "p"), ("a", "y", "p"), ("a", "z", "p"), ("b", "x", "q")]
    columns = {name: pa.array([row[i] for row in rows]) for i, name in enumerate(("p", "q", "s"))}
    before, _ = class_table(columns, ["p", "q"], ["s"])
    found = attack_classes(before, before, seed=1)["attack.inference.s.excess"]
    assert found.detail["control"] == pytest.approx(3 / 4)  # b is nearest to the first a, whose value is another


def test_nobody_is_taken_out_for_a_person_who_was_suppressed() -> None:
    rows = [("a", "x", "p"), ("a", "x", "p"), ("b", "x", "p")]
    columns = {name: pa.array([row[i] for row in rows]) for i, name in enumerate(("p", "q", "s"))}
    before, _ = class_table(columns, ["p", "q"], ["s"])
    labels = ((None, "*"), (None, "x"))
    gone = np.array([False, True])
    recoding = Recoding(("p", "q"), labels, np.array([[1, 1], [1, 1]], np.int32), gone, None, "test", 0.3)
    after, _ = class_table({"p": pa.array(["*"] * 2), "q": pa.array(["x"] * 2), "s": pa.array(["p"] * 2)},
                           ["p", "q"], ["s"])  # fmt: skip
    own = OwnRows(released_classes(after), before, after, recoding, ["p", "q"])
    assert [own.of(0), own.of(1)] == [0, -1]
    assert attack_classes(before, after, recoding, seed=1)["attack.inference.s.excess"].value == 0.0


def test_linkability_has_real_strangers_where_a_population_is_given() -> None:
    people, others = _joint(5, 400), _joint(6, 900)
    both = {name: pa.concat_arrays([people[name], others[name]]) for name in people}
    quasi = ["age", "area", "job"]
    population, member = class_table(both, quasi)
    counts = np.bincount(member[:400], minlength=len(population))
    held = counts > 0
    sample = ClassTable(population.variables, population.vocabularies, population.codes[held], counts[held])
    found = attack_classes(sample, sample, seed=5, population=population)["attack.linkability.excess"]
    assert found.detail["control_group"] == STRANGERS
    assert found.detail["control_trials"] == 400
    assert found.value > 0
