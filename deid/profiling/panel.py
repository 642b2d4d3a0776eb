"""All judged values of a table in one array, so that every shape is compiled and matched once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.profiling.shapes import SHAPE


class Panel:
    """The judged values of all columns of a table in one array, so that every shape is compiled and matched once."""

    def __init__(self, columns: Sequence[Sequence[str]]) -> None:
        self._column = pa.array([value for values in columns for value in values], pa.string())
        self._starts = np.cumsum([0, *(len(values) for values in columns)])
        self._masks: dict[str, npt.NDArray[np.bool_]] = {}

    def mask(self, shape: str, column: int) -> npt.NDArray[np.bool_]:
        """Return which of the judged values of a column have a shape."""
        if shape not in self._masks:
            hits = pc.match_substring_regex(self._column, SHAPE[shape])
            self._masks[shape] = np.asarray(hits, dtype=bool)
        return self._masks[shape][self._starts[column] : self._starts[column + 1]]
