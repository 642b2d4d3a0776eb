"""What was planted in the invented trial, so that tests can look for it in a release. Never written beside the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from deid.demo import words
from deid.demo.notes import Mark
from deid.demo.people import Subject
from deid.demo.trial import SEED, Trial, make_trial


class Planted(NamedTuple):
    """One identifier of a subject, as it stands in a table or a note. `kind` is one of `deid.model.KINDS`."""

    patient_id: str
    kind: str
    text: str


def planted_identifiers(*, subjects: int = 300, notes: int = 600, seed: int = SEED) -> list[Planted]:
    """Return the identifiers that the tables hold, in table spelling and in those of the notes: none may survive.

    Look for single names in the rows of the same subject: elsewhere the same word may be a surrogate. Names that are
    ordinary words too (`deid.demo.words.COMMON_WORD_NAMES`), towns and dates are left out; `marks` has their places.
    """
    trial = make_trial(subjects, notes, seed)
    found = {planted for subject in trial.subjects for planted in _in_tables(subject)}
    found |= {Planted(row[0], *row[1:]) for row in _ids(trial)}
    found |= {
        Planted(note.patient_id, mark.kind, note.text[mark.start : mark.end])
        for note in trial.notes
        for mark in note.marks
        if mark.known and mark.kind not in {"date", "city", "zip"}
    }
    return sorted(planted for planted in found if planted.text not in words.COMMON_WORD_NAMES)


def _in_tables(subject: Subject) -> Iterator[Planted]:
    kin = subject.kin
    for kind, text in (
        ("subject_id", subject.patient_id),
        ("record_number", subject.mrn),
        ("person_name", f"{subject.given} {subject.family}"),
        ("given_name", subject.given),
        ("family_name", subject.family),
        ("birth_date", subject.birth.isoformat()),
        ("street_address", subject.street),
        ("phone", subject.phone),
        ("email", subject.email),
        ("ssn", subject.ssn),
        ("health_plan_number", subject.health_plan),
        ("person_name", f"{kin.given} {kin.family}"),
        ("phone", kin.phone),
    ):
        yield Planted(subject.patient_id, kind, text)


def _ids(trial: Trial) -> Iterator[tuple[str, str, str]]:
    """Yield the ids of records, which embed the subject's, and the names of clinicians."""
    for table, column, kind in (
        ("visits", "visit_id", "record_id"),
        ("visits", "clinician", "clinician_name"),
        ("labs", "accession", "accession_number"),
        ("adverse_events", "ae_id", "record_id"),
        ("biomarkers", "specimen_id", "sample_id"),
    ):
        for row in trial.tables[table]:
            yield str(row["patient_id"]), kind, str(row[column])


def marks(*, subjects: int = 300, notes: int = 600, seed: int = SEED) -> list[tuple[str, str, tuple[Mark, ...]]]:
    """Return (note id, text, marks) of each note: identifiers by kind, known or not, and terms that must survive."""
    return [(note.note_id, note.text, note.marks) for note in make_trial(subjects, notes, seed).notes]
