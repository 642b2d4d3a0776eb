"""What the record knows, as notes write it: initial and surname in one word, hospitals and firms in small letters."""

from __future__ import annotations

import pytest

from deid.detect.known import find_known
from deid.model import Known

PATIENT = (Known("given_name", "Jörg"), Known("family_name", "O'Dowd"))
OTHERS = tuple(Known("given_name", f"Zed{chr(97 + i % 26)}") for i in range(400))


def found(text: str, *known: Known) -> list[str]:
    return sorted({text[span.start : span.end] for span in find_known(text, known)}, key=text.index)


@pytest.mark.parametrize("others", [0, 6, 40, 400])
def test_initial_and_surname_in_one_word(others: int) -> None:
    record = (*PATIENT, *OTHERS[:others])
    for written in ("jo'dowd", "jodowd", "JO'Dowd", "odowdj", "jodowd2", "jo’dowd"):
        assert written in found(f"{written} dna x2, letter sent", *record)
    assert found("ppugh rang, tfrobisher's mum", Known("person_name", "Pugh, Peter")) == ["ppugh"]
    assert found("kmvance dna", Known("given_name", "Kim Marie"), Known("family_name", "Vance")) == ["kmvance"]


@pytest.mark.parametrize(
    ("given", "family", "text"),
    [
        ("Bill", "Lack", "black stool for two days"),
        ("Sam", "Hock", "taken in shock"),
        ("Ada", "Lott", "a lot better"),
        ("Tom", "Ra", "tra given"),
        ("Jörg", "O'Dowd", "dowdy clothes, jod weak"),
        ("Peter", "Ugh", "pugh test"),
    ],
)
def test_words_and_short_surnames_are_no_logins(given: str, family: str, text: str) -> None:
    assert found(text, Known("given_name", given), Known("family_name", family)) == []


def test_known_firms_and_hospitals_by_their_own_words() -> None:
    assert found("tx from pinderfields for ercp", Known("site", "Pinderfields General Hospital")) == ["pinderfields"]
    assert found("works at morrisons nights", Known("organisation", "Morrisons Ltd")) == ["morrisons"]
    assert found("works at next, retired from boots", Known("organisation", "Next")) == ["next"]
    assert found("job with the shell", Known("organisation", "Shell")) == ["shell"]


@pytest.mark.parametrize(
    ("kind", "name", "text"),
    [
        ("organisation", "Next", "next visit in may, works next week"),
        ("site", "Home", "at home, works from home"),
        ("site", "Stroke Unit", "admitted with stroke"),
        ("site", "Parkinson Centre", "parkinson disease, stable"),
        ("site", "General Hospital", "in general well"),
        ("organisation", "Metformin Research Ltd", "on metformin"),
    ],
)
def test_common_words_and_terms_stay(kind: str, name: str, text: str) -> None:
    assert found(text, Known(kind, name)) == []
