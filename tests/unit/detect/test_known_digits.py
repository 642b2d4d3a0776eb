"""The record's last figures are found where they stand alone, and nowhere else."""

import pytest

from deid.detect.known import find_known
from deid.model import Known

RECORD = (Known("record_number", "7730412"), Known("phone", "555-014-3862"))


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in find_known(text, RECORD)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the chart ending 0412 was misfiled", ["0412"]),
        ("call the one in -3862 after four", ["3862"]),
        ("old chart ...0412, please", ["0412"]),
        ("given 3862 ml over two days", []),
        ("arrived 2021, left 1412", []),
        ("count was 10412 then", []),
        ("INR 3.3862", []),
    ],
)
def test_last_figures(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_short_and_round_numbers_are_looked_for_whole_only() -> None:
    assert not find_known(
        "seen at 0412 and 1200", [Known("record_number", "20412"), Known("account_number", "88121200")]
    )
