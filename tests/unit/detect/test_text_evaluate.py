"""Scoring against brute figures worked out by hand."""

import json
from pathlib import Path

import pytest

from deid.errors import DataError
from deid.model import Span
from deid.text_evaluate import Labelled, read_labelled, score, wilson


def span(start: int, end: int) -> Span:
    return Span(start, end, "person_name", 1.0, "t")


def test_scores_by_hand() -> None:
    first = Labelled("1", "Ann met Bo.", ((0, 3, "NAME"), (8, 10, "NAME")), traps=((4, 7, "verb"),))
    second = Labelled("2", "No one.", ())
    result = score([first, second], [[span(0, 3), span(8, 9)], [span(0, 2)]])
    assert (result.recall.part, result.recall.whole) == (1, 2)
    assert (result.char_precision.part, result.char_precision.whole) == (4, 6)
    assert result.clean.value == 0
    assert result.touched_without.value == 1
    assert result.traps.value == 0
    assert result.by_type["NAME"].part == 1


def test_a_note_given_up_counts_as_covered() -> None:
    result = score([Labelled("1", "Ann", ((0, 3, "NAME"),))], [None])
    assert result.recall.value == 1
    assert result.failed == 1


def test_neutral_stretches_count_neither_way() -> None:
    result = score([Labelled("1", "Ann 2019", ((0, 3, "NAME"),), neutral=((4, 8, "YEAR"),))], [[span(0, 8)]])
    assert result.char_precision.value == 1


def test_wilson_interval_is_the_published_one() -> None:
    low, high = wilson(8, 10)
    assert low == pytest.approx(0.4902, abs=1e-4)
    assert high == pytest.approx(0.9433, abs=1e-4)


def test_nothing_to_count_is_no_figure() -> None:
    assert score([Labelled("1", "x", ())], [[]]).recall.value is None


def test_every_bad_line_is_named_without_its_text(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    lines = [
        json.dumps({"id": "a", "text": "SECRET", "spans": [{"start": 0, "end": 99, "type": "NAME"}]}),
        "{",
        json.dumps({"id": "b", "text": "ok"}),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_labelled(path)
    assert len(caught.value.problems) == 2
    assert "SECRET" not in str(caught.value)
