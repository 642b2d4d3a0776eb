"""Builds small SAS data sets (sas7bdat, 32 bits, little-endian) for tests, since no free library writes them.

The layout follows what readers of the format have published: a header, a page of descriptions, pages of rows.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

_MAGIC = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
_HEADER, _PAGE = 1024, 8192
UTF_8, WINDOWS_1252 = 20, 62


@dataclass(frozen=True)
class Column:
    """A column of the file: a SAS format name without width, text or number, octets of a cell."""

    name: str
    label: str
    format: str
    text: bool
    width: int


def number(value: float | None) -> bytes:
    """Return a cell with a number, or the missing value."""
    return bytes.fromhex("000000000000f8ff") if value is None else struct.pack("<d", value)


def sas7bdat(columns: Sequence[Column], rows: Sequence[bytes], encoding: int = UTF_8) -> bytes:
    """Return the bytes of a data set whose rows are laid out already."""
    width = sum(column.width for column in columns)
    fitting = (_PAGE - 24) // width
    pages = [_descriptions(columns, len(rows), width)]
    for start in range(0, len(rows), fitting):
        some = rows[start : start + fitting]
        head = bytes(16) + struct.pack("<HHHH", 0x0100, len(some), 0, 0)
        pages.append((head + b"".join(some)).ljust(_PAGE, b"\0"))
    return _header(len(pages), encoding) + b"".join(pages)


def _header(pages: int, encoding: int) -> bytes:
    head = bytearray(_HEADER)
    head[:32] = _MAGIC
    head[32] = head[35] = 0x22
    head[37], head[39], head[70] = 1, ord("1"), encoding
    head[84:92], head[92:124], head[156:164] = b"SAS FILE", b"INVENTED".ljust(32), b"DATA    "
    struct.pack_into("<III", head, 196, _HEADER, _PAGE, pages)
    head[216:224] = b"9.0401M6"
    return bytes(head)


def _descriptions(columns: Sequence[Column], rows: int, width: int) -> bytes:
    texts = bytearray(28)

    def ref(text: str) -> bytes:
        octets = text.encode()
        place = len(texts)
        texts.extend(octets.ljust(-(-len(octets) // 4) * 4, b"\0"))
        return struct.pack("<HHH", 0, place if octets else 0, len(octets))

    refs = [(ref(column.name), ref(column.format), ref(column.label)) for column in columns]
    struct.pack_into("<H", texts, 0, len(texts) + 4)
    size = bytearray(480)
    struct.pack_into("<I", size, 0, 0xF7F7F7F7)
    struct.pack_into("<II", size, 20, width, rows)
    struct.pack_into("<I", size, 60, rows)
    attributes, place = b"", 0
    for column in columns:
        attributes += struct.pack("<IIHBB", place, column.width, 4, 2 if column.text else 1, 0)
        place += column.width
    names = b"".join(name + b"\0\0" for name, _, _ in refs)
    parts = [
        bytes(size),
        struct.pack("<III", 0xF6F6F6F6, len(columns), 0),
        struct.pack("<I", 0xFFFFFFFD) + bytes(texts) + bytes(12),
        struct.pack("<IH6x", 0xFFFFFFFF, len(names) + 8) + names + bytes(8),
        struct.pack("<IH6x", 0xFFFFFFFC, len(attributes) + 8) + attributes + bytes(8),
        *(struct.pack("<I30x", 0xFFFFFBFE) + shown + label + bytes(6) for _, shown, label in refs),
    ]
    page, end = bytearray(_PAGE), _PAGE
    struct.pack_into("<HHH", page, 16, 0, len(parts), len(parts))
    for position, part in enumerate(parts):
        end -= len(part)
        page[end : end + len(part)] = part
        struct.pack_into("<IIBB", page, 24 + 12 * position, end, len(part), 0, 0)
    return bytes(page)
