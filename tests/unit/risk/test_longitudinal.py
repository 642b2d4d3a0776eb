"""Risk from known events, against brute force."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.model import Status
from deid.risk.longitudinal import curve, power, shift_proof_views

EVENTS = st.dictionaries(st.sampled_from("pqrstu"), st.lists(st.sampled_from("ABCD"), max_size=5), min_size=1)


def stands_in(known: tuple[str, ...], sequence: list[str]) -> bool:
    rest = iter(sequence)
    return all(event in rest for event in known)


@given(EVENTS, st.integers(1, 3), st.booleans())
@settings(max_examples=120, deadline=None)
def test_power_is_its_definition(events: dict[str, list[str]], m: int, ordered: bool) -> None:
    found = power(events, m, ordered=ordered).risks
    for person, had in events.items():
        mine = had if ordered else sorted(set(had))
        fewest = len(events)
        for known in combinations(mine, min(m, len(mine))):
            if ordered:
                fewest = min(fewest, sum(stands_in(known, other) for other in events.values()))
            else:
                fewest = min(fewest, sum(set(known) <= set(other) for other in events.values()))
        assert found[person] == pytest.approx(1 / fewest)


def test_risk_never_falls_with_more_known_events() -> None:
    events = {"p": ["A", "B", "C"], "q": ["A", "B"], "r": ["A", "C", "D"], "s": ["B"]}
    measures = {m.id: m.value for m in curve(events, 4)}
    unicity = [measures[f"longitudinal.unicity.m{m}"] for m in (1, 2, 3, 4)]
    assert unicity == sorted(unicity)


def test_what_is_too_costly_has_no_value_but_bounds() -> None:
    events = {f"p{i}": [f"e{(i * 7 + j) % 40}" for j in range(20)] for i in range(5)}
    highest, unicity = power(events, 6, budget=10).measures()
    assert highest.value is None
    assert unicity.status is Status.NOT_COMPUTED
    assert unicity.detail["at_least"] <= unicity.detail["at_most"] == 1.0


def test_nobody_gives_no_false_zero() -> None:
    assert all(measure.value is None for measure in power({}, 1).measures())
    with pytest.raises(ValueError, match="at least 1"):
        power({"p": ["A"]}, 0)


def test_views_survive_a_constant_shift() -> None:
    days = {"p": [10, 3, 3, 40], "q": []}
    shifted = {person: [day + 12 for day in had] for person, had in days.items()}
    before, after = shift_proof_views(days), shift_proof_views(shifted)
    assert before["visits"] == after["visits"] == {"p": ["3"], "q": ["0"]}
    assert before["intervals"] == after["intervals"] == {"p": ["7", "30"], "q": []}
    assert before["weekdays"] != after["weekdays"]
