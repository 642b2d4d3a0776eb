"""Batches read ahead: the same ones in the same order, and an error in its own place."""

from collections.abc import Iterator

import pytest

from deid.formats.ahead import ahead


def failing() -> Iterator[int]:
    yield 1
    yield 2
    raise ValueError("third")


def test_order_stays_and_an_error_comes_after_what_was_before_it() -> None:
    assert list(ahead(iter(range(100)))) == list(range(100))
    assert list(ahead(iter((0, None, "")))) == [0, None, ""]
    assert list(ahead(iter(()))) == []
    reading = ahead(failing())
    assert [next(reading), next(reading)] == [1, 2]
    with pytest.raises(ValueError, match="third"):
        next(reading)


def test_one_batch_is_made_ahead_and_no_more_when_the_caller_stops() -> None:
    made = []

    def batches() -> Iterator[int]:
        for number in range(10):
            made.append(number)
            yield number

    reading = ahead(batches())
    assert next(reading) == 0
    reading.close()  # type: ignore[attr-defined]
    assert made == [0, 1]
