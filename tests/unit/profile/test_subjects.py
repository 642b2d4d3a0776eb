"""Which column names the person."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.model import Profile
from deid.profile import profile_table
from deid.profiling.subjects import ranked_subjects


def ranked(**tables: dict[str, list[object]]) -> list[str]:
    found = []
    for name, columns in tables.items():
        data = pa.table({column: pa.array(cells) for column, cells in columns.items()})
        found.append(profile_table(name, data.to_batches(), data.schema))
    return ranked_subjects(Profile(tuple(found)))


def ids(count: int, times: int = 1, prefix: str = "P") -> list[object]:
    return [f"{prefix}-{1000 + i}" for i in range(count) for _ in range(times)]


def test_the_column_that_most_tables_share_comes_first() -> None:
    assert ranked(a={"patient_id": ids(20), "mrn": ids(20, prefix="M")}, b={"patient_id": ids(20)})[0] == "patient_id"


def test_a_column_that_is_half_empty_gives_way_to_the_record_that_rows_repeat() -> None:
    study = [value for each in ids(20, prefix="S") for value in (each, None, None)]
    columns = {"record_id": [str(i) for i in range(1, 21) for _ in range(3)], "study_id": study}
    assert ranked(export=columns)[0] == "record_id"
    assert ranked(export={**columns, "study_id": ids(20, 3, "S")})[0] == "study_id"


def test_the_key_of_a_row_is_no_person() -> None:
    study = [value for each in ids(20, prefix="S") for value in (each, None)]
    assert ranked(export={"record_id": [str(i) for i in range(40)], "study_id": study}) == ["study_id"]


def test_parents_are_not_whom_the_rows_are_about() -> None:
    parents = [str(i % 7 + 1) for i in range(40)]
    assert "father_id" not in ranked(
        family={"iid": [str(i) for i in range(40)], "father_id": parents, "mother_id": parents}
    )


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_a_column_that_is_mostly_empty_gives_way_to_a_complete_one(rows: int) -> None:
    donors = [f"D-{i % 8}" if i % 3 == 0 else None for i in range(rows)]
    couples = {"CoupleID": ids(rows, prefix="C"), "DonorCode": donors}
    assert ranked(cycles=couples)[0] == "coupleid"
    assert ranked(cycles=couples, banked={"DonorCode": [None, *donors[1:]]})[0] == "coupleid"


@pytest.mark.parametrize("rows", [40, 400])
def test_the_only_column_that_names_somebody_is_taken_however_empty(rows: int) -> None:
    donors = [f"D-{i % 8}" if i % 3 == 0 else None for i in range(rows)]
    assert ranked(cycles={"cycle_no": [str(i) for i in range(rows)], "DonorCode": donors}) == ["donorcode"]


@pytest.mark.parametrize("rows", [40, 400])
def test_donors_are_the_persons_where_every_row_has_one(rows: int) -> None:
    columns = {"donor_id": ids(rows, prefix="D"), "volume": [str(i % 7) for i in range(rows)]}
    assert ranked(samples=columns, tubes=columns)[0] == "donor_id"
