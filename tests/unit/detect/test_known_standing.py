"""The redactor takes whatever the check after redaction would find; common words only as the record writes them."""

from __future__ import annotations

import pytest

from deid.detect.detector import LayeredDetector
from deid.model import Known
from deid.replacing import Tagging, rewrite
from deid.verifying.own import own_left

KINDS = ("person_name", "given_name", "clinician_name", "username", "city", "site", "street_address", "unknown")
NAMES = (
    "raj",
    "len",
    "stan",
    "will",
    "mark",
    "may",
    "rose",
    "Day",
    "LEE",
    "crohn",
    "Bell",
    "su-mei",
    "an lee",
    "12 34",
)
TEXTS = (
    "pt happy to go home w {}. tta ready",
    "rang re bloods, no ans. left msg w {}",
    "{} will return. {} present",
    "no {} sign, {} disease or {} therapy",
    "contact_{}_2, caf\u00e9 {}, &nbsp;{}",
)


def left(texts: list[str], known: list[Known], detector: LayeredDetector) -> list[tuple[str, str]]:
    found = detector.find_all(texts, [(item,) for item in known])
    missed = []
    for text, item, spans in zip(texts, known, found, strict=True):
        written = rewrite(text, spans, Tagging().of(text, spans, "x"))
        if own_left([written], ["x"], {"x": (item,)}):
            missed.append((item.kind, text))
    return missed


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_left_that_the_check_would_find(kind: str) -> None:
    texts = [text.replace("{}", name) for name in NAMES for text in TEXTS]
    known = [Known(kind, name) for name in NAMES for _ in TEXTS]
    assert left(texts, known, LayeredDetector()) == []


@pytest.mark.parametrize("others", [0, 40, 400])
def test_the_same_among_many_clinicians(others: int) -> None:
    many = [Known("clinician_name", f"Vonk{number:03}ster") for number in range(others)]
    text = "seen by may, rang mr o'dowd; st jude aware"
    known = (*many, Known("clinician_name", "may"), Known("clinician_name", "o'dowd"), Known("site", "st jude"))
    spans = LayeredDetector().find_all([text], [known])[0]
    written = rewrite(text, spans, Tagging().of(text, spans, "x"))
    assert not own_left([written], ["x"], {"x": known})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Will", "she will come, and may stay"),
        ("Mark", "no mark on the skin"),
        ("raj", "trajectory good, no rajas or tracks"),
        ("len", "len's gone, lens clear"),
        ("an", "an ulcer"),
        ("12", "12 tablets"),
    ],
)
def test_common_words_stay_where_the_record_writes_them_otherwise(name: str, text: str) -> None:
    detector = LayeredDetector()
    spans = detector.find_all([text], [(Known("given_name", name),)])[0]
    gone = {text[span.start : span.end] for span in spans}
    assert gone <= {"len", "len's"}
