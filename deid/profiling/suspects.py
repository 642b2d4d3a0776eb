"""Cells that forbid to keep a column as harmless labels or numbers: one of them suffices, however many rows there are.

Labels are kept on positive evidence: their words stand in a dictionary or a clinical vocabulary. A capitalised word of
no list, a month, a number plate, an age above 89 beside other labels leaves the column to the owner.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from string import ascii_lowercase

import numpy as np

from deid.profiling import dictionaries
from deid.profiling.header import fold
from deid.profiling.look import Look
from deid.profiling.words import word_set

_MONTHS = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember)"
)
_DAYS = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_FINER = {
    "months or weekdays": re.compile(rf"(?i){_MONTHS}\.?|{_DAYS}"),
    "a month with a day or year": re.compile(
        rf"(?i)(?<![^\W_]){_MONTHS}\b\.?[ '’/-]{{0,2}}(?:\d{{2,4}}\b|{_MONTHS}\b)"
        rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTHS}\b"
    ),
    "a month behind a word of time": re.compile(
        rf"\b(?:[Ee]arly|[Mm]id|[Ll]ate|[Ss]ince|[Uu]ntil|[Ii]n|[Ff]rom|[Qq]uit|[Ee]nd of)[ -](?i:{_MONTHS})\b"
    ),
    "quarters": re.compile(r"(?i)\b(?:fy ?)?'?\d{2,4}[ _-]?q[1-4]\b|\bq[1-4][ /_-]{0,2}'?(?:19|20)?\d{2}\b"),
    "seasons of a year": re.compile(r"(?i)\b(?:spring|summer|autumn|fall|winter)[ '’-]{1,2}(?:19|20)?\d{2}\b"),
    "a year and a month": re.compile(r"(?:19|20)\d{2}[ ./_-]?(?:0[1-9]|1[0-2])|(?:0?[1-9]|1[0-2])/(?:19|20)\d{2}"),
}
_SEASONS = frozenset({"spring", "summer", "autumn", "winter", "fall", "herbst", "frühling", "sommer"})
_DAY_MONTH = re.compile(r"(?<![\d./-])(?:0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])(?![\d/.%])")
#: Denominators of scores: `pain 3/10`, `strength 4/5`.
_OUT_OF = frozenset({"4", "5", "6", "10", "15", "20", "30"})
#: Plates of Britain and Germany: `KV19 ZTO`, `M-AB 1234`.
_FOREIGN_PLATE = re.compile(r"(?<![\w-])(?:[A-Z]{2}\d{2} ?[A-Z]{3}|[A-ZÄÖÜ]{1,3}-[A-Z]{1,2} \d{1,4})(?![\w.%-])")
#: Letters that numbers of records stand behind, with or without a sign between.
RECORD = re.compile(
    r"(?i)(?<![^\W_])(?:mrn|nhs|ssn|pid|pat(?:ient)?|subj(?:ect)?|case|fall|chart|hosp|emis|csn|uhid)\W{0,3}(?:n[or]\W{0,2}|#)?\d{4}"
)
#: A number of six digits and more beside words, and a house number with a street, in any case.
_LONG = re.compile(r"(?<![\w.,/])\d{6,}(?![\w.,/%])")
_STREET = re.compile(
    r"(?i)\b\d{1,5} [a-z]{3,}\.? (?:st|street|rd|road|ave|avenue|lane|ln|drive|blvd|court|ct|close|crescent)\b"
)
_TOWN = re.compile(r"(?i)\b(?:city|town|county|village|borough|parish|diocese|university) of [a-z]")
#: A number handed out is this many times as large as all measured ones, and has five digits.
_BEYOND, _LARGE = 100, 10_000
_PLATE = re.compile(r"(?<![\w-])([A-Z]{2,4})[ -]\d{3,5}(?![\w.%-])")
_EXTENSION = re.compile(r"(?<!\w)(?:[xX]|ext\.? ?|#|badge ?)\d{3,6}(?!\w)")
_OLD = re.compile(
    r"(?i)\bage[ds]?\W{0,2}(?:at )?(?:9\d|1[01]\d)\b|\b(?:9\d|1[01]\d)[ -]?(?:y/?o|yrs? old|years? old|year-old)\b"
    r"|^(?:9\d|1[01]\d)['’]?s$|\b(?:ninety|nineties|centenarian|nonagenarian)\b"
)
#: Terms of which a word is a name as well, and is none here.
FIXED = re.compile(r"(?i)\bbuffy[ -]coats?\b")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_CALLED = re.compile(r"\b(?:CALLED|TOLD|PER|SPOKE|NOTIFIED|READ BACK)\b.*\b(?:TO|WITH|BY)\b ([A-Z]{3,})")
#: Words that are used of one firm, school or hospital, behind its name.
_NAMED = re.compile(
    r"\bat [A-Z][a-z]+ High\b|\b[A-Z][a-z][\w'’.-]* (?:Elementary|LLC|Inc|Ltd|GmbH|Corp|ISD"
    r"|College|University|Hospital|Medical Cent(?:er|re)"
    r"|Schools?|Church|Ironworks|Township|County|Reservation|Nation)\b"
)
_HUMP = re.compile(r"(?<=[a-zà-ÿ]{3})(?=[A-ZÀ-Þ][a-zà-ÿ]{3})")
#: Missing values in numbers: 99999, 888888. Fewer numbers than this say nothing.
_CODES = ({"9"}, {"8"}, {"7"}, {"9", "7"}, {"9", "8"})
_FEWEST = 3
#: Shorter words in capitals are codes and abbreviations.
_CODE = 6


def suspect(look: Look, *, terms: bool = False, words: bool = True) -> str:
    """Return what some value seems to hold that no harmless label does, without the value; '' where none does.

    terms  a published convention or the header says that the labels are terms: strange words are no doubt
    words  the column is one of labels; among numbers only whole cells and titles count
    """
    if look.numeric == 1.0:
        return ""
    plain = ~look.mask("number") & ~look.mask("compared") & ~look.mask("quantity")
    values = [value for value, is_plain in zip(look.values, plain, strict=True) if is_plain]
    every = [*look.values] if words else values
    for value in every:
        said = _finer(value) or _personal(value)
        if said:
            return said
    if len({value for value in look.folded if value in _SEASONS}) >= 2:
        return "seasons"
    dates = [match[1] for value in values for match in _DAY_MONTH.finditer(value)]
    if dates and not (set(dates) <= _OUT_OF) and any(map(_WORD.search, values)):
        return "a day and a month"
    if not terms and any(map(_names_something, values)):
        return "a word of no list, perhaps a name"
    return ""


def far_beyond(look: Look) -> str:
    """Return a doubt about numbers of which one to three are whole and far larger than all others."""
    sizes = np.sort(np.unique(np.abs(look.numbers[np.isfinite(look.numbers)])))
    if len(sizes) < _FEWEST or look.present < _FEWEST:
        return ""
    for several in (1, 2, 3):
        first, before = sizes[-several], sizes[-several - 1] if len(sizes) > several else 0.0
        if first >= max(_LARGE, _BEYOND * max(before, 1.0)):
            strange = [size for size in sizes[-several:] if size == int(size) and set(str(int(size))) not in _CODES]
            return "a number far beyond the others, as of a date, a telephone or a record" if strange else ""
    return ""


def _finer(value: str) -> str:
    for said, pattern in _FINER.items():
        whole = said in ("months or weekdays", "a year and a month")
        if pattern.fullmatch(value) if whole else pattern.search(value):
            return said
    return ""


def _personal(value: str) -> str:
    from deid.detect.lexicon import clinical_words

    if _OLD.search(value):
        return "an age above 89"
    if _STREET.search(value) or _TOWN.search(value):
        return "an address, or the name of a town"
    if RECORD.search(value):
        return "a number of a record"
    words = _WORD.findall(value)
    beside = [word for word in words if len(word) >= 3]
    plate = _PLATE.search(value)
    foreign = _FOREIGN_PLATE.search(value)
    if beside and foreign and " " in value and foreign[0] != value:
        return "a number plate"
    if plate and beside and fold(plate[1]) not in clinical_words() and len(value) > len(plate[0]):
        return "a number plate or a number handed out"
    if beside and _EXTENSION.search(value):
        return "a telephone extension or a number handed out"
    if beside and _LONG.search(value) and " " in value:
        return "a number of six digits and more beside words"
    called = _CALLED.search(value)
    return "somebody who was called" if called else ""


def _names_something(value: str) -> bool:
    """Whether a label has a capitalised word of no list, or a generic word of firms and schools behind a name."""
    found = _NAMED.search(value)
    if found and not word_set("facility").issuperset(fold(found[0]).split()):
        return True
    return any(map(_is_strange, _WORD.findall(_HUMP.sub(" ", FIXED.sub(" ", value)))))


def _is_strange(word: str) -> bool:
    from deid.detect.lexicon import eponyms, is_only_a_name, is_word
    from deid.profiling.vocabulary import is_own_label, is_person_name

    if len(word) < 4 or not word[0].isupper() or (word.isupper() and len(word) < _CODE):
        return False
    if not (word[1:].islower() or word.isupper()):
        return False
    plain = fold(word)
    if is_own_label(plain) and not is_person_name(plain) and plain not in dictionaries.towns():
        return False
    if plain in eponyms() or is_word(plain) or is_word(plain.replace("ae", "e").replace("oe", "e")):
        return False
    known = plain in dictionaries.towns() or is_only_a_name(plain)
    return known or not (plain.endswith(tuple(word_set("word_end") | word_set("label_end"))) or nearly_word(plain))


def nearly_word(word: str) -> bool:
    """Whether a word is an adjective of a known one, a known one cut short, or one with a letter left out."""
    from deid.detect.lexicon import common_words, is_word

    if word.endswith(("al", "ar", "ic")) and len(word) >= 6 and is_word(word[:-2]):
        return True
    if len(word) < 6:
        return False
    words = _sorted_words()
    at = bisect_left(words, word)
    if at < len(words) and words[at].startswith(word):
        return True
    every = common_words()
    return any(word[:i] + c + word[i:] in every for i in range(1, len(word) + 1) for c in ascii_lowercase)


@cache
def _sorted_words() -> list[str]:
    from deid.detect.lexicon import common_words

    return sorted(common_words())
