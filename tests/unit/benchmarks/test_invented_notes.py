"""The mirror: the same notes for the same seed, spans that lie on what they name, a tenth without identifiers."""

import itertools
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


@pytest.fixture(scope="module")
def notes() -> list[dict]:
    sys.path.insert(0, str(BENCHMARKS))
    try:
        from invented_notes import compose
    finally:
        sys.path.remove(str(BENCHMARKS))
    again = [
        compose(
            BENCHMARKS / "mirror" / "template" / "notes.txt",
            BENCHMARKS / "mirror" / "template" / "words.txt",
            60,
            "mirror",
        )
        for _ in "ab"
    ]
    assert again[0] == again[1]
    return again[0]


def test_spans_are_disjoint_and_no_slot_is_left(notes: list[dict]) -> None:
    for note in notes:
        marks = sorted((mark["start"], mark["end"]) for mark in note["spans"] + note["traps"] + note["neutral"])
        assert all(0 <= start < end <= len(note["text"]) for start, end in marks)
        assert all(left[1] <= right[0] for left, right in itertools.pairwise(marks))
        assert not set("{}<>|[") & set(note["text"].replace("> ", "").replace("[", "", 20)), note["note_type"]


def test_the_record_names_its_own_subject(notes: list[dict]) -> None:
    named = [note for note in notes if any(span["type"] == "NAME_PATIENT" for span in note["spans"])]
    assert named
    for note in named:
        known = (note["known"]["first_name"] + " " + note["known"]["last_name"]).lower()
        written = {note["text"][s["start"] : s["end"]].lower() for s in note["spans"] if s["type"] == "NAME_PATIENT"}
        assert any(word in known for name in written for word in name.split())


def test_a_tenth_has_no_identifier(notes: list[dict]) -> None:
    assert sum(not note["spans"] for note in notes) == len(notes) // 10
