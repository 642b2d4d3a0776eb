"""Rows brought into their order in bounded memory, whatever they weigh and however many share one place in it.

Rows are spread over files by the leading part of their order, then every file is sorted on its own. A file that is
too large is spread again; where all its rows have one place (those of one subject, or about nobody) it is passed on
as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

import numpy as np
import pyarrow as pa

from deid.facts import Hashes
from deid.memory import give_back

#: Octets that are sorted at once, and files that are written at once.
PART_OCTETS, MOST_FILES = 4 * 1024 * 1024, 24
_ORDER = "\x00order"
_LAST = 2**64 - 1
#: A batch and the place of each of its rows in the order.
Placed = tuple[pa.RecordBatch, Hashes]


def in_order(batches: Iterable[Placed], expected: int, folder: Path) -> Iterator[pa.Table]:
    """Yield the rows sorted by their order, rows of one place as they came; `expected` is about how many there are.

    What does not fit is held in files in `folder`, which are gone when all was yielded.
    """
    held: list[Placed] = []
    octets = rows = 0
    iterator = iter(batches)
    for batch, order in iterator:
        held.append((batch, order))
        octets, rows = octets + batch.nbytes, rows + batch.num_rows
        if octets > PART_OCTETS:
            break
    else:
        if held:
            yield _sorted(held)
        return
    whole = octets * max(expected, rows) // max(rows, 1)
    yield from _spread(chain(_used_up(held), iterator), _Range(0, _LAST, whole), _Files(folder))


@dataclass(frozen=True)
class _Range:
    """The first and last place of some rows, and about how many octets these are."""

    low: int
    high: int
    octets: int

    def parts(self) -> int:
        return min(max(2, -(-self.octets // PART_OCTETS)), MOST_FILES)


@dataclass
class _Files:
    """Names for files in a folder."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def new(self) -> Path:
        return self.folder / f"bucket-{next(self.numbers)}.arrow"


@dataclass
class _Bucket:
    """A file of rows whose places lie beside each other."""

    path: Path
    writer: pa.RecordBatchStreamWriter
    octets: int = 0
    low: int = _LAST
    high: int = 0

    @classmethod
    def at(cls, path: Path, schema: pa.Schema, open_until: ExitStack) -> _Bucket:
        return cls(path, open_until.enter_context(pa.ipc.new_stream(str(path), schema)))

    def put(self, batch: pa.RecordBatch) -> None:
        order = np.asarray(batch.column(batch.num_columns - 1))
        self.low, self.high = min(self.low, int(order.min())), max(self.high, int(order.max()))
        self.octets += batch.nbytes
        self.writer.write_batch(batch)

    def placed(self) -> Iterator[Placed]:
        with pa.OSFile(str(self.path)) as file, pa.ipc.open_stream(file) as reader:
            for batch in reader:
                last = batch.num_columns - 1
                yield batch.select(list(range(last))), np.asarray(batch.column(last))

    def in_order(self, files: _Files) -> Iterator[pa.Table]:
        if self.octets <= 2 * PART_OCTETS:
            if self.octets:
                yield _sorted(list(self.placed()))
        elif self.low == self.high:
            yield from (pa.Table.from_batches([batch]) for batch, _ in self.placed())
        else:
            yield from _spread(self.placed(), _Range(self.low, self.high, self.octets), files)
        self.path.unlink()


def _spread(placed: Iterator[Placed], whole: _Range, files: _Files) -> Iterator[pa.Table]:
    """Spread rows over files by their places, each an equal stretch of the range, then yield file by file."""
    number = whole.parts()
    width = np.uint64((whole.high - whole.low) // number + 1)
    buckets: list[_Bucket] = []
    with ExitStack() as stack:
        for batch, order in placed:
            batch = batch.append_column(_ORDER, pa.array(order))
            if not buckets:
                paths = [files.new() for _ in range(number)]
                buckets = [
                    _Bucket(path, stack.enter_context(pa.ipc.new_stream(str(path), batch.schema))) for path in paths
                ]
            at = (order - np.uint64(whole.low)) // width
            gathered = batch.take(pa.array(np.argsort(at, kind="stable")))
            start = 0
            for i, rows in enumerate(np.bincount(at.astype(np.int64), minlength=number).tolist()):
                if rows:
                    buckets[i].put(gathered.slice(start, rows))
                start += rows
    for bucket in buckets:
        yield from bucket.in_order(files)
        give_back()


def _sorted(held: list[Placed]) -> pa.Table:
    """Return rows in their order; what was held is used up."""
    order = np.concatenate([order for _, order in held])
    table = pa.Table.from_batches([batch for batch, _ in _used_up(held)])
    return table.take(pa.array(np.argsort(order, kind="stable")))


def _used_up(held: list[Placed]) -> Iterator[Placed]:
    """Yield what is held, and let go of it."""
    held.reverse()
    while held:
        yield held.pop()
