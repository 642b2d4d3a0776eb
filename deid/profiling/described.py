"""How the values of a column look, in words and rough shares: what is told of one that was not recognised."""

from __future__ import annotations

import re
from collections import Counter

from deid.profiling.look import Look

#: Share of distinct values from which each word is said.
_SHARES = ((0.95, "all"), (0.6, "mostly"), (0.25, "partly"), (0.0, "a few"))
_MOST_SORTS = 3


def described(look: Look) -> str:
    """Return such as `mostly digits of 7 places, a few words`; never a value. '' where there is none to look at."""
    sorts = Counter(map(_sort, look.values))
    if not sorts:
        return ""
    total = sum(sorts.values())
    parts = []
    for sort, count in sorted(sorts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_SORTS]:
        share = next(word for least, word in _SHARES if count / total >= least)
        places = f" of {_places(look)} places" if sort == "digits" else ""
        parts.append(f"{share} {sort}{places}")
    return "the values are " + ", ".join(parts)


def _sort(value: str) -> str:
    """Return what sort of text a value is."""
    if value.isdigit():
        return "digits"
    if re.fullmatch(r"[+-]?\d*[.,]\d+|[+-]\d+", value):
        return "numbers with sign or fraction"
    words = value.split()
    if not any(char.isalnum() for char in value):
        return "signs"
    if len(words) >= 5:
        return "longer text"
    if any(char.isdigit() for char in value):
        letters = any(char.isalpha() for char in value)
        return f"{'letters and digits' if letters else 'digits with signs between'} in {_pieces(len(words))}"
    return "single words" if len(words) == 1 else "two to four words"


def _pieces(words: int) -> str:
    return "one piece" if words == 1 else "several pieces"


def _places(look: Look) -> str:
    lengths = sorted({len(value) for value in look.values if value.isdigit()})
    return str(lengths[0]) if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
