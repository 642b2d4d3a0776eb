"""Blocked gzip, in which VCF files are kept: read like any gzip, written so that they can be indexed."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from deid.errors import DataError
from deid.formats.durable import DurableFile
from deid.formats.refusals import UNREADABLE

MAGIC = b"\x1f\x8b"
#: Bytes of text in a block, as htslib cuts them: even if nothing can be compressed, a block stays under 64 KiB.
BLOCK = 0xFF00
_HEAD = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0"
_END = bytes.fromhex("1f8b08040000000000ff0600424302001b0003000000000000000000")


def unzipped_blocks(path: Path, size: int) -> Iterator[bytes]:
    """Yield the bytes of a file in blocks, unzipped where it is gzip. Raises DataError for a damaged file."""
    with path.open("rb") as plain:
        zipped = plain.read(2) == MAGIC
        plain.seek(0)
        if not zipped:
            while block := plain.read(size):
                yield block
            return
        _refuse_cut(plain, path)
        with gzip.GzipFile(fileobj=plain) as stream:
            while block := _next(stream, size, path):
                yield block


def _refuse_cut(file: BinaryIO, path: Path) -> None:
    """Refuse blocked gzip without the block of its end: cut between two blocks it would be read as a shorter file."""
    blocked = file.read(len(_HEAD))[12:] == _HEAD[12:]
    file.seek(-min(len(_END), path.stat().st_size), 2)
    if blocked and file.read() != _END:
        raise DataError(
            UNREADABLE.at("the block that ends a blocked gzip file is missing: it was cut short", path.name)
        )
    file.seek(0)


def _next(stream: gzip.GzipFile, size: int, path: Path) -> bytes:
    try:
        return stream.read(size)
    except (EOFError, OSError, zlib.error):
        pass
    raise DataError(UNREADABLE.at("the compressed file is damaged or cut short", path.name))


class BgzfFile:
    """A new file of blocked gzip, the same bytes for the same text; on the disk once it is closed."""

    def __init__(self, path: Path) -> None:
        self._file = DurableFile(path)
        self._waiting = b""

    def write(self, data: bytes) -> None:
        """Append text."""
        self._waiting += data
        while len(self._waiting) >= BLOCK:
            self._block(self._waiting[:BLOCK])
            self._waiting = self._waiting[BLOCK:]

    def close(self) -> None:
        """Write what is left and the mark of the end, and flush to the disk."""
        if self._waiting:
            self._block(self._waiting)
            self._waiting = b""
        self._file.write(_END)
        self._file.close()

    def _block(self, text: bytes) -> None:
        deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = deflate.compress(text) + deflate.flush()
        if len(packed) > 0xFFFF - len(_HEAD) - 10:
            deflate = zlib.compressobj(0, zlib.DEFLATED, -zlib.MAX_WBITS)
            packed = deflate.compress(text) + deflate.flush()
        size = len(_HEAD) + 2 + len(packed) + 8
        tail = struct.pack("<II", zlib.crc32(text), len(text))
        self._file.write(_HEAD + struct.pack("<H", size - 1) + packed + tail)
