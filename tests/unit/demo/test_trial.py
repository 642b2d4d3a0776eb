"""The invented trial: the same bytes, one timeline, everything planted where the truth says."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from deid.demo import POLICY, science, words
from deid.demo.slots import misspelt
from deid.demo.trial import make_trial, write_trial
from deid.demo.truth import marks, planted_identifiers
from deid.model import KINDS
from deid.policy import load

NAMES = ["adverse_events", "biomarkers", "labs", "notes", "patients", "visits"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("trial")
    write_trial(path)
    return path


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_six_tables_of_the_size_asked(folder: Path) -> None:
    assert sorted(path.stem for path in folder.iterdir()) == NAMES
    assert len(rows(folder, "patients")) == 300
    assert len(rows(folder, "notes")) == 600


def test_same_seed_same_bytes_other_seed_other_people(folder: Path, tmp_path: Path) -> None:
    make_trial.cache_clear()
    write_trial(tmp_path / "again")
    for name in NAMES:
        assert (tmp_path / "again" / f"{name}.csv").read_bytes() == (folder / f"{name}.csv").read_bytes()
    other = make_trial(20, 10, seed=5)
    assert other.subjects[0] != make_trial().subjects[0]


def test_more_notes_change_no_table() -> None:
    few, many = make_trial(30, 10), make_trial(30, 50)
    assert {k: v for k, v in few.tables.items() if k != "notes"} == {
        k: v for k, v in many.tables.items() if k != "notes"
    }


def test_every_row_belongs_to_a_patient(folder: Path) -> None:
    patients = {row["patient_id"] for row in rows(folder, "patients")}
    for name in NAMES:
        assert {row["patient_id"] for row in rows(folder, name)} <= patients
    assert {row["patient_id"] for row in rows(folder, "notes")} == patients
    visits = {row["visit_id"] for row in rows(folder, "visits")}
    assert {row["visit_id"] for row in rows(folder, "labs")} <= visits


def test_one_timeline() -> None:
    for subject in make_trial().subjects:
        course = subject.course
        assert subject.birth < subject.diagnosed < subject.enrolled <= course.last_contact
        assert course.progressed is None or subject.enrolled < course.progressed <= course.last_contact
        assert course.died is None or course.died == course.last_contact
    for row in make_trial().tables["visits"]:
        subject = next(s for s in make_trial().subjects if s.patient_id == row["patient_id"])
        assert date.fromisoformat(str(row["visit_date"])) <= subject.course.last_contact


def test_what_makes_a_release_hard_is_there() -> None:
    subjects = make_trial().subjects
    restricted = {town[2] for town in words.REMOTE_TOWNS.values()}
    assert sum(subject.age > 89 for subject in subjects) >= 3
    assert sum(subject.zip[:3] in restricted for subject in subjects) >= 3
    races = Counter(subject.race for subject in subjects)
    assert min(races.values()) < 11
    assert len({subject.mrn for subject in subjects}) == len({subject.ssn for subject in subjects}) == 300
    assert any(subject.zip.startswith("0") for subject in subjects)
    assert any(subject.course.died for subject in subjects)


def test_marks_lie_on_what_was_planted() -> None:
    subjects = {subject.patient_id: subject for subject in make_trial().subjects}
    for note in make_trial().notes:
        subject = subjects[note.patient_id]
        assert note.marks
        for mark in note.marks:
            text = note.text[mark.start : mark.end]
            assert text.strip() == text
            assert text
            assert mark.kind == "term" or mark.kind in KINDS
            if mark.kind == "record_number":
                assert text.replace(" ", "") == subject.mrn
            if mark.kind == "subject_id":
                assert text == subject.patient_id
        assert "{" not in note.text


def test_truth_names_what_the_tables_hold(folder: Path) -> None:
    planted = planted_identifiers()
    assert len(planted) == len(set(planted))
    texts = {item.text for item in planted}
    for row in rows(folder, "patients"):
        assert {row["mrn"], row["ssn"], row["street"], row["email"], row["patient_id"], row["kin_name"]} <= texts
    assert {item.kind for item in planted} <= KINDS.keys()
    assert not texts & words.COMMON_WORD_NAMES


def test_terms_share_no_word_with_names() -> None:
    names = {name.lower() for name in (*words.FAMILIES, *words.CLINICIAN_FAMILIES)}
    terms = {word.lower() for group in science.TERMS.values() for term in group for word in term.split()}
    assert not names & terms
    assert not set(words.FAMILIES) & set(words.CLINICIAN_FAMILIES)


def test_misspelt_is_never_the_name() -> None:
    import numpy as np

    rng = np.random.default_rng(1)
    for name in (*words.FAMILIES, "Ng", "Lee"):
        assert all(misspelt(rng, name) != name for _ in range(20))


def test_notes_name_most_people_without_a_label() -> None:
    labels = ("mrn:", "patient:", "pt:", "dob:", "dr.", "callback:")
    known = [(text, mark) for _, text, found in marks() for mark in found if mark.kind != "term"]
    labelled = sum(text[max(mark.start - 12, 0) : mark.start].lower().strip().endswith(labels) for text, mark in known)
    assert labelled / len(known) < 0.125


def test_policy_decides_every_column_with_a_reason(folder: Path) -> None:
    tables = yaml.safe_load(POLICY.read_text(encoding="utf-8"))["tables"]
    assert sorted(tables) == NAMES
    for name, columns in tables.items():
        with (folder / f"{name}.csv").open(encoding="utf-8") as file:
            assert next(csv.reader(file)) == list(columns)
        assert all(column["why"] and column["role"] and column["do"] for column in columns.values())


def test_policy_is_accepted() -> None:
    policy = load(str(POLICY))
    assert policy.unlisted == "refuse"
    assert {gate.id for gate in policy.gates} >= {"k", "residual_identifiers"}
