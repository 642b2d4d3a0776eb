"""Columns of two to four letters: abbreviations of clinics that are known, or initials of staff that nothing proves."""

from __future__ import annotations

import re

from deid.profiling.dictionaries import YES_NO
from deid.profiling.header import fold, words_of
from deid.profiling.look import Look
from deid.profiling.vocabulary import short_words
from deid.profiling.words import word_set

#: Initials, with a number where two share them, or of two persons: `RP/al`, `PK2`, `AMcK`, `mrs d`.
_LETTERS = re.compile(
    r"(?:(?:mrs?|ms|dr|sr) )?[^\W\d_]{1,4}\d?(?:(?: ?[/+&,-] ?|\. ?)[^\W\d_]{1,4}\d?)*\.?", re.IGNORECASE
)
_PIECE = re.compile(r"[^\W\d_]+")
_MOST_OTHERS = 0.2
#: Share of labels that are no abbreviation we know, from which short letters may be initials.
_UNKNOWN = 0.5
_LONGEST = 13


def initials_of_staff(name: str, look: Look) -> bool:
    """Whether the header speaks of somebody who did something, and the values are short letters."""
    return bool(word_set("staff").intersection(words_of(name))) and _short(look) and look.share_in(YES_NO) < 1.0


def may_be_initials(look: Look) -> bool:
    """Whether the labels are short letters of which half and more are no abbreviation that we know."""
    if not _short(look) or look.distinct < 2:
        return False
    strange = sum(_strange(value) for value in look.values)
    mixed = any(v.islower() for v in look.values) and any(v.isupper() and len(v) > 1 for v in look.values)
    return strange >= (_UNKNOWN / 2 if mixed else _UNKNOWN) * len(look.values)


def _short(look: Look) -> bool:
    fitting = [v for v in look.values if len(v) <= _LONGEST and _LETTERS.fullmatch(v)]
    several = sum(sum(map(str.isalpha, value)) >= 2 for value in fitting)
    return len(fitting) >= (1 - _MOST_OTHERS) * len(look.values) and several >= 0.6 * len(look.values)


def _strange(value: str) -> bool:
    pieces = [fold(piece) for piece in _PIECE.findall(value)]
    return any(len(piece) >= 2 and piece not in short_words() for piece in pieces)
