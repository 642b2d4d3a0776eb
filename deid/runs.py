"""Pairs of keyed hashes beyond what memory should hold: sorted runs in a file without a name, read back by ranges."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from deid.values import Hashes

#: Ranges of the first hash; the pairs of one range are the fewest that are read at once.
RANGES = 128
_BOUNDS = np.arange(1, RANGES, dtype=np.uint64) << np.uint64(64 - RANGES.bit_length() + 1)
_LOW = np.uint64(2**24 - 1)


@dataclass
class Spill:
    """A file in `folder` that has no name and is gone with the process. It holds keyed hashes and nothing else."""

    folder: Path
    file: IO[bytes] | None = None

    def put(self, numbers: Hashes) -> int:
        """Append numbers and return where they begin. Raises OSError where the disk is full."""
        if self.file is None:
            self.file = tempfile.TemporaryFile(dir=self.folder)  # noqa: SIM115 - open as long as the spill is
        start = self.file.seek(0, 2)
        self.file.write(numbers.tobytes())
        return start

    def get(self, start: int, count: int) -> Hashes:
        """Read numbers back."""
        assert self.file is not None
        self.file.seek(start)
        return np.frombuffer(self.file.read(8 * count), np.uint64)


@dataclass
class Runs:
    """Pairs of hashes in a spill. Pairs may be given again and again; what is read back may hold one more than once."""

    spill: Spill
    extents: list[tuple[int, npt.NDArray[np.uint32]]] = field(default_factory=list)

    def put(self, first: Hashes, second: Hashes) -> None:
        """Write pairs, those that stand twice among them once."""
        order = np.argsort((first & ~_LOW) | (second & _LOW))  # by the first, and pairs alike beside each other
        first, second = first[order], second[order]
        fresh = np.append(True, (first[1:] != first[:-1]) | (second[1:] != second[:-1]))[: len(first)]
        first, second = first[fresh], second[fresh]
        start = self.spill.put(first)
        self.spill.put(second)
        bounds = np.searchsorted(first & ~_LOW, _BOUNDS)
        self.extents.append((start, np.concatenate([[0], bounds, [len(first)]]).astype(np.uint32)))

    def parts(self, most: int = 1_000_000) -> Iterator[tuple[Hashes, Hashes]]:
        """Yield all pairs, those with the same first together; about `most` at once, or one range."""
        sizes = sum((np.diff(bounds.astype(np.int64)) for _, bounds in self.extents), np.zeros(RANGES, np.int64))
        begin = 0
        while begin < RANGES:
            end, held = begin + 1, int(sizes[begin])
            while end < RANGES and held + sizes[end] <= most:
                held += int(sizes[end])
                end += 1
            yield self._range(begin, end)
            begin = end

    def _range(self, begin: int, end: int) -> tuple[Hashes, Hashes]:
        first, second = [np.zeros(0, np.uint64)], [np.zeros(0, np.uint64)]
        for start, bounds in self.extents:
            at, count, whole = int(bounds[begin]), int(bounds[end]) - int(bounds[begin]), int(bounds[-1])
            first.append(self.spill.get(start + 8 * at, count))
            second.append(self.spill.get(start + 8 * (whole + at), count))
        return np.concatenate(first), np.concatenate(second)
