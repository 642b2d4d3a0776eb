"""Local recoding of numbers: narrowest intervals, means and medians of classes."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.anonymise import anonymise
from deid.classes import ClassTable, build
from deid.decisions import Anonymise, PrivacyModel
from deid.errors import DataError, PolicyError
from deid.hierarchies import build as hierarchy
from deid.hierarchy import Hierarchy, Recoding

AGES = {"interval": 10}
SEXES = ("F", "M")


def case(ages: list[str | None], sexes: list[str], spec: dict | str = AGES) -> tuple[ClassTable, dict[str, Hierarchy]]:
    """Return the class table of persons with an age and a sex, and hierarchies."""
    columns = [ages, sexes]
    words = [(None, *sorted({value for value in column if value is not None})) for column in columns]
    codes = np.column_stack(
        [[own.index(value) for value in column] for own, column in zip(words, columns, strict=True)]
    )
    table, _ = build(("AGE", "SEX"), words, codes.astype(np.int32))
    chain = {
        "AGE": hierarchy(spec, words[0], folder=Path(), name="AGE"),
        "SEX": hierarchy({"suppress_only": True}, words[1], folder=Path(), name="SEX"),
    }
    return table, chain


def classes(table: ClassTable, found: Recoding) -> dict[tuple, list[tuple[tuple, int]]]:
    """Return by released cells the original values of the classes in them, with their subjects."""
    groups: dict[tuple, list[tuple[tuple, int]]] = {}
    for row, codes, count, gone in zip(table.codes, found.codes, table.counts, found.suppressed, strict=True):
        cells = tuple(labels[code] for labels, code in zip(found.labels, codes, strict=True))
        values = tuple(words[code] for words, code in zip(table.vocabularies, row, strict=True))
        if not gone:
            groups.setdefault(cells, []).append((values, int(count)))
    return groups


def holds(cell: str | None, value: str | None) -> bool:
    """Read a cell by the published grammar and say whether a value lies in it."""
    if cell is None or cell == "*" or value is None:
        return cell == "*" or cell == value
    number = Decimal(value)
    interval = re.fullmatch(r"\[(-?[\d.]+), (-?[\d.]+)\)", cell)
    if interval:
        return Decimal(interval[1]) <= number < Decimal(interval[2])
    if cell.endswith("+"):
        return number >= Decimal(cell[:-1])
    return number < Decimal(cell[1:]) if cell.startswith("<") else cell == value


people = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(0, 99).map(str)), st.sampled_from(SEXES)), min_size=2, max_size=40
)


@settings(max_examples=80, deadline=None)
@given(persons=people, k=st.integers(2, 5), decimals=st.booleans(), top=st.sampled_from([None, 60]))
def test_intervals_hold_their_members_and_lose_no_more_than_the_hierarchy_says(persons, k, decimals, top):
    ages = [age if age is None or not decimals else f"{age}.5" for age, _ in persons]
    table, chain = case(ages, [sex for _, sex in persons], {**AGES, "top": top} if top else AGES)
    if table.subjects < k:
        return
    found = anonymise(table, chain, Anonymise(k, 0.0, "local", notation="interval"))
    groups = classes(table, found)
    assert min(sum(count for _, count in members) for members in groups.values()) >= k
    for (age, sex), members in groups.items():
        for values, _ in members:
            assert holds(age, values[0])
            assert sex in ("*", values[1])
    assert 0.0 <= found.loss <= 1.0
    assert ("interval" in found.method) == any(age is not None for age in ages)
    domain = len({chain["AGE"].labels[0][code] for code in chain["AGE"].maps[0]} - {None})
    lost = 0.0
    for (age, _), members in groups.items():
        inside = {label for label in chain["AGE"].labels[0] if label is not None and holds(age, label.rstrip("+"))}
        for _, count in members:
            lost += count * (0 if age is None else (len(inside) - 1) / max(domain - 1, 1))
    if not (domain == 1 and None in ages):
        assert found.loss_by_variable["AGE"] == pytest.approx(lost / table.subjects)


@settings(max_examples=40, deadline=None)
@given(persons=people, k=st.integers(2, 5), how=st.sampled_from(["mean", "median"]))
def test_a_microaggregated_cell_is_the_middle_of_its_class(persons, k, how):
    table, chain = case([age for age, _ in persons], [sex for _, sex in persons])
    if table.subjects < k:
        return
    found = anonymise(table, chain, Anonymise(k, 0.0, "local", microaggregate={"age": how}))
    groups = classes(table, found)
    assert min(sum(count for _, count in members) for members in groups.values()) >= k
    assert f"the {how} of the class for AGE" in found.method
    total = 0.0
    for (age, _), members in groups.items():
        numbers = [float(values[0]) for values, count in members if values[0] is not None for _ in range(count)]
        if age in (None, "*"):
            assert (age is None) == (not numbers)
            return
        assert min(numbers) - 0.1 <= float(age) <= max(numbers) + 0.1
        total += float(age) * len(numbers)
    everybody = [float(age) for age, _ in persons if age is not None]
    if how == "mean" and len(everybody) == len(persons):  # what makes microaggregation worth having
        assert total / len(persons) == pytest.approx(np.mean(everybody), abs=0.06)


def test_models_hold_on_classes_of_intervals():
    random = np.random.default_rng(3)
    codes = np.column_stack([random.integers(1, 40, 200), random.integers(1, 3, 200)]).astype(np.int32)
    words = [(None, *(f"{n:02}" for n in range(20, 59))), (None, *SEXES)]
    ills = (None, "a", "b", "c")
    values = random.integers(1, 4, 200).astype(np.int32)
    table, _ = build(("AGE", "SEX"), words, codes, {"ill": (ills, np.arange(200, dtype=np.int32), values)})
    chain = {
        "AGE": hierarchy(AGES, words[0], folder=Path(), name="AGE"),
        "SEX": hierarchy({"suppress_only": True}, words[1], folder=Path(), name="SEX"),
    }
    models = (PrivacyModel("l_diversity", "ill", {"l": 3}), PrivacyModel("t_closeness", "ill", {"t": 0.4}))
    found = anonymise(table, chain, Anonymise(4, 0.0, "local", notation="interval", models=models))
    after = table.recoded(
        [(None, *labels) for labels in found.labels], [np.zeros(len(w), np.int32) for w in table.vocabularies]
    )
    assert len(after) == 1
    released = np.unique(found.codes, axis=0, return_inverse=True)[1].reshape(-1)
    histogram = table.sensitive["ill"]
    overall = np.bincount(histogram.codes, weights=histogram.counts, minlength=4) / 200
    for number in range(released.max() + 1):
        inside = released[histogram.classes] == number
        held = np.bincount(histogram.codes[inside], weights=histogram.counts[inside], minlength=4)
        assert (held > 0).sum() >= 3
        assert np.abs(held / held.sum() - overall).sum() / 2 <= 0.4 + 1e-9


def test_a_highest_level_bounds_intervals_too():
    table, chain = case([str(age) for age in range(20, 40)], ["F"] * 20, {**AGES, "max_level": 1})
    found = anonymise(table, chain, Anonymise(5, 0.0, "local", notation="interval"))
    for cells, members in classes(table, found).items():
        assert len({int(values[0]) // 10 for values, _ in members}) == 1, cells


def test_only_numbers_are_microaggregated():
    table, chain = case(["30", "31", "32", "33"], ["F", "F", "M", "M"])
    for name in ("SEX", "WEIGHT"):
        with pytest.raises(PolicyError, match=name):
            anonymise(table, chain, Anonymise(2, 0.0, "local", microaggregate={name: "mean"}))
    bands = case(["30", "31", "32", "33"], ["F"] * 4, {**AGES, "min_level": 1})
    with pytest.raises(PolicyError, match="plain numbers"):
        anonymise(*bands, Anonymise(2, 0.0, "local", microaggregate={"AGE": "mean"}))


def test_a_constant_and_an_all_missing_column():
    for notation in ("hierarchy", "interval"):
        table, chain = case([None] * 4, ["F"] * 4)
        found = anonymise(table, chain, Anonymise(2, 0.0, "local", notation=notation))
        assert found.loss == 0.0
        assert set(classes(table, found)) == {(None, "F")}
    table, chain = case(["30"], ["F"])
    with pytest.raises(DataError, match="1 subjects"):
        anonymise(table, chain, Anonymise(2, 0.0, "local", notation="interval"))
