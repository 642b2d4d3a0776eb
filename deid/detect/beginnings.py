"""How the matches of a regular expression can begin: with which four characters, after which one."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

#: The parsed form of regular expressions, which the standard library keeps to itself.
_SRE: Any = importlib.import_module("re._constants")
_PARSER: Any = importlib.import_module("re._parser")
#: Characters of a beginning.
DEPTH = 4
#: A set of characters is a number: a bit for each of ASCII, one for all others. NUL stands for the ends of the text.
OTHER = 1 << 128
NUL = 1
ALL = (1 << 129) - 1
_ASCII = [chr(code) for code in range(128)]
_CATEGORIES: dict[str, str] = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}


def _bits(chars: Iterable[str]) -> int:
    return sum(1 << ord(char) for char in chars)


_WORD = _bits(char for char in _ASCII if char.isalnum() or char == "_")
_NEWLINE = _bits("\n")


class Beginning(NamedTuple):
    """One way to begin: what may stand before the match, and its first characters; after fewer than DEPTH anything."""

    before: int = ALL
    chars: tuple[int, ...] = ()
    boundary: bool = False
    ended: bool = False

    def goes_on(self) -> bool:
        """Whether the next character is still to be told."""
        return not self.ended and len(self.chars) < DEPTH

    def then(self, chars: int) -> Beginning:
        """Return the way that goes on with one of these characters."""
        return self._replace(chars=(*self.chars, chars))


def beginnings(regex: re.Pattern[str]) -> list[tuple[int, ...]]:
    """Return, as sets of characters, what may stand before a match and as its first three: a superset of what does."""
    parsed = _PARSER.parse(regex.pattern, regex.flags)
    told = {part for path in _follow(parsed, regex.flags, {Beginning()}) for part in _split(path)}
    return sorted(told)


def _split(path: Beginning) -> Iterable[tuple[int, ...]]:
    """Return a path as sets for all places; one that begins at the edge of a word as two."""
    first, *rest = (*path.chars, *(ALL,) * (DEPTH - len(path.chars)))
    edges = ((OTHER | _WORD, ~_WORD & ALL), (~_WORD & ALL, OTHER | _WORD)) if path.boundary else ((ALL, ALL),)
    for before, inside in edges:
        if path.before & before and first & inside:
            yield (path.before & before, first & inside, *rest)


def _follow(nodes: Any, flags: int, paths: set[Beginning]) -> set[Beginning]:
    """Return the paths once they have gone through the nodes of a sequence."""
    for operation, argument in nodes:
        going = {path for path in paths if path.goes_on()}
        if not going:
            break
        paths = _merged((paths - going) | _step(operation, argument, flags, going))
    return paths


def _step(operation: Any, argument: Any, flags: int, paths: set[Beginning]) -> set[Beginning]:
    if operation in (_SRE.LITERAL, _SRE.NOT_LITERAL, _SRE.IN, _SRE.ANY):
        chars = _chars(operation, argument, flags)
        return {path.then(chars) for path in paths}
    if operation is _SRE.BRANCH:
        return {path for branch in argument[1] for path in _follow(branch, flags, paths)}
    if operation is _SRE.SUBPATTERN:
        return _follow(argument[3], (flags | argument[1]) & ~argument[2], paths)
    if operation is _SRE.ATOMIC_GROUP:
        return _follow(argument, flags, paths)
    if operation in (_SRE.MAX_REPEAT, _SRE.MIN_REPEAT, _SRE.POSSESSIVE_REPEAT):
        return _repeated(argument, flags, paths)
    if operation is _SRE.AT:
        return {_at(argument, flags, path) for path in paths}
    if operation in (_SRE.ASSERT, _SRE.ASSERT_NOT):
        return {_asserted(operation, argument, flags, path) for path in paths}
    return {path._replace(ended=True) for path in paths}


def _repeated(argument: Any, flags: int, paths: set[Beginning]) -> set[Beginning]:
    least, most, inner = argument
    told: set[Beginning] = set()
    for count in range(min(int(most), int(least) + DEPTH) + 1):
        if count >= least:
            told |= paths
        told |= {path for path in paths if not path.goes_on()}
        paths = {path for path in paths if path.goes_on()}
        if not paths or count == most:
            break
        paths = _follow(inner, flags, paths)
    return told


def _at(where: Any, flags: int, path: Beginning) -> Beginning:
    """Return a path after an anchor; only one before the first character tells anything."""
    if path.chars:
        return path
    if where is _SRE.AT_BOUNDARY:
        return path._replace(boundary=True)
    if where in (_SRE.AT_BEGINNING, _SRE.AT_BEGINNING_STRING):
        lines = _NEWLINE if where is _SRE.AT_BEGINNING and flags & re.MULTILINE else 0
        return path._replace(before=path.before & (NUL | lines))
    return path


def _asserted(operation: Any, argument: Any, flags: int, path: Beginning) -> Beginning:
    """Return a path after a look around; only what must not stand right before the match tells anything."""
    direction, inner = argument
    if path.chars or operation is not _SRE.ASSERT_NOT or direction > 0 or len(inner) != 1:
        return path
    kind, what = inner[0]
    if kind not in (_SRE.LITERAL, _SRE.NOT_LITERAL, _SRE.IN):
        return path
    return path._replace(before=path.before & (~_chars(kind, what, flags) | OTHER | NUL))


def _merged(paths: set[Beginning]) -> set[Beginning]:
    """Return the paths with those joined that differ in their last character only."""
    last: dict[tuple[Any, ...], int] = {}
    plain = {path for path in paths if not path.chars}
    for path in paths - plain:
        key = (path.before, path.chars[:-1], path.boundary, path.ended)
        last[key] = last.get(key, 0) | path.chars[-1]
    return plain | {Beginning(key[0], (*key[1], chars), key[2], key[3]) for key, chars in last.items()}


def _chars(operation: Any, argument: Any, flags: int) -> int:
    """Return which characters a node takes."""
    if operation is _SRE.ANY:
        return ALL
    return _set(tuple(argument) if operation is _SRE.IN else ((operation, argument),), bool(flags & re.IGNORECASE))


@cache
def _set(items: tuple[tuple[Any, Any], ...], ignore_case: bool) -> int:
    negated = items[0][0] in (_SRE.NOT_LITERAL, _SRE.NEGATE)
    own = {char for char in _ASCII if any(_holds(item, char) for item in items)}
    if ignore_case:
        own |= {char for char in _ASCII if char.lower() in own or char.upper() in own}
    return (~_bits(own) & ALL if negated else _bits(own)) | OTHER


def _holds(item: tuple[Any, Any], char: str) -> bool:
    kind, what = item
    if kind in (_SRE.LITERAL, _SRE.NOT_LITERAL):
        return ord(char) == int(what)
    if kind is _SRE.RANGE:
        return bool(what[0] <= ord(char) <= what[1])
    if kind is _SRE.CATEGORY:
        _, *negated, name = str(what).split("_")
        return bool(re.match(_CATEGORIES[name], char)) is not bool(negated)
    return False
