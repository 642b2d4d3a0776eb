"""Known hospitals and firms by the words that are their own: `pinderfields` General Hospital, `works at next`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from deid.detect import lexicon
from deid.model import Known, Span

_WORD = re.compile(r"[\w'’-]+")
#: Words that follow the name of a firm or hospital and are no part of it.
_KINDS = (
    *("academy", "care", "center", "centre", "clinic", "co", "college", "community", "company", "corp", "corporation"),
    *("council", "county", "district", "foundation", "general", "gmbh", "group", "health", "healthcare", "home"),
    *("hospital", "hospitals", "house", "inc", "infirmary", "limited", "llc", "ltd", "medical", "memorial", "nhs"),
    *("nursing", "plc", "practice", "primary", "royal", "school", "stores", "supermarket", "surgery", "trust"),
    *("university", "the", "klinik", "klinikum", "krankenhaus", "ag", "kg", "sa", "hopital", "ziekenhuis"),
)
_GENERIC = lexicon.word_set("known_generic") | frozenset(_KINDS)
#: A word of fewer letters tells no firm; one that is also a common word does only after what says where somebody works.
_SHORTEST = 5
_AT_WORK = (
    r"\b(?:work(?:s|ed|ing)?|jobs?|employed|retired|redundant|shifts?|manager|cashier|porter|driver|supervisor|apprentice)"
    r"(?: (?:part[- ]time|full[- ]time|nights|days))? (?:at|for|from|with|by|in) (?:the )?"
)


def core_spans(text: str, fact: Known) -> Iterator[Span]:
    """Find a known site or organisation, in any case, where its own words stand without the generic ones."""
    pattern = _core(fact.text) if fact.kind in ("site", "organisation") else None
    if pattern is not None:
        yield from (Span(*match.span("core"), fact.kind, 0.9, "known") for match in pattern.finditer(text))


@lru_cache(maxsize=50_000)
def _core(name: str) -> re.Pattern[str] | None:
    """Return what finds the own words at the head of a name; None where no word is its own."""
    words = _WORD.findall(name)
    core = []
    for word in words:
        if lexicon.fold_word(word) in _GENERIC:
            break
        core.append(word)
    if not core or not any(map(_is_own, core)):
        single = len(core) == 1 and len(words) == 1 and len(core[0]) >= _SHORTEST - 1
        return _compiled(_AT_WORK, core) if single and core[0].isalpha() else None
    return _compiled("", core) if len(core) < len(words) else None


def _compiled(before: str, core: list[str]) -> re.Pattern[str]:
    return re.compile(
        before + r"(?<!\w)(?P<core>" + r"[\s.-]{1,3}".join(map(re.escape, core)) + r")(?!\w)", re.IGNORECASE
    )


def _is_own(word: str) -> bool:
    """Whether a word names this place and nothing else: no word of the language or of medicine, no eponym."""
    plain = lexicon.fold_word(word)
    common = lexicon.is_word(plain) or plain in lexicon.clinical_words() or plain in lexicon.eponyms()
    return len(plain) >= _SHORTEST and plain.isalpha() and not common
