"""The invented oncology trial CORAL-7 as a folder of six CSV files: `python -m deid.demo.trial FOLDER`.

Nobody in it is real. The same seed gives the same bytes; `planted_identifiers` tells what a release must not hold.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from deid.demo import people, tables
from deid.demo.notes import Note, write_notes
from deid.demo.people import Staff, Subject
from deid.demo.tables import Row

SEED = 20200101


@dataclass(frozen=True)
class Trial:
    """The whole trial in memory: subjects, the tables by name, the notes with their marks."""

    subjects: tuple[Subject, ...]
    teams: Mapping[str, tuple[Staff, ...]]
    tables: Mapping[str, tuple[Row, ...]]
    notes: tuple[Note, ...]


@cache
def make_trial(subjects: int = 300, notes: int = 600, seed: int = SEED) -> Trial:
    """Invent a trial. Streams of random numbers are apart, so that more notes do not change the tables."""
    whom, when, said = (np.random.default_rng([seed, stream]) for stream in range(3))
    teams = people.staff(whom)
    group = people.subjects(whom, subjects)
    visits = {subject.patient_id: tables.visits_of(when, subject, teams[subject.site]) for subject in group}
    rows: dict[str, list[Row]] = {name: [] for name in ("patients", "visits", "labs", "adverse_events", "biomarkers")}
    for subject in group:
        own = visits[subject.patient_id]
        rows["patients"].append(tables.patient_row(subject))
        rows["visits"] += tables.visit_rows(when, subject, own)
        rows["labs"] += tables.lab_rows(when, subject, own)
        rows["adverse_events"] += tables.event_rows(when, subject, own)
        rows["biomarkers"] += tables.marker_rows(when, subject)
    written = write_notes(said, group, visits, teams, notes)
    rows["notes"] = [note.row() for note in written]
    return Trial(group, teams, {name: tuple(table) for name, table in rows.items()}, written)


def write_trial(folder: Path, *, subjects: int = 300, notes: int = 600, seed: int = SEED) -> None:
    """Write the six tables of the trial as CSV files into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in make_trial(subjects, notes, seed).tables.items():
        _write(folder / f"{name}.csv", rows)


def _write(path: Path, rows: Sequence[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, tables.columns(rows), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description="Write the invented oncology trial CORAL-7 as CSV files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--subjects", type=int, default=300)
    parser.add_argument("--notes", type=int, default=600)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    write_trial(options.folder, subjects=options.subjects, notes=options.notes, seed=options.seed)
