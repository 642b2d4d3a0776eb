"""Small random tables as they come in practice: missing values, duplicates, a shuffled index, unused categories."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import strategies as st

from deid.classes import ClassTable, Codes
from deid.contracts import Evidence
from deid.model import Measure, Status
from deid.risk.tables import class_table

Row = tuple[str | None, ...]
CELL = st.sampled_from([None, "a", "b", "c"])
NUMBER = st.sampled_from([None, "1", "2", "5", "10"])
ROWS = st.lists(st.tuples(CELL, CELL, CELL, CELL, NUMBER), min_size=1, max_size=14)
QUASI = ["q1", "q2", "q3"]
NAMES = [*QUASI, "s", "n"]


def cells_of(rows: Sequence[Row], names: Sequence[str] = NAMES) -> dict[str, pa.Array]:
    """Return the columns of rows, from a frame with a shuffled, repeating index and unused categories."""
    index = np.random.default_rng(len(rows)).integers(0, max(len(rows), 1), len(rows))
    frame = pd.DataFrame({name: [row[i] for row in rows] for i, name in enumerate(names)}, index=index, dtype=object)
    found = {}
    for name in names:
        held = sorted({cell for cell in frame[name] if cell is not None})
        found[name] = pa.array(pd.Categorical(frame[name], categories=["", *held, "unused"]))
    return found


def table(rows: Sequence[Row], sensitive: Sequence[str] = ("s", "n")) -> tuple[ClassTable, Codes]:
    """Return the class table of rows and the class of each; its vocabularies hold a value that nobody has."""
    classes, member = class_table(cells_of(rows), QUASI, sensitive)
    histograms = {
        name: replace(histogram, values=(*histogram.values, "unused")) for name, histogram in classes.sensitive.items()
    }
    if "n" in histograms:
        histograms["n"] = replace(histograms["n"], values=(*histograms["n"].values[:-1], "99"))
    words = tuple((*vocabulary, "unused") for vocabulary in classes.vocabularies)
    return replace(classes, vocabularies=words, sensitive=histograms), member


def evidence(rows: Sequence[Row], population: Sequence[Row] | None = None, **options: Any) -> Evidence:
    """Return rows as the metrics see them."""
    return Evidence(table(rows)[0], None if population is None else table(population, [])[0], **options)


def classes(rows: Sequence[Row]) -> dict[Row, list[Row]]:
    """Return the rows of each class."""
    found: dict[Row, list[Row]] = {}
    for row in rows:
        found.setdefault(row[:3], []).append(row)
    return found


def check(measure: Measure, expected: float, tolerance: float = 1e-9) -> None:
    """Assert that a measure has the expected figure, or none where it is infinite."""
    if math.isinf(expected):
        assert measure.value is None
        assert measure.status is Status.OUT_OF_RANGE
    else:
        assert measure.value == pytest.approx(expected, rel=tolerance, abs=tolerance), measure.id
