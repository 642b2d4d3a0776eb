"""The local engine: one process, batch by batch, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from deid.registry import register

Before = TypeVar("Before")
After = TypeVar("After")
Shared = TypeVar("Shared")


@register("engine", "local")
@dataclass(frozen=True)
class Local:
    """Maps batches in this process."""

    def map(self, batches: Iterable[Before], change: Callable[[Before], After]) -> Iterator[After]:
        """Yield every changed batch, in the order of the input."""
        return map(change, batches)

    def workers(self) -> int:
        """Return how many tasks run at once."""
        return 1

    def each(self, work: Callable[[Before, Shared], After], tasks: Sequence[Before], shared: Shared) -> Iterator[After]:
        """Yield what `work` makes of every task, in their order."""
        return (work(task, shared) for task in tasks)
