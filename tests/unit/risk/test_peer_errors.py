"""Inputs on which other tools report too little risk, or something else by the same name: ours on each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from deid.classes import ClassTable, build
from deid.contracts import Evidence
from deid.model import Measure, Status
from deid.risk import measure_all
from deid.risk.log_linear import independence
from deid.risk.population_uniqueness import estimates
from deid.risk.special_uniques import dis_scores, suda_scores
from deid.risk.tables import class_table, without_suppressed


def measures(columns: dict[str, list[str | None]], quasi: list[str], sensitive: list[str] | None = None) -> dict:
    arrays = {name: pa.array(cells, pa.string()) for name, cells in columns.items()}
    return measure_all(Evidence(class_table(arrays, quasi, sensitive or [])[0]))


def test_text_columns_are_categories_and_all_different_tuples_are_unique() -> None:
    columns = {"a": ["u", "v", "w"], "b": ["x", "y", "z"]}
    found = measures(columns, ["a", "b"])
    assert found["k"].value == 1
    assert found["unique_share"].value == 1.0
    assert found["suda.uniques"].value == 3
    assert found["suda.max_score"].value > 0


@pytest.mark.parametrize("index", [[1, 2, 3, 0], [10, 11, 12, 13], [0, 0, 0, 0]])
def test_the_row_index_of_a_frame_means_nothing(index: list[int]) -> None:
    frame = pd.DataFrame({"q": ["a", "a", "b", "b"], "s": ["x", "x", "y", "y"]}, index=index)
    found = measures({name: frame[name].tolist() for name in frame}, ["q"], ["s"])
    assert found["l.distinct.s"].value == 1
    assert found["alpha_k.s"].value == 1.0


def test_a_row_with_a_blank_quasi_identifier_does_not_vanish() -> None:
    found = measures({"q": ["a", "a", None, "b", "b"]}, ["q"])
    assert found["k"].value == 1
    assert found["prosecutor.rb"].value == 1.0


def test_a_category_without_members_is_no_class() -> None:
    table, _ = build(["q"], [(None, "a", "b", "unused")], np.array([[1], [1], [2], [2]], np.int32))
    found = measure_all(Evidence(table))
    assert found["k"].value == 2
    assert found["classes"].value == 2


REC = {"q": list("AAAAABBBBBBBB"), "s": list("aaabcaaaabbcd")}


def test_recursive_diversity_sorts_from_the_most_frequent_and_keeps_its_fraction() -> None:
    found = measures(REC, ["q"], ["s"])
    assert found["l.recursive_c.l3.s"].value == pytest.approx(3.0)
    assert found["l.recursive_c.l2.s"].value == pytest.approx(1.5)


@pytest.mark.parametrize("values", [3, 4, 6])
def test_entropy_of_uniform_classes_is_not_truncated(values: int) -> None:
    found = measures({"q": ["a"] * values, "s": [str(i) for i in range(values)]}, ["q"], ["s"])
    assert found["l.entropy.s"].value == pytest.approx(values, abs=1e-9)


SKEW = {"q": list("ABBCCCDDDD"), "s": list("xxyxyxxyxy")}


def test_enhanced_beta_that_nothing_satisfies_has_no_value() -> None:
    found = measures(SKEW, ["q"], ["s"])["beta.enhanced.s"]
    assert found.value is None
    assert found.status is Status.OUT_OF_RANGE
    assert found.detail["infinite"]


def test_average_risk_is_a_mean_over_subjects() -> None:
    assert measures({"q": list("abcccc")}, ["q"])["prosecutor.rc"].value == pytest.approx(0.5)


SUDA = {
    "age": list("1111222233"),
    "sex": list("1112112221"),
    "edu": list("1121112212"),
    "lab": list("1111122221"),
}


def test_dis_suda_counts_every_unique() -> None:
    arrays = {name: pa.array(cells) for name, cells in SUDA.items()}
    table, member = class_table(arrays, list(SUDA))
    scores = suda_scores(table)[member]
    assert int((scores > 0).sum()) == 6
    assert dis_scores(scores, 4, 0.1).max() == pytest.approx(0.22766454802609332)


def test_numbers_as_keys_are_categories_in_the_log_linear_model() -> None:
    numbers = class_table({"a": pa.array([1, 2, 10, 10]), "b": pa.array([5, 5, 7, 7])}, ["a", "b"])[0]
    words = class_table({"a": pa.array(list("xyzz")), "b": pa.array(list("mmnn"))}, ["a", "b"])[0]
    assert sorted(independence(numbers)) == pytest.approx(sorted(independence(words)))


def _sizes(*pairs: tuple[int, int]) -> np.ndarray:
    return np.repeat([size for size, _ in pairs], [count for _, count in pairs]).astype(np.int64)


@pytest.mark.parametrize(
    "counts",
    [
        _sizes((1, 50)),
        _sizes((100, 1)),
        _sizes((1, 1), (2, 1), (3, 1), (4, 1)),
        _sizes((5, 30)),
        _sizes((1, 9), (2, 1)),
    ],
    ids=["all alone", "one class", "skewed", "all equal", "nearly all alone"],
)
@pytest.mark.parametrize("size", [120, 1000, 10_000_000])
def test_a_population_model_without_an_estimate_says_so_and_never_gives_zero_for_uniques(
    counts: np.ndarray, size
) -> None:
    for measure in estimates(counts, float(size)):
        assert (measure.value is None) == (measure.status is not Status.OK)
        if measure.value is not None and (counts == 1).any():
            assert 0 < measure.value <= size
        if measure.value is None:
            assert measure.reason


def test_an_estimate_above_the_population_is_out_of_range() -> None:
    sizes = _sizes((1, 40), (2, 16), (3, 4), (4, 4))
    found = {m.id: m for m in estimates(sizes, 400.0)}["popuniq.pitman"]
    assert found.value is None or found.value <= 400


def test_rows_of_markers_are_suppressed_subjects_not_a_class() -> None:
    columns = {"a": pa.array(["x", "x", "*", "*", "*"]), "b": pa.array(["y", "y", "*", "*", "*"])}
    table, suppressed = without_suppressed(class_table(columns, ["a", "b"])[0])
    assert suppressed == 3
    assert table.subjects == 2
    found = measure_all(Evidence(table, suppressed=suppressed))
    assert found["classes"].value == 1
    assert found["discernibility"].value == 2**2 + 5 * 3


def test_no_measure_of_an_odd_table_is_a_false_zero() -> None:
    empty = ClassTable(("q",), ((None,),), np.zeros((0, 1), np.int32), np.zeros(0, np.int64))
    no_quasi = class_table({"s": pa.array(["a", "b"])}, [], ["s"])[0]
    for table in (empty, no_quasi):
        found = measure_all(Evidence(table))
        assert found
        assert all(isinstance(m, Measure) and m.value is None and m.reason for m in found.values())
