"""What the tables hold about everybody, by the pieces of a text that would name it: most of it stands in no one note.

A note is searched for every clinician and site of all tables. Each of them is filed under what a text must hold to name
it, so that the search looks at those few.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from deid.detect.worth import SLIP_FROM
from deid.model import Known

#: Facts that are filed at once; more begin a new file.
MOST_FACTS = 100_000
#: Letters by which spellings are filed.
_HEAD = 4


@dataclass(frozen=True)
class Spelling:
    """How a fact may be written: words of names, spellings without separators, a word of a place."""

    words: tuple[str, ...] = field(repr=False)
    needles: tuple[str, ...] = field(repr=False)
    place: str | None = field(repr=False)


@dataclass(frozen=True)
class Offered:
    """What a text offers: its words, those among them that could be a name with a slip, its letters, itself."""

    words: frozenset[str] = field(repr=False)
    odd: frozenset[str] = field(repr=False)
    letters: str = field(repr=False)
    lowered: str = field(repr=False)


class SharedFacts:
    """Facts, each filed once, whoever asks."""

    def __init__(self, spelling: Callable[[Known], Spelling]) -> None:
        self._spelling = spelling
        self._clear()

    def _clear(self) -> None:
        self._numbers: dict[Known, int] = {}
        self._met: dict[int, int] = {}  # by identity, which is quicker: `_held` keeps what was met alive
        self._held: list[Known] = []
        self._words: defaultdict[str, list[int]] = defaultdict(list)
        self._needles: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        self._places: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)

    def worth_looking_for(self, facts: Sequence[Known], offered: Offered) -> list[Known]:
        """Return the facts, in their order, that the text could name."""
        numbers = list(map(self._met.get, map(id, facts)))
        if None in numbers:
            if len(self._held) + len(facts) > MOST_FACTS:
                self._clear()
            numbers = [self._filed(fact) for fact in facts]
        hits = self._hits(offered)
        return [fact for fact, number in zip(facts, numbers, strict=True) if number in hits] if hits else []

    def _filed(self, fact: Known) -> int:
        number = self._numbers.get(fact)
        if number is None:
            number = self._numbers[fact] = len(self._numbers)
            self._file(number, self._spelling(fact))
        self._met[id(fact)] = number
        self._held.append(fact)
        return number

    def _file(self, number: int, spelling: Spelling) -> None:
        for word in spelling.words:
            for key in {word, *nearly(word)} if len(word) >= SLIP_FROM else {word}:
                self._words[key].append(number)
        for needle in spelling.needles:
            self._needles[needle[:_HEAD]].append((needle, number))
        if spelling.place is not None:
            self._places[spelling.place[:_HEAD]].append((spelling.place, number))

    def _hits(self, offered: Offered) -> set[int]:
        keys = {*offered.words, *(key for word in offered.odd for key in nearly(word))}
        hits = {number for key in keys & self._words.keys() for number in self._words[key]}
        hits.update(_within(self._needles, offered.letters))
        hits.update(_within(self._places, offered.lowered))
        return hits


def _within(filed: dict[str, list[tuple[str, int]]], text: str) -> Iterable[int]:
    """Yield the numbers of the spellings that stand in a text."""
    for size in {len(head) for head in filed}:
        for head in {text[at : at + size] for at in range(len(text) - size + 1)} & filed.keys():
            yield from (number for spelling, number in filed[head] if spelling in text)


def nearly(word: str) -> set[str]:
    """Return a word with each letter but the first dropped: two words with one slip between them share one of these.

    Marked, so that they meet each other and whole words by a slip only.
    """
    return {f"~{word}", *(f"~{word[:at]}{word[at + 1 :]}" for at in range(1, len(word)))}
