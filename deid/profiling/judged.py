"""The judged values of one column and their shares of shapes and words."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from deid.profiling.header import fold
from deid.profiling.panel import Panel
from deid.profiling.tally import Tally


class Judged:
    """Distinct values of a column, evenly picked, and what shares of them have a shape. Never shown, never written."""

    def __init__(
        self,
        tally: Tally,
        values: list[str],
        counts: npt.NDArray[np.int64],
        distinct: int,
        present: int,
        panel: Panel,
        position: int,
    ) -> None:
        self.type = tally.type
        self.rows = tally.rows
        self.missing = tally.missing
        self.full = tally.full
        self.runs = tally.runs
        self.values = values
        self.counts = counts
        self.distinct = distinct
        self.present = present
        self._panel = panel
        self._position = position

    def mask(self, shape: str) -> npt.NDArray[np.bool_]:
        """Return which of the judged values have a shape."""
        return self._panel.mask(shape, self._position)

    def share(self, *shapes: str) -> float:
        """Return the share of distinct values that have one of the shapes."""
        if not self.values:
            return 0.0
        hits = self.mask(shapes[0])
        for shape in shapes[1:]:
            hits = hits | self.mask(shape)
        return int(np.count_nonzero(hits)) / len(hits)

    def share_where(self, test: Callable[[str], bool]) -> float:
        """Return the share of (at most 500) distinct values that pass a test, such as check digits."""
        values = self.values[:: max(1, -(-len(self.values) // 500))]
        return sum(test(value) for value in values) / len(values) if values else 0.0

    def row_share(self, *shapes: str) -> float:
        """Return the share of rows whose value has one of the shapes."""
        if not self.values:
            return 0.0
        hits = self.mask(shapes[0])
        for shape in shapes[1:]:
            hits = hits | self.mask(shape)
        return float(self.counts[hits].sum() / self.counts.sum())

    def share_in(self, words: frozenset[str]) -> float:
        """Return the share of distinct values that are, in plain letters, one of the words."""
        return sum(value in words for value in self.folded) / len(self.values) if self.values else 0.0

    @cached_property
    def folded(self) -> list[str]:
        """The judged values in plain lower-case letters."""
        return [fold(value) for value in self.values]
