"""Words that labels of registers, wards and questionnaires are made of, and words that name places and firms too."""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files

from deid.profiling import dictionaries
from deid.profiling.header import Hint, fold
from deid.profiling.look import Look
from deid.profiling.suspects import nearly_word
from deid.profiling.words import word_set

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_HUMP = re.compile(r"(?<=[a-zà-ÿ]{2})(?=[A-ZÀ-Þ][a-zà-ÿ]{2})")
#: Words that each begin with a capital, as names of firms are written.
_TITLE_CASE = re.compile(r"[A-ZÀ-Þ][a-zà-ÿ]+(?:['’]s)?(?: (?:(?:and|of|the|for|&) )?[A-ZÀ-Þ][a-zà-ÿ]+(?:['’]s)?)*")
#: Shorter words, and words in capitals up to this length, are codes and abbreviations.
_SHORTEST, _CODE = 4, 5
#: Share of labels without a known word from which a column proves nothing.
MOST_UNPROVEN = 0.5
_MOST_JUDGED = 1_000
#: Mean words of a clinical term; longer ones are sentences.
_TERM = 5
#: What is named after somebody by a surname, though that is an eponym of medicine too.
_WARDS = frozenset({"ward", "unit", "wing", "house", "building", "suite", "hall", "practice", "surgery"})
#: Header points from which a header is believed.
_TOLD = 3.0


@cache
def _section(name: str) -> frozenset[str]:
    text = files("deid").joinpath("data/label_words.txt").read_text(encoding="utf-8")
    part = text.partition(f"\n[{name}]\n")[2].partition("\n[")[0]
    return frozenset(w.strip() for line in part.splitlines() for w in line.split("#")[0].split(",") if w.strip())


@cache
def ambiguous_words() -> frozenset[str]:
    """Return everyday words that places, firms and persons are called by."""
    return _section("ambiguous") - _section("labels")


@cache
def label_words() -> frozenset[str]:
    """Return everyday words of clinical and administrative labels, in lower case."""
    return _section("labels") | _of_diseases()


@cache
def _of_diseases() -> frozenset[str]:
    packed = files("deid").joinpath("data/icd_words.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode("utf-8").split())


@cache
def short_words() -> frozenset[str]:
    """Return abbreviations of clinics and registers, and words of labels and clinical terms of up to four letters."""
    from deid.detect.lexicon import clinical_words

    words = _section("short") | label_words() | {word for word in clinical_words() if not is_person_name(word)}
    return frozenset(fold(word) for word in words if len(word) <= _SHORTEST)


@cache
def is_known(word: str) -> bool:
    """Whether a folded word is one of clinical or administrative labels, in any inflection."""
    from deid.detect.lexicon import clinical_words, eponyms, is_foreign, is_name, stem_is_word

    if word in label_words():
        return True
    if word in ambiguous_words():
        return False
    if (word in clinical_words() and not is_person_name(word)) or word in eponyms() or is_foreign(word):
        return True
    if word in dictionaries.towns() or is_name(word):  # no inflection of a label word
        return False
    if word.endswith(_endings()) or stem_is_word(word, label_words()):
        return True
    return any(word[:at] in label_words() and word[at:] in label_words() for at in range(3, len(word) - 2))


@cache
def _endings() -> tuple[str, ...]:
    return tuple(sorted(word_set("word_end") | word_set("label_end")))


def is_own_label(word: str) -> bool:
    """Whether a folded word stands in our own list of labels, though it may be a name too."""
    return word in _section("labels")


def is_person_name(word: str) -> bool:
    """Whether a folded word is a given or a family name."""
    return word in dictionaries.given_names() or word in dictionaries.family_names()


def _long_words(value: str) -> list[str]:
    words = _WORD.findall(_HUMP.sub(" ", value.replace("_", " ")))
    return [fold(word) for word in words if len(word) >= _SHORTEST and not (word.isupper() and len(word) <= _CODE)]


def tells(hint: Hint) -> bool:
    """Whether a header says of which clinical matter its labels are; `type`, `group` or `source` say none."""
    return hint.points >= _TOLD and not word_set("general").issuperset(hint.words.split())


def stranger_labels(look: Look, *, told: bool) -> str:
    """Return why labels are no clinical or administrative vocabulary, in words; '' where they are.

    told  the header says of which clinical matter the labels are, so that words of its own are no doubt
    """
    if called(look):
        return "a label of words that places, firms and persons are called by"
    if any(_small_stranger(word, named=told) for value in look.values[:_MOST_JUDGED] for word in _WORD.findall(value)):
        return "a word of no list in small letters, perhaps a name"
    if not told and _like_firms(look):
        return "labels written as the names of firms are"
    if not told and unproven(look) >= MOST_UNPROVEN:
        return "labels whose words are no clinical or administrative vocabulary"
    return ""


def _like_firms(look: Look) -> bool:
    """Whether every label is of capitalised words, and one of several ends as names of firms and places do.

    Clinical terms may end so too: `Visual Field`. A column of such is none of firms.
    """
    values = look.values[:_MOST_JUDGED]
    if look.distinct < 2 or clinical(look) or not all(map(_TITLE_CASE.fullmatch, values)):
        return False
    several = [_long_words(value) for value in values if " " in value]
    return any(words[-1] in ambiguous_words() and not any(map(_medical, words)) for words in several if words)


def unproven(look: Look) -> float:
    """Return the share of labels of which no word is clinical or administrative; codes and numbers prove themselves."""
    values = look.values[:_MOST_JUDGED]
    found = [words for words in map(_long_words, values) if words]
    return sum(not any(map(is_known, words)) for words in found) / len(values) if values else 0.0


def clinical(look: Look) -> bool:
    """Whether the values are clinical terms: nearly all of known words, half of them with one of medicine itself."""
    if look.distinct < 2 or look.share("with_digit") > 0.2 or look.words > _TERM:
        return False
    values = look.values[:_MOST_JUDGED]
    labels = [_long_words(value) for value in values]
    whole = sum(bool(words) and all(map(is_known, words)) for words in labels)
    medical = sum(any(_medical(word) for word in words) for words in labels)
    return whole >= 0.9 * len(values) and medical >= 0.5 * len(values)


@cache
def _medical(word: str) -> bool:
    from deid.detect.lexicon import clinical_words

    return (word in clinical_words() and not is_person_name(word)) or (
        word in _of_diseases() and word not in _section("labels")
    )


@cache
def _small_stranger(word: str, *, named: bool) -> bool:
    """Whether a word in small letters is a name and nothing else or, where labels are no terms, a word of no list."""
    from deid.detect.lexicon import is_only_a_name, is_word

    if len(word) < _SHORTEST or not word.islower() or is_known(fold(word)) or is_word(fold(word)):
        return False
    if is_only_a_name(fold(word)) or fold(word) in dictionaries.towns():
        return True
    return not named and not nearly_word(fold(word))


def called(look: Look) -> int:
    """Return how many labels are nothing but words that name places, firms or persons, with or without a venue."""
    from deid.detect.lexicon import eponyms

    venues = word_set("venue")
    labels = [_long_words(value) for value in look.values[:_MOST_JUDGED]]
    return sum(any(map(_a_name, words)) and all(_a_name(w) or w in venues for w in words) for words in labels) + sum(
        len(words) == 2 and words[1] in _WARDS and words[0] in eponyms() and is_person_name(words[0])
        for words in labels
    )


@cache
def _a_name(word: str) -> bool:
    return not is_known(word) and (word in ambiguous_words() or is_person_name(word) or word in dictionaries.towns())
