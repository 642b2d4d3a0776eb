"""Text inside text: what base64, hexadecimal and escaped runs of a cell hold, gzip and zlib opened, also nested."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.octets import Octets, Offsets, octets_of
from deid.values import is_ascii

#: A run that may be base64 or hexadecimal: long, or short with capitals where prose has none.
_PACKED = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){6,}")
_MIXED = re.compile(r"[a-z0-9][A-Z]")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_WORTH_OPENING = r"[A-Za-z0-9+/_-]{16,}|[0-9A-Fa-f]{12,}|[a-z0-9][A-Z]|%[0-9A-Fa-f]{2}"
SURE_LENGTH, DEEPEST = 16, 3
MAX_UNPACKED = 10_000_000
_SEXTET = np.full(256, 0xFF, np.uint8)
for _alphabet in (b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", b"-_"):
    _SEXTET[np.frombuffer(_alphabet, np.uint8)] = np.arange(len(_alphabet)) + (62 if len(_alphabet) == 2 else 0)
_DIGIT = np.zeros(256, np.bool_)
_DIGIT[np.frombuffer(b"0123456789ABCDEFabcdef", np.uint8)] = True
_NEVER = np.zeros(256, np.bool_)  # octets that no text in UTF-8 holds
_NEVER[[0xC0, 0xC1, *range(0xF5, 0x100)]] = True
_LONGEST_RUN = 64


def worth_opening(texts: pa.Array) -> pa.Array:
    """Return the texts that may hold packed text: `unpacked` finds nothing in the others."""
    texts = texts.filter(pc.match_substring_regex(texts, _WORTH_OPENING))
    if not is_ascii(texts):
        return texts
    offsets, octets = octets_of(texts)
    lengths = np.diff(offsets)
    hopeless = np.zeros(len(texts), np.bool_)
    for length in np.unique(lengths[(lengths >= 8) & (lengths <= _LONGEST_RUN)]).tolist():
        rows = np.flatnonzero(lengths == length)
        hopeless[rows] = _hopeless(_matrix(rows, length, offsets, octets))
    return texts.filter(pa.array(~hopeless))


def _matrix(rows: npt.NDArray[np.intp], length: int, offsets: Offsets, octets: Octets) -> Octets:
    """Return the octets of texts of one length, a row a text."""
    matrix: Octets = octets[offsets[rows][:, None] + np.arange(length)]
    return matrix


def _hopeless(text: Octets) -> npt.NDArray[np.bool_]:
    """Return which texts are one run of the base64 alphabet, not hexadecimal, that decodes to no text and no archive.

    The other way round nothing is promised: what is left is decoded one by one.
    """
    sextets = _SEXTET[text]
    run = np.asarray((sextets < 64).all(axis=1) & ~_DIGIT[text].all(axis=1), np.bool_)
    if text.shape[1] % 4 == 1:
        return run
    raw = np.empty((len(text), text.shape[1] * 6 // 8), np.uint8)
    for place in range(raw.shape[1]):
        left, offset = divmod(place * 8, 6)
        raw[:, place] = (sextets[:, left] << (2 + offset)) | (sextets[:, left + 1] >> (4 - offset))
    follows = (raw & 0xC0) == 0x80
    begins = raw >= 0xC2
    lone = follows[:, :1].any(axis=1) | (follows[:, 1:] & (raw[:, :-1] < 0x80)).any(axis=1)
    cut = (begins[:, :-1] & ~follows[:, 1:]).any(axis=1) | begins[:, -1]
    archive = (raw[:, 0] == 0x78) | (raw[:, 0] == 0x1F)
    no_text: npt.NDArray[np.bool_] = run & (lone | cut | _NEVER[raw].any(axis=1)) & (raw != 0).all(axis=1) & ~archive
    return no_text


def unpacked(text: str, depth: int = DEEPEST) -> Iterator[str]:
    """Yield what base64, hexadecimal and escaped runs of a cell hold as text, gzip and zlib opened, also nested."""
    inner = [unquote(text)] if _ESCAPED.search(text) else []
    for match in _PACKED.finditer(text):
        for data in _decoded(match.group()):
            decoded = data.replace(b"\0", b"").decode("utf-8", "replace")
            if decoded and "\ufffd" not in decoded:
                inner.append(decoded)
    for found in inner:
        yield found
        if depth > 1:
            yield from unpacked(found, depth - 1)


def _decoded(run: str) -> Iterator[bytes]:
    if _HEX.fullmatch(run):
        yield bytes.fromhex(run)
    if len(run) < SURE_LENGTH and not _MIXED.search(run):
        return
    run = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        raw = base64.b64decode(run + "=" * (-len(run) % 4), validate=True)
    except (binascii.Error, ValueError):
        return
    yield raw
    yield _inflated(raw)


def _inflated(raw: bytes) -> bytes:
    """Return what gzip or zlib data hold, up to a bound: a small cell may unpack to gigabytes."""
    if not raw.startswith((b"\x1f\x8b", b"\x78")):
        return b""
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 32).decompress(raw, MAX_UNPACKED)
    except zlib.error:
        return b""
