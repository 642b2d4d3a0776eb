"""The tagger: which words are marked, given how likely the network and the encoder hold them to identify.

A chance alone does not mark a word: its form, what lists know of it and what stands beside it must leave room for an
identifier of its kind, the more so the less sure the chance is.
"""

# ruff: noqa: E501 - conditions are read as lines

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from deid.detect import lexicon, plausible
from deid.detect.dates import NOTHING_COUNTED
from deid.detect.evidence import TITLES, Words
from deid.detect.identifiers import CLINICAL_CODE, CODE_BEFORE
from deid.detect.name_lists import NO_WRITER, NOT_INITIALS
from deid.detect.reading import PARTICLES
from deid.model import PLACES, Span

#: What a word can be; `other` is an identifier that the rules find better, such as a telephone number, or an open mark.
LABELS = ("none", "name", "place", "number", "initials", "username", "date", "age", "other")
KINDS: Mapping[str, str] = {
    "name": "person_name", "place": "site", "number": "record_number", "initials": "initials", "username": "username",
    "date": "date", "age": "age",
}  # fmt: skip
BALANCED, CAREFUL = 0.07, 0.06
#: From this chance on a capital belongs to the name or place beside it.
BESIDE = 0.08
#: From this chance on forms are believed that usually stand for something else: single letters, small numbers; numbers
#: of houses sooner.
ODD_FORM = 0.45
HOUSE_NUMBER, SHORT_NUMBER = 0.15, 0.3
#: From this chance on what stands around a word, capitalised or not, is believed more than what the lists say of it;
#: of a clinical term last.
AGAINST_LISTS, AGAINST_LISTS_IN_SMALL_LETTERS, AGAINST_TERMS = 0.3, 0.8, 0.5
#: From this chance on a number is believed that looks like a range or a code of another kind.
AGAINST_FORM = 0.9
#: From this chance on letters and figures are believed whatever other code or abbreviation they could be.
AGAINST_CODES = 0.6
#: From this chance on what a word usually is does not count against it.
CONVINCED = 0.8
#: From this chance on words may be a date that no rule knows: a feast, a local week.
NAMED_DAY = 0.5
#: A day and month in figures, or a day of a month; an age over 89.
_FORM_OF = {
    "date": re.compile(r"[0-3]?\d(?:st|nd|rd|th)?|[0-3]?\d[./-][0-3]?\d", re.IGNORECASE),
    "age": re.compile(r"9\d|1[01]\d|ninety(?:-[a-z]+)?|(?:a-)?hundred(?:-[a-z-]+)?", re.IGNORECASE),
}
_HOUSE = re.compile(r"\d{1,5}[A-Za-z]?")
_LOGIN = re.compile(
    r"\b(?:user\w*|log\w*|account|handle|name|id|by|profile|online)\b[^.\n]{0,24}$|(?:^|\n)\W{0,3}(?:\d\d:\d\d\W{1,3})?$"
)
#: Letters that may stand for a person: `kjm`, `KdW`, `DMcG`, `A-KL`, `A.N-C`, `O'B`, `EG/mp`, `K`.
_INITIALS = re.compile(
    r"[^\W\d_]|[^\W\d_]{2,4}|(?=.{3,6}$)[^\W\d_]*[A-Z][^\W\d_]*"
    r"|[^\W\d_]{1,3}(?:\.[^\W\d_]{1,3}){0,3}(?:[-.'’]+[^\W\d_]{1,3}){1,2}"
    r"|[^\W\d_]{1,4}(?:-[^\W\d_]{1,2})?(?:[/:][^\W\d_]{1,4}(?:(?:-|\.[^\W\d_]?['’]?)[^\W\d_]{1,2})?){1,3}(?:/\d{1,2})?"
)
#: Two small numbers, or three with few figures: a range, a course of values, a blood pressure.
_RANGE = re.compile(r"\d{1,3}-\d{1,3}|\d{1,2}-\d{1,2}-\d|\d{2,3}/\d{2,3}")
#: A number that is called, and no year.
_CALLED = re.compile(r"(?!19\d\d$|20\d\d$)\d{3,6}")
_YEARS = frozenset(("yo", "yr", "yrs", "y"))
#: A trial, its group or a compound by its maker's number: `KEYNOTE-189`, `BMS-986016`.
_TRIAL = re.compile(
    r"(?:[A-Z]{6,}|RTOG|SWOG|NSABP|ECOG|CALGB|EORTC|NRG|MK|ABT|AZD|BMS|LY|RO|GSK|TAK|AMG|PF|BAY|JNJ|SAR|INCB?|BGB|MEDI|ONO|SGN|IMGN|BNT)-\d"
)
#: An age under 90 with its unit or the sex: `84yo`, `39M`.
_AGED = re.compile(r"[1-8]?\d(?:yo|y/o|yrs?|y|[mf])", re.IGNORECASE)
#: A time of day without its colon.
_CLOCK = re.compile(r"[01]\d[0-5]\d|2[0-3][0-5]\d")
#: A unit of measurement by another: `ng/mL`, `kU/L`, `mL/min`.
_UNIT = re.compile(
    r"(?:[kmunµ]?(?:g|mol|U|IU|L|Eq)|mcg|cells?)/(?:[dmu]?L|mmol|mol|min|kg|h|hr|day|m2|mm3)", re.IGNORECASE
)
#: Letters that head a line or follow a name and that nobody signs with.
_HEADINGS = frozenset(("dob", "dos", "fin", "ssn", "mrn", "npi", "phd", "md", "msg", "fax", "tel"))
#: What follows a drug and no person.
_DOSED = re.compile(
    r"\s(?:\d+(?:[.,]\d+)?\s?(?:mg|mcg|g|ml|units?|iu|%)\b|(?:was|were|is|has been|to be)\s(?:held|stopped|withheld|tapered|titrated|restarted|discontinued|continued|increased|reduced)\b)",
    re.IGNORECASE,
)
_POSSESSED = re.compile("['’]s$", re.IGNORECASE)
_GENERIC = lexicon.word_set("places_generic")
#: Small words within names of places and days, and from which chance on they belong to what stands beside them.
JOINING = frozenset(("the", "of", "and", "at", "in", "on", "over", "o"))
JOINED = 0.03


def could_be_marked(word: str) -> bool:
    """Whether a word is worth judging: a small common word that is no name never is."""
    return word.lower() not in TITLES and not (word.islower() and _is_small(word))


@lru_cache(maxsize=30_000)
def _is_small(word: str) -> bool:
    plain = lexicon.fold_word(word).removesuffix("'s")
    return lexicon.is_word(plain) and not lexicon.is_name(plain)


def _widen(words: Words, labels: dict[int, str], sure: Mapping[int, float]) -> None:
    """Let what stands beside a name or place belong to it on weaker evidence: `Iron` of `Faith Iron Cloud`, `the` RVI."""
    for step in (1, -1):
        for at in sorted(sure, reverse=step < 0):
            label = "" if at in labels else _of_neighbour(words, labels, at, -step)
            if label and (_is_capital_of(words, at, at - step, label, sure[at]) or (step < 0 and _joins(words, labels, at, label, sure[at]))):  # fmt: skip
                labels[at] = label


def _is_capital_of(words: Words, at: int, beside: int, label: str, sure: float) -> bool:
    """Whether a capital belongs to the name or place beside it."""
    written, other = words.written[at], words.written[beside]
    alike = (other.isupper() and len(other) > 1) == written.isupper()
    return label in ("name", "place") and sure >= BESIDE and written[0].isupper() and alike and _plausible(words, at, label, sure)  # fmt: skip


def _joins(words: Words, labels: Mapping[int, str], at: int, label: str, sure: float) -> bool:
    """Whether a small word belongs to the place or day that it stands before, or within."""
    word = words.written[at].lower()
    return (
        word in JOINING
        and sure >= JOINED
        and (label == "place" or (label == "date" and at + 1 in labels))  # what rules find of a day is all of it
        and (word == "the" or label == _of_neighbour(words, labels, at, -1))
    )


def _of_neighbour(words: Words, labels: Mapping[int, str], at: int, step: int) -> str:
    """Return the label of the word that follows or stands before, where only a blank is between."""
    beside = at + step
    if not 0 <= beside < len(words.written) or words.gaps[max(at, beside)] != " ":
        return ""
    return labels.get(beside) or _label_of(words.rules[beside])


def _label_of(rule: str) -> str:
    """Return the label that a sure finding of the rules stands for."""
    kind, score = rule[:-1], rule[-1:]
    return (
        {"person_name": "name", "date": "date", **dict.fromkeys(PLACES, "place")}.get(kind, "")
        if score.isdigit() and int(score) > 1
        else ""
    )


def marked(words: Words, judged: Sequence[int], likely: npt.NDArray[np.float32], threshold: float) -> Iterator[Span]:
    """Yield the stretches of one label among the words that are likely enough."""
    worth = np.flatnonzero(likely[:, 0] <= 1 - JOINED)  # what is less likely is nothing, whatever stands beside it
    judged, likely = [judged[at] for at in worth.tolist()], likely[worth]
    best = likely[:, 1:-1].argmax(axis=1) + 1
    least = np.array([_least(words, at, LABELS[label], threshold) for at, label in zip(judged, best, strict=True)])
    called = np.array([bool(_CALLED.fullmatch(words.written[at])) for at in judged], bool)
    identifies = (1 - likely[:, 0] - likely[:, -1] > least) | (called & (likely[:, 0] < 1 - CONVINCED))
    meant = identifies & (likely[:, 0] < 1 - threshold)
    labels = {at: LABELS[label] for at, label, holds in zip(judged, best, meant, strict=True) if holds}
    sure = dict(zip(judged, (1 - likely[:, 0]).tolist(), strict=True))
    labels = {at: label for at, label in labels.items() if _plausible(words, at, label, sure[at])}
    _widen(words, labels, sure)
    for at in [at for at in labels if labels[at] == "name" and labels.get(at + 1) == "place"]:
        if words.gaps[at + 1] == " " and _POSSESSED.search(words.written[at]):
            labels[at] = "place"  # Henderson's Relish
    run: list[int] = []
    surest = 0.0
    for at in sorted(labels):
        if run and (at != run[-1] + 1 or labels[at] != labels[run[-1]] or words.gaps[at] != " " or labels[at] in ("username", "initials")):  # fmt: skip
            yield from _span(words, run, labels[run[-1]], surest)
            run = []
        surest = max(sure[at], surest) if run else sure[at]
        run.append(at)
    if run:
        yield from _span(words, run, labels[run[-1]], surest)


def _least(words: Words, at: int, label: str, threshold: float) -> float:
    """Return how likely an identifier a word must be to be taken for one."""
    doubt = 0.0 if label == "initials" else _doubt(words.written[at])
    return threshold + (1 - threshold) * max(doubt, _first(words, at))


@lru_cache(maxsize=30_000)
def _doubt(word: str) -> float:
    """Return how much surer than usual the evidence must be for a word that is a common one too."""
    plain = lexicon.fold_word(word).removesuffix("'s")
    if word.islower() and lexicon.is_word(plain):
        return 0.12
    if not word.isalpha() or not lexicon.is_word(plain):
        return 0.1 if word.islower() and not lexicon.is_name(plain) else 0.0
    if plain in lexicon.clinical_words():
        return 0.1
    return 0.0 if lexicon.is_name(plain) else 0.06


def _first(words: Words, at: int) -> float:
    """Return how much surer the evidence must be where the capital says nothing: a common word that opens a sentence."""
    opens = words.gaps[at][:1] in ("^", ".", "?", "!")
    alone = words.gaps[at + 1] != " " or words.written[at + 1 : at + 2] == [] or words.written[at + 1].islower()
    kind = words.kinds[at]
    return 0.2 if opens and alone and kind[0] == "T" and "w" in kind and "d" not in kind else 0.0


def _plausible(words: Words, at: int, label: str, sure: float) -> bool:
    """Whether clinical vocabulary and the form of the word leave room for an identifier of this kind."""
    token = words.tokens[at]
    written, own = token.group(), words.kinds[at]
    plain = lexicon.fold_word(written).removesuffix("'s")
    letters = "".join(filter(str.isalpha, plain))
    counted = letters in _YEARS and at > 0 and words.written[at - 1].isdigit()
    if letters in _HEADINGS or counted or _AGED.fullmatch(written):
        return False
    if label in _FORM_OF:
        form = bool(_FORM_OF[label].fullmatch(written)) or (label == "date" and sure >= NAMED_DAY)
        return form and (label == "age" or own[0] != "#" or not _counted(words, at))
    if label == "place" and _HOUSE.fullmatch(written):
        return sure >= HOUSE_NUMBER
    if label == "name" and len(written) == 1:
        return sure >= ODD_FORM
    if label in ("username", "number", "initials"):
        return _plausible_code(words, at, label, sure)
    if label == "name" and sure < CONVINCED and plausible.eponym_use(words.text, token.start(), token.end()):
        return False
    return _plausible_name(words, at, label, sure)


def _plausible_name(words: Words, at: int, label: str, sure: float) -> bool:
    """Whether a person or a place may be meant, the sooner the surer the chance is."""
    written, own = words.written[at], words.kinds[at]
    plain = lexicon.fold_word(written).removesuffix("'s")
    clinical = _is_clinical(plain)
    if own[0] == "#":
        return label == "place" and sure >= CONVINCED and sum(map(str.isalpha, written)) > 1  # Bet365, 119th
    least = AGAINST_LISTS_IN_SMALL_LETTERS if written[0].islower() else AGAINST_TERMS if clinical else AGAINST_LISTS
    if sure >= least:
        return True
    if clinical or (own[0] in "UM" and CLINICAL_CODE.fullmatch(written)):
        return False
    if label == "name" and _DOSED.match(words.text, words.tokens[at].end()):
        return False
    return _plausible_word(words, at, plain)


@lru_cache(maxsize=30_000)
def _is_clinical(plain: str) -> bool:
    """Whether a word, or the last part of one with a hyphen, is a clinical term and no name: `mid-thigh`."""
    return any(word in lexicon.clinical_words() and word not in lexicon.english_names() for word in (plain, plain.rpartition("-")[2]))  # fmt: skip


def _plausible_word(words: Words, at: int, plain: str) -> bool:
    """Whether a word that no list rules out has the form of a name or a place."""
    written, own = words.written[at], words.kinds[at]
    if "_" in written and all(map(lexicon.is_word, plain.split("_"))):
        return False  # the name of a field, not of a person
    heading = words.gaps[at + 1][:1] == ":" and lexicon.is_word(plain)
    if heading or (own[0] == "U" and own[1:2] in "12" and not lexicon.is_name(plain)):
        return False
    parts = [part for part in re.split(r"[/._@-]", plain) if part]
    return len(parts) > 0 and all(lexicon.is_word(part) or plausible.could_be_name(part) for part in parts) and ("/" not in plain or all(len(part) > 3 for part in parts))  # fmt: skip


def _plausible_code(words: Words, at: int, label: str, sure: float) -> bool:
    """Whether a login, a number or initials may be meant."""
    token = words.tokens[at]
    written, own = token.group(), words.kinds[at]
    plain = lexicon.fold_word(written).removesuffix("'s")
    if words.gaps[at].endswith("{"):
        return False  # where a value would stand: {street_name}
    if label == "username":
        return (
            not written.isalpha()
            or sure >= CONVINCED
            or (plausible.unknown(plain) and bool(_LOGIN.search(words.text, max(0, token.start() - 40), token.start())))
        )
    if label == "number":
        code = CLINICAL_CODE.fullmatch(written) and ("-" in written or "." in written)
        return (
            own[0] in "#U"
            and not (code and (sure < AGAINST_CODES or _TRIAL.match(written)))
            and not _counted(words, at)
            and not (_CLOCK.fullmatch(written) and words.gaps[at + 1].startswith(":"))
            and (sure >= CONVINCED or not CODE_BEFORE.search(words.text, max(0, token.start() - 24), token.start()))
        )
    if _UNIT.fullmatch(written) and any(map(str.isdigit, words.written[at - 1] if at else "")):
        return False
    if sure >= CONVINCED:
        return True
    if "".join(filter(str.isalpha, plain)) in NO_WRITER or words.gaps[at + 1].startswith("#"):
        return False
    return (sure >= AGAINST_CODES or bool(_INITIALS.fullmatch(written))) and (
        sure >= ODD_FORM or plain not in NOT_INITIALS
    )


def _counted(words: Words, at: int) -> bool:
    """Whether a unit or what is counted follows a number."""
    return (
        not any(map(str.isalpha, words.written[at]))
        and NOTHING_COUNTED.match(words.text, words.tokens[at].end()) is None
    )


def _identifies(written: str, sure: float) -> bool:
    """Whether figures are many enough for an identifier and no known clinical code."""
    figures = sum(map(str.isdigit, written))
    least = 1 if sure >= CONVINCED else (5 if "/" in written or "." in written else 4) - 2 * (sure >= SHORT_NUMBER)
    return (
        figures >= least
        and (sure >= (AGAINST_CODES if "-" in written else CONVINCED) or not CLINICAL_CODE.fullmatch(written))
        and (sure >= AGAINST_FORM or not _RANGE.fullmatch(written))
    )


def _span(words: Words, run: Sequence[int], label: str, surest: float) -> Iterator[Span]:
    start, end = words.tokens[run[0]].start(), words.tokens[run[-1]].end()
    if label == "number" and not _identifies(words.text[start:end], surest):
        return
    if label == "name" and len(run) == 1 and lexicon.fold_word(words.written[run[0]]) in PARTICLES:
        return
    if label == "place" and surest < CONVINCED and all(lexicon.fold_word(words.written[at]) in _GENERIC for at in run):
        return
    if label != "place" and _POSSESSED.search(words.written[run[-1]]):
        end -= 2  # that of a place is its own: Guy's
    yield Span(start, end, KINDS[label], round(0.3 + 0.3 * surest, 2), "tagger")
