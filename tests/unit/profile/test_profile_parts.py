"""The parts of the profile stage: words of headers, check digits, shapes, conventions."""

from __future__ import annotations

import csv
from importlib.resources import files

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.model import KINDS
from deid.profiling import checks
from deid.profiling.conventions import convention, dialects
from deid.profiling.decide import FITS
from deid.profiling.header import hints, words_of
from deid.profiling.screen import screen
from deid.profiling.shapes import SHAPE
from deid.spelling import nhs_number


def rows(name: str) -> list[dict[str, str]]:
    with files("deid").joinpath(f"data/{name}.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("patientLastName", ["patient", "last", "name"]),
        ("DATEOFBIRTH", ["dateofbirth"]),
        ("PATIENTSTAYID", ["patient", "stay", "id"]),
        ("Straße / Hausnr.", ["strasse", "hausnr"]),
        ("zip5", ["zip5"]),
        ("ADDR_LINE_2", ["addr", "line", "2"]),
        ("STAGE", ["stage"]),
        ("LANGUAGE", ["language"]),
        ("percentage", ["percentage"]),
    ],
)
def test_headers_are_cut_into_words(header: str, words: list[str]) -> None:
    assert list(words_of(header)) == words


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("phone_type", "category"),
        ("date_of_last_contact", "date"),
        ("birthsex", "sex"),
        ("zip5", "zip"),
        ("bodySite", "category"),
        ("emergencyContactRelationship", "category"),
        ("mother_maiden_name", "family_name"),
        ("nom de naissance", "family_name"),
        ("days_to_birth", "age"),
        ("hospital_no", "record_number"),
        ("hospital_id", "site"),
        ("Versichertennummer", "health_plan_number"),
        ("numéro de dossier", "record_number"),
        ("fecha_nacimiento", "birth_date"),
        ("data di nascita", "birth_date"),
        ("geboortedatum", "birth_date"),
        ("achternaam", "family_name"),
        ("codice fiscale", "ssn"),
        ("insurance_type", "category"),
        ("addrAtDxPostalCode", "postcode"),
        ("medicareBeneficiaryIdentifier", "subject_id"),
    ],
)
def test_names_say_what_they_hold(header: str, kind: str) -> None:
    assert next(iter(hints(header))) == kind


@given(st.text(max_size=60))
def test_any_name_can_be_read(name: str) -> None:
    assert all(0 < hint.points <= 6.5 and kind in {*KINDS, "study"} for kind, hint in hints(name).items())


def test_rules_name_known_kinds_and_concepts() -> None:
    concepts = {row["concept"] for row in rows("header_words")}
    for row in rows("header_rules"):
        assert row["kind"] in {*KINDS, "study"}
        used = {part for pattern in row["patterns"].split() for part in pattern.strip(";").split("|") if part.isupper()}
        assert used <= concepts, used - concepts
    assert {row["kind"] for row in rows("column_conventions")} <= {*KINDS, "study", "verbatim"}


def test_every_kind_of_the_vocabulary_can_be_found() -> None:
    assert set(KINDS) - set(FITS) == {"empty", "unknown", "genotype"}  # genotypes are known by their format alone


def test_shapes_compile_and_match_their_examples() -> None:
    examples = {
        "iso_date": "2012-08-05T10:30",
        "slash_date": "8/5/12",
        "month_date": "5 August 2012",
        "sas_date": "05AUG2012",
        "phone_strict": "+49 711 123456",
        "street": "12 rue de la Paix",
        "postcode_letters": "SW1A 1AA",
        "uuid": "db9d40fb-bfce-4c3b-a6c2-41c5c88982f1",
        "hgvs": "p.Val600Glu",
        "age_band": "65 to 80",
        "icd10_dot": "C50.9",
        "tnm": "pT2a",
        "udi": "(01)00844588003288(17)141120",
    }
    for shape, pattern in SHAPE.items():
        hit = pc.match_substring_regex(pa.array([examples.get(shape, "")]), pattern)[0].as_py()
        assert hit or shape not in examples, shape


@pytest.mark.parametrize(
    "value",
    ["2012-08-05", "2014-07-02T11:45", "01-701-1015", "120/80", "1.2.840.10008.5.1", "NM_001005239.1", "12-555-0143-X"],
)
def test_dates_codes_and_identifiers_are_no_contacts(value: str) -> None:
    assert screen(pa.array([value])) == {}


@pytest.mark.parametrize(
    ("check", "good"),
    [
        (checks.luhn, "4111111111111111"),
        (checks.npi, "1234567893"),
        (checks.snomed, "363346000"),
        (checks.loinc, "2345-7"),
        (nhs_number, "943 476 5919"),
        (checks.iban, "GB82 WEST 1234 5698 7654 32"),
        (checks.vin, "1M8GDM9AXKP042788"),
        (checks.card, "4111 1111 1111 1111"),
    ],
)
def test_check_digits(check, good: str) -> None:  # type: ignore[no-untyped-def]
    assert check(good)
    last = len(good) - 1
    assert not check(good[:last] + str((int(good[last]) + 1) % 10))
    assert not check("")
    assert not check("no digits")


def test_conventions_count_only_in_their_tables() -> None:
    assert dialects(["STUDYID", "DOMAIN", "USUBJID"]) == {"any", "cdisc"}
    assert "omop" in dialects(["person_id", "gender_concept_id"])
    assert dialects(["name", "age"]) == {"any"}
    assert convention("AESPID", frozenset({"any"})) is None
    assert convention("AESPID", frozenset({"any", "cdisc"})) == ("record_id", "cdisc")
    assert convention("demographics_complete", frozenset({"any"})) == ("category", "any")
