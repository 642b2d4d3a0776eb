"""What must not be touched: words that only look like names, and numbers that no measure looks like are found."""

import pytest

from deid.detect import LayeredDetector
from deid.detect.known import find_known
from deid.detect.plausible import of_mixed_form
from deid.model import Known


def found(detector: LayeredDetector, text: str) -> list[str]:
    return [text[span.start : span.end] for span in detector.find_all([text], [()])[0]]


@pytest.mark.parametrize(
    "text",
    [
        "The form has {shelf_label} and {drawer_label} left open.",
        "Sitting pressure was 104/62 and standing 88/54.",
        "Treated for Graves in the past.",
    ],
)
def test_what_looks_like_a_name_only_by_its_form_stays(detector: LayeredDetector, text: str) -> None:
    assert found(detector, text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The card says 3KH7-QW2-RT58 in small print.", "3KH7-QW2-RT58"),
        ("She read out 4417 2290 8163 over the line.", "4417 2290 8163"),
        ("He spelt it QQ 41 07 93 B twice.", "QQ 41 07 93 B"),
        ("The carton marked K-40718 went upstairs.", "K-40718"),
        ("Ask for 07-318 when the ward rings.", "07-318"),
        ("His old notes are under 48213 at the desk.", "48213"),
        ("A blue saloon, LK58 RVT, blocks the bay.", "LK58 RVT"),
        ("She was moved from St Ebba's overnight.", "St Ebba's"),
        ("the scans went to st ebba's by taxi", "st ebba's"),
        ("Her aunt died at a hundred, we hear.", "a hundred"),
        ("We list him under 48213 since the merger.", "48213"),
        ("The sponsor calls him 41-207 and nothing else.", "41-207"),
        ("Nothing more to add tonight.\nMS\n", "MS"),
        ("She was taken to Harkwell House by taxi.", "Harkwell House"),
        ("We expect her on the 9th of June at noon.", "the 9th of June"),
    ],
)
def test_numbers_and_saints_without_a_label_are_found(detector: LayeredDetector, text: str, wanted: str) -> None:
    assert any(wanted in one for one in found(detector, text))


def test_capitals_inside_a_word_are_a_device_and_not_a_name() -> None:
    assert of_mixed_form("GammaTrace")
    assert not any(map(of_mixed_form, ("McAllen", "DeVries", "Tolmie", "BRENNIGAN")))


@pytest.mark.parametrize("text", ["The normal range is 41-207 units/L.", "Plan as above.\nPRN\n"])
def test_measures_and_orders_stay(detector: LayeredDetector, text: str) -> None:
    assert found(detector, text) == []


def test_slips_and_initials_of_the_record() -> None:
    known = tuple(Known("clinician_name", f"Ansel Brennig{letter}n") for letter in "aeiou")
    text = "Call Brenigan back. KZ was seen."
    spans = find_known(text, (Known("given_name", "Kirsten"), Known("family_name", "Zandermolen"), *known))
    assert {text[span.start : span.end] for span in spans} == {"Brenigan", "KZ"}
