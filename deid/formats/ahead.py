"""The next batch read while the last one is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def ahead(batches: Iterator[T]) -> Iterator[T]:
    """Yield the same batches in the same order, one of them made ahead of time in a thread of its own.

    An error comes where its batch would have come. A caller who stops early waits for the batch that is being made.
    """

    def following() -> tuple[T, ...]:
        return tuple(islice(batches, 1))

    with ThreadPoolExecutor(1, "reading") as thread:
        coming = thread.submit(following)
        while batch := coming.result():
            coming = thread.submit(following)
            yield batch[0]
