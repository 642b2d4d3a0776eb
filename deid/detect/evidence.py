"""What speaks for or against a word being an identifier: its form, what lists know of it, what stands around it."""

# ruff: noqa: E501 - evidence is read as lines

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise, repeat

from deid.detect import lexicon, plausible
from deid.detect.reading import NOT_FIRST
from deid.model import Span

WORD = re.compile(r"[^\W_]+(?:[-'’._/@][^\W_]+)*")
#: What the rules found with this score needs no second opinion.
SURE = 0.7
_FIGURES = re.compile(r"[0-9]+")
_CAPITALS = re.compile(r"[^\W\d_a-z]+")
_SMALL = re.compile(r"[a-z]+")
_NO_LETTER = re.compile(r"[^a-z]")
#: How a word stands in its text, and what is held of it there: see `Words`.
Standing = tuple[str, str, str, int, str, str]
Company = tuple[str, str, str, tuple[str, ...]]
TITLES = frozenset(("mr", "mrs", "ms", "dr", "miss", "prof", "professor", "doctor", "nurse", "sister"))


@lru_cache(maxsize=30_000)
def kind_of(word: str) -> str:
    """Return how a word is written and what the lists know of it, as one short string."""
    if any(char.isdigit() for char in word):
        return "#" + _SMALL.sub("a", _CAPITALS.sub("A", _FIGURES.sub(_figures, word)))[:10]
    plain = lexicon.fold_word(word).removesuffix("'s")
    case = "l" if word.islower() else "U" if word.isupper() and len(word) > 1 else "T" if word[1:].islower() else "M"
    flags = "".join(
        flag
        for flag, holds in (
            ("g", plain in lexicon.given_names()), ("f", plain in lexicon.family_names()), ("e", plain in lexicon.english_names()),
            ("w", lexicon.is_word(plain)), ("c", plain in lexicon.clinical_words()), ("s", plausible.clinical_shape(plain)),
            ("p", plain in lexicon.eponyms()), ("x", plain in NOT_FIRST), ("d", plain in lexicon.nouns_alone()),
        )
        if holds
    )  # fmt: skip
    return f"{case}{'1' if len(word) == 1 else '2' if len(word) < 4 else ''}{flags}"


def _figures(match: re.Match[str]) -> str:
    return str(min(len(match.group()), 9))


@lru_cache(maxsize=30_000)
def _neighbour(word: str) -> str:
    """Return what a neighbouring word says: itself where it is a common one, else its kind."""
    plain = lexicon.fold_word(word).removesuffix("'s")
    if word.isalpha() and (plain in TITLES or (lexicon.is_word(plain) and not (word[0].isupper() and lexicon.is_name(plain)))):  # fmt: skip
        return plain
    return "~" + kind_of(word)


def spelling(word: str) -> str:
    """Return where a word has capitals and small letters: `AaAaa` for `McRae`."""
    return "".join("A" if char.isupper() else "a" if char.isalpha() else char for char in word)


class Words:
    """The words of a text with what stands between them and what the rules found in them."""

    def __init__(self, text: str, found: Sequence[Span], kinds: Mapping[str, str] | None = None) -> None:
        self.text = text
        self.tokens = list(WORD.finditer(text))
        self.written = [token.group() for token in self.tokens]
        known = kinds or {}
        self.kinds = [known.get(word) or kind_of(word) for word in self.written]
        self.near = ["~" + known[word] if word in known else _neighbour(word) for word in self.written]
        self.between = self._between()
        self.gaps = ["^", *map(_gap, self.between[1:-1]), "^"] if self.tokens else ["^"]
        self.open = [True] * len(self.tokens)
        self.rules, self.weak = self._rules([span for span in found if span.recogniser != "ner"])
        self.model = self._entities([span for span in found if span.recogniser == "ner"])
        self._low = [word.lower() for word in self.written]
        self.again = Counter(self._low)
        self.titled = {low for low, before in zip(self._low[1:], self.near, strict=False) if before in TITLES}
        self.lowered = {word for word in self.written if word.islower()}
        self.letters = self._letters()
        self.lines = self._lines()
        self.tone = self._tone()

    @cached_property
    def standing(self) -> list[Standing]:
        """How each word stands: what rules found, what is before and after it, how often it occurs, its line, the tone."""
        again = [min(self.again[low], 4) for low in self._low]
        return list(zip(self.rules, self.gaps, self.gaps[1:], again, self.lines, repeat(self.tone)))

    @cached_property
    def company(self) -> list[Company]:
        """What is held of each word: its neighbours' view of it, the model's kind, who is unsure, marks of the text."""
        return list(zip(self.near, self.model, self.weak, map(self._marks, range(len(self.written))), strict=True))

    def _marks(self, at: int) -> tuple[str, ...]:
        low, kind = self._low[at], self.kinds[at]
        marks = ("titled",) if low in self.titled else ()
        if kind[0] in "TM" and low in self.lowered:
            marks = (*marks, "low")
        return (*marks, "acr") if self.may_sign(at) else marks

    def _between(self) -> list[str]:
        """Return the text before each word, and after the last."""
        ends = [0, *(token.end() for token in self.tokens)]
        starts = [*(token.start() for token in self.tokens), len(self.text)]
        return [self.text[end:start] for end, start in zip(ends, starts, strict=True)]

    def _rules(self, found: Sequence[Span]) -> tuple[list[str], list[str]]:
        """Return for each word the kind of the surest finding of the rules that touches it, and who is unsure of it."""
        rules, weak = [""] * len(self.tokens), [""] * len(self.tokens)
        for span, reach in self.touching(sorted(found, key=lambda span: (span.start, span.score))):
            for at in reach:
                rules[at] = f"{span.kind}{int(span.score * 4)}"
                inside = span.start <= self.tokens[at].start() and self.tokens[at].end() <= span.end
                self.open[at] &= not (inside and span.score >= SURE)
                weak[at] = span.recogniser if span.score < SURE else ""
        return rules, weak

    def _entities(self, found: Sequence[Span]) -> list[str]:
        """Return for each word the kind that the language model gives it."""
        model = [""] * len(self.tokens)
        for span, reach in self.touching(found):
            for at in reach:
                model[at] = span.kind
        return model

    def touching(self, spans: Iterable[Span]) -> Iterator[tuple[Span, range]]:
        """Yield each span, in the order of their starts, with the places of the words that it touches."""
        at = 0
        for span in spans:
            while at and self.tokens[at - 1].end() > span.start:
                at -= 1
            while at < len(self.tokens) and self.tokens[at].end() <= span.start:
                at += 1
            reach = at
            while reach < len(self.tokens) and self.tokens[reach].start() < span.end:
                reach += 1
            yield span, range(at, reach)

    def _letters(self) -> frozenset[str]:
        """Return the first letters of two to four capitalised words in a row: who signs with them may be meant."""
        found = set()
        firsts = [
            "".join(part[:1] for part in word.lower().split("-"))
            if word[0].isupper() and len(word) > 1 and not word.isupper()
            else ""
            for word in self.written
        ]
        for at, first in enumerate(firsts):
            run = first
            for further in firsts[at + 1 : at + 4]:
                if not first or not further:
                    break
                run += further
                found.add(run)
        return frozenset(found)

    def _lines(self) -> list[str]:
        """Return for each word how long its line is and where it stands in it; the last line of all is told apart."""
        starts = [at for at, token in enumerate(self.tokens) if at == 0 or self.gaps[at] == "^"] + [len(self.tokens)]
        lines: list[str] = []
        for number, (start, end) in enumerate(pairwise(starts)):
            last = "z" if number == len(starts) - 2 else ""
            lines += [
                f"{min(end - start, 5)}{'a' if at == start else 'o' if at == end - 1 else ''}{last}"
                for at in range(start, end)
            ]
        return lines

    def _tone(self) -> str:
        letters = [word for word in self.written if len(word) > 3 and word.isalpha()]
        upper, lower = sum(map(str.isupper, letters)), sum(map(str.islower, letters))
        return "U" if upper * 2 > len(letters) else "l" if lower == len(letters) else "m"

    def may_sign(self, at: int) -> bool:
        """Whether a short word has the letters of capitalised words that stand in a row somewhere in the text."""
        low = self._low[at]
        return len(low) < 8 and self.kinds[at][0] != "#" and _NO_LETTER.sub("", low) in self.letters


@lru_cache(maxsize=10_000)
def _gap(between: str) -> str:
    """Return what stands between two words: a blank, a break, punctuation."""
    if "\n" in between:
        return "^"
    plain = between.strip()
    return plain[:2] if plain else " "
