"""The notes of the invented trial, with the place of everything that was planted in them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from deid.demo.people import CUTOFF, Staff, Subject
from deid.demo.prose import NOTES, Template
from deid.demo.slots import SLOTS, Scene
from deid.demo.tables import Row, Visit

_GAP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Mark:
    """A stretch of a note: an identifier of a kind, or a clinical term that must survive (kind `term`)."""

    start: int
    end: int
    kind: str
    known: bool


@dataclass(frozen=True)
class Note:
    """One note and its marks."""

    note_id: str
    patient_id: str
    kind: str
    date: str
    author: str
    text: str
    marks: tuple[Mark, ...]

    def row(self) -> Row:
        """Return the row of the table `notes`."""
        return {
            "note_id": self.note_id,
            "patient_id": self.patient_id,
            "note_type": self.kind,
            "note_date": self.date,
            "author": self.author,
            "note_text": self.text,
        }


def write_notes(
    rng: np.random.Generator,
    subjects: Sequence[Subject],
    visits: Mapping[str, Sequence[Visit]],
    teams: Mapping[str, tuple[Staff, ...]],
    count: int,
) -> tuple[Note, ...]:
    """Return the notes; everybody has one before anybody has a second, the kinds take turns."""
    kinds = list(NOTES)
    return tuple(
        _note(rng, number, kinds[(number + number // len(subjects)) % len(kinds)], subject, visits, teams[subject.site])
        for number in range(count)
        for subject in (subjects[number % len(subjects)],)
    )


def _note(
    rng: np.random.Generator,
    number: int,
    kind: str,
    subject: Subject,
    visits: Mapping[str, Sequence[Visit]],
    team: tuple[Staff, ...],
) -> Note:
    own = visits[subject.patient_id]
    visit = own[int(rng.integers(len(own)))]
    day = min(visit.day + timedelta(int(rng.integers(0, 6))), CUTOFF)
    text, marks = compose(plan(rng, NOTES[kind]), Scene(subject, visit, team, day, rng))
    return Note(f"N{number + 1:05d}", subject.patient_id, kind, day.isoformat(), visit.clinician.name, text, marks)


def plan(rng: np.random.Generator, template: Template) -> str:
    """Return one note with gaps: an opening, some of the sentences in their order, a closing."""
    chosen = sorted(rng.choice(len(template.body), template.sentences, replace=False))
    opening = template.opening[int(rng.integers(len(template.opening)))]
    closing = template.closing[int(rng.integers(len(template.closing)))]
    return "\n\n".join((opening, " ".join(template.body[i] for i in chosen), closing))


def compose(template: str, scene: Scene) -> tuple[str, tuple[Mark, ...]]:
    """Fill the gaps of a template; return the text and what was planted where."""
    text, marks, at = "", [], 0
    for gap in _GAP.finditer(template):
        text += template[at : gap.start()]
        slot = SLOTS[gap.group(1)]
        said = slot.say(scene)
        if not slot.kind and (not text or text.endswith((". ", "\n"))):
            said = said.capitalize()
        if slot.kind and not (slot.kind == "age" and scene.subject.age <= 89):
            marks.append(Mark(len(text), len(text) + len(said), slot.kind, slot.known))
        text += said
        at = gap.end()
    return text + template[at:], tuple(marks)
