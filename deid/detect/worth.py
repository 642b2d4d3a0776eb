"""Which facts of a record could stand in a text at all: a cheap question before the costly search."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from deid.detect import lexicon
from deid.model import Known

_WORD = re.compile(r"[a-z]+")
_INITIALS = re.compile(r"\b[A-Z](?:\.?\s?[A-Z]){1,2}\b")
#: A word of this length may be a name with one slip.
SLIP_FROM = 6


@dataclass(frozen=True)
class Worth:
    """What a text offers: its digits in a row, words, whether a word is in no dictionary, stretches like initials.

    A fact that fails every question below cannot be found by `find_known`: its first or last digits must stand in the
    text, or a word of it (or a nickname, or something one slip away), or its letters as initials.
    """

    digits: str
    words: frozenset[str]
    odd: bool
    initials: frozenset[frozenset[str]]
    plain: bool

    @classmethod
    @lru_cache(maxsize=2_000)
    def of(cls, text: str) -> Worth:
        """Read a text once."""
        words = frozenset(_WORD.findall(text.lower()))
        odd = any(len(word) >= SLIP_FROM - 1 and not lexicon.is_word(word) for word in words)
        initials = frozenset(frozenset(filter(str.isalpha, run)) for run in _INITIALS.findall(text))
        return cls("".join(filter(str.isdigit, text)), words, odd, initials, text.isascii())

    def any_of(self, known: Iterable[Known], nicknames: dict[str, str]) -> bool:
        """Return whether at least one fact is worth looking for."""
        if self.odd or not self.plain:
            return True
        letters: set[str] = set()
        for item in known:
            if self._fact(item.text, nicknames):
                return True
            if self.initials and not item.text[:1].isdigit():
                letters.update(word[0].upper() for word in _WORD.findall(item.text.lower()))
        return any(run <= letters for run in self.initials)

    def _fact(self, text: str, nicknames: dict[str, str]) -> bool:
        if not text.isascii():
            return True
        digits = "".join(filter(str.isdigit, text)) if self.digits else ""
        if digits and (digits[-4:] in self.digits or digits[:4] in self.digits):
            return True
        own = _WORD.findall(text.lower())
        if not self.words.isdisjoint(own):
            return True
        return any(not self.words.isdisjoint(nicknames[word].split()) for word in own if word in nicknames)
