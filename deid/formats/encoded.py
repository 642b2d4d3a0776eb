"""The bytes of a text file as blocks of UTF-8, with its encoding told from a byte order mark or declared."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from deid.errors import DataError
from deid.formats.refusals import DISGUISED, EMPTY, OPTION, UNDECODABLE

BLOCK = 2 * 1024 * 1024
#: Codecs that may be declared, by their Python name. UTF-8 and UTF-16 with a byte order mark need no declaration.
ENCODINGS = frozenset(
    {"ascii", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso8859-1", "iso8859-15", "cp1250", "cp1252"}
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_OTHER_FORMATS = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"BZh91AY&SY", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"PAR1", "parquet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office document"),
)
_CONTROLS = re.compile("[\x80-\x9f]")


def encoding_of(path: Path, declared: str | None) -> str:
    """Return the codec of a file: its byte order mark's, else the declared one, else UTF-8. Raises DataError."""
    with path.open("rb") as file:
        head = file.read(16)
    if not head:
        raise DataError(EMPTY.at("the file is empty", path.name))
    for magic, kind in _OTHER_FORMATS:
        if head.startswith(magic):
            raise DataError(DISGUISED.at(f"the file begins like {kind}, not like text", path.name))
    wanted = None if declared is None else _codec(declared, path)
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), None)
    if marked is None:
        if wanted == "utf-16":
            raise DataError(UNDECODABLE.at("utf-16 without byte order mark: declare utf-16-le or utf-16-be", path.name))
        return "utf-8" if wanted in {None, "utf-8-sig"} else str(wanted)
    if wanted is not None and not wanted.startswith(marked[:5]):
        raise DataError(UNDECODABLE.at(f"declared {declared}, but a byte order mark says {marked}", path.name))
    return marked


def utf8_blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield the text as UTF-8 without byte order mark. UTF-8 itself is passed on as it is, to be checked by lines."""
    with path.open("rb") as file:
        if encoding in {"utf-8", "utf-8-sig"}:
            if encoding == "utf-8-sig":
                file.read(len(codecs.BOM_UTF8))
            while block := file.read(BLOCK):
                yield block
            return
        decoder = codecs.getincrementaldecoder(encoding)("strict")
        line = 1
        while True:
            raw = file.read(BLOCK)
            text, fault = _decoded(decoder, raw)
            line += text.count("\n")
            odd = _CONTROLS.search(text) if encoding == "iso8859-1" else None
            if fault or odd:
                line -= text.count("\n", odd.start()) if odd else 0
                hint = "control characters: perhaps windows-1252" if odd else ""
                cause = f"bytes that are not {encoding}"
                raise DataError(UNDECODABLE.at(cause, f"{path.name}:{line}", hint=hint))
            if text:
                yield text.encode()
            if not raw:
                return


def stretch(path: Path, start: int, octets: int) -> Iterator[bytes]:
    """Yield a stretch of a file as it is, block by block."""
    with path.open("rb") as file:
        file.seek(start)
        while octets > 0 and (block := file.read(min(BLOCK, octets))):
            octets -= len(block)
            yield block


def _codec(declared: str, path: Path) -> str:
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if name not in ENCODINGS:
        known = ", ".join(sorted(ENCODINGS))
        raise DataError(OPTION.at(f"encoding is not one that can be declared: {known}", path.name))
    return name


def _decoded(decoder: codecs.IncrementalDecoder, raw: bytes) -> tuple[str, bool]:
    """Return the text, or the text before the fault and True. The fault itself, which holds bytes, is let go."""
    state = decoder.getstate()
    try:
        return decoder.decode(raw, final=not raw), False
    except UnicodeDecodeError as fault:
        good = fault.start
    decoder.setstate(state)
    pending = len(state[0]) if isinstance(state[0], bytes) else 0
    return decoder.decode(raw[: max(0, good - pending)]), True
