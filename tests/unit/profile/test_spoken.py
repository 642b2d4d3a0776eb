"""One cell that speaks of somebody, in any case, or initials of staff, leave a column to the owner."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.profile import profile_table

KEPT = {"category", "constant", "code", "flag", "number", "measurement", "sequence_number", "diagnosis_code"}
NUMBERS = [f"{20 + i * 37 % 101 / 10:.1f}" for i in range(60)]
SPOKEN = [
    ("status", ["Final", "Preliminary"], "Final (told dr quillby 0915)"),
    ("disp", ["Home", "Rehab", "Expired"], "Home w/ dtr Molly"),
    ("reg", ["Registered", "Left"], "Left - now with mrs castle"),
    ("AEOUT", ["RECOVERED", "NOT RECOVERED"], "RECOVERED PER MRS KNIGHT"),
    ("valid", ["V", "T"], "V tel a m. blanc"),
    ("stopped", ["yes", "no"], "yes, ingrid phoned"),
    ("outcome", ["conveyed", "refused"], "refused - son oscar drives"),
    ("picture", ["fall", "chest pain"], "fall, found by martina next door"),
    ("home", ["yes", "no"], "yes, collected by uncle jay"),
    ("fu", ["yes", "no"], "per QB"),
    ("drug", ["metformin", "aspirin"], "moved to quillsby"),
    ("gcs", NUMBERS, "molly quillby"),
    ("crp", NUMBERS, "see Tharrow"),
    ("bmi", NUMBERS, "moved to quillsby"),
    ("smoker", ["Y", "N"], "MRN71782"),
    ("visit", ["1", "2", "3"], "MRN73499"),
    ("travel", ["bus", "car", "walk"], "car KV19 ZTO"),
    ("copy", ["yes", "no"], "ICF_QBT_08Jun2021.pdf"),
]
CLINICAL = {
    "hb": ["11.2", "ND", "haemolysed", "9.4", "not done", "12.0", "<5", "clotted", "insufficient sample"],
    "lives": ["with wife", "with son and daughter", "alone"],
    "rel": ["mother", "father", "aunt"],
    "seen": ["seen by doctor", "seen by nurse"],
    "dose": ["1 od", "2 bd", "10 mg nocte", "1 tab tds po"],
    "plan": ["per protocol", "per os"],
    "course": ["MS relapse", "MS stable"],
    "intake": ["missed dose", "no missed dose"],
    "access": ["AVF", "AVG", "CVC"],
    "best": ["CR", "PR", "SD", "PD"],
    "route": ["PO", "IV", "SC"],
    "freq": ["QD", "BID", "TID"],
}
INITIALS = {
    "TECH": ["QBT", "TKV", "obn", "mkt"],
    "Melder": ["HJB", "kml", "TRÖ"],
    "Kürzel": ["ml", "öz", "gr"],
    "Spun by": ["ÅH", "fs", "EL"],
    "prelevePar": ["cl", "NDM", "IDE-jp"],
    "Crew": ["RP/al", "JM/WW", "kd/TS"],
    "embryologist": ["AMcK", "js", "TOD"],
    "OP1": ["BL", "HK", "MN"],
    "COL_7": ["WF", "FX", "HZ", "ab"],
}


def held(columns: dict[str, list[str]], rows: int) -> dict[str, str]:
    keys = [f"K{411000 + 37 * row}" for row in range(rows)]
    table = pa.table({"pid": keys, **{n: [c[i % len(c)] for i in range(rows)] for n, c in columns.items()}})
    profile = profile_table("t", table.to_batches(), table.schema)
    return {column.column: column.holds[0] for column in profile.columns if column.holds[1:] == ()}


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_one_cell_that_speaks_of_somebody_is_enough(rows: int) -> None:
    columns = {}
    for name, labels, stray in SPOKEN:
        columns[name] = [labels[i % len(labels)] for i in range(rows)]
        columns[name][rows // 2] = stray
    assert {name: kind for name, kind in held(columns, rows).items() if kind in KEPT} == {}


def test_clinical_cells_speak_of_nobody() -> None:
    assert {name: kind for name, kind in held(CLINICAL, 40).items() if kind not in KEPT} == {"pid": "subject_id"}


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_initials_of_staff_are_no_labels(rows: int) -> None:
    found = held(INITIALS, rows)
    assert {name: kind for name, kind in found.items() if kind not in ("initials", "unknown", "clinician_name")} == {
        "pid": "subject_id"
    }
