"""Names joined to labels, staff at the foot of a table, days and months among numbers; neighbours that stay."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.profile import profile_table


def held(columns: dict[str, list[str]]) -> dict[str, str]:
    table = pa.table(columns)
    return {column.column: column.holds[0] for column in profile_table("t", table.to_batches(), table.schema).columns}


def filled(columns: dict[str, list[str]], rows: int) -> dict[str, list[str]]:
    return {name: [cells[i % len(cells)] for i in range(rows)] for name, cells in columns.items()}


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_names_joined_to_labels_are_left_to_the_owner(rows: int) -> None:
    columns = {
        "turno": ["tarde-leo", "noche-ana", "tarde-leo"],
        "shift": ["night_fiona", "early", "late"],
        "team": ["morning/Otis", "evening/Otis", "night/Otis"],
    }
    assert set(held(filled(columns, rows)).values()) == {"unknown"}


@pytest.mark.parametrize("rows", [40, 400])
def test_labels_joined_to_labels_stay(rows: int) -> None:
    columns = {
        "source": ["problem-list-item", "encounter-diagnosis", "health-concern"],
        "regimen": ["AC-T", "R-CHOP", "TCH-P"],
        "smoking": ["non-smoker", "ex-smoker", "current/daily"],
        "gram": ["gram-negative", "gram-positive", "gram-variable"],
        "receptor": ["HER2-low", "HER2-zero", "HER2-positive"],
        "subtype": ["luminal-A", "luminal-B", "basal-like"],
    }
    assert set(held(filled(columns, rows)).values()) <= {"category"}


@pytest.mark.parametrize("rows", [40, 400])
@pytest.mark.parametrize("foot", ["checked d kettle", "coded by F. Larkin", "Entered: j smith"])
def test_staff_at_the_foot_of_a_column_of_codes(rows: int, foot: str) -> None:
    cells = filled({"dx": ["I10", "E11.9", "C50.4"], "status": ["final", "reviewed", "preliminary"]}, rows)
    assert held(cells) == {"dx": "diagnosis_code", "status": "category"}
    assert held({"dx": [*cells["dx"][1:], foot], "status": [*cells["status"][1:], foot]}) == {
        "dx": "unknown",
        "status": "unknown",
    }


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_days_and_months_are_no_pressures_and_no_temperatures(rows: int) -> None:
    days = [(1 + 7 * i % 28, 1 + 5 * i % 12) for i in range(rows)]
    dated = {
        "BP": [f"{day:02}/{month:02}" for day, month in days],
        "TEMP": [f"{day:02}.{month:02}" for day, month in days],
        "bp_us": [f"{month:02}/{day:02}" for day, month in days],
    }
    plain = {
        "bp": [f"{110 + 13 * i % 60}/{60 + 7 * i % 30}" for i in range(rows)],
        "temp": [f"{36 + 7 * i % 40 / 10:.1f}" for i in range(rows)],
        "crp": [f"{1 + 37 * i % 300 / 10:.2f}" for i in range(rows)],
        "acuity": [f"6/{(5, 6, 9, 12)[i % 4]}" for i in range(rows)],
        "pain": [f"{i % 11}/10" for i in range(rows)],
        "bp_shock": [f"{52 + 5 * i % 20}/{20 + 3 * i % 30}" for i in range(rows)],
    }
    found = held(dated | plain)
    assert {found[name] for name in dated} <= {"unknown", "date"}
    assert {found[name] for name in ("bp", "temp", "crp", "bp_shock")} <= {"measurement", "number"}
    assert {found[name] for name in ("acuity", "pain")} == {held(plain)[name] for name in ("acuity", "pain")}
    assert not {found["acuity"], found["pain"]} & {"date"}
