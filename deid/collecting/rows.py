"""The rows of a table as every pass sees them: with their subjects, without those that are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.decisions import TablePlan
from deid.facts import Hashes
from deid.source import Source
from deid.spelling import identifier_text
from deid.values import hash64


@dataclass(frozen=True)
class Rows:
    """A batch: its rows, the canonical subject of each, the subject's hash, the number of its first row.

    `subject` is None where the table names none; where rows are persons themselves the hash is of the row number.
    `gone` holds the rows that are left out: of excluded subjects, or of nobody.
    """

    batch: pa.RecordBatch
    subject: pa.Array | None
    hashes: Hashes | None
    first: int
    excluded: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))
    without_subject: int = 0
    gone: pa.RecordBatch | None = None

    def column(self, name: str) -> pa.Array:
        """Return a column by name."""
        return self.batch.column(self.batch.schema.get_field_index(name))

    def of_somebody(self) -> Rows:
        """Return the rows that name a subject: rows about nobody count as no person."""
        if self.subject is None or self.hashes is None or not self.subject.null_count:
            return self
        named = pc.is_valid(self.subject)
        return replace(
            self,
            batch=self.batch.filter(named),
            subject=self.subject.filter(named),
            hashes=self.hashes[np.asarray(named)],
        )


def rows_of(
    source: Source, plan: TablePlan, secret: bytes, excluded: Hashes, *, drop_missing: bool = False
) -> Iterator[Rows]:
    """Yield the batches of a table. Excluded subjects are gone; rows without a subject go where the policy says so."""
    salt = hash64(pa.array([f"rows of {plan.table}"]), secret)[0]
    first = source.starts.get(plan.table, 0)
    for batch in source.batches(source.table(plan.table)):
        rows = _rows(batch, plan, secret, salt, first)
        first += batch.num_rows
        yield _filtered(rows, excluded, drop_missing) if rows.subject is not None else rows


def _rows(batch: pa.RecordBatch, plan: TablePlan, secret: bytes, salt: np.uint64, first: int) -> Rows:
    if plan.subject:
        subject = identifier_text(batch.column(batch.schema.get_field_index(plan.subject)))
        return Rows(batch, subject, hash64(subject, secret), first)
    if plan.rows_are_subjects:
        numbers = np.arange(first, first + batch.num_rows, dtype=np.uint64)
        return Rows(batch, None, numbers + salt, first)
    return Rows(batch, None, None, first)


def _filtered(rows: Rows, excluded: Hashes, drop_missing: bool) -> Rows:
    assert rows.hashes is not None
    missing = np.asarray(pc.is_null(rows.subject))
    out: npt.NDArray[np.bool_] = np.isin(rows.hashes, excluded) & ~missing
    gone = out | missing if drop_missing else out
    if not gone.any():
        return replace(rows, without_subject=int(missing.sum()))
    keep = pa.array(~gone)
    assert rows.subject is not None
    return Rows(
        rows.batch.filter(keep),
        rows.subject.filter(keep),
        rows.hashes[~gone],
        rows.first,
        rows.hashes[out],
        int(missing.sum()),
        rows.batch.filter(pa.array(gone)),
    )
