"""Tables of bounded regular expressions: the common ground of the pattern recognisers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from deid.model import Span

Check = Callable[[re.Match[str]], bool]


@dataclass(frozen=True)
class Pattern:
    """One written form of one kind. The group `id`, where there is one, is the identifier; else the whole match is.

    `screen` is a cheap test on the text (in lower case) that must hold before the expression runs; `check` is a test on
    the match. Every expression is bounded: no quantifier without an upper limit stands inside another.
    """

    regex: re.Pattern[str]
    kind: str
    score: float
    check: Check | None = None
    screen: tuple[str, ...] = ()

    def find(self, text: str, lowered: str, recogniser: str) -> Iterator[Span]:
        """Yield the spans of this form."""
        if self.screen and not any(word in lowered for word in self.screen):
            return
        for match in self.regex.finditer(text):
            if self.check is None or self.check(match):
                group = "id" if "id" in self.regex.groupindex else 0
                start, end = match.span(group)
                if end > start:
                    yield Span(start, end, self.kind, self.score, recogniser)


def pattern(
    regex: str,
    kind: str,
    score: float,
    *,
    check: Check | None = None,
    screen: Iterable[str] = (),
    flags: int = re.IGNORECASE,
) -> Pattern:
    """Return a pattern; case does not matter unless `flags` says so."""
    return Pattern(re.compile(regex, flags), kind, score, check, tuple(screen))


def scan(patterns: Iterable[Pattern], text: str, recogniser: str) -> Iterator[Span]:
    """Yield the spans of a whole table of patterns."""
    lowered = text.lower()
    for form in patterns:
        yield from form.find(text, lowered, recogniser)


def has_digit(match: re.Match[str]) -> bool:
    """Whether the identifier in a match holds a digit."""
    group = "id" if "id" in match.re.groupindex else 0
    return any(char.isdigit() for char in match[group])
