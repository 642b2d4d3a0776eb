"""Many regular expressions searched in one pass: an expression is tried only where one of its matches could begin."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from deid.detect.beginnings import DEPTH, OTHER, beginnings

#: How many characters are looked up together first: the one before a match, and two of it.
HEAD = 3
#: Stretches of characters of which is remembered what could begin there.
REMEMBERED = 50_000
#: The expressions of all sweeps, each with the number of its sweep and its own number there.
_REGISTERED: list[tuple[int, int, re.Pattern[str]]] = []


class Sweep:
    """Expressions that find together what each finds by itself with `finditer`. None may match the empty text.

    `screens` says for some, by their number, words of which the text (in small letters) must hold one.
    All sweeps share the pass over a text: it is done once for the recognisers that ask one after the other.
    """

    def __init__(
        self, expressions: Sequence[re.Pattern[str]], screens: Mapping[int, Sequence[str]] = MappingProxyType({})
    ) -> None:
        self._tries = [expression.match for expression in expressions]
        self._screens = screens
        self._number = _REGISTERED[-1][0] + 1 if _REGISTERED else 0
        _REGISTERED.extend((self._number, number, regex) for number, regex in enumerate(expressions))

    def matches(self, text: str) -> Iterator[tuple[int, list[re.Match[str]]]]:
        """Yield the number of each expression that matches with its matches in order, none overlapping another."""
        lowered = text.lower()
        for number, starts in _starts(text, len(_REGISTERED)).get(self._number, ()):
            if number in self._screens and not any(word in lowered for word in self._screens[number]):
                continue
            found: list[re.Match[str]] = []
            tried, reach = self._tries[number], 0
            for at in starts:
                if at >= reach:
                    match = tried(text, at)
                    if match is not None:
                        found.append(match)
                        reach = match.end()
            if found:
                yield number, found


@lru_cache(maxsize=2)
def _starts(text: str, registered: int) -> dict[int, list[tuple[int, list[int]]]]:
    """Return for every sweep its expressions with the places of a text where a match of them could begin."""
    possible = _possible(registered)
    if len(possible.sets) > REMEMBERED:
        _possible.cache_clear()
        possible = _possible(registered)
    heads, tails = possible.heads, possible.tails
    framed = "\0" + text + "\0" * DEPTH
    alike: defaultdict[int, list[int]] = defaultdict(list)
    numbers = [
        possible[heads[framed[at : at + HEAD]], tails[framed[at + HEAD : at + DEPTH + 1]]] for at in range(len(text))
    ]
    for at, number in enumerate(numbers):
        if number:
            alike[number].append(at)
    places: defaultdict[int, list[int]] = defaultdict(list)
    for number, listed in alike.items():
        for group in possible.sets[number]:
            places[group] += listed
    starts: defaultdict[int, list[tuple[int, list[int]]]] = defaultdict(list)
    for group, listed in places.items():
        listed.sort()
        for sweep, expression in possible.groups[group]:
            starts[sweep].append((expression, listed))
    for expressions in starts.values():
        expressions.sort(key=lambda expression: expression[0])
    return starts


@lru_cache(maxsize=1)
def _possible(registered: int) -> _Possible:
    return _Possible(_REGISTERED[:registered])


class _Possible(dict[tuple[int, int], int]):
    """Which groups of expressions, alike in how they begin, could match where one character precedes and four follow.

    `heads` and `tails` say for the first three of these characters, and for the others, which ways to begin allow them;
    what is held here, worked out when first asked, is for a number of each the number of a set of groups in `sets`.
    """

    def __init__(self, expressions: Sequence[tuple[int, int, re.Pattern[str]]]) -> None:
        super().__init__()
        alike: defaultdict[tuple[tuple[int, ...], ...], list[tuple[int, int]]] = defaultdict(list)
        for sweep, number, regex in expressions:
            alike[tuple(beginnings(regex))].append((sweep, number))
        self.groups = list(alike.values())
        ways = [(group, way) for group, begins in enumerate(alike) for way in begins]
        self._owners = [group for group, _ in ways]
        takers = [_takers([way[place] for _, way in ways]) for place in range(DEPTH + 1)]
        self.heads, self.tails = _Allowed(takers[:HEAD]), _Allowed(takers[HEAD:])
        self.sets: list[tuple[int, ...]] = [()]
        self._numbers: dict[tuple[int, ...], int] = {(): 0}

    def __missing__(self, numbers: tuple[int, int]) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        groups, left = set[int](), self.heads.ways[numbers[0]] & self.tails.ways[numbers[1]]
        while left:
            highest = left.bit_length() - 1
            groups.add(self._owners[highest])
            left ^= 1 << highest
        found = tuple(sorted(groups))
        number = self._numbers.setdefault(found, len(self.sets))
        if number == len(self.sets):
            self.sets.append(found)
        self[numbers] = number
        return number


class _Allowed(dict[str, int]):
    """Which ways to begin allow a stretch of characters, worked out when first asked.

    What is held is the number of the set of ways in `ways`, where each set is the bits of a number.
    """

    def __init__(self, takers: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self._takers = takers
        self.ways: list[int] = []
        self._numbers: dict[int, int] = {}

    def __missing__(self, stretch: str) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        ways = -1
        for char, takers in zip(stretch, self._takers, strict=True):
            ways &= takers[min(ord(char), OTHER.bit_length() - 1)]
        number = self._numbers.setdefault(ways, len(self.ways))
        if number == len(self.ways):
            self.ways.append(ways)
        self[stretch] = number
        return number

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self)} stretches)"  # never the stretches: they are pieces of texts


def _takers(sets: Sequence[int]) -> list[int]:
    """Return for every character, and last for all others, which of the sets hold it, as the bits of a number."""
    holders: dict[int, int] = {}
    for number, chars in enumerate(sets):
        holders[chars] = holders.get(chars, 0) | 1 << number
    return [sum(bits for chars, bits in holders.items() if chars >> code & 1) for code in range(OTHER.bit_length())]
