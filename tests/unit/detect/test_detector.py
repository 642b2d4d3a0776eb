"""The layers together: prose, the record, consistency, modes, and failing closed."""

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from deid.contracts import DetectionFailed
from deid.detect import LayeredDetector, build_detector
from deid.errors import PolicyError
from deid.model import Known, Span
from deid.text_evaluate import evaluate, read_labelled

from .marked import parse, uncovered
from .prose import CLEAN, SENTENCES

SHARED = Path(__file__).resolve().parents[4] / "shared"


def found(detector: LayeredDetector, text: str, known: Iterable[Known] = ()) -> list[str]:
    return [text[span.start : span.end] for span in detector.find_all([text], [tuple(known)])[0]]


def test_prose_without_labels(detector: LayeredDetector) -> None:
    parsed = [parse(sentence) for sentence in SENTENCES]
    spans = detector.find_all([text for text, _ in parsed], [()] * len(parsed))
    wanted = sum(len(marks) for _, marks in parsed)
    missed = [
        m
        for (text, marks), s in zip(parsed, spans, strict=True)
        for m in uncovered(text, marks, [(x.start, x.end) for x in s])
    ]
    assert len(missed) <= 0.04 * wanted, missed


def test_clinical_language_stays(detector: LayeredDetector) -> None:
    touched = [text for text, spans in zip(CLEAN, detector.find_all(CLEAN, [()] * len(CLEAN)), strict=True) if spans]
    assert len(touched) <= 1, touched


def test_spans_are_sorted_disjoint_and_in_the_original(detector: LayeredDetector) -> None:
    text = "Mr. Ｊｏｈｎ\u200b Whitfield, SSN ５３６-９０-４３９９, mail j\u200bo@x.example.org"
    (spans,) = detector.find_all([text], [()])
    assert [(s.start, s.end) for s in spans] == sorted((s.start, s.end) for s in spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(spans))
    assert {text[s.start : s.end] for s in spans} >= {"５３６-９０-４３９９"}


@pytest.mark.parametrize(
    ("text", "known", "wanted"),
    [
        ("small came in with house", Known("family_name", "Oyelaran"), set()),
        ("seen by her GP, OYELARAN agreed", Known("family_name", "Oyelaran"), {"OYELARAN"}),
        ("then oyelaran slept", Known("family_name", "Oyelaran"), {"oyelaran"}),
        ("then Oyelarn slept", Known("family_name", "Oyelaran"), {"Oyelarn"}),
        ("bob slept", Known("given_name", "Robert"), {"bob"}),
        ("code 77 41 903 on the wall", Known("record_number", "77-41-903"), {"77 41 903"}),
        ("code 0 0 4 8 2 9 1 7 on it", Known("record_number", "00482917"), {"0 0 4 8 2 9 1 7"}),
        ("Gonzalez and GONZÁLEZ", Known("family_name", "González"), {"Gonzalez", "GONZÁLEZ"}),
        ("she said J.D. was tired", Known("person_name", "Jane Doe"), {"J.D"}),
        ("the house on 12 quarry bank", Known("street_address", "12 Quarry Bank Lane"), {"12 quarry"}),
        ("pt small slept", Known("family_name", "Small"), {"small"}),
        ("a small nodule", Known("family_name", "Small"), set()),
        ("foley catheter draining", Known("family_name", "Foley"), set()),
    ],
)
def test_the_record_is_found_in_any_spelling(rules: LayeredDetector, text: str, known: Known, wanted: set[str]) -> None:
    got = set(found(rules, text, [known]))
    assert all(any(each in one for one in got) for each in wanted), got
    assert bool(got) == bool(wanted)


def test_what_is_certain_once_is_found_everywhere(rules: LayeredDetector) -> None:
    assert found(rules, "Mr. Thorvaldsen came. later thorvaldsen left").count("thorvaldsen") == 1


def test_allow_deny_and_keep() -> None:
    settled = build_detector({"ner": False, "allow": ["03/14/2021"], "deny": ["project heron"], "keep": ["age"]})
    assert found(settled, "Project Heron, 03/14/2021, aged 93") == ["Project Heron"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("seen with dr. will today", "will"),
        ("entered\nuser: furrow\n", "furrow"),
        ("chart routed to Barrett (renal)", "Barrett"),
    ],
)
def test_max_recall_takes_words_after_titles_and_labels(rules: LayeredDetector, text: str, wanted: str) -> None:
    assert wanted in found(rules.in_mode("max_recall"), text)


def test_max_recall_takes_what_it_does_not_know(rules: LayeredDetector) -> None:
    text = "He has a small qwertlin at the ankle, dressed on Monday."
    assert found(rules, text) == []
    assert found(rules.in_mode("max_recall"), text) == ["qwertlin", "Monday"]


def test_a_million_digits_are_decided_at_once(detector: LayeredDetector) -> None:
    (spans,) = detector.find_all(["7" * 1_000_000], [()])
    assert [(span.start, span.end) for span in spans] == [(0, 1_000_000)]


def test_a_text_over_the_limit_fails() -> None:
    with pytest.raises(DetectionFailed) as caught:
        build_detector({"ner": False, "max_chars": 100}).find_all(["fine", "word " * 50], [(), ()])
    assert caught.value.index == 1
    assert "word" not in str(caught.value)


@dataclass(frozen=True)
class Broken:
    def find(self, text: str) -> Iterable[Span]:
        raise ValueError(text)


def test_a_recogniser_that_raises_fails_without_the_text(rules: LayeredDetector) -> None:
    with pytest.raises(DetectionFailed) as caught:
        LayeredDetector(rules.options, {"broken": Broken()}).find_all(["SECRETNAME"], [()])
    assert "SECRETNAME" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_every_wrong_option_is_named() -> None:
    with pytest.raises(PolicyError) as caught:
        build_detector({"mod": "x", "mode": "loud", "keep": ["nose"], "seconds": -1, "recognisers": ["date"]})
    assert len(caught.value.problems) == 5
    assert {problem.code for problem in caught.value.problems} == {"D601"}


OWN = {
    "name": "badge_of_ours",
    "kind": "username",
    "regex": r"QX-\d{4}",
    "examples": ["by QX-1234"],
    "counter_examples": ["QX-12"],
}


def test_own_recognisers() -> None:
    assert found(build_detector({"ner": False, "recognisers": [OWN]}), "done by QX-9871 here") == ["QX-9871"]


@pytest.mark.parametrize(
    "fault",
    [
        *({"regex": r"(a+)+b"}, {"regex": r"x.*"}, {"regex": "("}, {"regex": r"\d*"}),
        *({"kind": "nose"}, {"examples": ["none here"]}, {"checksum": "crc"}, {"colour": 1}),
    ],
)
def test_unsafe_or_failing_recognisers_are_refused(fault: dict[str, object]) -> None:
    with pytest.raises(PolicyError, match="D602"):
        build_detector({"recognisers": [{**OWN, **fault}]})


def test_same_findings_whatever_the_hash_seed() -> None:
    program = (
        "from deid.detect import build_detector; d = build_detector({'ner': False});"
        "print(d.find_all(['Dr. Okonkwo saw Mr Lee at Lakeside Memorial Hospital on 3/4; MRN 84736251'], [()]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


@pytest.mark.skipif(not (SHARED / "text").exists(), reason="development corpora are not here")
def test_development_notes_with_the_record(detector: LayeredDetector) -> None:
    score = evaluate(read_labelled(SHARED / "text" / "corpora" / "dev_clinical.jsonl")[:40], detector)
    assert (score.recall.value or 0) >= 0.99
    assert (score.char_precision.value or 0) >= 0.97
    assert (score.traps.value or 0) <= 0.02


@pytest.mark.skipif(not (SHARED / "adversarial").exists(), reason="adversarial cases are not here")
def test_evasion_cases(detector: LayeredDetector) -> None:
    cases = [json.loads(line) for line in (SHARED / "adversarial" / "cases.jsonl").read_text("utf-8").splitlines()]
    cases = [case for case in cases if case["kind"] == "evasion"]
    spans = detector.find_all([case["text"] for case in cases], [()] * len(cases))
    missed = [
        c["id"]
        for c, s in zip(cases, spans, strict=True)
        if not any(x.start < c["end"] and c["start"] < x.end for x in s)
    ]
    assert len(missed) <= 0.02 * len(cases), missed


@pytest.mark.parametrize("after", ["Next we met.", "they met again."])
def test_an_address_ends_with_its_sentence(rules: LayeredDetector, after: str) -> None:
    assert found(rules, f"write to mara.velez@lakeside.org.\n{after}") == ["mara.velez@lakeside.org"]
    assert found(rules, "write to mara.velez@lakeside.\norg today")[0].startswith("mara.velez@lakeside.\norg")
