"""A redaction begins and ends where words do; a sign before a word is no e-mail address."""

from __future__ import annotations

import pytest

from deid.detect import build_detector
from deid.detect.known import find_known
from deid.model import Known

DETECTOR = build_detector({})


@pytest.mark.parametrize("kind", ["clinician_name", "person_name"])
@pytest.mark.parametrize(
    ("name", "text", "hidden"),
    [
        ("R. Vandermeer", "Dr. Vandermeer called", "Vandermeer"),
        ("R Vandermeer", "Mr. Vandermeer called", "Vandermeer"),
        ("Vandermeer R", "seen by Vandermeer reviewed", "Vandermeer"),
        ("R. Vandermeer", "spoke to r. vandermeer", "r. vandermeer"),
        ("Rosa Vandermeer", "xRosa Vandermeer", "Rosa Vandermeer"),
    ],
)
def test_a_known_name_takes_no_letter_of_the_word_beside_it(kind: str, name: str, text: str, hidden: str) -> None:
    spans = find_known(text, [Known(kind, name)])
    start, end = min(span.start for span in spans), max(span.end for span in spans)
    assert text[start:end] == hidden


@pytest.mark.parametrize("text", ["Called @Adena Dr will ring", "seen @ Lakeside today", "lives @Walnut Grove"])
def test_a_sign_before_a_word_is_no_address(text: str) -> None:
    (spans,) = DETECTOR.find_all([text], [()])
    assert not [span for span in spans if span.kind == "email"]
    assert all(span.start >= text.index("@") for span in spans)


@pytest.mark.parametrize(
    "text", ["mara@lakeside.org", "mara @ lakeside.org", "mara@lakeside", "mara @lake.example.org"]
)
def test_an_address_stays_one(text: str) -> None:
    (spans,) = DETECTOR.find_all([f"write to {text} please"], [()])
    assert [(span.kind, f"write to {text} please"[span.start : span.end]) for span in spans] == [("email", text)]
