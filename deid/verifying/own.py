"""The check of a note against its own subject's record, after redaction."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from deid.collecting.needles import fold, windows
from deid.model import Known

_TOKEN = re.compile(r"[^\W_]+")
SHORTEST_WORD, SHORTEST_NUMBER = 3, 4


def own_left(
    texts: Sequence[str | None], subjects: Sequence[str | None], known: Mapping[str, tuple[Known, ...]]
) -> int:
    """Count the known identifiers of each text's own subject that still stand in it.

    A single word is looked for in the spelling of the record (a name may also be a common word in lower case); what
    has digits or several words, in any case and with any separators.
    """
    return sum(
        _count(text, known.get(subject, ())) for text, subject in zip(texts, subjects, strict=True) if text and subject
    )


def _count(text: str, known: Sequence[Known]) -> int:
    words = set(_TOKEN.findall(text))
    runs: set[str] | None = None
    left = 0
    for item in known:
        tokens = _TOKEN.findall(item.text)
        if len(tokens) == 1 and tokens[0].isalpha():
            left += len(tokens[0]) >= SHORTEST_WORD and tokens[0] in words
            continue
        needle = "".join(_TOKEN.findall(fold(item.text)))
        if len(needle) >= SHORTEST_NUMBER:
            runs = runs if runs is not None else set(windows(fold(text)))
            left += needle in runs
    return left
