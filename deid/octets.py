"""Text columns by their octets: what is plain ASCII is read, counted and cut without looking at single cells."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Offsets = npt.NDArray[np.int64]
Octets = npt.NDArray[np.uint8]

_WORDLIKE = np.zeros(256, np.bool_)
_WORDLIKE[[*range(ord("0"), ord("9") + 1), *range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)]] = True
_BLANK = 0x20


def octets_of(text: pa.Array) -> tuple[Offsets, Octets]:
    """Return the offsets of a string column, from 0, and the octets they point into; a null cell has none."""
    _, raw_offsets, raw_octets = text.buffers()
    if raw_offsets is None or raw_octets is None or not len(text):
        return np.zeros(len(text) + 1, np.int64), np.zeros(0, np.uint8)
    offsets = np.frombuffer(raw_offsets, np.int32)[text.offset : text.offset + len(text) + 1].astype(np.int64)
    octets = np.frombuffer(raw_octets, np.uint8)[offsets[0] : offsets[-1]]
    return offsets - offsets[0], octets


def is_tidy(octets: Octets) -> bool:
    """Return whether there is nothing but visible ASCII: no accent, no blank, no control character."""
    return bool(octets.size == 0 or (octets.max() < 0x80 and octets.min() > _BLANK))


def letters_and_digits(text: pa.Array) -> pa.Array:
    """Return an ASCII column with its letters and digits only."""
    offsets, octets = octets_of(text)
    kept = _WORDLIKE[octets]
    if kept.all():
        return text
    at = np.zeros(len(octets) + 1, np.int32)
    np.cumsum(kept, out=at[1:])
    valid = text.buffers()[0] if not text.offset else text.is_valid().buffers()[1] if text.null_count else None
    buffers = [valid, pa.py_buffer(at[offsets]), pa.py_buffer(octets[kept])]
    return pa.Array.from_buffers(pa.string(), len(text), buffers)


def runs_of_word(text: pa.Array) -> npt.NDArray[np.int32]:
    """Return the number of runs of letters and digits in each cell of an ASCII column."""
    offsets, octets = octets_of(text)
    begins = _WORDLIKE[octets]
    begins[1:] &= ~_WORDLIKE[octets[:-1]]
    first = offsets[:-1][offsets[1:] > offsets[:-1]]
    begins[first] = _WORDLIKE[octets[first]]
    before = np.zeros(len(octets) + 1, np.int32)
    np.cumsum(begins, out=before[1:])
    return before[offsets[1:]] - before[offsets[:-1]]
