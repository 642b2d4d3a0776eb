"""Which quotes of a text open and close, told for 64 octets at once: every octet is one bit of a row of integers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D
_WORD = 64
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Quoting:
    """A text in which every quote opens or closes a cell where it may, or is doubled inside one.

    `last_feed` is the place of the last line feed outside quotes, or -1.
    """

    last_feed: int


def quoting(data: bytes, delimiter: str) -> Quoting | None:
    """Return how a text that begins outside quotes is quoted; None where some quote is not where quotes belong.

    Doubled quotes close and open again, so that counting in turn holds; a quote left open at the end is no fault here.
    """
    if b'"' not in data:
        return Quoting(data.rfind(b"\n"))
    here, feeds = _where(data, _QUOTE), _where(data, _LF)
    around = here | feeds | _where(data, ord(delimiter))
    inside = _inside(here)
    before = around << np.uint64(1)
    before[1:] |= around[:-1] >> np.uint64(_WORD - 1)
    before[0] |= np.uint64(1)
    if (here & inside & ~before).any():
        return None
    if b"\r" in data:
        around |= _where(data, _CR)
    after = around >> np.uint64(1)
    after[:-1] |= around[1:] << np.uint64(_WORD - 1)
    after[(len(data) - 1) // _WORD] |= np.uint64(1 << (len(data) - 1) % _WORD)
    if (here & ~inside & ~after).any():
        return None
    return Quoting(_last(feeds & ~inside))


def _where(data: bytes, octet: int) -> Words:
    """Return a bit for every octet that is the one given, the first one lowest; zeros fill up the last word."""
    packed = np.zeros(-(-len(data) // _WORD) * (_WORD // 8), np.uint8)
    packed[: -(-len(data) // 8)] = np.packbits(np.frombuffer(data, np.uint8) == octet, bitorder="little")
    return packed.view("<u8")


def _inside(quotes: Words) -> Words:
    """Return a bit for every octet from an opening quote to the one before its closing quote."""
    inside = quotes.copy()
    for shift in (1, 2, 4, 8, 16, 32):
        inside ^= inside << np.uint64(shift)
    open_after = np.bitwise_xor.accumulate(inside >> np.uint64(_WORD - 1))
    inside[1:] ^= np.uint64(0) - open_after[:-1]
    return inside


def _last(words: Words) -> int:
    """Return the place of the last bit that is set, or -1."""
    some = np.flatnonzero(words)
    return int(some[-1]) * _WORD + int(words[some[-1]]).bit_length() - 1 if len(some) else -1
