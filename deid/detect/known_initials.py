"""Initials of the persons whom the record knows, where they stand for a name."""

# ruff: noqa: E501 - patterns are read as lines

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from deid.detect import lexicon
from deid.detect.name_lists import NOT_INITIALS
from deid.model import Known, Span

#: Initials are looked for of the subject's own people, who come first, not of every clinician of a table.
MOST_INITIALS = 12
_LONGER = re.compile(r"[^\W\d_]{2,}")


def _initials(facts: Sequence[Known]) -> list[tuple[str, str]]:
    """Return the first letters of given name and surname of the first persons that the facts name."""
    given = [lexicon.fold_word(f.text)[0] for f in facts if f.kind == "given_name" and f.text.strip()]
    family = [lexicon.fold_word(f.text)[0] for f in facts if f.kind == "family_name" and f.text.strip()]
    pairs = dict.fromkeys(zip(given, family, strict=False))
    for fact in facts:
        if len(pairs) >= MOST_INITIALS:
            break
        words = _LONGER.findall(lexicon.fold_word(fact.text)) if fact.kind in ("person_name", "clinician_name") else []
        if len(words) >= 2:
            given.append((words[1] if "," in fact.text else words[0])[0])
            family.append((words[0] if "," in fact.text else words[-1])[0])
            at = min(len(given), len(family)) - 1
            pairs.setdefault((given[at], family[at]))
    return list(pairs)[:MOST_INITIALS]


def initial_spans(text: str, facts: Sequence[Known]) -> Iterator[Span]:
    """Find the subject's initials where capitals stand alone: `J.D.`, `pt JD`; undotted ones need a cue before them."""
    for first, last in _initials(facts):
        if not (first.isascii() and last.isascii() and first.isalpha() and last.isalpha()):
            continue
        a, b = first.upper(), last.upper()
        if a not in text or b not in text:
            continue
        for match in _cued_initials(a, b).finditer(text):
            yield Span(match.start(), match.end(), "initials", 0.9, "known")
        yield from (
            Span(*match.span("id"), "initials", 0.85, "known") for match in _TITLED.finditer(text) if match["id"] == b
        )
        if (a + b).lower() not in NOT_INITIALS and not lexicon.is_word((a + b).lower()):
            bare = re.finditer(rf"(?<![\w./-]){a}{b}(?![\w./-])", text) if a + b in text else ()
            yield from (Span(match.start(), match.end(), "initials", 0.8, "known") for match in bare)


#: A surname's letter after a title: `Mrs B.`
_TITLED = re.compile(r"\b(?:Mrs?|Ms|Miss|Mx|mrs?|ms|Herr|Frau|Mme|Sra?)\.?\s(?P<id>[A-Z])(?![\w'’/-])")


@lru_cache(maxsize=1024)
def _cued_initials(a: str, b: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w.]){a}\.\s?(?:[A-Z]\.\s?)?{b}\.(?!\w)|(?<![\w.])(?:(?<=pt )|(?<=patient )|(?<=by )|(?<=for )|(?<=initials ))(?:{a}[A-Z]?{b})(?![\w./-])"
    )
