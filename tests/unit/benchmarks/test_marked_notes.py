"""Hand-written notes: marks become spans on the words they name; what training has is enough and is no mirror note."""

import itertools
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TRAINING = ROOT / "training"
TEXT = """=== letter | known: first_name=Marit; dob=1957-03-02; mrn=
[[NAME_PATIENT|Marit]] rang about {{drug|bisoprolol}}
on ((WEEKDAY|Tuesday)).

=== log
nothing here
"""


@pytest.fixture(scope="module", autouse=True)
def _readable() -> None:
    sys.path[:0] = [str(ROOT / "benchmarks")]


def sentences(text: str) -> int:
    return len([part for part in re.split(r"(?<=[.!?])\s+|\n+", text) if len(part.split()) > 2])


def test_marks_become_spans_on_their_words(tmp_path: Path) -> None:
    from marked_notes import read_marked

    path = tmp_path / "a.txt"
    path.write_text(TEXT, encoding="utf-8")
    letter, log = read_marked(path)
    assert letter["text"] == "Marit rang about bisoprolol\non Tuesday."
    assert letter["known"] == {"first_name": "Marit", "dob": "1957-03-02"}
    for listed, words in (("spans", ["Marit"]), ("traps", ["bisoprolol"]), ("neutral", ["Tuesday"])):
        assert [letter["text"][mark["start"] : mark["end"]] for mark in letter[listed]] == words
    assert (log["note_type"], log["text"], log["spans"], log["known"]) == ("log", "nothing here", [], {})


def test_training_text_is_broad() -> None:
    from invented_notes import read_kinds
    from marked_notes import read_folder

    notes, composed = read_folder(TRAINING / "notes"), read_kinds(TRAINING / "sentences.txt")
    kinds = {note["note_type"] for note in notes} | set(composed)
    written = sum(sentences(note["text"]) for note in notes)
    written += sum(len(lines) for parts in composed.values() for lines in parts.values())
    assert len(kinds) >= 40
    assert written >= 2_000


def test_marks_of_training_notes_are_disjoint() -> None:
    from marked_notes import read_folder

    for note in read_folder(TRAINING / "notes"):
        marks = sorted((mark["start"], mark["end"]) for mark in note["spans"] + note["traps"] + note["neutral"])
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(marks)), note["id"]
        assert not re.search(r"\[\[|\]\]|\{\{|\}\}", note["text"]), note["id"]


@pytest.mark.parametrize("folder", ["mirror", "new_hands", "held_out"])
def test_no_note_that_measures_is_trained_on(folder: str) -> None:
    from marked_notes import read_folder

    learnt = {note["text"] for note in read_folder(TRAINING / "notes")}
    measured = {note["text"] for note in read_folder(ROOT / "benchmarks" / folder)}
    assert len(measured) > 300
    assert not learnt & measured
