"""Reading a name from a place on: which words belong to it, and where it ends."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from dataclasses import dataclass

from deid.detect import lexicon, plausible

TOKEN = re.compile(r"[^\W\d_](?:[^\W_]|['’](?=[^\W\d_])|-(?=[^\W\d_]))*")


_GAP = re.compile(r"(?:[ \t]{1,2}|[ \t]?\n[ \t]{0,4})")


_OPEN = re.compile(r"[\s\"'“‘(\[|:*_>-]{0,6}")


PARTICLES = lexicon.word_set("reading_particles")


NOT_FIRST = lexicon.word_set("reading_not_first")


CREDENTIAL = r"(?:M\.?\s?D\.?|D\.?O\.?|R\.?N\.?|L\.?P\.?N\.?|N\.?P\.?|P\.?A\.?(?:-?C)?|Ph\.?\s?D\.?|PharmD|Pharm\.?\s?D\.?|BSN|MSN|DNP|FNP(?:-BC|-C)?|APRN|ARNP|CRNA|CNA|LCSW|MSW|LSW|LICSW|RPh|RD|RDN|LD|PT|DPT|OTR(?:/L)?|SLP|CCC-SLP|RRT|MPH|MBBS|MBChB|MRCP|FRCS|FACS|FACP|FRCP|FRCR|DDS|DMD|DPM|PsyD|MBA|MHA|CCRC|CCRP|CRC|OCN|CNS|CMA|RMA|RT\(R\)|EMT(?:-P)?|JD|Esq\.?|MSc|BSc|MA|MS|CPhT|CTR|Jr\.?|Sr\.?|III)"


Token = re.Match[str]


_AFTER_LOWER = re.compile(
    r"\s?(?:[,.;:()]|$|\n|at bedside|called|here|to drive|is\b|was\b|aware|will\b|present|states|says|said|phoned|who|and\b|at\b|from\b|re\b|on\b|about\b|again|twice|today|back\b|in room|visit|on phone|by phone|updated|notified)"
)


_NO_MORE = re.compile(r"[ \t]*(?:$|\n|[,;|)(]|[ \t]{2})")


@dataclass(frozen=True)
class Reading:
    """How readily words are taken for a name: after a title anything will do, after `with` only a likely name."""

    any_capital: bool = False
    lower_case: bool = False
    lower_unknown: bool = False
    any_word: bool = False
    lower_if_name: bool = True
    words: int = 4
    comma: bool = False


AFTER_TITLE = Reading(any_capital=True, lower_case=True)


AFTER_LABEL = Reading(any_capital=True, lower_case=True, comma=True)


AFTER_KIN = Reading(lower_case=True)


LIKELY = Reading()


UNKNOWN_TOO = Reading(lower_unknown=True)


def read_name(text: str, at: int, how: Reading) -> tuple[int, int] | None:
    """Return the stretch of a name that begins at a position (blanks and quotes skipped), or None."""
    opened = _OPEN.match(text, at)
    at = opened.end() if opened else at
    start, end, taken, previous_lower = at, at, 0, False
    solid = False
    while taken < how.words + 1:
        token = TOKEN.match(text, at)
        if token is None or not _takes(text, token, how, taken, previous_lower):
            break
        word = token.group()
        end = token.end()
        initial = len(word) == 1
        if word.lower().endswith(("'s", "’s")):
            end -= 2
            solid = True
            break
        solid = solid or not (initial or word.lower() in PARTICLES)
        previous_lower = word[0].islower()
        taken += 1
        at = token.end()
        if initial and text[at : at + 1] == ".":
            at += 1
            end = at
            if text[at : at + 1].isalpha():
                continue
        following = _next_word(text, at, how)
        if following is None:
            break
        at = following
    if not solid and not (taken >= 1 and how.any_capital and end - start >= 2 and text[start:end].isupper()):
        return None
    return (start, end) if end > start else None


def _next_word(text: str, at: int, how: Reading) -> int | None:
    if how.comma and text[at : at + 1] == ",":
        gap = re.compile(r",[ \t]{0,2}(?=[^\W\d_])").match(text, at)
        if gap and _comma_name(text, gap.end()):
            return gap.end()
        return None
    gap = _GAP.match(text, at)
    if gap is None:
        return None
    if "\n" in gap.group():
        token = TOKEN.match(text, gap.end())
        if token is None or not (
            token.group()[0].isupper() and plausible.could_be_name(lexicon.fold_word(token.group()))
        ):
            return None
        if text[token.end() : token.end() + 1] == ":":
            return None
    return gap.end()


def _comma_name(text: str, at: int) -> bool:
    token = TOKEN.match(text, at)
    if token is None or not token.group()[0].isupper():
        return False
    if re.fullmatch(CREDENTIAL, token.group()):
        return False
    return len(token.group()) == 1 or plausible.could_be_name(lexicon.fold_word(token.group()))


def _takes(text: str, token: Token, how: Reading, taken: int, previous_lower: bool) -> bool:
    """Whether a word belongs to the name that is being read."""
    word = token.group()
    lowered = lexicon.fold_word(word).removesuffix("'s")
    if text[token.end() : token.end() + 1] == ":" and taken:
        return False
    if len(word) == 1:
        follows = text[token.end() : token.end() + 3]
        return word.isupper() and (taken > 0 or follows[:1] == "." or bool(re.match(r"[ \t]?[A-Z]", follows)))
    if lowered in PARTICLES and (taken > 0 or how.any_capital or word[0].isupper()):
        after = re.compile(r"[ \t]{1,2}([^\W\d_][\w'-]+)").match(text, token.end())
        return bool(after and (after[1][0].isupper() or lexicon.is_only_a_name(after[1].lower())))
    if how.any_word and not taken and lexicon.is_name(lowered) and _NO_MORE.match(text, token.end()):
        return True  # `Attending: dr. will`
    if _no_name(word, lowered, how, taken):
        return False
    if word[0].isupper():
        return _takes_capital(text, token, lowered, how, taken)
    if taken:
        unknown = how.lower_case and len(lowered) > 3 and plausible.unknown(lowered)
        return lowered in PARTICLES or (previous_lower and (lexicon.is_only_a_name(lowered) or unknown))
    return _takes_lower(text, token, lowered, how)


def _no_name(word: str, lowered: str, how: Reading, taken: int) -> bool:
    """Whether a word never is part of a name here: more figures than an OCR slip leaves, small words, credentials."""
    if sum(char.isdigit() for char in word) * 2 >= sum(char.isalpha() for char in word):
        return True
    month = lowered in ("march", "may", "april", "june") and (word[0].isupper() or taken == 0)
    return (lowered in NOT_FIRST and not (how.any_capital and month)) or (
        word.isupper() and bool(re.fullmatch(CREDENTIAL, word))
    )


def _takes_lower(text: str, token: Token, lowered: str, how: Reading) -> bool:
    """Whether a word in lower case is the first of a name."""
    if how.lower_case:
        if lexicon.is_word(lowered) and not how.any_capital:
            return (
                lowered in lexicon.english_names()
                and lowered in lexicon.given_names()
                and bool(_AFTER_LOWER.match(text, token.end()))
            )
        return plausible.could_be_name(lowered) or (how.any_word and lowered not in lexicon.clinical_words())
    if how.lower_unknown and len(lowered) > 3 and lowered.isalpha() and plausible.unknown(lowered):
        return bool(_AFTER_LOWER.match(text, token.end()))
    return how.lower_if_name and lexicon.is_only_a_name(lowered)


def _takes_capital(text: str, token: Token, lowered: str, how: Reading, taken: int) -> bool:
    if plausible.could_be_name(lowered):
        return not (lowered in lexicon.clinical_words() and not how.any_capital)
    if how.any_capital and taken == 0:
        return not plausible.clinical_shape(lowered)
    if not (how.any_capital and taken) or plausible.clinical_shape(lowered):
        return False
    before = TOKEN.findall(text[max(0, token.start() - 30) : token.start()])
    return (
        bool(before) and (len(before[-1]) == 1 or lexicon.fold_word(before[-1]) in lexicon.given_names())
    ) or not lexicon.is_word(lowered)
