"""Ages under abbreviations, and parts of postal codes under headers that speak of them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.profile import profile_table


def held(columns: dict[str, list[str]]) -> dict[str, str]:
    table = pa.table(columns)
    return {column.column: column.holds[0] for column in profile_table("t", table.to_batches(), table.schema).columns}


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_ages_cut_short_by_a_full_stop_are_ages_and_enzymes_are_not(rows: int) -> None:
    ages = [str(21 + i * 37 % 77) for i in range(rows)]
    names = ["Alt.", "Alt. (J)", "Alt [Jahre]", "Leeft.", "Ald.", "Eda."]
    others = ["ALT", "ALT.", "alt", "Gew.", "Ges. (cm)"]
    found = held(dict.fromkeys([*names, *others], ages))
    assert {found[name] for name in names} == {"age"}
    assert "age" not in {found[name] for name in others}
    assert {found[name] for name in ("ALT", "ALT.", "alt")} == {"measurement"}


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_parts_of_postal_codes_are_left_to_the_owner_and_other_short_labels_stay(rows: int) -> None:
    parts = {
        "pc_area": ["BD", "HX", "LS"],
        "plz2": ["50", "80", "10"],
        "PLZ_1": ["5", "8", "1"],
        "postal_prefix": ["K", "M", "H"],
        "Leitregion": ["50", "80", "10"],
        "zip_prefix": ["021", "100", "606"],
    }
    plain = {
        "arm": ["A", "B", "C"],
        "stage": ["I", "II", "III"],
        "pc1": ["0.21", "-1.35", "2.41"],
        "body_area": ["arm", "leg", "head"],
        "postcode_known": ["yes", "no", "yes"],
        "zip_type": ["standard", "military", "unique"],
    }
    found = held({name: [cells[i % len(cells)] for i in range(rows)] for name, cells in (parts | plain).items()})
    assert {found[name] for name in parts} <= {"unknown", "postcode", "zip"}
    if rows > 6:
        assert {found[name] for name in plain} <= {"category", "number", "measurement", "flag"}
