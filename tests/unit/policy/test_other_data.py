"""A policy that goes by the names of a standard, on tables that do not follow it; dates among labels."""

from __future__ import annotations

import pandas as pd
import pytest

import deid
from deid.errors import PolicyError

CLINIC = pd.DataFrame(
    {
        "mrn": [f"{i:06d}" for i in range(40)],
        "sex": ["F", "M"] * 20,
        "marker": [f"{i % 7}.5" for i in range(40)],
        "seen": ["2021-03-04", "2020-11-30"] * 20,
    }
)


def problems(table: pd.DataFrame, policy: str) -> dict[str, str]:
    with pytest.raises(PolicyError) as caught:
        deid.dry_run({"clinic": table}, policy)
    return {problem.code: str(problem) for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("policy", "standard"),
    [("trial-sharing", "SDTM and ADaM"), ("trial-sharing-offset", "SDTM and ADaM"), ("omop-cdm54", "the OMOP CDM")],
)
def test_a_policy_for_a_standard_names_it_and_the_policies_to_take_instead(policy: str, standard: str) -> None:
    found = problems(CLINIC, policy)
    assert standard in found["P214"]
    assert "hipaa-safe-harbor" in found["P214"]
    assert "gdpr-pseudonymised" in found["P214"]


def test_a_policy_on_data_of_its_standard_says_nothing_of_the_kind() -> None:
    found = problems(CLINIC.rename(columns={"mrn": "USUBJID"}), "trial-sharing")
    assert "P214" not in found


def test_undecided_columns_and_missing_subjects_are_told_together() -> None:
    nobody = CLINIC[["sex", "seen"]].assign(v9=[f"Odwena {i}" for i in range(40)])
    assert {"P201", "P209"} <= set(problems(nobody, "gdpr-pseudonymised"))
    assert {"P201", "P210"} <= set(problems(nobody, "hipaa-limited-data-set"))


def test_safe_harbor_keeps_no_labels_with_dates_among_them() -> None:
    dated = CLINIC.assign(grade=["1", "2", "since 2021-03-04", *["3"] * 37])
    assert "clinic.grade" in problems(dated, "hipaa-safe-harbor")["P204"]
