"""Rows as delimited text, which PostgreSQL copies in and by which the rows of a table are told from others."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.csv


def as_csv(batch: pa.RecordBatch) -> bytes:
    """Return rows as delimited text: every value in quotes, nothing for a missing one."""
    sink = io.BytesIO()
    pyarrow.csv.write_csv(batch, sink, pyarrow.csv.WriteOptions(include_header=False, quoting_style="all_valid"))
    return sink.getvalue()


def digest_of(batches: Iterable[pa.RecordBatch]) -> str:
    """Return the SHA-256 of rows as delimited text; how they are cut into batches does not matter."""
    digest = hashlib.sha256()
    for batch in batches:
        digest.update(as_csv(batch))
    return digest.hexdigest()
