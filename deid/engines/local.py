"""The local engine: one process, batch by batch, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from deid.registry import register

Before = TypeVar("Before")
After = TypeVar("After")


@register("engine", "local")
@dataclass(frozen=True)
class Local:
    """Maps batches in this process."""

    def map(self, batches: Iterable[Before], change: Callable[[Before], After]) -> Iterator[After]:
        """Yield every changed batch, in the order of the input."""
        return map(change, batches)
