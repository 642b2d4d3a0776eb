"""Measures against a population table: matched by text, whatever its vocabulary and the order of its variables."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.contracts import Evidence
from deid.risk import measure_all
from deid.risk.tables import class_table


def table(cells: str, names: tuple[str, str] = ("a", "b")):
    rows = cells.split()
    columns = {"a": pa.array([row[0] for row in rows]), "b": pa.array([row[1] for row in rows])}
    return class_table(columns, names)[0]


def test_average_journalist_risk_is_the_larger_of_its_two_terms() -> None:
    found = measure_all(Evidence(table("ax by by by"), table("ax ax by by by")))
    assert found["journalist.rc"].value == pytest.approx(2 / 5)
    assert found["marketer"].value == pytest.approx((1 / 2 + 1) / 4)


def test_classes_are_matched_by_text_not_by_code_or_order_of_variables() -> None:
    sample = table("bx cy cy")
    population = table("aw aw aw bx bx bz cy cy cy cy", ("b", "a"))
    found = measure_all(Evidence(sample, population))
    assert found["k_map"].value == 2
    assert found["journalist.rb"].value == 0.5
    assert found["marketer"].value == pytest.approx((1 / 2 + 2 / 4) / 3)
    assert found["delta_presence.min"].value == 0.0
    assert found["delta_presence.min"].detail["population_classes_absent"] == 2
    assert found["popuniq.zayatz"].value is not None


def test_another_set_of_variables_is_refused() -> None:
    other = class_table({"a": pa.array(["b", "c"])}, ["a"])[0]
    found = measure_all(Evidence(table("bx cy"), other))
    assert found["k_map"].value is None
    assert "quasi-identifiers" in found["k_map"].reason
