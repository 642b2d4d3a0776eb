"""The tagger: what it finds without a label, what it leaves."""

import pytest

from deid.detect import build_detector
from deid.detect.detector import LayeredDetector
from deid.detect.judging import VETO, Question, answers
from deid.detect.names import NamesInContext
from deid.detect.tagger import BALANCED


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
    "84yo with Warthin tumor",
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


def test_the_apostrophe_of_a_place_goes_with_it_and_that_of_a_person_stays() -> None:
    text = "Bloods were done at Guy's on Monday. Brannigan's husband works at Sheppy's."
    assert {"Guy's", "Brannigan", "Sheppy's"} <= set(found(text))


def test_small_common_words_go_where_what_stands_around_them_makes_them_a_place() -> None:
    text = "She lives at the old stables, Mill Lane, and works nights on the tills at next."
    assert {"next"} <= set(found(text))
    assert "next" not in found("The next visit is in three weeks, bloods the week before, on the ward as usual.")


@pytest.mark.parametrize(
    ("text", "word", "stays"),
    [
        ("Present: list kept as usual. Brannigan was told.", "list", False),
        ("He was seen by Brannigan and was admitted to the ward.", "Brannigan", True),
        ("Seen in clinic by dr. hand, who asked for a scan of the chest. Call Oduya.", "hand", True),
    ],
)
def test_a_name_that_a_rule_is_sure_of_goes_back_where_the_encoder_hears_none(
    text: str, word: str, *, stays: bool
) -> None:
    rules = list(NamesInContext().find(text))
    question = Question.of(text, rules)
    answer = next(answers([question]))

    def kept(veto: float) -> set[str]:
        return {text[span.start : span.end] for span in question.answered(answer, BALANCED, veto).kept}

    assert word in kept(0.0)
    assert (word in kept(VETO)) is stays


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("The clot was pulled at the RVI before midnight, no deficit now.", "the RVI"),
        ("He stacks shelves at Bet365 in the canteen and hates it.", "Bet365"),
        ("Bathroom is upstairs, rail asked for, daughter Brannigan helps with the shopping.\n\nrt", "rt"),
        ("Minutes of the listing meeting\n(LU-119) Ephraim Brannigan, 74, former greengrocer, listed again.", "LU-119"),
        ("K22 says she cannot come on Thursday, the bus does not run. Rebook please.", "K22"),
        ("Our ref LlW/7\n\nDear Mr Brannigan, thank you for your letter.", "LlW/7"),
        ("rosehip wrote: anyone else on the pump tonight? brannigan said try after nine", "rosehip"),
        ("Third listening visit with Brannigan. Em opened the door herself and looked tired.", "Em"),
    ],
)
def test_what_stands_around_a_word_is_believed_more_than_lists_and_forms(text: str, gone: str) -> None:
    assert gone in found(text)


@pytest.mark.parametrize(
    "code", ["SF-36", "C5/6", "T2", "B12", "pT2", "V5", "Day 8", "COVID-19", "P2X7", "L4-5", "KEYNOTE-189", "AZD-9291"]
)
def test_codes_of_the_clinic_stay(code: str) -> None:
    assert found(f"Reviewed by Brannigan today: {code} noted as before, no change, continue.") == ["Brannigan"]


@pytest.mark.parametrize(
    "day",
    ["third day of Eid", "the fifth night of Chanukah", "Christmas day of 1951", "mid-March 2020", "end November"],
)  # fmt: skip
def test_a_day_goes_with_what_tells_it_apart(day: str) -> None:
    text = f"She was seen by the team on {day}, and again later."
    (spans,) = LayeredDetector().find_all([text], [()])
    assert [text[span.start : span.end] for span in spans] == [day]


def test_a_word_that_closes_a_note_is_no_signature() -> None:
    assert "Well" not in found("Fenwick Thornbury was enrolled on 2018-02-13 and seen on February 27, 2018. Well.")


def test_a_small_word_goes_only_with_the_place_that_it_joins() -> None:
    text = "Seen in the clinic on the ward; the scan at the RVI showed nothing of note."
    assert [word for word in found(text) if word.lower().startswith("the")] == ["the RVI"]


@pytest.mark.parametrize(
    ("text", "gone", "stays"),
    [
        ("Attending: dr. will\nInsurance: none", "will", ""),
        ("nursing note\npt HODGKIN rm 41B, slept well", "HODGKIN", ""),
        ("Seen with stephanie hodgkin today, no change.", "stephanie hodgkin", ""),
        ("s/p Ivor Lewis esophagectomy, doing well. Stephanie rang.", "Stephanie", "Lewis"),
        ("Written by Dr. Anselm Hartley FRCS, PhD", "Anselm Hartley", "FRCS"),
        ("ward 4, user: scurry\nnext entry", "scurry", ""),
        ("Present: Dr. Hugo. Gartland fracture fixed overnight.", "Hugo", "Gartland"),
    ],
)
def test_names_end_where_others_begin(text: str, gone: str, stays: str) -> None:
    spans = LayeredDetector().find_all([text], [()])[0]
    written = [text[span.start : span.end] for span in spans]
    assert gone in written
    assert not stays or not any(stays in word for word in written)


@pytest.mark.parametrize("age", ["84yo", "69 yo", "17M", "39F", "55y/o", "a 72-year-old", "41 y.o."])
def test_ages_up_to_89_stay(age: str) -> None:
    text = f"Seen by Dr. Brannigan. Accession: E62072424\nCLINICAL: {age} with Warthin tumor; PT1 disease.\nPLAN: none"
    spans = LayeredDetector().find_all([text], [()])[0]
    start = text.index(age)
    assert not any(span.start < start + len(age) and start < span.end for span in spans)
