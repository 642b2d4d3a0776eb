"""Numbers of identifiers under other headers, positions east and north, days from a fixed date, surnames as genes."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.naming import reads_like_a_person
from deid.profile import profile_table


def held(columns: dict[str, list[str]]) -> dict[str, str]:
    table = pa.table(columns)
    return {column.column: column.holds[0] for column in profile_table("t", table.to_batches(), table.schema).columns}


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_the_subjects_number_under_another_header_is_left_to_the_owner(rows: int) -> None:
    numbers = [f"{71000 + 17 * i}" for i in range(rows)]
    copies = {"COUNT": numbers, "ICD10": [f"Z{number}" for number in numbers]}
    answers = [["yes", "no"][i % 2] for i in range(rows)]
    answers[2] = f"no, see {numbers[2]}"
    weights = [str(2900 + 7 * i % 90) for i in range(rows)]
    found = held({"subject_id": numbers, **copies, "smoker": answers, "birth_weight_g": weights})
    assert found["subject_id"] == "subject_id"
    assert {found[name] for name in (*copies, "smoker")} == {"unknown"}
    assert found["birth_weight_g"] == "measurement"


@pytest.mark.parametrize("rows", [40, 400])
def test_grids_and_days_from_a_fixed_date_are_no_numbers_of_a_study(rows: int) -> None:
    columns = {
        "pid": [f"Q{i:05d}" for i in range(rows)],
        "E": [str(410396 + 931 * i % 40000) for i in range(rows)],
        "N": [str(320207 + 577 * i % 40000) for i in range(rows)],
        "DAY": [str(43645 + i * 37 % 900) for i in range(rows)],
        "STUDYDAY": [str(-1852 + i * 431 % 17000) for i in range(rows)],
    }
    found = held({**columns, "study_day": [str(i * 7 % 400 - 20) for i in range(rows)]})
    assert {found[name] for name in ("E", "N", "DAY", "STUDYDAY")} == {"unknown"}
    assert found["study_day"] == "study_day"


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_kinds_that_stay_hold_no_names(rows: int) -> None:
    people = ["Fairweather", "Quillby", "Tharrow", "Nemsby", "Vostik", "Ondrake"]
    columns = {
        "GENE": people,
        "MARITAL": [f"m. {name}" for name in people],
        "ROUTE": [f"{3 + i} Elm" for i in range(6)],
        "ZONE": ["LS6", "BD3", "HX1"],
        "Reg": ["8QB", "11QB", "10KVS", "6QB"],
        "v9": ["4B-12", "4B-13", "5A-01"],
        "v8": ["Smith ward", "Jones ward"],
    }
    found = held({name: [cells[i % len(cells)] for i in range(rows)] for name, cells in columns.items()})
    assert set(found.values()) <= {"unknown", "street_address", "postcode", "family_name", "site", "person_name"}


def test_genes_stages_and_embryos_stay() -> None:
    columns = {"GENE": ["TP53", "KRAS", "Trp53", "BRCA1"], "stage": ["T1", "N0", "M0"], "grade": ["4AA", "3BB", "5AB"]}
    found = held({name: [cells[i % len(cells)] for i in range(40)] for name, cells in columns.items()})
    assert (found["GENE"], found["stage"], found["grade"]) == ("gene_variant", "category", "category")


def test_names_of_columns_and_files_that_are_full_names_are_replaced() -> None:
    assert all(map(reads_like_a_person, ["Tester Brook Weaver", "Dosimetrie 2023 Lance Mason"]))
    plain = ["Heart Rate", "First Visit", "Race White", "Grade Group", "Hazard Ratio", "Ann Arbor Stage", "Day Case"]
    assert not any(map(reads_like_a_person, plain))
