"""Initials and surname of the record's own people written as one word, as logins are: `ppugh`, `po'dowd`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from deid.detect import lexicon
from deid.detect.known_initials import MOST_INITIALS
from deid.model import Known, Span

#: A surname shorter than this, with a letter before it, is met by chance in abbreviations.
SHORTEST_SURNAME = 4
_FUSED = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NAME = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


@lru_cache(maxsize=4096)
def _forms(people: tuple[Known, ...]) -> frozenset[str]:
    """Return the words that a letter or two and a surname make, in either order; words of the language are none."""
    given = [fact for fact in people if fact.kind == "given_name"]
    family = [fact for fact in people if fact.kind == "family_name"]
    pairs = [(_letters(a.text), _letters(b.text)) for a in given for b in family]
    for fact in people:
        words = _NAME.findall(fact.text) if fact.kind == "person_name" else []
        if len(words) >= 2:
            last = words[0] if "," in fact.text else words[-1]
            first = " ".join(words[1:] if "," in fact.text else words[:-1])
            pairs.append((_letters(first), _letters(last)))
    found = set()
    for (first, middle, *_), (_, _, surname) in pairs:
        for initials in filter(None, (first, first + middle)):
            found |= {initials + surname, surname + initials} if len(surname) >= SHORTEST_SURNAME else set()
    return frozenset(form for form in found if not lexicon.is_word(form))


@lru_cache(maxsize=4096)
def _letters(name: str) -> tuple[str, str, str]:
    """Return the first letter of the first and the second word of a name, and all its letters, folded."""
    words = [lexicon.fold_word(word) for word in _NAME.findall(name)] or [""]
    plain = "".join(char for word in words for char in word if char.isalpha())
    return words[0][:1], words[1][:1] if len(words) > 1 else "", plain


def fused_spans(text: str, letters: str, own: Sequence[Known]) -> Iterator[Span]:
    """Find such words, with or without a number at their end. `letters` are the letters and digits of the text."""
    kinds = ("given_name", "family_name", "person_name")
    people = tuple(fact for kind in kinds for fact in [f for f in own if f.kind == kind][:MOST_INITIALS])
    forms = _forms(people) if people else frozenset()
    if not any(form in letters for form in forms):
        return
    for match in _FUSED.finditer(text):
        plain = "".join(filter(str.isalnum, lexicon.fold_word(match.group()))).removesuffix(
            "s" if "'s" in match.group() else ""
        )
        if plain.rstrip("0123456789") in forms:
            yield Span(match.start(), match.end(), "person_name", 1.0, "known")
