"""Pieces of words, as the encoder reads them: the longest known beginnings, in small letters, without accents.

The cutting is WordPiece (Wu et al. 2016), by the vocabulary that is shipped with the encoder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

#: What is cut by itself: a run of letters and figures, or a sign.
_RUN = re.compile(r"[^\W_]+|[^\w\s]|_")
#: A run of more characters is no word; it is not cut.
LONGEST_RUN = 40
#: Words whose pieces are remembered; beyond it all are forgotten.
REMEMBERED = 50_000
UNKNOWN, BEGIN, END = "[UNK]", "[CLS]", "[SEP]"


@dataclass(frozen=True)
class Pieces:
    """The vocabulary: the row of each piece; a piece inside a word begins with `##`."""

    rows: Mapping[str, int]
    _cut: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False)

    def of(self, text: str) -> tuple[int, ...]:
        """Return the row of each piece of a word, or of what stands between words."""
        known = self._cut.get(text)
        if known is None:
            if len(self._cut) >= REMEMBERED:
                self._cut.clear()
            known = self._cut[text] = tuple(row for run in _RUN.findall(text) for row in self._pieces(run))
        return known

    def _pieces(self, run: str) -> list[int]:
        if len(run) > LONGEST_RUN:
            return [self.rows[UNKNOWN]]
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
