"""Cells that do not belong among the others of their column and may name a person: a name among grades, `see Mr X`."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from deid.profiling import dictionaries
from deid.profiling.header import fold
from deid.profiling.look import Look
from deid.profiling.words import word_set

#: Strays fill at most this share of the rows; above it the column is of another kind altogether.
MOST_STRAY = 0.1
#: One stray fills as many cells at most, or this share of them.
FEW_CELLS, MOST_OF_ONE = 5, 0.02
#: Labels that are familiar; where there are more, a rare strange one is as well another drug or organism.
MOST_LABELS = 10
_MOST_JUDGED = 1_000
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TITLED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herr|Frau|Mme|Sr|Sra|Dhr|dhr|Mevr|mevr|Mw|mw|Fr|Hr|Hrn|Mlle)\b\.? +[A-ZÀ-Þ]"
)
_GROUPED = re.compile(r"\+?\d[\d ()/-]+\d")
_NUMBERED = re.compile(
    r"(?i)\b(?:mrn|ssn|dob|born|geb|nhs|chart|hosp(?:ital)?|tel|phone|ph|mob|cell|call)\b\W{0,3}(?:no\W{0,2}|#)?\d{3}"
    r"|\b(?:dob|born|geb)\b\W{0,3}\d"
    r"|(?<![\d.])0\d{2,4}[-/ ]\d{5,8}(?!\d)"
)


def strays(look: Look, *, defined: bool = False) -> int:
    """Return how many rare distinct values may name a person; 0 where the labels themselves are strange words.

    defined  a published convention names the column: its labels are terms, and only a title or a number given to a
             person speaks against one
    """
    if look.numeric == 1.0 or len(look.values) < 2 or len(look.values) > _MOST_JUDGED:
        return 0
    speaking = np.array([bool(_TITLED.search(v) or _NUMBERED.search(v)) for v in look.values], dtype=bool)
    strange = _strange(look) | _long_numbers(look) | _postcodes(look)
    rows = float(look.counts[strange].sum() / look.counts.sum())
    labels = int(np.count_nonzero(~strange & ~look.mask("number")))
    if rows > MOST_STRAY or labels > MOST_LABELS or look.present < 20 or defined:
        strange &= False
    strange &= look.counts <= max(FEW_CELLS, MOST_OF_ONE * look.present)
    return int(np.count_nonzero(speaking | strange))


def _long_numbers(look: Look) -> npt.NDArray[np.bool_]:
    """Return which values are eight digits and more, where all the others have six at most."""
    digits = np.array([sum(c.isdigit() for c in value) for value in look.values])
    whole = np.array([_GROUPED.fullmatch(value) is not None for value in look.values], dtype=bool)
    long = whole & (digits >= 8)
    return long if int(digits[~long].max(initial=0)) <= 6 else long & False


def _postcodes(look: Look) -> npt.NDArray[np.bool_]:
    """Return which values are postcodes in two parts, where most values hold no digit at all."""
    parted = np.array([" " in value for value in look.values], dtype=bool)
    return (look.mask("postcode_letters") & parted) if look.share("with_digit") < 0.5 else parted & False


def _strange(look: Look) -> npt.NDArray[np.bool_]:
    """Return which values hold a capitalised word of no list; beside codes or small letters, also any known name."""
    plain = sum(value[0].islower() or not _long_words(value) for value in look.values)
    coded = plain >= 0.5 * len(look.values)
    return np.array(
        [_names_alone(value, named=coded) for value in look.values],
        dtype=bool,
    )


def _names_alone(value: str, *, named: bool) -> bool:
    """Whether a cell is a stranger and nothing else, or follows a word that asks for a person: `per`, `call`."""
    words = _WORD.findall(value.replace("_", " "))
    strange = [len(word) >= 4 and _is_stranger(word, named=named) for word in words]
    asked = any(
        before.lower() in word_set("asking") for before, is_one in zip(words, strange[1:], strict=False) if is_one
    )
    return any(strange) and (asked or all(one or len(word) < 4 for one, word in zip(strange, words, strict=True)))


def _long_words(value: str) -> list[str]:
    return [word for word in _WORD.findall(value.replace("_", " ")) if len(word) >= 4]


def _is_stranger(word: str, *, named: bool) -> bool:
    from deid.detect.lexicon import eponyms, is_word

    if not word[0].isupper() or not (word[1:].islower() or (named and word.isupper() and len(word) >= 5)):
        return False
    plain = fold(word)
    if named and (plain in dictionaries.given_names() or plain in dictionaries.family_names()):
        return True
    if plain in eponyms():
        return False
    known = is_word(plain) or is_word(plain.replace("ae", "e").replace("oe", "e"))
    return not known and not plain.endswith(tuple(word_set("word_end")))
