"""A number far beyond the others, small areas by their codes, addresses in small letters, days in headers."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.naming import _DATED
from deid.profile import profile_table


def held(columns: dict[str, list[str]]) -> dict[str, str]:
    table = pa.table(columns)
    return {column.column: column.holds[0] for column in profile_table("t", table.to_batches(), table.schema).columns}


@pytest.mark.parametrize("rows", [6, 40, 400])
@pytest.mark.parametrize("stray", ["0456092012", "20210503", "03052021", "71680", "9434765919"])
def test_one_number_far_beyond_the_others_is_no_measurement(rows: int, stray: str) -> None:
    columns = {
        "hb": [f"{9 + i * 37 % 60 / 10:.1f}" for i in range(rows)],
        "los": [str(1 + i * 7 % 30) for i in range(rows)],
        "q6": [str(i % 2) for i in range(rows)],
        "agree": [["agree", "disagree"][i % 2] for i in range(rows)],
    }
    for cells in columns.values():
        cells[rows // 2] = stray
    columns["agree"][rows // 2] = f"agree - ring {stray}0"
    assert set(held(columns).values()) <= {"unknown", "phone"}


def test_missing_values_and_skewed_measurements_stay() -> None:
    columns = {
        "weight_kg": [*(f"{50 + i % 40}.5" for i in range(39)), "99999"],
        "ferritin": [str(5 + i**3 % 9000) for i in range(40)],
        "VL": [str(20 + i**4) for i in range(40)],
    }
    assert set(held(columns).values()) <= {"measurement", "number"}


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_small_areas_and_addresses_are_no_labels(rows: int) -> None:
    columns = {
        "postal": ["M5V", "H2X", "K1A"],
        "v3": ["M5V", "H2X", "K1A"],
        "sector": ["HX1 2", "LS6 1", "BD3 9"],
        "NUTS3": ["DE712", "UKE41", "DEA23"],
        "delivered": ["home", "work", "locker 4 main st"],
        "grp_nm": ["CITY OF MOBILE", "HARBOR", "HOME"],
    }
    found = held({name: [cells[i % len(cells)] for i in range(rows)] for name, cells in columns.items()})
    assert set(found.values()) <= {"unknown", "city", "postcode", "street_address"}


def test_days_in_headers_are_seen_and_numbers_of_visits_are_not() -> None:
    days = ["CRP 03.04.2021", "Hb 2021-06-02", "visit_20210703", "Mo 5.7.", "wt 12-Aug-21", "Feb 2021"]
    assert all(map(_DATED.search, days))
    plain = ["visit 2", "QTc 450", "march_2", "n_12_3", "v1.2.3", "age 65-74", "icd_10_2019", "CA 125", "phq9_1"]
    assert not any(map(_DATED.search, plain))
