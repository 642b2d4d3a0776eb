"""What strangers' tables were misread by: one general rule each, and its counterpart that must stay as it was."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from deid.model import DIRECT_KINDS
from deid.profile import profile_table
from deid.profiling.conventions import convention, dialects

SAFE = DIRECT_KINDS | {"unknown"}
NAMES = ["Quillby", "Tharrow", "Nemsby", "Vostik", "Ondrake", "Pellowin", "Zarbeck", "Ulvane"]


def held(**columns: list[str]) -> dict[str, tuple[str, ...]]:
    data = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    return {column.column: column.holds for column in profile_table("t", data.to_batches(), data.schema).columns}


def some(*values: str, rows: int = 120) -> list[str]:
    return random.Random(7).choices(values, k=rows)


def test_a_subject_line_names_no_person_and_a_subject_number_does() -> None:
    lines = [f"{start} {name}" for start in ("Re: your visit,", "Refill for", "Question about") for name in NAMES]
    assert held(Subject=lines, MessageNo=[str(i) for i in range(24)])["Subject"] == ("free_text",)
    assert held(Subject=[f"S-{i // 3:03d}" for i in range(72)])["Subject"] == ("subject_id",)
    assert held(Subject=[f"Subject {i}" for i in range(72)])["Subject"] == ("subject_id",)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("PID-5", "person_name"), ("PID5", "person_name"), ("PID.5.1", "family_name"), ("pid_7", "birth_date")),
        *(("PID-8", "sex"), ("PID.11.5", "zip"), ("PID-11", "street_address"), ("PID_13", "phone")),
        *(("NK1_2", "person_name"), ("OBX-5", "verbatim"), ("PV1.44.1", "date"), ("PV1-7", "clinician_name")),
        ("PID-99", "unspoken"),
    ],
)
def test_a_field_of_a_message_is_what_the_standard_says(name: str, kind: str) -> None:
    assert convention(name, dialects([name, "PID-3"])) == (kind, "hl7")


def test_one_number_behind_a_word_is_no_message_field() -> None:
    assert dialects(["pid1", "visit", "date"]) == {"any"}


def test_boxes_of_a_question_are_boxes_only_when_their_values_are() -> None:
    found = held(race___1=some("0", "1"), symptoms___99=some("Checked", "Unchecked"), contact___1=NAMES * 15)
    assert found["race___1"] == ("category",)
    assert found["symptoms___99"] == ("category",)
    assert set(found["contact___1"]) & SAFE


def test_short_names_are_told_by_their_values() -> None:
    letters = some("M", "F")
    assert held(DMG03=letters, Q7=some("Male", "Female"))["DMG03"] == ("sex",)
    assert set(held(PTINIT=some("BT", "QO", "JP"), X=letters)["PTINIT"]) & SAFE


def test_bases_are_no_record_number_and_letters_of_names_no_bases() -> None:
    rng = random.Random(3)
    bases = ["".join(rng.choices("ACGT", k=8)) for _ in range(60)]
    found = held(index=bases, barcode_seq=bases, i7=bases)
    assert {kinds[0] for kinds in found.values()} == {"gene_variant"}
    assert set(held(index=[f"{i:05d}" for i in range(60)])["index"]) & SAFE


def test_a_version_is_an_address_only_where_nothing_says_version() -> None:
    few = some("10.2.0.1", "10.2.0.3", "11.0.1.0")
    found = held(fw=few, software_version=few, last_seen=few, client_version=[f"10.2.{i}.{i}" for i in range(120)])
    assert (found["fw"], found["software_version"]) == (("category",), ("category",))
    assert "ip_address" in found["last_seen"]
    assert set(found["client_version"]) & SAFE


@pytest.mark.parametrize(
    "stray", ["Quillby, Odwena", "see Mr Vostik", "QUILLBY", "Smith", "MRN 4481223", "0171-5550143", "per Dr. Ulvane"]
)
@pytest.mark.parametrize(
    "labels", [("1", "2", "3"), ("CR", "PR", "SD"), ("mild", "moderate", "severe"), ("A01", "B02")]
)
def test_a_cell_that_may_name_a_person_is_seen_among_labels(stray: str, labels: tuple[str, ...]) -> None:
    cells = some(*labels)
    assert not set(held(grade=cells)["grade"]) & SAFE
    cells[17] = cells[71] = stray
    assert set(held(grade=cells)["grade"]) & SAFE


@pytest.mark.parametrize("stray", ["not done", "haemolysed", "Not evaluable", "Unknown", "ND", "Lipaemic", "pending"])
def test_a_cell_of_ordinary_words_is_no_stray(stray: str) -> None:
    cells = some("1", "2", "3")
    cells[17] = stray
    assert not set(held(grade=cells)["grade"]) & SAFE


def test_a_rare_drug_among_many_is_no_stray() -> None:
    drugs = ["Docetaxel", "Cisplatin", "Nivolumab", "Folfox", "Zanubrutinib", "Metformin", "Aspirin", "Ibuprofen"]
    drugs += ["Lisinopril", "Warfarin", "Insulin", "Prednisone"]
    assert held(drug=[*some(*drugs), "Xyloprazanib"])["drug"] == ("category",)


@pytest.mark.parametrize(
    "value",
    [
        '{{"pt": {{"name": "Odwena {0}"}}}}',
        "<pt><n>{0}</n></pt>",
        "PID|1||4481||{0}^ODWENA||19560403|M",
        "{0}^ODWENA",
        "{0}_O_1957",
        "/data/{0}/ct.dcm",
    ],
)
def test_names_inside_documents_paths_and_ids_are_not_kept(value: str) -> None:
    cells = [value.format(name.upper()) for name in NAMES * 15]
    for header in ("payload", "v9", "label"):
        assert set(held(**{header: cells}, hb=some("11.2", "9.4"))[header]) & SAFE


@pytest.mark.parametrize(
    "script", ["محمد علي,فاطمة حسن,خديجة عمر", "דוד כהן,שרה לוי", "王伟,李娜", "สมชาย ใจดี,วิชัย ศรีสุข", "Иванов,Петрова"]
)
def test_labels_in_other_letters_are_kept_only_where_a_header_says_what_they_are(script: str) -> None:
    assert set(held(v3=some(*script.split(",")))["v3"]) & SAFE
    assert held(v3=some("男", "女"))["v3"] == ("sex",)


def test_long_tables_with_names_among_their_attributes_are_left_to_the_owner() -> None:
    names = ["surname", "sbp", "dob", "smoker"] * 30
    values = [cell for i in range(30) for cell in (NAMES[i % 8], str(90 + i), f"19{40 + i}-02-03", "yes")]
    for attribute, value in (("attribute", "value"), ("question", "answer"), ("V2", "V3")):
        assert held(**{attribute: names, value: values})[value][0] == "unknown"
    found = held(attribute=["sbp", "weight", "pulse"] * 40, value=[str(60 + i % 50) for i in range(120)])
    assert found["value"] == ("measurement",)


def test_labels_that_are_no_words_are_doubted_under_headers_of_few_known_ones() -> None:
    towns = some("Stonwick", "Grenzbach", "Vellmere", "Oskeby")
    found = held(stage=towns, sex=towns, race=towns, regimen=towns)
    assert {name: kinds[0] for name, kinds in found.items() if name != "regimen"} == {
        "stage": "unknown", "sex": "unknown", "race": "unknown",
    }  # fmt: skip
    assert held(race=[f"MRN{i:06d}" for i in range(90)])["race"][0] not in ("race", "category")
    assert held(stage=some("IIA", "IIB", "IV"))["stage"] == ("category",)


def test_projected_positions_are_left_to_the_owner() -> None:
    rng = random.Random(4)
    east, north = ([f"{rng.uniform(low, low + 9_000):.2f}" for _ in range(90)] for low in (440_000, 3_700_000))
    assert {kinds[0] for kinds in held(v1=east, v2=north).values()} == {"unknown"}
    assert all(set(kinds) & SAFE for kinds in held(loc_x=east, loc_y=north).values())
    costs = held(billed=[f"{rng.uniform(1e5, 9e5):.2f}" for _ in range(90)], v2=north)
    assert costs["billed"][0] in ("measurement", "number")


def test_ages_in_two_units_are_ages() -> None:
    rng = random.Random(5)
    ages = [f"{rng.randrange(1, 97)} years {rng.randrange(12)} months" for _ in range(80)]
    assert held(age_txt=ages)["age_txt"] == ("age",)
    assert held(age_at_dx=[age.replace(" years ", "y").replace(" months", "m") for age in ages])["age_at_dx"] == (
        "age",
    )


def test_numbers_handed_out_are_no_code_whatever_the_header_says() -> None:
    assert set(held(lab_code=[str(4_100_200 + 13 * i) for i in range(90)])["lab_code"]) & SAFE
    assert held(lab_code=some("718-7", "2160-0", "2345-7"))["lab_code"] == ("code",)


@pytest.mark.parametrize("header", ["bkd_by", "nurse_init", "vpk", "entered_by"])
def test_short_names_of_staff_are_no_labels(header: str) -> None:
    for cells in (some("mvdb", "jkl", "apd"), some("odwenaq", "tolmieb"), some("Quillby", "Vostik", "Ulvane")):
        assert set(held(**{header: cells})[header]) & SAFE


def test_two_small_labels_are_a_category_though_no_list_holds_them() -> None:
    assert held(ten_year=some("underten", "overten"))["ten_year"] == ("category",)
