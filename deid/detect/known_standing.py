"""What of a record stands in a text letter by letter: the least that goes; the check after redaction asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from deid.detect import lexicon
from deid.model import Known, Span

TOKEN = re.compile(r"[^\W_]+")
#: Letters of a single word, and letters and digits of anything else, from which a fact is asked for.
SHORTEST_WORD, SHORTEST_NUMBER = 3, 4
#: Tokens that are read together, and the letters at which their run ends.
_LONGEST_RUN, _MOST_LETTERS = 5, 60


@lru_cache(maxsize=50_000)
def word_of(text: str) -> str:
    """Return a fact that is a single word, in the spelling of the record; '' for a shorter one or anything else."""
    return text if text.isalpha() and len(text) >= SHORTEST_WORD else ""


@lru_cache(maxsize=50_000)
def run_of(text: str) -> str:
    """Return the folded letters and digits of a fact of digits or several words; '' for a shorter one or a word."""
    run = "" if text.isalpha() else "".join(map(lexicon.fold_word, TOKEN.findall(text)))
    return run if len(run) >= SHORTEST_NUMBER else ""


def standing_spans(text: str, facts: Iterable[Known]) -> Iterator[Span]:
    """Find single words in the spelling of the record, and what has digits or several words in any spelling.

    A word that is also a common one (`will`, `mark`) counts only as the record writes it: what is left of it would
    refuse the release.
    """
    words: dict[str, str] = {}
    runs: dict[str, str] = {}
    for fact in facts:
        word, run = word_of(fact.text), run_of(fact.text)
        if word:
            words.setdefault(word, fact.kind)
        elif run:
            runs.setdefault(run, fact.kind)
    if not words and not runs:
        return
    tokens = list(TOKEN.finditer(text))
    for token in tokens:
        if token.group() in words:
            yield Span(token.start(), token.end(), words[token.group()], 1.0, "known")
    if runs:
        yield from _run_spans(tokens, runs)


def _run_spans(tokens: list[re.Match[str]], runs: dict[str, str]) -> Iterator[Span]:
    pieces = [lexicon.fold_word(token.group()) for token in tokens]
    longest = min(_MOST_LETTERS, max(map(len, runs)))
    beginnings = {run[:size] for run in runs for size in (1, 2)}
    for first, token in enumerate(tokens):
        if pieces[first][:2] not in beginnings:
            continue
        run = ""
        for last in range(first, min(first + _LONGEST_RUN, len(tokens))):
            run += pieces[last]
            if len(run) > longest:
                break
            if run in runs:
                yield Span(token.start(), tokens[last].end(), runs[run], 1.0, "known")
