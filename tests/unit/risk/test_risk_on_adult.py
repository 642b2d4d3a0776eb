"""The Adult table: all class-table measures in seconds, and figures that other tools gave independently."""

from __future__ import annotations

import time
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as csv
import pytest

from deid.contracts import Evidence
from deid.risk import measure_all
from deid.risk.tables import class_table

ADULT = Path(__file__).parents[3] / "../shared/adult/adult.csv"
pytestmark = pytest.mark.skipif(not ADULT.is_file(), reason="the Adult table is not there")


@pytest.fixture(scope="module")
def adult() -> dict[str, pa.Array]:
    parse = csv.ParseOptions(delimiter=";")
    names = csv.read_csv(ADULT, parse_options=parse).column_names
    table = csv.read_csv(
        ADULT, parse_options=parse, convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    )
    return {name: table[name].combine_chunks() for name in names}


def test_every_measure_within_five_seconds(adult: dict[str, pa.Array]) -> None:
    start = time.perf_counter()
    table, _ = class_table(adult, list(adult))
    found = measure_all(Evidence(table, fraction=0.0001))
    assert time.perf_counter() - start < 5
    assert found["classes"].value == 19_502
    assert found["suda.uniques"].value is not None
    assert found["known.rc.m6"].value is not None


def test_risk_and_inference_with_eight_quasi_identifiers(adult: dict[str, pa.Array]) -> None:
    quasi = [name for name in adult if name != "salary-class"]
    found = measure_all(Evidence(class_table(adult, quasi, ["salary-class"])[0]))
    assert found["prosecutor.rc"].value == pytest.approx(0.6004, abs=5e-5)
    assert found["attr.posterior.salary-class"].value == pytest.approx(0.927, abs=5e-4)
