"""The check of a note against its own subject's record, after redaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from deid.collecting.needles import fold, windows
from deid.detect.known_standing import SHORTEST_NUMBER, SHORTEST_WORD, TOKEN
from deid.model import Known

MET_BY_CHANCE = frozenset({"date", "birth_date", "death_date", "city", "zip", "postcode"})
#: What the counts of a column are called that tell what is left by kind.
OWN_LEFT = "own_left:"


def own_left(
    texts: Sequence[str | None],
    subjects: Sequence[str | None],
    known: Mapping[str, tuple[Known, ...]],
    *,
    invented: bool = False,
) -> Counter[str]:
    """Count by kind the known identifiers of each text's own subject that still stand in it.

    A single word is looked for in the spelling of the record (a name may also be a common word in lower case); what
    has digits or several words, in any case and with any separators. `invented`: the text holds invented
    dates and places, which may equal the subject's own by chance and are not counted.
    """
    looked_for = {
        subject: tuple(item for item in items if not invented or item.kind not in MET_BY_CHANCE)
        for subject, items in known.items()
    }
    pairs = zip(texts, subjects, strict=True)
    return Counter(
        kind for text, subject in pairs if text and subject for kind in _left(text, looked_for.get(subject, ()))
    )


@lru_cache(maxsize=2_000)
def _read(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of a text as written, and its joined runs of tokens, folded."""
    return frozenset(TOKEN.findall(text)), frozenset(windows(fold(text)))


def _left(text: str, known: Sequence[Known]) -> Iterator[str]:
    """Yield the kind of every identifier that stands in the text."""
    words, runs = _read(text)
    for item in known:
        if item.text.isalpha():
            if len(item.text) >= SHORTEST_WORD and item.text in words:
                yield item.kind
            continue
        needle = "".join(TOKEN.findall(fold(item.text)))
        if len(needle) >= SHORTEST_NUMBER and needle in runs:
            yield item.kind
