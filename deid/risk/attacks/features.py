"""The released columns as an attacker compares a known value with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.classes import ClassTable, Codes, group_columns
from deid.hierarchy import Recoding
from deid.risk.tables import encode
from deid.values import as_text

Floats = npt.NDArray[np.float64]
Columns = Mapping[str, pa.Array]
Covers = Mapping[str, Mapping[str, frozenset[str]]]

#: The released cell that stands for every value.
ANYTHING = "*"


@dataclass(frozen=True)
class Feature:
    """One released column: vocabulary, code of each row, and which original values each released word covers.

    A word without an entry in `covers` stands for itself. Where all words are numbers, distance is in shares of the
    range; otherwise a value is covered (0) or not (1). A blank equals a blank.
    """

    words: tuple[str | None, ...]
    codes: Codes
    numbers: Floats | None
    span: float
    covers: Mapping[str, frozenset[str]]
    _known: dict[str | None, Floats] = field(default_factory=dict, repr=False, compare=False)

    def distance(self, value: str | None) -> Floats:
        """Return the distance of a known original value from each released row, 0 to 1."""
        return np.asarray(self.by_word(value)[self.codes])

    def by_word(self, value: str | None) -> Floats:
        """Return the distance of a known original value from each word of the released vocabulary."""
        if value not in self._known:
            self._known[value] = self._by_word(value)
        return self._known[value]

    def _by_word(self, value: str | None) -> Floats:
        number = _number(value)
        if self.numbers is not None and number is not None:
            apart = np.minimum(np.abs(self.numbers - number) / self.span, 1.0) if self.span else self.numbers != number
            return np.where(np.isnan(self.numbers), 1.0, apart)
        apart = np.ones(len(self.words))
        apart[self._standing_for.get(value, [])] = 0.0
        if value is not None:
            apart[self._standing_for.get(ANYTHING, [])] = 0.0
        return apart

    @cached_property
    def place(self) -> dict[str | None, int]:
        """The place of each word in the vocabulary."""
        return {word: place for place, word in enumerate(self.words)}

    @cached_property
    def _standing_for(self) -> dict[str | None, list[int]]:
        """Return the words of the vocabulary that stand for each original value, by their places."""
        found: dict[str | None, list[int]] = {}
        for place, word in enumerate(self.words):
            meant = {word} if word is None or word == ANYTHING else self.covers.get(word, {word})
            for value in meant:
                found.setdefault(value, []).append(place)
        return found


@dataclass(frozen=True)
class Released:
    """The release as feature by column. A row may stand for several persons: `persons` counts them."""

    features: Mapping[str, Feature]
    persons: npt.NDArray[np.int64]

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.persons)

    def distances(self, known: Mapping[str, str | None]) -> Floats:
        """Return the mean distance of what is known of a person from each released row."""
        total = np.zeros(self.rows)
        for name, value in known.items():
            total += self.features[name].distance(value)
        return total / max(len(known), 1)

    def nearest(self, known: Mapping[str, str | None], gone: int = -1) -> npt.NDArray[np.int64]:
        """Return all released rows at the smallest distance from what is known, with one person of a row taken out."""
        apart = self.distances(known)
        if gone >= 0 and self.persons[gone] == 1:
            apart[gone] = np.inf
        return np.flatnonzero(apart <= apart.min() + 1e-12) if self.rows else np.zeros(0, np.int64)


def released(columns: Columns, covers: Covers | None = None) -> Released:
    """Return the release as an attacker sees it. `covers` says what each generalised word stands for."""
    features = {}
    rows = 0
    for name, column in columns.items():
        words, codes = encode(column)
        rows = len(column)
        numbers = np.array([np.nan if word is None else _number(word) for word in words], np.float64)
        numeric = all(word is None or _number(word) is not None for word in words) and len(words) > 1
        numeric = numeric and not (covers or {}).get(name)
        span = float(np.nanmax(numbers) - np.nanmin(numbers)) if numeric else 0.0
        features[name] = Feature(words, codes, numbers if numeric else None, span, (covers or {}).get(name, {}))
    return Released(features, np.ones(rows, np.int64))


def released_classes(table: ClassTable, covers: Covers | None = None) -> Released:
    """Return a class table as an attacker sees it: one row a class, covered or not (numbers are not compared)."""
    features = {
        name: Feature(
            table.vocabularies[i], np.ascontiguousarray(table.codes[:, i]), None, 0.0, (covers or {}).get(name, {})
        )
        for i, name in enumerate(table.variables)
    }
    return Released(features, table.counts)


def people(columns: Columns, names: Sequence[str]) -> list[dict[str, str | None]]:
    """Return what is known of each person over some columns, as text."""
    texts = [as_text(columns[name]).to_pylist() for name in names]
    return [dict(zip(names, cells, strict=True)) for cells in zip(*texts, strict=True)]


def covers_of(
    before: Sequence[Sequence[str | None]], codes: Codes, recoding: Recoding
) -> dict[str, dict[str, frozenset[str]]]:
    """Return for each variable what every released label stands for, from the vocabularies and codes before."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for i, variable in enumerate(recoding.variables):
        labels, cells = recoding.cells(variable)
        gathered: dict[str, set[str]] = {}
        pairs, _ = group_columns([codes[:, i], cells], [len(before[i]), len(labels)])
        for code, cell in pairs.tolist():
            word, label = before[i][code], labels[cell]
            if word is not None and label is not None:
                gathered.setdefault(label, set()).add(word)
        found[variable] = {label: frozenset(words) for label, words in gathered.items()}
    return found


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value is not None else float("nan")
    except ValueError:
        return None
    return number if np.isfinite(number) else None
