"""Sums of the rows of a table that stand for the features of words: each part of a word's features is added up once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from deid.detect.evidence import Words
from deid.detect.features import of_company, of_standing

Floats = npt.NDArray[np.float32]
Key = TypeVar("Key", bound=Hashable)
#: How many words, or ways of standing, are remembered; beyond it all are forgotten.
REMEMBERED = 30_000


class Sums:
    """What a table says of words: the sum of the rows of their features, by the square root of their number."""

    def __init__(self, table: Floats, rows: Mapping[str, int], alone: Callable[[str, str], Iterable[str]]) -> None:
        self._alone = _Part[tuple[str, str]](table, rows, lambda one: alone(*one))
        self._standing = _Part(table, rows, of_standing)
        self._company = _Part(table, rows, of_company)

    def of(self, texts: Sequence[tuple[Words, Sequence[int]]]) -> Floats:
        """Return a row for each word asked of each text, one text after the other."""
        both = self._alone.of([(words.written[at], words.kinds[at]) for words, asked in texts for at in asked])
        both += self._standing.of([words.standing[at] for words, asked in texts for at in asked])
        both += self._company.of([words.company[at] for words, asked in texts for at in asked])
        return (both[:, :-1] / np.sqrt(np.maximum(both[:, -1:], 1))).astype(np.float32, copy=False)


class _Part(Generic[Key]):
    """The sums of one part of the features, each with its number of features behind it."""

    def __init__(self, table: Floats, rows: Mapping[str, int], clues: Callable[[Key], Iterable[str]]) -> None:
        self._table, self._rows, self._clues = table, rows, clues
        self._at: dict[Key, int] = {}
        self._sums: Floats = np.empty((REMEMBERED, table.shape[1] + 1), np.float32)

    def of(self, keys: Sequence[Key]) -> Floats:
        """Return the sum of each key."""
        found = list(map(self._at.get, keys))
        if None in found:
            self._learn(keys)
            found = list(map(self._at.get, keys))
        known: Floats = self._sums[np.array(found, np.int64)]
        return known

    def _learn(self, keys: Sequence[Key]) -> None:
        distinct = dict.fromkeys(keys)
        new = [key for key in distinct if key not in self._at]
        if len(self._at) + len(new) > len(self._sums):
            self._at.clear()
            new = list(distinct)
            self._sums = np.empty((max(REMEMBERED, len(new)), self._sums.shape[1]), np.float32)
        first = len(self._at)
        bags = [[self._rows[clue] for clue in self._clues(key) if clue in self._rows] for key in new]
        counts = np.array([len(bag) for bag in bags])
        into = self._sums[first : first + len(new)]
        into[:] = 0
        filled = np.flatnonzero(counts)
        if len(filled):
            begins = (np.cumsum(counts) - counts)[filled]
            into[filled, :-1] = np.add.reduceat(self._table[[row for bag in bags for row in bag]], begins, axis=0)
        into[:, -1] = counts
        # Last, so that a failure leaves nothing half known.
        self._at.update(zip(new, range(first, first + len(new)), strict=True))
