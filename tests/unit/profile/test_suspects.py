"""One stray cell, month or proper name forbids to keep labels and numbers as harmless; clinical labels stay."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest

from deid.profile import profile_table

KEPT = {
    *("category", "constant", "number", "measurement", "unit", "code", "diagnosis_code", "flag", "study_day"),
    *("state", "sequence_number", "time", "age_band"),
}


def held(columns: dict[str, list[str]], rows: int) -> dict[str, str]:
    """Return what each column holds, its cells repeated up to a number of rows."""
    frame = pd.DataFrame({name: [cells[i % len(cells)] for i in range(rows)] for name, cells in columns.items()})
    table = pa.Table.from_pandas(frame, preserve_index=False)
    profile = profile_table("visits", table.to_batches(), table.schema)
    return {column.column: column.holds[0] for column in profile.columns}


def fractions(low: float, high: float) -> list[str]:
    return [f"{low + (high - low) * ((i * 37) % 101) / 101:.3f}" for i in range(70)]


LEAKS = {
    "q4_vehicle": ["no", "yes", "no", "yes BTR 4410"],
    "Conveyance": ["walked", "van KLP-2093", "walked"],
    "Specimen src": ["sputum", "blood", "sputum - Odwena"],
    "Lab value": ["3.1", "4.2", "CLOTTED - CALLED TO ODWENA RN X0412"],
    "Area": ["Staten", "Yonkers", "Staten"],
    "CNTYDX": ["013", "579", "114"],
    "Loc cd": ["48209", "29077", "36005"],
    "Cty": ["Hocking", "Vinton"],
    "GRP_NM": ["Brindlow Castings LLC", "Tri-River Dairy"],
    "Plant": ["Millrace", "Oxbow"],
    "Tribe": ["Hopi", "none"],
    "Sheet": ["Yarrowby_Q2"],
    "Pastime": ["none", "umpire at Wexcombe High", "chess"],
    "q5_unit": ["VMM-263", "3/187 Inf", "VMM-263"],
    "Rig unit": ["M-12", "M-17", "M-44"],
    "Tech": ["OB", "TK", "RS"],
    "At dx": ["age 91", "age 60"],
    "age txt": ["ninety-one", "fifty"],
    "Mth": ["Oct", "Nov", "Dec"],
    "BirthM": ["2", "7", "11"],
    "DOW": ["Tue", "Wed", "Thu"],
    "Contact": ["FU2 9/14", "baseline", "FU1 7/30"],
    "Tobacco": ["never", "quit August 2018", "current"],
    "Started": ["mid June", "early April", "late 2019"],
    "fy_q": ["FY20-Q3", "FY20-Q4"],
    "Surge": ["First Jan-Mar 20", "Second"],
    "Season": ["Winter", "Summer"],
    "Dec yr": fractions(2016, 2022),
    "Yr.mo": ["2019.06", "2020.11", "2018.02"],
    "tstamp": fractions(1.55e9, 1.62e9),
    "days since 1/1/2019": ["410", "77", "903", "1200"],
    "Batch date code": ["20114", "21301", "19007"],
}


@pytest.mark.parametrize("rows", [6, 35, 70, 400])
def test_strays_leave_the_column_to_the_owner(rows: int) -> None:
    found = held({"pid": [f"Q{i:05d}" for i in range(400)], **LEAKS}, rows)
    assert {name: kind for name, kind in found.items() if kind in KEPT} == {}


@pytest.mark.parametrize("rows", [35, 70])
def test_dates_in_three_columns_and_positions(rows: int) -> None:
    days, months = [str(1 + i * 7 % 28) for i in range(70)], [str(1 + i * 5 % 12) for i in range(70)]
    place = {"x": fractions(-104, -71), "y": fractions(31, 47)}
    found = held({"AdmDay": days, "AdmMon": months, "AdmYr": ["2019", "2021"], **place}, rows)
    assert found == {"AdmDay": "unknown", "AdmMon": "unknown", "AdmYr": "year", "x": "unknown", "y": "unknown"}


CLINICAL = {
    "NYHA": ["I", "II", "III"],
    "Specimen type": ["Serum", "Plasma", "Whole blood"],
    "Organism name": ["Escherichia coli", "Staphylococcus aureus", "Klebsiella pneumoniae"],
    "Drug name": ["Metformin 500 mg", "Xarelto", "Lipitor"],
    "Dx name": ["Parkinson disease", "Crohn's disease", "Hodgkin lymphoma"],
    "Visual acuity": ["20/40", "6/9", "20/20"],
    "Pain": ["3/10", "7/10", "0/10"],
    "Visit": ["Screening", "Week 4", "End of treatment"],
    "Marker": ["CA 125 raised", "CA 125 normal"],
    "Gleason": ["3+4=7", "4+3=7"],
    "Hgb unit": ["g/dL", "mmol/L"],
    "Smoker": ["never", "former", "current"],
    "Fall risk": ["High", "Moderate", "Low"],
    "Lactate": fractions(0.4, 9.0),
}


def test_clinical_labels_stay() -> None:
    found = held(CLINICAL, 70)
    assert {name: kind for name, kind in found.items() if kind not in KEPT} == {}
