"""The next piece read while the last one is worked on."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")
_END: Final = object()


def ahead(pieces: Iterator[T]) -> Iterator[T]:
    """Yield the same pieces in the same order, one of them made ahead of time in a thread of its own.

    An error comes where its piece would have come. A caller who stops early waits for the piece that is being made.
    """
    with ThreadPoolExecutor(1, "reading") as thread:
        coming = thread.submit(next, pieces, _END)
        while (piece := coming.result()) is not _END:
            coming = thread.submit(next, pieces, _END)
            yield piece  # type: ignore[misc]
