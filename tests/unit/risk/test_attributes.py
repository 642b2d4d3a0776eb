"""Sensitive attributes with several values a subject, or none."""

from __future__ import annotations

import numpy as np
import pytest

from deid.classes import build
from deid.contracts import Evidence
from deid.risk import measure_all
from deid.risk.distribution import distribution
from deid.risk.t_closeness import value_ranks


def events(per_subject: list[list[str]], quasi: list[int], words: tuple[str, ...] = ("a", "b", "c")):
    subjects = [i for i, had in enumerate(per_subject) for _ in had]
    codes = [words.index(event) + 1 for had in per_subject for event in had]
    attribute = ((None, *words), np.array(subjects, np.int32), np.array(codes, np.int32))
    vocabulary = (None, *(str(i) for i in range(max(quasi))))
    return build(["q"], [vocabulary], np.array(quasi, np.int32)[:, None], {"ae": attribute})[0]


def test_an_event_that_all_members_share_is_certain_however_many_events_there_are() -> None:
    table = events([["a", "b", "c"], ["a", "b", "c"], ["a"], ["b"]], [1, 1, 2, 2])
    found = measure_all(Evidence(table))
    assert found["l.distinct.ae"].value == 1
    assert found["l.entropy.ae"].value == pytest.approx(1.0)
    assert found["l.recursive_c.l2.ae"].value is None
    assert found["alpha_k.ae"].value == 1.0
    assert found["l.distinct.ae"].detail["several_values_a_subject"]
    assert found["t.equal.ae"].value == pytest.approx(0.5)


def test_subjects_without_any_record_are_a_category_of_their_own() -> None:
    table = events([["a"], [], ["b"], ["b"]], [1, 1, 2, 2])
    spread = distribution(table, "ae")
    assert spread.sums.tolist() == [2, 2]
    found = measure_all(Evidence(table))
    assert found["alpha_k.ae"].value == 1.0
    assert found["attr.prior.ae"].value == 0.5
    assert found["l.distinct.ae"].value == 1


def test_a_distribution_is_of_its_own_table() -> None:
    for word in ("a", "b", "c") * 3:
        table = events([[word], [word]], [1, 1])
        assert distribution(table, "ae").totals.tolist() == [2 * (word == other) for other in (None, "a", "b", "c")]


def test_order_is_known_for_numbers_and_iso_dates_only() -> None:
    assert value_ranks((None, "10", "2", "2.0")).tolist() == [0, 2, 1, 1]
    assert value_ranks((None, "2020-01-02", "2019-12-31T10:00")).tolist() == [0, 2, 1]
    assert value_ranks((None, "2020-01-02", "5")) is None
    assert value_ranks((None, "mild", "severe")) is None
    assert value_ranks((None, "nan")) is None
    assert value_ranks((None, "2020-13-99")) is None
