"""Views read plainly and point back into the original."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.detect.views import despaced, fold, joined, with_letters, without_ocr_slips


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("５３６－９０", "536-90"),
        ("٥٣٦", "536"),
        ("Wh\u200bit\u00adfie\ufeffld", "Whitfield"),
        ("5\u03013\u0301", "53"),
        ("a\u00a0b\u2009c", "a b c"),
        ("536–90—1", "536-90-1"),
        ("Jоhn", "John"),
        ("&#74;o&#104;n &amp; co", "John & co"),
        ("Wh<b></b>itfield", "Whitfield"),
        ("one<br>two", "one\ntwo"),
        ("GonzÃ¡lez", "Gonzalez"),
        ("a\r\nb", "a\nb"),
        ("10․24·118", "10.24.118"),
        ("p < 0.05 and q > 3", "p < 0.05 and q > 3"),
    ],
)
def test_folds(written: str, read: str) -> None:
    assert fold(written).text == read


@given(st.text(st.characters(codec="utf-8"), max_size=80))
def test_every_stretch_of_a_view_lies_in_the_original(text: str) -> None:
    view = fold(text)
    for at in range(len(view.text)):
        start, end = view.origin(at, at + 1)
        assert 0 <= start < end <= len(text)
    if view.text:
        assert view.origin(0, len(view.text))[1] <= len(text)


@given(st.text("abc 123-\n.", max_size=60))
def test_plain_text_is_its_own_view(text: str) -> None:
    view = fold(text)
    assert view.text == text or any(text.count(char * 40) for char in set(text))


def test_long_runs_are_cut_and_still_covered_whole() -> None:
    view = fold("x " + "7" * 1_000_000 + " y")
    assert len(view.text) < 100
    assert view.origin(2, 22) == (2, 1_000_002)


def test_pulls_spaced_letters_together() -> None:
    view = despaced(fold("id 5 3 6 - 9 0 - 4 3 9 9 on"))
    assert view is not None
    assert "536-90-4399" in view.text
    at = view.text.index("536")
    assert view.origin(at, at + 11) == (3, 24)
    assert despaced(fold("a plain sentence")) is None


def test_joins_broken_words_but_not_lines() -> None:
    words = {"was", "seen", "today", "the"}
    view = joined(fold("John Wh-\nitfield was\nseen 536-9\n0-4399"), words.__contains__)
    assert view is not None
    assert "Whitfield" in view.text
    assert "536-90-4399" in view.text
    assert "was\nseen" in view.text


def test_mends_slips_of_the_scanner_in_numbers_alone() -> None:
    view = without_ocr_slips(fold("S36-9O-4399 and SOLO"))
    assert view is not None
    assert view.text == "536-90-4399 and SOLO"
    assert unicodedata.is_normalized("NFC", view.text)


def test_mends_slips_of_the_scanner_in_names_alone() -> None:
    view = with_letters(
        fold("Za1nab, W1LLIAM and 5arah; H5N1, COL1A1, T1DM, IL1RN"), {"zainab", "william", "sarah"}.__contains__
    )
    assert view is not None
    assert view.text == "Zainab, WILLIAM and Sarah; H5N1, COL1A1, T1DM, IL1RN"
    assert [view.text[start:end] for start, end in view.seams] == ["Zainab", "WILLIAM", "Sarah"]
