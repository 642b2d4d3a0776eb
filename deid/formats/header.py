"""The head of a delimited file: comment lines kept aside, the line of column names, the delimiter."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deid.errors import DataError, problem_kind
from deid.formats.records import RECORD_LIMIT, Block, blocks
from deid.formats.refusals import EMPTY, TOO_LONG, UNREADABLE

_QUOTED = re.compile('"[^"]*("|$)')
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
DELIMITER_UNCLEAR = problem_kind(
    "D317",
    "delimiter is not clear",
    remedy="declare it in the policy by the name of the file, at the left margin: "
    """`formats: {"NAME.csv": {delimiter: ";"}}`; `tables:` takes no such key""",
    meaning="A wrong delimiter makes one column of all cells, so a decision for that column would govern every cell.",
)
COMMENT_UNCLEAR = problem_kind(
    "D318",
    "first line begins with #",
    remedy="declare `comment: '#'` if lines above the column names are comments, or `comment: ''` if they are not",
)


#: Lines below the names that are looked at to say which delimiter is the likeliest.
_LINES_COMPARED = 20


@dataclass(frozen=True)
class Preamble:
    """The comment lines above the column names, as they stand. They may hold data: never shown in a repr."""

    text: str = field(default="", repr=False)

    def only(self, positions: Sequence[int], width: int, delimiter: str) -> Preamble:
        """Return the lines without the cells of columns that are gone; lines that describe no columns stay as they are.

        A line describes columns when it has as many cells as there are columns (cBioPortal's four header lines).
        """
        lines = self.text.splitlines(keepends=True)
        return Preamble("".join(_only(line, positions, width, delimiter) for line in lines))


@dataclass(frozen=True)
class Head:
    """What stands before the first row: the names of columns without one are made up and listed in `blanks`.

    `octets` is how many of the stream it takes up, `line` the number of the first line of rows.
    """

    preamble: Preamble
    delimiter: str
    names: tuple[str, ...]
    blanks: tuple[str, ...]
    octets: int = 0
    line: int = 1


def _only(line: str, positions: Sequence[int], width: int, delimiter: str) -> str:
    text = line.rstrip("\r\n")
    mark = text[: len(text) - len(text.lstrip("#"))]
    cells = text[len(mark) :].split(delimiter)
    if width < 2 or len(cells) != width or len(positions) == width:
        return line
    return mark + delimiter.join(cells[i] for i in positions) + line[len(text) :]


def opened(
    stream: Iterator[bytes], place: str, *, delimiter: str | None, usual: str, comment: str | None
) -> tuple[Head, Iterator[Block]]:
    """Read the head of a stream and return it with the blocks of rows that follow. Raises DataError."""
    preamble, rest, line, above = _preamble(stream, comment or "", place)
    first = next(rest, b"")
    if comment is None and first.startswith(b"#"):
        raise DataError(COMMENT_UNCLEAR.at("comments are neither declared nor excluded", f"{place}:{line}"))
    chosen = delimiter or _delimiter(first, usual, f"{place}:{line}")
    records = blocks(_chain(first, rest), chosen, place, line)
    top = next(records, None)
    if top is None:
        raise DataError(EMPTY.at("the file holds no column names", place))
    end = int(top.ends()[0]) + 1
    cells = _cells(top.data[:end].decode(), chosen, f"{place}:{top.line}")
    if delimiter is not None:
        _refuse_other(first, cells, delimiter, f"{place}:{line}")
    names, blanks = _named(cells)
    below = _after(top, end)
    return Head(Preamble(preamble), chosen, names, blanks, above + end, below.line), _chain_blocks(below, records)


def _preamble(stream: Iterator[bytes], comment: str, place: str) -> tuple[str, Iterator[bytes], int, int]:
    """Take leading comment and blank lines off a stream; return them, the rest, its first line and its place."""
    taken: list[bytes] = []
    data, start, line, above = b"", 0, 1, 0
    prefix = comment.encode()
    while True:
        end = data.find(b"\n", start) + 1
        if end == 0:
            if len(data) - start > RECORD_LIMIT:
                raise DataError(TOO_LONG.at("a line is longer than 64 MB", f"{place}:{line}"))
            block = next(stream, b"")
            if not block:
                break
            data, start = data[start:] + block, 0
            continue
        text = data[start:end]
        blank = not text.strip(b"\r\n")
        if not blank and not (prefix and text.startswith(prefix)):
            break
        taken += [text] if taken or not blank else []
        line += 1
        above += end - start
        start = end
    return _text(taken, place), _chain(data[start:], stream), line, above


def _text(lines: list[bytes], place: str) -> str:
    try:
        return b"".join(lines).decode()
    except UnicodeDecodeError:
        pass
    raise DataError(UNREADABLE.at("the comment lines at the top are not UTF-8", place))


def _delimiter(first: bytes, usual: str, place: str) -> str:
    """Tell the delimiter from the line of names. Refuses when more than one candidate stands in it."""
    found = _candidates(first)
    if not found:
        return usual
    if len(found) == 1 or (usual == "\t" and usual in found):
        return usual if usual in found else found[0]
    seen = " and ".join(DELIMITERS[delimiter] for delimiter in found)
    hint = _declared(place, _likeliest(first, found))
    raise DataError(DELIMITER_UNCLEAR.at(f"the line of column names holds {seen}", place, hint=hint))


def _candidates(first: bytes) -> list[str]:
    """Return the candidates that stand outside quotes in the first line."""
    bare = _QUOTED.sub("", first.split(b"\n", 1)[0].decode("utf-8", "replace"))
    return [delimiter for delimiter in DELIMITERS if delimiter in bare]


def _refuse_other(first: bytes, cells: list[str], delimiter: str, place: str) -> None:
    """Refuse a declared delimiter that leaves one column while another candidate stands in its name."""
    others = [other for other in _candidates(first) if other != delimiter]
    if len(cells) == 1 and others:
        cause = f"the line of column names holds {DELIMITERS[others[0]]} and not the declared delimiter"
        raise DataError(DELIMITER_UNCLEAR.at(cause, place, hint=_declared(place, _likeliest(first, others))))


def _likeliest(first: bytes, found: Sequence[str]) -> str:
    """Return the candidate that stands as often in the next lines as in the first; else the commonest in the first.

    Of equals a comma comes last: it also stands within names.
    """
    lines = _QUOTED.sub("", first.decode("utf-8", "replace")).split("\n")[: _LINES_COMPARED + 1]
    top, rows = lines[0], [line for line in lines[1:] if line.strip()]

    def rank(candidate: str) -> tuple[int, int, bool]:
        count = top.count(candidate)
        return sum(row.count(candidate) == count for row in rows), count, candidate != ","

    return max(sorted(found), key=rank)


def _declared(place: str, likely: str) -> str:
    """Return the line that declares the delimiter of a file."""
    line = json.dumps({place.rpartition(":")[0]: {"delimiter": likely}}, ensure_ascii=False)
    return f"if the {DELIMITERS[likely]} separates the columns, write in the policy `formats: {line}`"


def _cells(line: str, delimiter: str, place: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter, strict=False))
    except (csv.Error, StopIteration):
        pass
    raise DataError(UNREADABLE.at("the line of column names cannot be read", place))


def _named(cells: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name blank header cells by their position, `unnamed_1`, beside whatever names exist."""
    names = list(cells)
    blanks = []
    for position, cell in enumerate(cells):
        if cell == "":
            name = f"unnamed_{position + 1}"
            while name in cells:
                name += "_"
            names[position] = name
            blanks.append(name)
    return tuple(names), tuple(blanks)


def _after(top: Block, end: int) -> Block:
    line = top.line + top.data.count(b"\n", 0, end)
    counting = None if top.counting is None else top.counting[top.counting >= end] - end
    return Block(top.data[end:], line, counting)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _chain_blocks(first: Block, rest: Iterator[Block]) -> Iterator[Block]:
    if first.data:
        yield first
    yield from rest
