"""Clinical columns under short headers, or under headers that could name places and persons."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pytest

from deid.profile import profile_table


def _holds(name: str, values: Sequence[str]) -> str:
    keys = [f"K{411000 + 37 * row}" for row in range(40)]
    cells = [values[row % len(values)] for row in range(40)]
    batch = pa.record_batch({"patient_id": keys, name: cells})
    return profile_table("visits", [batch], batch.schema).column(name).holds[0]


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("Site", ["C50.4", "C34.1", "C18.7", "C61.9"], "diagnosis_code"),
        ("Parity", ["G2P1", "G1P0", "G3P2"], "category"),
        ("Retinopathy", ["R0M0", "R1M0", "R2M1", "R1M1"], "category"),
        ("Payor", ["Medicare", "BCBS", "Medicaid"], "category"),
        ("AGEDX", ["078", "065", "091", "054"], "age"),
        ("PHQ9", ["3", "11", "24", "7", "0"], "measurement"),
        ("CD4", ["812", "43", "377", "1201"], "measurement"),
        ("VL", [str(37 + 4099 * i) for i in range(40)], "measurement"),
        ("viral_load", ["<20", "350", "12000"], "measurement"),
        ("CPT", ["99213", "99214", "73110"], "code"),
        ("CPT4", [str(36415 + 977 * i) for i in range(40)], "code"),
        ("PROC", ["99213", "G0438", "J1885"], "code"),
        ("MLST", ["ST131", "ST8", "ST398"], "code"),
        ("mlst_st", ["131", "8", "45"], "code"),
        ("ST", ["ST131", "ST8", "ST398"], "category"),
        ("RXSUMM", ["30", "41", "22", "00"], "code"),
        ("rxSummChemo", ["01", "02", "88"], "code"),
        ("PT", ["Neutropenia", "Pneumonitis", "Fall", "Nausea"], "category"),
        ("pt_term", ["Atrial fibrillation", "Cough", "Dyspnoea"], "category"),
        ("SOC", ["Respiratory disorders", "Eye disorders"], "category"),
    ],
)
def test_clinical_columns_are_known(name: str, values: Sequence[str], kind: str) -> None:
    """Their values show what they are."""
    assert _holds(name, values) == kind


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Site", ["Harrow Clinic", "Oakmere", "St Aldhelm"]),
        ("Site", ["C01", "C02", "C03", "C04"]),
        ("Site", ["Rose", "Summit", "Harbor"]),
        ("Payor", ["Medicare", "Halvorsen Paving", "Medicaid"]),
    ],
)
def test_places_and_employers_stay_what_they_are(name: str, values: Sequence[str]) -> None:
    """One value that is of no list is enough to leave the header its meaning."""
    assert _holds(name, values) in ("site", "organisation", "unknown")


@pytest.mark.parametrize("values", [["O Tran", "A Rivers", "K Vostik"], ["PT001", "PT002"], ["Quillby", "Tharrow"]])
def test_a_header_of_terms_keeps_nobodys_name(values: Sequence[str]) -> None:
    """`PT` is read as preferred term only where the values are clinical terms."""
    assert _holds("PT", values) in ("subject_id", "person_name", "unknown", "family_name")
