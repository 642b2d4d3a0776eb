"""Quotes told 64 octets at a time are those that a walk from octet to octet tells."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from deid.errors import DataError
from deid.formats.quote_bits import quoting
from deid.formats.records import _quotes

PARTS = ['"a"', ",", "\n", '""', '"', "b", '"c\nd"', "\r\n", '"e ""f"" g"', "x" * 61]


def walked(data: bytes) -> int | None:
    """Return the last line feed outside quotes by a walk; None where a quote is not where quotes belong."""
    last, inside = -1, False
    for at, octet in enumerate(data):
        if octet == ord('"'):
            beside = data[at + 1 : at + 2] if inside else data[at - 1 : at] if at else b""
            if beside not in ((b"", b"\n", b",", b'"', b"\r") if inside else (b"", b"\n", b",", b'"')):
                return None
            inside = not inside
        elif octet == ord("\n") and not inside:
            last = at
    return last


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=120))
@example(['"' + "x" * 62, '"', "\n"])
@example(["x" * 63, "\n", '"', "x" * 63, "\n", '"'])
@settings(max_examples=500, deadline=None)
def test_words_tell_what_a_walk_tells(parts: list[str]) -> None:
    data = "".join(parts).encode()
    found = quoting(data, ",")
    assert (found.last_feed if found else None) == walked(data)


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=60))
@settings(max_examples=300, deadline=None)
def test_what_is_regular_is_what_the_strict_reading_accepts(parts: list[str]) -> None:
    data = "".join(parts).encode()
    found = quoting(data, ",")
    try:
        places = _quotes(data, ",", "t.csv", 1)
    except DataError:
        assert found is None
        return
    if found is not None:  # doubled quotes stand for themselves in a walk, and close and open again here
        feeds = [at for at, octet in enumerate(data) if octet == ord("\n") and (places < at).sum() % 2 == 0]
        assert found.last_feed == (feeds[-1] if feeds else -1)
