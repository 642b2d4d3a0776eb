"""Correlations of numeric columns, of the input and of what was written, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.decisions import Plan
from deid.model import Measure, Status
from deid.risk.outcome import figure, unavailable
from deid.source import Source
from deid.values import as_text
from deid.verifying.repeated import columns_again

Floats = npt.NDArray[np.float64]
ID = "util.correlation"


@dataclass
class Moments:
    """Number, means and centred products of complete rows; batches are merged exactly (Chan, Golub, LeVeque 1979)."""

    width: int
    rows: int = 0
    means: Floats = field(init=False)
    products: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.means, self.products = np.zeros(self.width), np.zeros((self.width, self.width))

    def add(self, rows: Floats) -> None:
        """Take in rows; those that miss a number are left out."""
        own = rows[~np.isnan(rows).any(axis=1)]
        if not len(own):
            return
        means, total = own.mean(axis=0), self.rows + len(own)
        apart, centred = means - self.means, own - means
        self.products += centred.T @ centred + np.outer(apart, apart) * (self.rows * len(own) / total)
        self.means = self.means + apart * (len(own) / total)
        self.rows = total

    def correlations(self) -> Floats | None:
        """Return the Pearson correlations; None where a column does not vary or fewer than two rows are complete."""
        spread = np.sqrt(np.diag(self.products))
        if self.rows < 2 or (spread <= 1e-12 * np.maximum(np.abs(self.means), 1)).any():
            return None
        return np.asarray(self.products / np.outer(spread, spread))


def compare(plan: Plan, source: Source, released: Source) -> dict[str, Measure]:
    """Return the largest change of a correlation between the columns that the policy names; nothing without them."""
    asked = plan.policy.correlations
    if asked is None:
        return {}
    again = columns_again(plan, released, asked.table, asked.columns)
    if isinstance(again, str):
        return {ID: Measure(ID, None, Status.NOT_COMPUTED, again)}
    table, new = again
    before = _moments(source.batches(source.table(table.table)), asked.columns)
    renamed = [new[name.casefold()] for name in asked.columns]
    after = _moments(released.batches(released.table(table.released_name)), renamed)
    sides = before.correlations(), after.correlations()
    if sides[0] is None or sides[1] is None:
        return {ID: unavailable(ID, "needs columns that vary and complete rows on both sides")}
    return {ID: figure(ID, float(np.abs(sides[0] - sides[1]).max()), columns=len(renamed))}


def _moments(batches: Iterable[pa.RecordBatch], columns: Sequence[str]) -> Moments:
    found = Moments(len(columns))
    for batch in batches:
        there = {name.casefold(): i for i, name in enumerate(batch.schema.names)}
        found.add(np.column_stack([_numbers(batch.column(there[name.casefold()])) for name in columns]))
    return found


def _numbers(column: pa.Array) -> Floats:
    return np.array([_number(cell) for cell in as_text(column).to_pylist()], np.float64)


def _number(text: str | None) -> float:
    try:
        number = float(text) if text is not None else float("nan")
    except ValueError:
        return float("nan")
    return number if np.isfinite(number) else float("nan")
