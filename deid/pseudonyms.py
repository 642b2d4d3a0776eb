"""Pseudonyms: keyed names without meaning, the same for the same identifier in every table of a release."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.keys import Key

#: Consonants only: no word, number, date or formula can appear, and no two letters look alike.
ALPHABET = "bcdfghjkmnpqrstvwxz"
BITS = 64
SHORTEST = math.ceil(BITS / math.log2(len(ALPHABET)))
LONGEST = 32
UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_WORD = 8  # letters drawn from each 64-bit word of the digest: the bias stays under 2e-9
_LETTERS = np.frombuffer(ALPHABET.encode(), np.uint8)


def pseudonyms(key: Key, field: str, texts: Sequence[str], length: int = SHORTEST, prefix: str = "") -> list[str]:
    """Return the pseudonym of each canonical text; columns that share `field` share pseudonyms.

    HMAC-SHA-256 under a subkey of its own for each field and release; 4.2 bits a letter.
    """
    names: list[str] = pseudonym_column(key, field, texts, length, prefix).to_pylist()
    return names


def pseudonym_column(key: Key, field: str, texts: Sequence[str], length: int, prefix: str) -> pa.Array:
    """Return the pseudonyms as a column of text."""
    words = key.subkey("pseudonym", field).words(texts)
    letters = np.uint64(len(ALPHABET))
    drawn = np.empty((len(texts), length), np.uint8)
    for position in range(length):
        if position % _WORD == 0:
            rest = words[:, position // _WORD]
        rest, letter = np.divmod(rest, letters)
        drawn[:, position] = _LETTERS[letter]
    ends = np.arange(0, len(drawn) * length + 1, length, dtype=np.int32)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(drawn.tobytes())]
    bare = pa.Array.from_buffers(pa.string(), len(drawn), buffers)
    return pc.binary_join_element_wise(prefix, bare, "") if prefix else bare


def uuid_pseudonyms(key: Key, field: str, texts: Sequence[str]) -> list[str]:
    """Return a pseudonym in the form of a UUID (version 8, RFC 9562) for each text that is a UUID itself.

    122 bits under the same subkey as `pseudonyms`; a UUID is the same in capitals and small letters.
    """
    mac = key.subkey("pseudonym", field).mac
    found = []
    for text in texts:
        number = int.from_bytes(mac(text.lower())[:16], "big")
        number = number & ~(0xF << 76) & ~(0x3 << 62) | (0x8 << 76) | (0x2 << 62)
        found.append(str(uuid.UUID(int=number)))
    return found


def id_pseudonyms(key: Key, field: str, texts: Sequence[str], length: int = SHORTEST, prefix: str = "") -> list[str]:
    """Return pseudonyms of ids of which some are UUIDs: these stay UUIDs, the others become letters."""
    uuids = [text for text in texts if UUID.fullmatch(text)]
    new = dict(zip(uuids, uuid_pseudonyms(key, field, uuids), strict=True))
    others = [text for text in texts if text not in new]
    new |= dict(zip(others, pseudonyms(key, field, others, length, prefix), strict=True))
    return [new[text] for text in texts]


def option_problems(length: int, prefix: str) -> Iterator[str]:
    """Return what is wrong with the options of a pseudonym."""
    if not SHORTEST <= length <= LONGEST:
        yield f"length must be from {SHORTEST} ({BITS} bits) to {LONGEST}"
    if len(prefix) > 20 or not prefix.isprintable() or prefix[:1] in {"=", "+", "-", "@"}:
        yield "prefix must be at most 20 printable characters and not begin like a formula (= + - @)"
