"""Facts about everybody are found as if each of them were looked for in every note."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.detect import shared_facts
from deid.detect.known import _SHARED, _spelling, find_known
from deid.detect.shared_facts import SharedFacts
from deid.model import Known, Span

SHARED = [
    *(
        Known("clinician_name", name)
        for name in ("Halloran, Peter", "Wilhelmina O'Dowd", "Dr. Ann-Marie Voss", "Bo Li", "Grace Young", " ")
    ),
    *(Known("site", name) for name in ("Tarnbeck Infirmary", "St Osyth Hospital", "The Elms", "Brax", "RX 4410")),
    Known("organisation", "Pellworm & Sons Ltd"),
]
OWN = [Known("given_name", "Peter"), Known("family_name", "Renner"), Known("record_number", "0044-1093")]
PIECES = [
    *("Halloran", "Hallorran", "Hallroan", "halloran's", "peterhalloran", "P. H.", "PH", "Ann-Marie", "Vossgrave-Voss"),
    *("Wilhelmnia", "O'Dowd", "Young", "young", "Grace", "Tarnbeck", "TARNBECK Infirmary", "St. Osyth", "the elms"),
    *("Brax", "rx4410", "pellworm and Sons", "Pellworm", "Renner", "00441093", "called", "Dr.", "by ", "LI", "Bo"),
    *(",", ".", "\n", "-"),
]


def all_of_them(monkeypatch: pytest.MonkeyPatch, text: str, known: list[Known]) -> list[Span]:
    with monkeypatch.context() as patched:
        patched.setattr(SharedFacts, "worth_looking_for", lambda _self, facts, _offered: facts)
        return find_known(text, known)


@settings(deadline=None)  # word lists and tables are read once
@given(st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join), st.permutations(SHARED), st.booleans())
def test_finds_what_a_search_for_every_fact_finds(text: str, shared: list[Known], own: bool) -> None:
    known = [*(OWN if own else []), *shared]
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert find_known(text, known) == all_of_them(monkeypatch, text, known)


def test_files_every_fact_once_and_begins_anew_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_facts, "MOST_FACTS", 30)
    filed: list[Known] = []
    facts = SharedFacts(lambda fact: (filed.append(fact), _spelling(fact))[1])
    monkeypatch.setattr("deid.detect.known._SHARED", facts)
    assert [span.kind for span in find_known("Dr. Halloran", SHARED)] == ["clinician_name"]
    find_known("Dr. Halloran", list(SHARED))
    assert len(filed) == len(SHARED)
    more = [Known("site", f"Brackwater {number}00") for number in range(40)]
    assert {span.kind for span in find_known("at Brackwater 1700", more)} == {"site"}
    assert [span.kind for span in find_known("Dr. Halloran", SHARED)] == ["clinician_name"]
    assert _SHARED is not facts
