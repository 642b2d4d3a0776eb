"""Pieces of words, as the encoder reads them: the longest known beginnings, in small letters, without accents.

The cutting is WordPiece (Wu et al. 2016), by the vocabulary that is shipped with the encoder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

#: What is cut by itself: a run of letters and figures, or a sign.
_RUN = re.compile(r"[^\W_]+|[^\w\s]|_")
#: A run of more characters is no word; it is not cut.
LONGEST_RUN = 40
UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"


@dataclass(frozen=True)
class Pieces:
    """The vocabulary: the row of each piece; a piece inside a word begins with `##`."""

    rows: Mapping[str, int]
    _cut: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def of(self, text: str, words: Sequence[re.Match[str]]) -> Iterator[tuple[int, int]]:
        """Yield the row of each piece of a text with the number of the word that it belongs to, or -1."""
        at = 0
        for run in _RUN.finditer(text):
            while at < len(words) and words[at].end() <= run.start():
                at += 1
            owner = at if at < len(words) and words[at].start() < run.end() else -1
            for row in self._of_run(run.group()):
                yield row, owner

    def _of_run(self, run: str) -> tuple[int, ...]:
        known = self._cut.get(run)
        if known is None:
            if len(self._cut) >= 50_000:
                self._cut.clear()
            known = self._cut[run] = tuple(self._pieces(run)) if len(run) <= LONGEST_RUN else (self.rows[UNKNOWN],)
        return known

    def _pieces(self, run: str) -> list[int]:
        plain = "".join(char for char in unicodedata.normalize("NFD", run.lower()) if not unicodedata.combining(char))
        found: list[int] = []
        start = 0
        while start < len(plain):
            inside = "##" if start else ""
            stop = next((end for end in range(len(plain), start, -1) if inside + plain[start:end] in self.rows), 0)
            if not stop:
                return [self.rows[UNKNOWN]]
            found.append(self.rows[inside + plain[start:stop]])
            start = stop
        return found
