"""The local engine: batch by batch, in order, in this process or spread over several."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, TypeVar

from deid.errors import UsageError, problem_kind
from deid.registry import register

WORKER_LOST = problem_kind(
    "U240",
    "a worker process ended",
    remedy="run with fewer `--jobs`, or where there is more memory",
    meaning="A process that treated rows was killed, most often because the memory was used up; nothing is released.",
)
Before = TypeVar("Before")
After = TypeVar("After")
Shared = TypeVar("Shared")
_AHEAD = 2  # batches in work or done for each process: memory stays bounded when writing is slower
_work: list[Callable[[Any], Any]] = []


@register("engine", "local")
@dataclass(frozen=True)
class Local:
    """Maps batches in this process or, with several `jobs`, in as many; the results are the same, in the same order."""

    jobs: int = 1

    def map(self, batches: Iterable[Before], change: Callable[[Before], After]) -> Iterator[After]:
        """Yield every changed batch, in the order of the input."""
        few = isinstance(batches, Sequence) and len(batches) < 2
        if self.jobs < 2 or few or "fork" not in multiprocessing.get_all_start_methods():
            return map(change, batches)
        return _spread(batches, change, self.jobs)

    def workers(self) -> int:
        """Return how many tasks run at once."""
        return self.jobs

    def each(self, work: Callable[[Before, Shared], After], tasks: Sequence[Before], shared: Shared) -> Iterator[After]:
        """Yield what `work` makes of every task, in their order."""
        return self.map(tasks, lambda task: work(task, shared))


def _spread(batches: Iterable[Before], change: Callable[[Before], After], jobs: int) -> Iterator[After]:
    """Treat batches in worker processes. Workers are forked, so that key and facts are theirs and never pickled."""
    fork = multiprocessing.get_context("fork")
    waiting: deque[Future[After]] = deque()
    pool = ProcessPoolExecutor(jobs, mp_context=fork, initializer=_enter, initargs=(change,))
    try:
        pool.submit(int).result()  # all workers are forked here, before a thread reads: a fork copies no other thread
        for batch in batches:
            waiting.append(pool.submit(_treat, batch))
            if len(waiting) >= _AHEAD * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        raise UsageError(WORKER_LOST.at("it was killed or ran out of memory", f"--jobs {jobs}")) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _enter(change: Callable[[Any], Any]) -> None:
    _work[:] = [change]


def _treat(batch: Any) -> Any:
    return _work[0](batch)
