"""A SAS transport file as it lies on the disk: one whole data set, in one encoding that its bytes tell."""

from __future__ import annotations

import codecs
import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyreadstat

from deid.errors import DataError, problem_kind
from deid.formats.refusals import EMPTY, OPTION, UNDECODABLE, UNREADABLE
from deid.formats.sas import SasFile

SEVERAL = problem_kind(
    "D326",
    "several data sets in one transport file",
    remedy="write each data set into a transport file of its own",
)
#: Encodings by Python codec, with the name that pyreadstat takes.
ENCODINGS = {"utf-8": "UTF-8", "cp1252": "WINDOWS-1252", "iso8859-1": "ISO-8859-1"}
_LIBRARY = b"HEADER RECORD*******LIB"
_MEMBERS = (b"HEADER RECORD*******MEMBER  HEADER RECORD", b"HEADER RECORD*******MEMBV8  HEADER RECORD")
_ROWS = (b"HEADER RECORD*******OBS     HEADER RECORD", b"HEADER RECORD*******OBSV8   HEADER RECORD")
_CHUNK = 8 * 1024 * 1024
_RECORD = 80


@dataclass(frozen=True)
class Layout:
    """Where the rows begin and how wide each column is; `text` says which columns are text."""

    start: int
    widths: tuple[int, ...]
    text: tuple[bool, ...]

    def text_columns(self) -> Iterator[slice]:
        """Yield the place of every text column within a row."""
        begin = 0
        for width, text in zip(self.widths, self.text, strict=True):
            if text:
                yield slice(begin, begin + width)
            begin += width


def encoding_of(path: Path, declared: str | None) -> str:
    """Return the codec of a whole transport file: declared, or UTF-8 where its bytes are that, else Windows-1252.

    Raises DataError when the file is not whole, holds several data sets, or mixes encodings.
    """
    wanted = _declared(path, declared)
    meta = _metadata(path)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        layout = _layout(path, data, meta)
        if wanted:
            return wanted
        cells = {label.encode("latin-1") for label in (*meta.column_labels, meta.file_label) if label}
        cells = {cell for cell in cells if not cell.isascii()}
        for each in _foreign(data, layout):
            cells |= each
    valid = sum(_decodes(cell, "utf-8") for cell in cells)
    if valid == len(cells):
        return "utf-8"
    if valid == 0 and all(_decodes(cell, "cp1252") for cell in cells):
        return "cp1252"
    cause = f"{valid} of {len(cells)} distinct texts beyond ASCII are UTF-8, the others are not"
    raise DataError(UNDECODABLE.at(cause, path.name))


def _declared(path: Path, declared: str | None) -> str | None:
    if declared is None:
        return None
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        name = ""
    if name not in ENCODINGS:
        raise DataError(OPTION.at("option 'encoding' must be utf-8, windows-1252 or iso-8859-1", path.name))
    return name


def _metadata(path: Path) -> Any:
    """Return names, labels and widths, each octet a character, after a look at the first bytes."""
    with path.open("rb") as file:
        head = file.read(len(_LIBRARY))
    if not head:
        raise DataError(EMPTY.at("the file is empty", path.name))
    if head != _LIBRARY:
        raise DataError(UNREADABLE.at("it does not begin as a SAS transport file", path.name))
    return SasFile(path, pyreadstat.read_xport, "ISO-8859-1").metadata()


def _layout(path: Path, data: mmap.mmap, meta: Any) -> Layout:
    found = [data.find(mark) for mark in _ROWS]
    start = min((place for place in found if place >= 0), default=0) + _RECORD
    widths = tuple(meta.variable_storage_width[name] for name in meta.column_names)
    if max(found) < 0 or len(widths) != len(set(meta.column_names)):
        raise DataError(UNREADABLE.at("the header is damaged", path.name))
    text = tuple(meta.readstat_variable_types[name] == "string" for name in meta.column_names)
    if any(_aligned(data, mark, start) for mark in _MEMBERS):
        raise DataError(SEVERAL.at("a second data set follows the first", path.name))
    rest = (len(data) - start) % max(1, sum(widths))
    if len(data) < start or (rest and data[len(data) - rest :].strip(b" ")):
        raise DataError(UNREADABLE.at("the last row is cut short", path.name))
    return Layout(start, widths, text)


def _aligned(data: mmap.mmap, mark: bytes, start: int) -> bool:
    """Whether a header record stands after the rows began, at a multiple of 80 octets as all of them do."""
    place = data.find(mark, start)
    while place >= 0:
        if place % _RECORD == 0:
            return True
        place = data.find(mark, place + 1)
    return False


def _foreign(data: mmap.mmap, layout: Layout) -> Iterator[set[bytes]]:
    """Yield the distinct texts beyond ASCII, some thousand rows at a time."""
    width = sum(layout.widths)
    count = (len(data) - layout.start) // width if width else 0
    step = max(1, _CHUNK // max(1, width))
    for first in range(0, count, step):
        begin = layout.start + first * width
        rows: npt.NDArray[np.uint8] = np.frombuffer(data[begin : begin + min(step, count - first) * width], np.uint8)
        rows = rows.reshape(-1, width)
        for column in layout.text_columns():
            cells = rows[:, column]
            yield {cell.tobytes().rstrip(b" ") for cell in cells[(cells >= 0x80).any(axis=1)]}


def _decodes(cell: bytes, codec: str) -> bool:
    try:
        cell.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
