"""Labels are kept on positive evidence: words of clinics and registers, not what places and firms are called by."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.profile import profile_table
from deid.profiling.vocabulary import ambiguous_words, label_words

PLACES = {
    "Src": ["Rose", "Summit", "Harbor"],
    "grp": ["Oakwood", "Maple", "Cedar"],
    "V4": ["rose", "summit", "harbor"],
    "Desk": ["SUMMIT", "HARBOR", "ROSE"],
    "Type": ["Anchor", "Beacon", "Haven"],
    "Team": ["Hope", "Grace", "Joy"],
    "who": ["odwena", "tharrow", "vostik"],
    "short": ["Ann", "Lee", "Bob"],
    "Source": ["Harbor Pediatrics", "Summit Pediatrics"],
    "Via": ["self", "Harbor Clinic", "PCP"],
    "firm": ["Silver Star Trucking", "Golden Gate Bakery"],
    "stray": ["Sputum", "Blood", "Harbor"],
    "small": ["sputum", "blood", "sputum odwena"],
    "known": ["sputum", "blood", "smith"],
}
LABELS = {
    "q1": ["Strongly agree", "Agree", "Neutral", "Disagree"],
    "V2": ["daily", "weekly", "never"],
    "V3": ["teacher", "clerk", "nurse"],
    "V5": ["Lives alone", "Lives with family", "Nursing home"],
    "V6": ["walked in", "ambulance", "helicopter"],
    "V7": ["Hypertension", "Type 2 diabetes", "Asthma"],
    "V8": ["underten", "overten"],
    "subtype": ["Luminal A", "Luminal B", "Basal"],
    "colour": ["clear", "cloudy", "bloody"],
    "befund": ["unauffällig", "Durchfall", "Übelkeit"],
    "Title": ["Mr", "Mrs", "Ms", "Dr"],
}


def held(columns: dict[str, list[str]], rows: int) -> dict[str, tuple[str, ...]]:
    keys = [f"K{411000 + 37 * row}" for row in range(rows)]
    table = pa.table({"pid": keys, **{n: [c[i % len(c)] for i in range(rows)] for n, c in columns.items()}})
    return {column.column: column.holds for column in profile_table("t", table.to_batches(), table.schema).columns}


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_words_that_places_and_persons_are_called_by_prove_nothing(rows: int) -> None:
    found = held(PLACES, rows)
    assert [name for name in PLACES if found[name][0] in ("category", "constant", "code")] == []


@pytest.mark.parametrize("rows", [40, 400])
def test_words_of_clinics_and_questionnaires_are_labels(rows: int) -> None:
    found = held(LABELS, rows)
    assert {name: found[name] for name in LABELS if found[name][0] != "category"} == {}


def test_a_word_is_a_label_or_ambiguous_and_not_both() -> None:
    assert {"mild", "baseline", "transferred"} <= label_words()
    assert {"harbor", "summit", "rose"} <= ambiguous_words()
    assert not ambiguous_words() & label_words()


def test_a_number_found_among_strange_labels_is_named_beside_them() -> None:
    cells = ["Harbor", "Summit", "call 0171 5550143 now"] * 20
    assert held({"via": cells}, 60)["via"][0] == "unknown"


def test_accounts_of_visits_are_told_from_accounts_of_banks() -> None:
    names = {
        "Acct No": [f"V000{i:08d}" for i in range(40)],
        "iban": ["DE89370400440532013000", "GB29NWBK60161331926819"],
    }
    table = pa.table({n: [c[i % len(c)] for i in range(40)] for n, c in names.items()})
    columns = {c.column: c for c in profile_table("t", table.to_batches(), table.schema).columns}
    assert columns["Acct No"].holds[0] == columns["iban"].holds[0] == "account_number"
    assert (columns["Acct No"].tags, columns["iban"].tags) == (("account_of_care",), ())


def test_salutations_are_no_names_of_attributes() -> None:
    letters = [f"Seen in clinic on day {i}. The wound is dry. Review in {i} weeks." for i in range(40)]
    found = held({"Title": LABELS["Title"], "Letter": letters}, 40)
    assert found["Letter"][0] == "free_text"
