"""Names of files and columns that read like somebody."""

from __future__ import annotations

import pytest

from deid.naming import reads_like_a_person


@pytest.mark.parametrize(
    "name",
    [
        "patients_MariaGarcia",
        "John Smith comments",
        "jsmith@site.example",
        "call 212-555-0143",
        "Hannah Müller",
        "dr_james_wright_notes",
    ],
)
def test_names_of_people_are_seen(name: str) -> None:
    assert reads_like_a_person(name)


@pytest.mark.parametrize(
    "name",
    [
        "Gleason_Score",
        "Kaplan_Meier",
        "ann_arbor_stage",
        "age_at_diagnosis",
        "AESTDTC",
        "max_grade",
        "hodgkin_type",
        "Patient.extension(http://somebody.example/score).valueDecimal",
        "TCGA-ZZ-A0XX-01",
    ],
)
def test_names_of_variables_are_not(name: str) -> None:
    assert not reads_like_a_person(name)
