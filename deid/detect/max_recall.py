"""The mode for the careful: whatever is not known to be safe goes."""

# ruff: noqa: E501 - patterns are read as lines

from __future__ import annotations

import re
from collections.abc import Iterator

from deid.detect import lexicon, plausible
from deid.detect.reading import TOKEN
from deid.model import Span

_NUMBER = re.compile(r"(?<![\w.,/-])(?=[\w/:-]{0,40}\d{4})[\w][\w/:-]{3,40}(?![\w])")
_WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b", re.IGNORECASE)
_MONTH_DAY = re.compile(r"(?<![\d/.])(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|[12]\d|3[01])(?![\d/.%])")
_INITIALS = re.compile(r"(?<![A-Za-z&/-])[A-Z]{2,3}(?![A-Za-z&/-]|\d)")
#: After a title or a label of logins any word is somebody; after what is done to people, so is a capital that ends a phrase.
_LED = (
    (re.compile(r"(?<![a-z])(?:dr|mr|mrs|ms|prof)\.?[ ](?P<id>[^\W\d_][\w'’-]{2,})", re.IGNORECASE), "person_name"),
    (re.compile(r"(?<![a-z])(?:user(?:name|[ ]id)?|login|badge|logged[ ]in[ ]as)(?::[ ]?|[ ])(?P<id>[^\W\d_][\w.-]{2,})", re.IGNORECASE), "username"),
    (re.compile(r"(?<![A-Za-z])(?:[Rr]outed|[Ss]poke|[Ff]orwarded|[Hh]anded|[Ss]ent|[Pp]aged?|[Rr]ang|[Cc]c|[Tt]old|[Ss]een by|[Dd]/w)(?: to| with)? (?P<id>[A-Z][a-z]{2,})(?= ?[(,;.\n]|$)"), "person_name"),
)  # fmt: skip


def unsafe(text: str) -> Iterator[Span]:
    """Yield every word that no list of English or clinical words holds, and what else could identify somebody."""
    for token in TOKEN.finditer(text):
        if _is_unsafe(text, token):
            yield Span(token.start(), token.end(), "unknown", 0.2, "max_recall")
    for regex, kind in ((_NUMBER, "record_number"), (_WEEKDAY, "date"), (_MONTH_DAY, "date")):
        for match in regex.finditer(text):
            yield Span(match.start(), match.end(), kind, 0.2, "max_recall")
    for regex, kind in _LED:
        for match in regex.finditer(text):
            yield Span(match.start("id"), match.end("id"), kind, 0.2, "max_recall")
    for match in _INITIALS.finditer(text):
        if match.group().lower() not in lexicon.clinical_words() and not lexicon.is_word(match.group().lower()):
            yield Span(match.start(), match.end(), "initials", 0.2, "max_recall")


def _is_unsafe(text: str, token: re.Match[str]) -> bool:
    word = token.group()
    plain = lexicon.fold_word(word).removesuffix("'s")
    if len(plain) < 3 or any(char.isdigit() for char in word) or plausible.eponym_use(text, token.start(), token.end()):
        return False
    if plain in lexicon.eponyms() and plain not in lexicon.english_names():
        return False
    if plausible.unknown(plain):
        return not (word.isupper() and len(word) < 5)
    if word[0].isupper() and lexicon.is_name(plain) and plain not in lexicon.clinical_words():
        return bool(
            re.search(r"[a-z,;(]['\"]?[ ]$", text[max(0, token.start() - 4) : token.start()])
        ) or not lexicon.is_word(plain)
    return lexicon.is_only_a_name(plain)
