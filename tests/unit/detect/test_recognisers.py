"""Every recogniser keeps its own examples, whoever wrote it, and stays within bounds on hostile text."""

import itertools
import pickle
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deid.detect.resolve import resolve
from deid.model import KINDS, Span
from deid.registry import plugins

from .marked import parse, uncovered

ALL = sorted(name for name, cls in plugins("recogniser").items() if cls.__module__.startswith("deid."))


def recogniser(name: str) -> Any:
    return plugins("recogniser")[name]()


@pytest.mark.parametrize("name", ALL)
def test_finds_its_examples_and_leaves_its_counter_examples(name: str) -> None:
    found_by = recogniser(name)
    assert found_by.examples
    assert found_by.counter_examples
    for example in found_by.examples:
        text, wanted = parse(example)
        assert not uncovered(text, wanted, [(s.start, s.end) for s in found_by.find(text)]), example
    for example in found_by.counter_examples:
        assert not [example[s.start : s.end] for s in found_by.find(example)], example


@pytest.mark.parametrize("name", ALL)
def test_spans_are_within_the_text_of_a_known_kind_and_repeatable(name: str) -> None:
    found_by = recogniser(name)
    assert pickle.loads(pickle.dumps(found_by)) == found_by
    for example in found_by.examples:
        text, _ = parse(example)
        spans = list(found_by.find(text))
        assert spans == list(found_by.find(text))
        for span in spans:
            assert 0 <= span.start < span.end <= len(text)
            assert span.kind in KINDS
            assert 0 < span.score <= 1
            assert span.recogniser == name


HOSTILE = (
    "1-",
    "1 ",
    "a.",
    "A ",
    "Smith ",
    "x@",
    "1:",
    "Aa, ",
    "(1",
    "Dr. ",
    "on 1/",
    "St. ",
    "1/1 ",
    "the ",
    "&#",
    "J. ",
)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("piece", HOSTILE)
def test_time_stays_linear_on_hostile_text(name: str, piece: str) -> None:
    found_by = recogniser(name)
    list(found_by.find("warm up John 1/2"))
    start = time.perf_counter()
    list(found_by.find(piece * (20_000 // len(piece))))
    assert time.perf_counter() - start < 5, "20,000 characters take milliseconds, not seconds"


spans = st.lists(
    st.builds(
        lambda start, size, kind, score: Span(start, start + size, kind, score, "r"),
        st.integers(0, 60),
        st.integers(1, 15),
        st.sampled_from(["date", "person_name", "phone"]),
        st.sampled_from([0.4, 0.7, 0.9]),
    ),
    max_size=12,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(spans, st.randoms(use_true_random=False))
def test_resolving_covers_all_without_overlap_whatever_the_order(found: list[Span], random: Any) -> None:
    settled = resolve(found)
    shuffled = list(found)
    random.shuffle(shuffled)
    assert resolve(shuffled) == settled
    covered = {place for span in settled for place in range(span.start, span.end)}
    assert covered == {place for span in found for place in range(span.start, span.end)}
    assert all(a.end <= b.start for a, b in itertools.pairwise(settled))
