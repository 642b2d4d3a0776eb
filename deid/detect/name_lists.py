"""Names known from lists, capitals known from nowhere, and initials."""

# ruff: noqa: E501 - patterns and word lists are read as lines

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from deid.detect import lexicon, plausible
from deid.detect.reading import NOT_FIRST, TOKEN
from deid.model import Span
from deid.registry import register

_INITIALS = re.compile(
    r"(?<![A-Za-z])(?:by|per|initials?(?: are| were)?|init|signed|sig|verified|witness(?:ed)?|entered|checked|reviewed|paged|called|cc|rn|md|np|w/|d/w|with|from|to|tech|nurse|dr\.?|pt|patient|subject|resident|attending)[ :]{1,2}(?P<id>[A-Z]{2,3}|[A-Z]\.[ ]?[A-Z]\.(?:[ ]?[A-Z]\.)?)(?![\w/-])"
)
_REVIEWER = re.compile(
    r"\b(?:readers?|resident|reviewers?|raters?|observers?|nurse|technician|technologist|surgeon|fellow|attending|coordinator|monitor|assessor|author|scribe|registrar|doctor|consultant|investigator)s?,?\s\(?(?P<id>[A-Z]{2,3})(?=\)|[,;.]|\s(?:and|said|noted|disagreed|agreed))"
)
_TIMED = re.compile(r"\d{1,2}:?\d\d(?:\s?[ap]m)?,?\s(?:by|per|/)\s(?P<id>[A-Z]{2,3})(?![\w/-])")
_SLASHED = re.compile(r"(?<![\w/])(?P<id>[A-Z]{2,3}[/:][a-z]{2,3}|[A-Z]{2,3}/[A-Z]{2,3})(?=\s{0,3}(?:\n|$))")
_ENDING = re.compile(r"(?:[-–—~]{1,2}[ ]?|/)(?P<id>[A-Z]{2,3})(?=\s{0,2}(?:\n|$))")
#: Letters that stand alone in the last line: whoever wrote the note.
_LAST_LINE = re.compile(r"\n[ \t]*(?P<id>[A-Z]{2,3})\s*$")
NO_WRITER = frozenset(
    [
        "prn",
        "npo",
        "ok",
        "end",
        "stat",
        "nad",
        "dnr",
        "nka",
        "nkda",
        "rtc",
        "tbd",
        "eom",
        "ama",
        "fyi",
        "pto",
        "cod",
        "bid",
        "tid",
        "qid",
        "icu",
        "none",
        "eof",
    ]
)
_DOTTED = re.compile(r"(?<![\w.])(?P<id>[A-Z]\.[ ]?[A-Z]\.(?:[ ]?[A-Z]\.)?)(?![\w])")
_NOT_DOTTED = lexicon.word_set("name_lists_not_dotted")
NOT_INITIALS = lexicon.word_set("name_lists_not_initials")
_HEADING = re.compile(r"(?:^|\n)[^\n:]{0,60}$")
_MEDICATION_BEFORE = re.compile(r"(?:\b(?:on|start(?:ed)?|taking|takes|took|given|gave|received|rec'd|dose|hold|held|restart(?:ed)?|continue[ds]?|stop(?:ped)?|cycles? of|tab|refill(?:ed)?|allerg\w*(?: to)?|prescribed|tolerat\w+|completed|added|switch(?:ed)? to)\s)$", re.IGNORECASE)  # fmt: skip
_MEDICATION_AFTER = re.compile(
    r"\s?(?:\d|x\d|mg|tabs?|tablets?|caps?|iv\b|po\b|given|infusion|injection|cream|patch|drops|dose|therapy|regimen|cycle|plus|\+|bid|daily|prn|q\d|inhaler|spray|syrup)",
    re.IGNORECASE,
)


_LOWER_SURNAME = re.compile(
    r"\s?(?:[,.;:()]|\n|$|(?:rm|room|bed|mrn|c/o|is|was|has|had|tolerated|prefers|denies|states|says|said|called|aware|here|dob|age|to|at|in)\b)"
)


def _is_upper_word(word: str) -> bool:
    return len(word) > 1 and word.isupper()


@register("recogniser", "names_by_list")
@dataclass(frozen=True)
class NamesByList:
    """Finds names that stand in lists of given names and surnames, in any casing, when nothing speaks against them."""

    examples: ClassVar[tuple[str, ...]] = (
        "later «Jermaine» asked", "told us that «siobhan o'connor» will drive", "«FATIMA NGUYEN» was there", "we met «Kwame Okonkwo» there", "«Ludmila» brought the forms",
    )  # fmt: skip
    counter_examples: ClassVar[tuple[str, ...]] = (
        "Hodgkin lymphoma", "the patient may grant consent", "Parkinson disease", "a bill was paid", "Foley catheter", "young man with will to live", "Romberg negative", "rich in iron",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the names of a text that lists know."""
        tokens = list(TOKEN.finditer(text))
        reach = 0
        for at in [at for at, token in enumerate(tokens) if _begins_name(token.group())]:
            length, score = _run(text, tokens, at) if at >= reach else (0, 0.0)
            if length:
                start, end = tokens[at].start(), _without_possessive(tokens[at + length - 1])
                if not plausible.eponym_use(text, start, end):
                    yield Span(start, end, "person_name", score, "names_by_list")
                reach = at + length


def _without_possessive(token: re.Match[str]) -> int:
    return token.end() - 2 if token.group().lower().endswith(("'s", "’s")) else token.end()


def _plain(token: re.Match[str]) -> str:
    return lexicon.fold_word(token.group()).removesuffix("'s")


@lru_cache(maxsize=30_000)
def _begins_name(word: str) -> bool:
    plain = lexicon.fold_word(word).removesuffix("'s")
    return len(plain) > 1 and lexicon.is_name(plain) and plain not in NOT_FIRST


def _run(text: str, tokens: list[re.Match[str]], at: int) -> tuple[int, float]:
    """Return how many words from here on make a name, and how sure that is; 0 words where none do."""
    first = tokens[at]
    plain = _plain(first)
    length, certain, given = 1, lexicon.is_only_a_name(plain), plain in lexicon.given_names()
    upper = first.group()[0].isupper()
    while at + length < len(tokens) and length < 4:
        token = tokens[at + length]
        word = _plain(token)
        joint, initial = text[tokens[at + length - 1].end() : token.start()], len(tokens[at + length - 1].group()) == 1
        if (
            joint not in (" ", "  ")
            and not (initial and joint in (". ", "."))
            and not (joint == "\n" and lexicon.is_only_a_name(word))
        ):
            break
        if len(word) == 1 and token.group().isupper() and upper:
            length += 1
            continue
        surname = (
            given
            and upper
            and (plausible.unknown(word) or (certain and word in lexicon.nouns_alone() and not token.group().isupper()))
        )
        if (
            token.group()[0].isupper() != upper
            or not (lexicon.is_name(word) or surname)
            or text[token.end() : token.end() + 1] == ":"
        ):
            break
        if (
            not upper
            and not lexicon.is_only_a_name(word)
            and not (certain and given and word in lexicon.english_names() and _LOWER_SURNAME.match(text, token.end()))
        ):
            break
        certain = certain or lexicon.is_only_a_name(word) or (given and plausible.unknown(word))
        length += 1
    while length > 1 and len(_plain(tokens[at + length - 1])) == 1 and not certain:
        length -= 1
    return _judge(text, tokens, at, length, certain, upper)


def _judge(
    text: str, tokens: list[re.Match[str]], at: int, length: int, certain: bool, upper: bool
) -> tuple[int, float]:
    word, plain = tokens[at].group(), _plain(tokens[at])
    if upper and length > 1:
        proper = certain or (
            plain in lexicon.given_names()
            and all(_plain(t) in lexicon.english_names() for t in tokens[at : at + length] if len(t.group()) > 1)
        )
        return (length, 0.75 if certain else 0.55) if proper else (0, 0.0)
    if upper:
        if certain:
            enough = len(plain) > 2 and (
                not _is_upper_word(word) or (len(plain) > 3 and plain in lexicon.english_names())
            )
            return (1, 0.55) if enough else (0, 0.0)
        return (
            (1, 0.45)
            if plain in lexicon.english_names() and not _is_upper_word(word) and _capital_is_chosen(text, tokens[at])
            else (0, 0.0)
        )
    if certain and len(plain) > 3 and (plain in lexicon.english_names() or length > 1):
        return length, 0.5
    return 0, 0.0


def _capital_is_chosen(text: str, token: re.Match[str]) -> bool:
    """Whether a word is capitalised though no sentence, line or heading begins there: a proper name."""
    before = text[max(0, token.start() - 30) : token.start()]
    if not re.search(r"[a-z,;(]['’s]{0,2}[ ]$", before) or re.search(r"(?:^|[.!?:]\s)$", before):
        return False
    previous = re.search(r"([A-Za-z]+)[^A-Za-z]*$", before)
    following = re.match(r"[ ]?([A-Za-z]+)", text[token.end() : token.end() + 20])
    return not (previous and previous[1][0].isupper()) and not (
        following and following[1][0].isupper() and lexicon.is_word(following[1].lower())
    )


@register("recogniser", "unknown_capitals")
@dataclass(frozen=True)
class UnknownCapitals:
    """Finds capitalised words that no list of English or clinical words knows: most are names of persons or places."""

    examples: ClassVar[tuple[str, ...]] = ("then «Oyelaran» phoned", "moved to «Brynmaddoc»", "«Thorvaldsen» was there")
    counter_examples: ClassVar[tuple[str, ...]] = (
        "started Keytruda today", "Pembrolizumab was held", "Adenocarcinoma of the colon", "CT of the Chest", "Denies Fever", "Babinski negative", "HbA1c is high",
    )  # fmt: skip

    def find(self, text: str) -> Iterable[Span]:
        """Return the capitalised words of a text that nothing explains."""
        run: list[re.Match[str]] = []
        for token in [token for token in TOKEN.finditer(text) if _is_unknown(token.group())]:
            if _of_medication(text, token):
                continue
            if run and not (text[run[-1].end() : token.start()] in (" ", "-", ". ") and len(run) < 4):
                yield from self._close(text, run)
                run = []
            run.append(token)
        if run:
            yield from self._close(text, run)

    def _close(self, text: str, run: list[re.Match[str]]) -> Iterator[Span]:
        start, end = run[0].start(), _without_possessive(run[-1])
        if not plausible.eponym_use(text, start, end) and not (
            len(run) == 1 and plausible.of_mixed_form(run[0].group())
        ):
            yield Span(start, end, "person_name", 0.4, "unknown_capitals")


def _of_medication(text: str, token: re.Match[str]) -> bool:
    """Whether a dose follows, or a word that leads to a drug stands before."""
    before = text[max(0, token.start() - 16) : token.start()]
    return bool(_MEDICATION_AFTER.match(text, token.end()) or _MEDICATION_BEFORE.search(before))


@lru_cache(maxsize=30_000)
def _is_unknown(word: str) -> bool:
    """Whether a capitalised word has the form of a name and stands in no list."""
    if not word[0].isupper() or len(word) < 3 or _is_upper_word(word) or any(char.isdigit() for char in word):
        return False
    plain = lexicon.fold_word(word).removesuffix("'s")
    mixed = re.search(r"[a-z][A-Z]", word) and not re.match(r"(?:Mc|Mac|De|Di|La|Le|Van|O'|D')[A-Z]", word)
    return plausible.unknown(plain) and plain not in lexicon.eponyms() and not mixed


@register("recogniser", "initials")
@dataclass(frozen=True)
class Initials:
    """Finds initials of persons after a cue, in signatures, and with dots."""

    examples: ClassVar[tuple[str, ...]] = (
        "read back by «JKW».",
        "dictated\n«FLP/jem»",
        "told «R.T.» about it",
        "initials «KVD» on the form",
        "all done --«TRW»",
    )
    counter_examples: ClassVar[tuple[str, ...]] = (
        "seen by CT",
        "confirmed by MRI",
        "by PCR",
        "given i.v. and p.o.",
        "in the U.S. today",
        "per EMS",
        "with IV fluids",
        "at 10 a.m.",
    )

    def find(self, text: str) -> Iterable[Span]:
        """Return the initials of a text."""
        for regex, score in (
            (_INITIALS, 0.55),
            (_SLASHED, 0.7),
            (_ENDING, 0.5),
            (_DOTTED, 0.55),
            (_TIMED, 0.6),
            (_REVIEWER, 0.55),
        ):
            for match in regex.finditer(text):
                letters = re.sub(r"[^a-z]", "", match["id"].lower())
                if (
                    (regex is not _TIMED and regex is not _DOTTED and letters in NOT_INITIALS)
                    or (regex is not _TIMED and letters in _NOT_DOTTED)
                    or (
                        regex is not _TIMED
                        and regex is not _SLASHED
                        and regex is not _DOTTED
                        and letters in lexicon.clinical_words()
                    )
                ):
                    continue
                yield Span(match.start("id"), match.end("id"), "initials", score, "initials")
        last = _LAST_LINE.search(text, max(0, len(text) - 40))
        if last and last["id"].lower() not in NO_WRITER:
            yield Span(last.start("id"), last.end("id"), "initials", 0.55, "initials")
