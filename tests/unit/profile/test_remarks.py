"""Comment lines that describe columns, and such as speak of somebody, of a day or of a place."""

from __future__ import annotations

import pytest

from deid.profiling.remarks import describe_columns

DESCRIBING = """Patient Identifier|Overall Survival (Months)|Overall survival in months since initial diagnosis
Neoplasm Disease Stage American Joint Committee on Cancer Code|Fraction Genome Altered|Mutation Count|Oncotree Code
Karnofsky Performance Score|Gleason score|ICD-10 Classification|Buffa Hypoxia Score|Nottingham prognostic index
Age at which the condition or disease was first diagnosed, in years.|ER status measured by IHC|Breslow thickness (mm)
Charlson comorbidity index|PSA ng/mL at diagnosis|WBC x10^9/L|TMB (nonsynonymous)|Epstein Barr virus status|Sex"""
SPEAKING = """Stage (Dr Halloran)|export by desmond kettle|as told by Fiona Larkin|Halloran stage|from Fiona
Grade (Larkin)|Stage per FL|reviewed by mrs knight|seen at Airedale|Airedale cohort|St Mary's cohort|Tom's list
MRN 71136|entered 12 May 2021
updated May 2021|patient no 4711|subject 71136|aged 94 at entry|coded by F Larkin|Novotny"""


@pytest.mark.parametrize("columns", [6, 40, 400])
def test_each_cell_is_judged_alone_however_many_there_are(columns: int) -> None:
    good = [cell for line in DESCRIBING.splitlines() for cell in line.split("|")]
    bad = [cell for line in SPEAKING.splitlines() for cell in line.split("|")]
    filler = ["Tumor Stage"] * max(0, columns - len(good) - len(bad))
    found = describe_columns([*good, *bad, *filler], ["PATIENT_ID", "SEX"])
    passed = dict(zip([*good, *bad, *filler], found, strict=True))
    assert [cell for cell in good if not passed[cell]] == []
    assert [cell for cell in bad if passed[cell]] == []


def test_words_of_the_released_names_tell_nothing_new() -> None:
    assert describe_columns(["Zorbian index"], ["AGE"]) == [False]
    assert describe_columns(["Zorbian index", "Zorbian index (Dr Zorbian)"], ["ZORBIAN_INDEX"]) == [True, False]
