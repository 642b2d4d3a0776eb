"""Tables of bounded regular expressions: the common ground of the pattern recognisers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from deid.detect.sweep import Sweep
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


class Table:
    """Written forms that are searched together."""

    def __init__(self, forms: Iterable[Pattern]) -> None:
        self.forms = tuple(forms)
        self._groups = ["id" if "id" in form.regex.groupindex else 0 for form in self.forms]
        screens = {number: form.screen for number, form in enumerate(self.forms) if form.screen}
        self._sweep = Sweep([form.regex for form in self.forms], screens)

    def find(self, text: str, recogniser: str) -> Iterator[Span]:
        """Yield the spans of all forms, form after form."""
        for number, matches in self._sweep.matches(text):
            form, group = self.forms[number], self._groups[number]
            for match in matches:
                if form.check is None or form.check(match):
                    start, end = match.span(group)
                    if end > start:
                        yield Span(start, end, form.kind, form.score, recogniser)


def has_digit(match: re.Match[str]) -> bool:
    """Whether the identifier in a match holds a digit."""
    group = "id" if "id" in match.re.groupindex else 0
    return any(char.isdigit() for char in match[group])
