"""A stream of delimited text cut into blocks of whole records, each checked byte by byte before it is parsed.

The parser downstream (pyarrow) is fast and forgiving: it takes a quote that is never closed, a NUL or a lone carriage
return without complaint. Here is what it does not check, with the number of the line (1-based) where it is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from deid.errors import DataError, ProblemKind, problem_kind
from deid.formats.quote_bits import quoting
from deid.formats.refusals import NUL, TOO_LONG, UNDECODABLE

RECORD_LIMIT = 64 * 1024 * 1024
QUOTES = problem_kind(
    "D315",
    "quotes do not balance",
    remedy="close the quote, double every quote inside a quoted cell, or export the file again",
    meaning="A quote opens a cell at its start and closes it before a delimiter or the end of the line.",
)
LINE_END = problem_kind(
    "D316",
    "carriage return without line feed",
    remedy="save the file with line ends \\n or \\r\\n",
    meaning="A lone carriage return ends a line for some programs and belongs to the cell for others.",
)
_QUOTE, _LF, _CR = 0x22, 0x0A, 0x0D
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Block:
    """Whole records in UTF-8: `line` is the number of the first line.

    `counting` holds the places of the quotes that open or close a cell; None where every quote does.
    """

    data: bytes = field(repr=False)
    line: int
    counting: Positions | None = field(default=None, repr=False)

    @property
    def quotes(self) -> Positions:
        """The places of the quotes that open or close a cell."""
        return _places(self.data, _QUOTE) if self.counting is None else self.counting

    def line_at(self, position: int) -> int:
        """Return the number of the line that holds a byte."""
        return self.line + self.data.count(b"\n", 0, position)

    def ends(self) -> Positions:
        """Return where records end: the line feeds outside quotes."""
        return _outside(self.quotes, _places(self.data, _LF))

    def outside(self, char: str) -> Positions:
        """Return where an ASCII character stands outside quotes."""
        return _outside(self.quotes, _places(self.data, ord(char)))


def blocks(stream: Iterable[bytes], delimiter: str, place: str, line: int = 1) -> Iterator[Block]:
    """Yield the stream as blocks of whole, checked records; blank lines at the very end are left out.

    Raises DataError at the first line that is not text in UTF-8, holds a NUL, or whose quotes do not balance.
    """
    carry = b""
    for chunk in stream:
        data = carry + chunk
        quotes, last = _scanned(data, delimiter, place, line)
        cut = _last_end(data, last)
        if cut == 0 and len(data) > RECORD_LIMIT:
            raise _too_long(Block(data, line, quotes), place)
        if cut:
            block = Block(data[:cut], line, quotes if quotes is None else quotes[: np.searchsorted(quotes, cut)])
            _check(block, place)
            yield block
            line += _feeds(block.data)
        carry = data[cut:]
    if carry.strip(b"\r\n"):
        data = carry.rstrip(b"\r\n") + b"\n" if carry.endswith(b"\n") else carry + b"\n"
        block = Block(data, line, _scanned(data, delimiter, place, line)[0])
        if len(block.quotes) % 2:
            raise _refusal(QUOTES, "a quote is opened and never closed", place, block.line_at(int(block.quotes[-1])))
        _check(block, place)
        yield block


def _scanned(data: bytes, delimiter: str, place: str, line: int) -> tuple[Positions | None, int]:
    """Return the places of the quotes that count, None for all, and that of the last line feed outside them, or -1."""
    regular = quoting(data, delimiter)
    if regular is not None:
        return None, regular.last_feed
    quotes = _quotes(data, delimiter, place, line)
    feeds = _outside(quotes, _places(data, _LF))
    return quotes, int(feeds[-1]) if len(feeds) else -1


def _quotes(data: bytes, delimiter: str, place: str, line: int) -> Positions:
    """Return the places of the quotes that open or close; others stand for themselves in bare cells."""
    every = _places(data, _QUOTE)
    structural: list[int] = []
    opening = tuple(f'\n{delimiter}"'.encode())
    closing = tuple(f'\r\n{delimiter}"'.encode())
    inside = False
    skip = -1
    for position in every.tolist():
        if position == skip:
            continue
        after = data[position + 1] if position + 1 < len(data) else _LF
        if not inside:
            inside = position == 0 or data[position - 1] in opening[:-1]
            structural += [position] if inside else []
        elif after == _QUOTE:
            skip = position + 1
        elif after in closing:
            structural.append(position)
            inside = False
        else:
            raise _refusal(QUOTES, "text follows a closing quote", place, line + _lines(data, structural[-1]))
    return np.asarray(structural, dtype=np.intp)


def _last_end(data: bytes, last: int) -> int:
    """Return where the last whole record that is followed by more than blank lines ends; 0 if there is none.

    `last` is the place of the last line feed outside quotes, or -1.
    """
    cut = last + 1
    if cut <= 2 or data[max(0, cut - 3) : cut].count(b"\n") > 1:
        body = len(data[:cut].rstrip(b"\r\n"))
        cut = data.find(b"\n", body) + 1 if body else 0
    return cut


def _check(block: Block, place: str) -> None:
    data = block.data
    if b"\0" in data:
        raise _refusal(NUL, "NUL character", place, block.line_at(data.index(b"\0")))
    if b"\r" in data:
        returns = _places(data, _CR)
        lone = returns[np.frombuffer(data, np.uint8)[returns + 1] != _LF]
        lone = _outside(block.quotes, lone) if len(lone) else lone
        if len(lone):
            raise _refusal(LINE_END, "a carriage return stands alone", place, block.line_at(int(lone[0])))
    if not data.isascii():
        fault = _first_undecodable(data)
        if fault >= 0:
            raise _refusal(UNDECODABLE, "bytes that are not UTF-8", place, block.line_at(fault))


def _first_undecodable(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as fault:
        return fault.start
    return -1


def _too_long(block: Block, place: str) -> DataError:
    quotes = block.quotes
    if len(quotes) % 2:
        return _refusal(QUOTES, "a quote is not closed within 64 MB", place, block.line_at(int(quotes[-1])))
    return _refusal(TOO_LONG, "a line is longer than 64 MB", place, block.line)


def _outside(quotes: Positions, positions: Positions) -> Positions:
    return positions if len(quotes) == 0 else positions[np.searchsorted(quotes, positions) % 2 == 0]


def _places(data: bytes, octet: int) -> Positions:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == octet)


def _feeds(data: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == _LF))


def _lines(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, int(position))


def _refusal(kind: ProblemKind, cause: str, place: str, line: int) -> DataError:
    return DataError(kind.at(cause, f"{place}:{line}"))
