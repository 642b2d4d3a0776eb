"""Words of medicine that no dictionary of English holds stay; a name that is such a word too is still found."""

import pytest

from deid.detect import build_detector, lexicon


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in build_detector({}).find_all([text], [()])[0]]


@pytest.mark.parametrize(
    "text",
    [
        "Started Coversyl and Tresiba, stopped Clexane.",
        "Likely Campylobacter, Helicobacter negative.",
        "Overlap of Wiskott-Aldrich and Kearns-Sayre was discussed.",
        "Fazekas 2 change, Dosette box filled, Purewick in place.",
    ],
)
def test_clinical_words_stay(text: str) -> None:
    assert found(text) == []


def test_the_vocabulary_holds_no_everyday_word_and_no_usual_name() -> None:
    words = lexicon._vocabulary("words")
    assert len(words) > 30_000
    assert not words & (lexicon.given_names() | lexicon.family_names())
    assert not words & {"garden", "lake", "road", "hospital", "city", "will"}


def test_a_person_named_like_a_term_is_found() -> None:
    text = "I spoke to Dr Kidd and to Mrs Helena Berg about the result."
    assert [name for name in ("Kidd", "Berg") if not any(name in one for one in found(text))] == []


@pytest.mark.parametrize(
    "text",
    [
        "Herzinsuffizienz bekannt, Schenkelhalsfraktur rechts. Unauffälliger Verlauf, Wunde reizlos.",
        "La patiente est suivie pour une douleur du genou gauche depuis trois semaines.",
        "Paciente de 54 años que acude por dolor abdominal, sin fiebre.",
        "Hemolyzed sample, please recollect.",
        "Haemoglobin fell from 13.9 to 11.2, ratio 1.5, 2.25 after that.",
    ],
)
def test_words_of_other_languages_and_pairs_of_results_stay(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("The trooper with badge 1001 stayed.", "1001"),
        ("She confirmed the last four of her social: 4471.", "4471"),
        ("Phone pinged at gps 48.1,11.5 and 48.13743, 11.57549 later.", "11.5"),
        ("Phone pinged at gps 48.1,11.5 and 48.13743, 11.57549 later.", "48.13743"),
    ],
)
def test_badges_last_digits_and_places_on_earth_go(text: str, gone: str) -> None:
    assert any(gone in one for one in found(text)), gone


def test_a_sentence_that_ends_after_at_is_no_address() -> None:
    assert found("Verified at 04:12 at home. No pulse felt.") == []
    assert found("Conus at L1. No collapse.") == []


def test_whom_of_a_service_somebody_spoke_to_goes_and_the_medicine_in_brackets_stays() -> None:
    assert found("d/w surgery (Blackwood), will see her today.") == ["Blackwood"]
    assert found("Discussed with ortho on call (Underhill).") == ["Underhill"]
    assert found("Treated by infusion (Rituximab) and by tablet (Xarelto).") == []
