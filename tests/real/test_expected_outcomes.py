"""Every assertion about the outside samples has a test; the list of assertions lies beside the samples."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from tests.conftest import SHARED

TESTS = Path(__file__).resolve().parents[1]
PILOT, STANDARDS, FHIR, GENOMICS = "test_cdisc_pilot", "test_sdtm_standards", "test_fhir", "test_genomics"
#: Tests by assertion: file and functions.
TESTED = {
    "SDTM-01": (f"real/{PILOT}", "test_a_typographic_apostrophe_survives"),
    "SDTM-02": (f"real/{PILOT}", "test_no_old_subject_in_any_byte", "test_no_subject_or_site_number_is_a_cell"),
    "SDTM-03": (f"real/{PILOT}", "test_no_old_subject_in_any_byte", "test_relrec_still_groups_the_same_rows"),
    "SDTM-04": (f"real/{STANDARDS}", "test_subjects_join_without_orphans_under_the_offset"),
    "SDTM-05": (f"real/{STANDARDS}", "test_the_first_date_of_all_subjects_is_one_day"),
    "SDTM-06": (f"real/{STANDARDS}", "test_lengths_of_dates_are_as_before_under_the_offset"),
    "SDTM-07": (f"real/{STANDARDS}", "test_study_days_agree_as_often_as_before_under_the_offset"),
    "SDTM-08": (f"real/{PILOT}", "test_classes_of_the_demographics_are_counted_right"),
    "SDTM-09": (f"real/{STANDARDS}", "test_narratives_lose_subjects_and_dates_and_keep_ages_to_89"),
    "SDTM-10": (f"real/{STANDARDS}", "test_no_released_level_of_events_is_held_by_fewer_than_11_subjects"),
    "FHIR-01": (f"real/{FHIR}", "test_fhir_01_no_identifier_is_left"),
    "FHIR-02": (
        *(f"real/{FHIR}", "test_fhir_02_counts_and_references_are_as_before"),
        "test_fhir_02_every_resource_is_valid_r4b",
    ),
    "FHIR-03": (f"real/{FHIR}", "test_fhir_03_one_shift_a_patient_over_all_files"),
    "FHIR-05": (f"real/{FHIR}", "test_fhir_05_staff_are_treated_by_their_own_rules"),
    "OMOP-01": ("omop/test_files", "test_public_sample"),
    "OMOP-02": ("omop/test_files", "test_public_sample"),
    "ZIP-01": ("real/test_small_facts", "test_18_of_894_areas_are_restricted_and_an_area_without_a_census_is_000"),
    "AGE-01": ("real/test_safe_harbor", "test_metabric_ages_over_89_are_one_group"),
    "VCF-01": (
        *(f"real/{GENOMICS}", "test_samples_of_a_vcf_are_recoded_and_records_are_as_before"),
        "test_no_path_no_bam_and_no_date_is_left_in_the_head",
    ),
    "VCF-02": (f"real/{GENOMICS}", "test_blanks_for_tabs_are_refused_with_the_line_and_without_data"),
    "CBIO-01": (
        *(f"real/{GENOMICS}", "test_patients_and_samples_join_as_before", "test_no_original_id_is_left_in_any_file"),
        "test_the_four_header_lines_are_byte_equal",
    ),
    "CELL-01": ("real/test_small_facts", "test_counts_of_two_cannot_be_derived_from_what_is_shown"),
}
#: Pairs of another tool, of which some differ on purpose (docs/fhir.md), and consent, which is a matter of its own.
APART = {"FHIR-04", "CONS-01"}


@pytest.mark.parametrize("name", sorted(TESTED))
def test_the_tests_are_there(name: str) -> None:
    file, *wanted = TESTED[name]
    tree = ast.parse((TESTS / f"{file}.py").read_text("utf-8"))
    there = {part.name for part in tree.body if isinstance(part, ast.FunctionDef)}
    assert wanted
    assert set(wanted) <= there


def test_no_assertion_is_without_a_test() -> None:
    path = SHARED / "rules" / "expected_outcomes.yaml"
    if not path.is_file():
        pytest.skip("the folder of outside test material is not here")
    assert {each["id"] for each in yaml.safe_load(path.read_text("utf-8"))} == {*TESTED, *APART}
