"""A sweep finds what its expressions find one by one, wherever their matches may begin."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.detect import ages, contacts, dates, identifiers, name_forms, names, places
from deid.detect.beginnings import ALL, DEPTH, NUL, OTHER, beginnings
from deid.detect.sweep import HEAD, REMEMBERED, Sweep, _Possible
from tests.unit.detect.marked import parse

OWN = [
    r"(?<![\d.])(?P<id>\d{2,3})(?!\d)",
    r"\b(?:ab?c|K)+x?",
    r"(?i:dr)\.? [A-Z]\w*",
    r"(?:^|\n)[ \t]{0,4}(?P<q>['\"])\w+(?P=q)",
    r"[^a-y\W]{1,2}|\D\d",
    r"(?=[A-Z0-9]{0,3}\d)[A-Z0-9]{3}",
    r"(?<!x)(?<!yz)s{2}|(?:a|bb|ccc)??d",
]
EXPRESSIONS = [re.compile(regex, flags) for regex in OWN for flags in (0, re.IGNORECASE, re.MULTILINE)]
MINE = Sweep(EXPRESSIONS)
TABLES = [module._TABLE.forms for module in (ages, contacts, dates, identifiers, places)]
HOUSE = [
    *(form.regex for table in TABLES for form in table),
    *(trigger for trigger, *_ in names._TRIGGERS),
    *name_forms._FORMS,
]
ALL_OF_HOUSE = Sweep(HOUSE)
CHARS = "abcdKkxyzsS .\n\t'\"0123456789/-:@éſİıК年"


def spans(sweep: Sweep, text: str) -> dict[int, list[tuple[int, int]]]:
    return {number: [match.span() for match in matches] for number, matches in sweep.matches(text)}


def one_by_one(expressions: list[re.Pattern[str]], text: str) -> dict[int, list[tuple[int, int]]]:
    found = {number: [match.span() for match in regex.finditer(text)] for number, regex in enumerate(expressions)}
    return {number: listed for number, listed in found.items() if listed}


@settings(deadline=None)  # word lists and tables are read once
@given(st.text(alphabet=CHARS, max_size=60))
def test_finds_what_each_expression_finds(text: str) -> None:
    assert spans(MINE, text) == one_by_one(EXPRESSIONS, text)


PIECES = [*"\n.,:;/-@()' ", "Dr. ", "mar", "Mercy", "General", "Hospital", "born", "on ", "3", "14", "2019", "aged ",
          "ninety", "MRN", "Ann", "Lee", "RN", "called ", "wife ", "the ", "é", "St"]  # fmt: skip


@settings(deadline=None)  # word lists and tables are read once
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_finds_what_each_recogniser_looks_for(text: str) -> None:
    assert spans(ALL_OF_HOUSE, text) == one_by_one(HOUSE, text)


@pytest.mark.parametrize("recogniser", [dates.Dates, contacts.Contacts, identifiers.Identifiers, places.Places])
def test_finds_in_examples_what_each_recogniser_looks_for(recogniser: type) -> None:
    for example in (*recogniser.examples, *recogniser.counter_examples):  # type: ignore[attr-defined]
        text, _ = parse(example)
        assert spans(ALL_OF_HOUSE, text) == one_by_one(HOUSE, text)


def test_credentials_are_found_as_by_the_expression_alone() -> None:
    for text in (
        "Tobias Renner, MD and Ann Lee RN",
        "x " * 200 + "Ann Lee, MD",
        "no one",
        "MD " * 90,
        "Ann Lee  MDx, RN",
    ):
        alone = [match.span() for match in name_forms._CREDENTIALED.finditer(text)]
        assert [match.span() for match in name_forms._credentialed(text)] == alone


def test_beginnings_say_what_may_precede_and_follow() -> None:
    ((before, first, second, *further),) = beginnings(re.compile(r"(?<![0-9])[12]\d"))
    assert before == ALL & ~sum(1 << ord(char) for char in "0123456789") | NUL
    assert first == 1 << ord("1") | 1 << ord("2") | OTHER
    assert second >> ord("7") & 1
    assert not second >> ord("a") & 1
    assert further == [ALL] * (DEPTH - 2)


def test_no_expression_of_the_house_matches_the_empty_text() -> None:
    assert not [regex for regex in HOUSE if regex.match("")]


def test_remembers_no_more_than_its_bound_and_shows_no_text() -> None:
    heads = _Possible([(0, 0, re.compile("secret"))]).heads
    for number in range(REMEMBERED + 1):
        heads["".join(chr(97 + number // 40**place % 40) for place in range(HEAD))]
    assert len(heads) <= REMEMBERED
    assert repr(heads) == f"_Allowed({len(heads)} stretches)"
