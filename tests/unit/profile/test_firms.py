"""Labels that are names of firms made of everyday words, and labels in capitals that are none."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.profile import profile_table


def held(columns: dict[str, list[str]], rows: int) -> dict[str, str]:
    table = pa.table({name: [cells[i % len(cells)] for i in range(rows)] for name, cells in columns.items()})
    return {column.column: column.holds[0] for column in profile_table("t", table.to_batches(), table.schema).columns}


@pytest.mark.parametrize("rows", [40, 400])
def test_firms_are_left_to_the_owner(rows: int) -> None:
    firms = {
        "COL_13": ["Next", "Boots", "Vision Express"],
        "V4": ["First Choice", "Sun Valley", "Value Village"],
        "x": ["Clear Channel", "Home Depot", "Iron Mountain"],
    }
    assert set(held(firms, rows).values()) == {"unknown"}


@pytest.mark.parametrize("rows", [40, 400])
def test_capitalised_labels_of_other_sorts_stay(rows: int) -> None:
    labels = {
        "COL_1": ["Left", "Right", "Both Sides"],
        "COL_2": ["Visual Acuity", "Fundus", "Ocular Pressure"],
        "COL_3": ["Strongly Agree", "Agree", "Disagree"],
        "COL_4": ["Full Time", "Part Time", "Not Working"],
        "COL_5": ["Complete Response", "Partial Response", "Stable Disease", "Progressive Disease"],
        "COL_6": ["Never Smoker", "Former Smoker", "Current Smoker"],
        "COL_7": ["Very Good", "Good", "Fair", "Poor"],
        "COL_8": ["Inpatient", "Outpatient", "Emergency Department"],
    }
    found = held(labels, rows)
    assert {found[name] for name in labels} == {"category"}
