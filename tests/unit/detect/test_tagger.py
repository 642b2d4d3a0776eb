"""The tagger: what it finds without a label, what it leaves, and weights that fit their labels."""

import pytest

from deid.detect import build_detector
from deid.detect.detector import LayeredDetector
from deid.detect.judging import VETO, Question, answers
from deid.detect.tagger import BALANCED, LABELS, weighed, weights


def found(text: str) -> list[str]:
    question = Question.of(text, [])
    added = question.answered(next(answers([question])), BALANCED, VETO).added
    return [text[span.start : span.end] for span in added]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("We rang Brennigan twice and left word with Tolmie at the desk.", {"Brennigan", "Tolmie"}),
        ("The film was sent over from Harkwell and read by Oduya.", {"Harkwell", "Oduya"}),
        ("The folder 48-22913 is the one that Brennigan means.", {"48-22913"}),
    ],
)  # fmt: skip
def test_what_has_no_label_is_found(text: str, wanted: set[str]) -> None:
    assert wanted <= set(found(text))


@pytest.mark.parametrize(
    "text",
    [
        "Adenocarcinoma of the colon, Stage IIA, started Keytruda.",
        "BP 128/76, HR 72, SpO2 97% on RA, Cr 1.12, CPT 88305.",
        "PLAN: continue Eliquis. D/c Foley. F/u in the Outpatient Clinic.",
        "WBC 10-12-8 trend, CD4 200-350 cells/µL, PSA 4.25 ng/mL, ICD-10 C50.911, EGFR exon 19 del",
        "the house is small and the mark on the arm will fade",
    ],
)
def test_clinical_language_and_common_words_stay(text: str) -> None:
    assert found(text) == []


def test_initials_after_a_cue_are_kept_by_the_tagger() -> None:
    text = "The keys are with KVD"
    assert [text[s.start : s.end] for s in build_detector({"ner": False}).find_all([text], [()])[0]] == ["KVD"]


def test_weights_have_a_number_for_every_label() -> None:
    rows, table = weights()
    assert table.shape == (len(rows), len(LABELS))
    assert "bias" in rows
    assert weighed([["no such evidence"], []]).sum(axis=1) == pytest.approx(1.0)


def test_without_the_tagger_its_findings_are_gone() -> None:
    text = "The folder 48-22913 is the one that is meant."
    with_it, without = (build_detector({"ner": False, "tagger": on}) for on in (True, False))
    assert "tagger" in {span.recogniser for span in with_it.find_all([text], [()])[0]}
    assert "tagger" not in {span.recogniser for span in without.find_all([text], [()])[0]}


FRAGMENTS = [
    "Stage T2N0M0",
    "arm B, cycle 4",
    "CA-125 412 kU/L",
    "eGFR 62 mL/min",
    "Group A",
    "left breast UOQ",
    "PSA 4.25 ng/mL",
]


@pytest.mark.parametrize("text", FRAGMENTS)
def test_clinical_fragments_of_a_few_words_stay(text: str) -> None:
    assert LayeredDetector().find_all([text], [()]) == [[]]


@pytest.mark.parametrize(
    ("text", "gone"),
    [("Spoke to Brannigan", "Brannigan"), ("per KJM", "KJM"), ("moved to Otley", "Otley"), ("works at Tesco", "Tesco")],
)
def test_whoever_is_named_in_a_few_words_goes(text: str, gone: str) -> None:
    spans = LayeredDetector().find_all([text], [()])[0]
    assert [text[span.start : span.end] for span in spans] == [gone]
