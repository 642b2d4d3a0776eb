"""Cells among labels and numbers that speak of somebody, in capitals or small letters: `per mrs knight`, `son otis`."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise, permutations

from deid.profiling import dictionaries
from deid.profiling.header import fold
from deid.profiling.look import Look
from deid.profiling.suspects import FIXED, nearly_word
from deid.profiling.vocabulary import is_known, is_own_label, is_person_name, short_words
from deid.profiling.words import word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TITLED = re.compile(
    r"(?i)(?<![\w.])(?:mr|mrs|ms|miss|dr|prof|herrn?|frau|mme|mlle|monsieur|madame|dhr|mevr|dott|sra?|sig)\b\.? +"
    r"([^\W\d_]+)"
    r"|(?<![\w.])[mM]\. ?([^\W\d_]{2,})"
)
_PER = re.compile(r"(?<![\w-])(?:[Pp]er|[Vv]ia|[Bb]y|[Aa]ttn:?|c/o) ([A-Z]{2,3})(?![\w])")
_ACT = re.compile(
    r"(?i)\b(?:checked|coded|entered|printed|typed|signed|verified|validated|exported|extracted|abstracted|reviewed|approved"
    r"|compiled|prepared|keyed|countersigned|witnessed|authori[sz]ed)(?: by| per)?:? ([a-z])\.? ?([a-z][^\W\d_]{2,})\b"
)
_ROUTES = frozenset(
    {"os", "po", "iv", "im", "sc", "ng", "peg", "pr", "pv", "rig", "gp", "er", "ed", "md", "pt", "rn", "np", "pcp"}
)
#: Words that stand behind a title or a relative and are names of persons elsewhere.
_NOBODY = frozenset(
    {"will", "may", "can", "day", "case", "page", "note", "early", "low", "long", "said", "not", "young"}
)
_WHERE = re.compile(r"(?<![^\W_])(?:[Tt]o|[Aa]t|[Ff]rom|[Nn]ear|[Ii]n|[Oo]utside|[Tt]owards) ([^\W\d_]{4,})")
_FILE = re.compile(r"(?i)\.(?:pdf|docx?|jpe?g|png|tiff?|dcm|xlsx?|txt|wav|mp[34]|zip|csv|html?)$")
#: A label and another word, joined by a sign: `tarde-leo`, `night_anna`.
_JOINED = re.compile(r"([^\W\d_]{3,})[-_/:+&.]([^\W\d_]{3,})")
_SURNAME = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]{3,}|[A-ZÀ-Þ]{7,}|(?:O'|Mc|Mac)[A-Z][a-z]+")
#: A house number before a capitalised word.
_HOUSE = re.compile(r"\d{1,4}[a-z]?,? ([A-ZÀ-Þ][a-zà-ÿ]{2,})(?: [A-Za-z][\w.]*){0,2}")
#: Share of values from which genes written as surnames may be such.
_SURNAMES = 0.3
_SHORTEST = 3


def spoken(look: Look, *, terms: bool, numbers: bool) -> str:
    """Return what some cell says of a person that no label or number does, without the cell; '' where none does.

    terms    a published convention says that the labels are terms: only titles, relatives and files speak against them
    numbers  the other cells are numbers, beside which a cell of words has known words only
    """
    values = [value for value, plain in zip(look.values, look.mask("number"), strict=True) if not plain]
    for value in values:
        said = _by_form(value) or ("" if terms else _by_words(value, numbers=numbers))
        if said:
            return said
    return ""


def _by_form(value: str) -> str:
    """Return what speaks of somebody whatever the column holds: files, titles, relatives, acts of staff."""
    if _FILE.search(value):
        return "the name of a file"
    if _titled(value) or _relative(value) or _acted(value):
        return "somebody by title, as a relative or by what was done"
    return ""


def _by_words(value: str, *, numbers: bool) -> str:
    if _per(value):
        return "initials of somebody"
    words = _WORD.findall(FIXED.sub(" ", value))
    if (" " in value or numbers) and any(_names_somebody(word) for word in words):
        return "a name of persons or places beside other words"
    if _joined(value):
        return "a name joined to a label"
    if _at_home(value):
        return "a number and a name, as of an address"
    if any(_unheard(match[1]) for match in _WHERE.finditer(value)):
        return "a place or a person behind a word of place"
    if numbers and any(_strange(word) for word in words):
        return "words beside numbers that no vocabulary holds"
    return ""


def surnames(look: Look) -> str:
    """Return a doubt about genes that are written as names are: one capital and small letters, or long and no digit."""
    if look.nucleotides:
        return ""
    names = sum(bool(_SURNAME.fullmatch(value)) and not is_known(fold(value)) for value in look.values)
    return "words written as surnames are" if names >= _SURNAMES * len(look.values) and look.distinct > 1 else ""


def _titled(value: str) -> bool:
    for match in _TITLED.finditer(value):
        word = fold(match[1] or match[2])
        if word not in _NOBODY and (len(word) == 1 or not is_known(word) or is_person_name(word)):
            return True
    return False


def _per(value: str) -> bool:
    """Whether initials follow `per`, `via` or `by` that are no route and no profession."""
    match = _PER.search(value)
    return match is not None and match[1].lower() not in _ROUTES


def _acted(value: str) -> bool:
    """Whether a word for what staff do to a record is followed by an initial and a word: `checked d kettle`."""
    return any(match[1].lower() != "a" and match[2].lower() not in _NOBODY for match in _ACT.finditer(value))


def _relative(value: str) -> bool:
    """Whether a relative, a carer or a courier is followed by a word that names somebody."""
    return any(
        fold(before) in word_set("companion") and (_names_somebody(word) or (word.istitle() and _strange(word)))
        for before, word in pairwise(_WORD.findall(value))
    )


@lru_cache(maxsize=30_000)
def _names_somebody(word: str) -> bool:
    from deid.detect.lexicon import eponyms, is_name

    plain = fold(word)
    if len(plain) < _SHORTEST or plain in _NOBODY or is_own_label(plain):
        return False
    if is_known(plain) and not (word.islower() and plain in eponyms()):  # an eponym is written with a capital
        return False
    return is_name(plain) or plain in dictionaries.towns()


def _at_home(value: str) -> bool:
    house = _HOUSE.fullmatch(value)
    return house is not None and not is_known(fold(house[1])) and fold(house[1]) not in short_words()


def _joined(value: str) -> bool:
    """Whether a label is joined by a sign to a name that is neither a label, an abbreviation nor an eponym."""
    joined = _JOINED.fullmatch(value)
    pairs = permutations(joined.groups()) if joined else ()
    return any(len(label) > _SHORTEST and is_known(fold(label)) and _is_name(fold(name)) for label, name in pairs)


@lru_cache(maxsize=30_000)
def _is_name(plain: str) -> bool:
    from deid.detect.lexicon import is_name

    known = is_known(plain) or is_own_label(plain) or plain in short_words()
    return not known and (is_name(plain) or plain in dictionaries.given_names())


@lru_cache(maxsize=30_000)
def _unheard(word: str) -> bool:
    """Whether a word stands in no list at all and resembles none."""
    from deid.detect.lexicon import is_word

    plain = fold(word)
    return not is_known(plain) and not is_word(plain) and not nearly_word(plain) and not word.isupper()


@lru_cache(maxsize=30_000)
def _strange(word: str) -> bool:
    """Whether a word of four letters and more is none of labels, units or codes."""
    return len(word) > _SHORTEST and not (word.isupper() and len(word) <= 5) and not is_known(fold(word))
