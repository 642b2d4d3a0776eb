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
        ("Payor", ["Medicare", "Halvorsen Paving", "Medicaid"]),
    ],
)
def test_places_and_employers_stay_what_they_are(name: str, values: Sequence[str]) -> None:
    """One value that is of no list is enough to leave the header its meaning."""
    assert _holds(name, values) in ("site", "organisation", "unknown")
