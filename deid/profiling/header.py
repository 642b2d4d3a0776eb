"""What a column is called: its name cut into words, words into concepts, concepts into kinds with a weight.

The words stand in `deid/data/header_words.csv` (English with the commonest German, French, Spanish, Italian, Dutch,
Portuguese and Nordic headers), the patterns in `deid/data/header_rules.csv`. A pattern matches neighbouring words in
any order: `NAME LAST` reads 'last_name' and 'name_last'. For an upper-case word of a pattern any word of that concept
fits.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import permutations

from deid.profiling.words import word_set

#: Points of a pattern by its strength, before the place of the match counts.
STRENGTH: Mapping[str, float] = {"strong": 5.0, "usual": 3.0, "weak": 1.5}
PER_FURTHER_WORD = 0.5
AT_THE_END = 1.0
WHOLE_NAME = 1.0
AT_THE_START = -0.5
NOT_AT_THE_END = -1.5
BEFORE_A_HEAD = -3.0
MOST = 6.5
#: Last words that say what the column is, whatever stands before: `phone_type` holds types, not phones.
HEADS = word_set("head")
#: First words that say it where no last word does: `dateInitialTreatment`, `text_staging`.
HEADS_FIRST = word_set("head_first")
_STOP = word_set("stop")
#: Two letters that may be cut off or out of a longer word: 'patientid'.
_SHORT_PARTS = word_set("short_part")
#: Words that end or begin ordinary words and are therefore never cut out of a longer one.
_NEVER_CUT = word_set("never_cut")
#: A word of three letters and more that a full stop cuts short.
_ABBREVIATED = re.compile(r"(?<![^\W_])([^\W\d_]{3,})\.(?!\w)")
_AGE = frozenset({"AGE"})


@dataclass(frozen=True)
class Hint:
    """What a name says for one kind: points (0 to 6.5), the words that said it, whether a convention defines it."""

    points: float
    words: str
    defined: bool = False


@cache
def _concepts() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    with files("deid").joinpath("data/header_words.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            for word in row["words"].split():
                found.setdefault(word, set()).add(row["concept"])
    for part in {part for pattern in _patterns() for alternatives in pattern.parts for part in alternatives}:
        if part.islower():
            found.setdefault(part, set())
    return {word: frozenset(concepts) for word, concepts in found.items()}


@dataclass(frozen=True)
class _Pattern:
    kind: str
    points: float
    parts: tuple[frozenset[str], ...]


@cache
def _patterns() -> tuple[_Pattern, ...]:
    found = []
    with files("deid").joinpath("data/header_rules.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            for pattern in row["patterns"].split(";"):
                parts = tuple(frozenset(part.split("|")) for part in pattern.split())
                found.append(_Pattern(row["kind"], STRENGTH[row["strength"]], parts))
    return tuple(found)


def fold(text: str) -> str:
    """Return lower-case letters without accents: 'Größe' and 'Grosse' are one word."""
    text = text.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).lower()


def words_of(name: str) -> tuple[str, ...]:
    """Cut a name into words: at anything but letters and digits, at camelCase humps, between letters and digits."""
    plain = unicodedata.normalize("NFC", name).replace("%", " percent ").replace("#", " number ")
    known = _concepts()
    plain = _SPELT.sub(lambda match: _spoken_as_one(match, known), plain)
    whole = re.sub(r"[\W_]+", "", fold(plain))
    if whole in known and not re.search(r"[\W_]", plain.strip()):
        return (whole,)
    cut = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][a-zà-ÿ])", " ", plain)
    found: list[str] = []
    for token in re.split(r"[\W_]+", cut):
        if fold(token) in known:
            found.append(fold(token))
            continue
        for part in re.findall(r"[^\W\d_]+|\d+", token):
            found.extend(_segments(fold(part)))
    return tuple(found)


#: Letters with dots or blanks between, as in `D.O.B`.
_SPELT = re.compile(r"(?<![^\W_])[^\W\d_](?:(?:[.] ?|[ _])[^\W\d_](?![^\W_])){2,3}[.]?")


def _spoken_as_one(match: re.Match[str], known: Mapping[str, frozenset[str]]) -> str:
    """Return letters with dots between as the word that they spell, if that is known; else as they stand."""
    letters = "".join(filter(str.isalpha, match[0]))
    return letters if fold(letters) in known else match[0]


@cache
def _segments(word: str) -> tuple[str, ...]:
    """Cut a run-together word ('DATEOFBIRTH', 'patientid') into known words, the fewest; else leave it whole."""
    known = _concepts()
    if word in known or len(word) < 5 or word.isdigit():
        return (word,)
    if word.endswith("s") and word[:-1] in known:
        return (word[:-1],)
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            head, part = best[start], word[start:end]
            usable = part in _SHORT_PARTS if len(part) < 3 else part in known and part not in _NEVER_CUT
            usable = usable or (part == "of" and start > 0)
            if head is None or not usable:
                continue
            tail = best[end]
            if tail is None or len(head) + 1 < len(tail):
                best[end] = (*head, part)
    found = best[-1]
    return found if found and len(found) <= 4 else (word,)


def hints(name: str) -> dict[str, Hint]:
    """Return what a name says: points by kind, highest first, the best pattern of each."""
    return dict(_hints(name))


@cache
def _hints(name: str) -> tuple[tuple[str, Hint], ...]:
    words = [word for word in words_of(name) if word not in _STOP and not word.isdigit()]
    if not words:
        return ()
    known = _concepts()
    senses = [known.get(word, frozenset()) | {word} for word in words]
    short = _abbreviated_ages(name)
    senses = [_AGE if word in short else sense for word, sense in zip(words, senses, strict=True)]
    end = len(words)
    while end > 1 and "WORD" in senses[end - 1]:
        end -= 1
    head = bool(HEADS & senses[end - 1])
    best: dict[str, Hint] = {}
    every = frozenset[str]().union(*senses)
    for pattern in _patterns():
        if any(map(every.isdisjoint, pattern.parts)):
            continue
        for start, stop in _matches(pattern.parts, senses):
            points = pattern.points + PER_FURTHER_WORD * (len(pattern.parts) - 1)
            points += _place(senses, start, stop >= end, head)
            points += WHOLE_NAME if stop - start >= end and start == 0 else 0.0
            points = min(MOST, points)
            if points > 0 and points > best.get(pattern.kind, Hint(0, "")).points:
                best[pattern.kind] = Hint(points, " ".join(words[start:stop]))
    for label in ("category", "measurement", "diagnosis_code"):
        if _said_better(best, label):
            del best[label]
    return tuple(sorted(best.items(), key=lambda item: (-item[1].points, item[0])))


def _abbreviated_ages(name: str) -> frozenset[str]:
    """Return folded words before a full stop that cut an age short: `Alt.`, `Leeft.`; `ALT.` is an enzyme."""
    cut = {fold(word) for word in _ABBREVIATED.findall(name) if not word.isupper()}
    ages = [word for word, concepts in _concepts().items() if concepts >= _AGE and not word.startswith(("p", "age"))]
    return frozenset(
        word for word in cut if any(age.startswith(word) and len(age) // 2 < len(word) < len(age) for age in ages)
    )


def _said_better(best: Mapping[str, Hint], kind: str) -> bool:
    """Whether a demographic kind claims, with more points, every word that speaks for this one: `ethnic_group`."""
    label = best.get(kind)
    return label is not None and any(
        best[kind].points > label.points and set(label.words.split()) <= set(best[kind].words.split())
        for kind in ("ethnicity", "race", "sex", "marital_status", "religion", "city")
        if kind in best
    )


def _place(senses: Sequence[frozenset[str]], start: int, ends: bool, head: bool) -> float:
    if ends:
        return AT_THE_END
    if head:
        return BEFORE_A_HEAD
    if start == 0:
        return 0.0 if HEADS_FIRST & senses[0] else AT_THE_START
    return NOT_AT_THE_END


def _matches(parts: tuple[frozenset[str], ...], senses: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    size = len(parts)
    for start in range(len(senses) - size + 1):
        window = senses[start : start + size]
        if any(all(part & sense for part, sense in zip(order, window, strict=True)) for order in permutations(parts)):
            yield start, start + size
