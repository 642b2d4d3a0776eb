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
_TRIES = 1000
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Block:
    """Whole records in UTF-8: `line` is the number of the first line, `quotes` the places of quotes that count."""

    data: bytes = field(repr=False)
    line: int
    quotes: Positions = field(repr=False)

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
        quotes = _quotes(data, delimiter, place, line)
        cut = _last_end(data, quotes)
        if cut == 0 and len(data) > RECORD_LIMIT:
            raise _too_long(data, quotes, place, line)
        if cut:
            block = Block(data[:cut], line, quotes[: np.searchsorted(quotes, cut)])
            _check(block, place)
            yield block
            line += block.data.count(b"\n")
        carry = data[cut:]
    if carry.strip(b"\r\n"):
        data = carry.rstrip(b"\r\n") + b"\n" if carry.endswith(b"\n") else carry + b"\n"
        quotes = _quotes(data, delimiter, place, line)
        if len(quotes) % 2:
            raise _refusal(QUOTES, "a quote is opened and never closed", place, line + _lines(data, quotes[-1]))
        block = Block(data, line, quotes)
        _check(block, place)
        yield block


def _quotes(data: bytes, delimiter: str, place: str, line: int) -> Positions:
    """Return the places of the quotes that open or close; others stand for themselves in bare cells."""
    every = _places(data, _QUOTE)
    if not len(every) or _all_structural(data, every, delimiter):
        return every
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


def _all_structural(data: bytes, quotes: Positions, delimiter: str) -> bool:
    """Whether quotes open and close in turn, each where it may; doubled quotes cancel out, so parity holds."""
    octets = np.frombuffer(data, np.uint8)
    opens, closes = quotes[0::2], quotes[1::2]
    before = octets[opens[opens > 0] - 1]
    after = octets[closes[closes + 1 < len(data)] + 1]
    may_open = np.zeros(256, bool)
    may_open[[_LF, ord(delimiter), _QUOTE]] = True
    may_close = may_open.copy()
    may_close[_CR] = True
    return bool(may_open[before].all() and may_close[after].all())


def _last_end(data: bytes, quotes: Positions) -> int:
    """Return where the last whole record that is followed by more than blank lines ends; 0 if there is none."""
    cut = _last_outside(data, quotes) + 1
    if cut <= 2 or data[max(0, cut - 3) : cut].count(b"\n") > 1:
        body = len(data[:cut].rstrip(b"\r\n"))
        cut = data.find(b"\n", body) + 1 if body else 0
    return cut


def _last_outside(data: bytes, quotes: Positions) -> int:
    """Return the place of the last line feed outside quotes, or -1. Looks from the end, where it mostly is."""
    closed = len(quotes) - len(quotes) % 2
    ends = [*quotes[closed:].tolist(), len(data)]
    for index in range(closed, max(0, closed - 2 * _TRIES), -2):
        found = data.rfind(b"\n", int(quotes[index - 1]), ends[0])
        if found >= 0:
            return found
        ends = [int(quotes[index - 2])]
    if closed <= 2 * _TRIES:
        return data.rfind(b"\n", 0, ends[0])
    feeds = _outside(quotes, _places(data, _LF))
    return int(feeds[-1]) if len(feeds) else -1


def _check(block: Block, place: str) -> None:
    data = block.data
    if b"\0" in data:
        raise _refusal(NUL, "NUL character", place, block.line_at(data.index(b"\0")))
    if b"\r" in data:
        returns = _places(data, _CR)
        lone = _outside(block.quotes, returns[np.frombuffer(data, np.uint8)[returns + 1] != _LF])
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


def _too_long(data: bytes, quotes: Positions, place: str, line: int) -> DataError:
    if len(quotes) % 2:
        return _refusal(QUOTES, "a quote is not closed within 64 MB", place, line + _lines(data, quotes[-1]))
    return _refusal(TOO_LONG, "a line is longer than 64 MB", place, line)


def _outside(quotes: Positions, positions: Positions) -> Positions:
    return positions if len(quotes) == 0 else positions[np.searchsorted(quotes, positions) % 2 == 0]


def _places(data: bytes, octet: int) -> Positions:
    return np.flatnonzero(np.frombuffer(data, np.uint8) == octet)


def _lines(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, int(position))


def _refusal(kind: ProblemKind, cause: str, place: str, line: int) -> DataError:
    return DataError(kind.at(cause, f"{place}:{line}"))
