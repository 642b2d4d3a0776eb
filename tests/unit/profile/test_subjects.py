"""Which column names the person."""

from __future__ import annotations

import pyarrow as pa

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
