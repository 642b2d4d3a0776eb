"""The Spark engine: parts are worked on by the workers of a cluster, or of this machine (`local[2]`).

pyspark is imported here and in `session` alone, and only when the engine is used.
"""

from __future__ import annotations

import pickle
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from deid.engines.secret import Sealed, sealed
from deid.errors import DeidError, Problem, UsageError, problem_kind
from deid.registry import register

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CLUSTER_FAILED = problem_kind(
    "U254",
    "the cluster gave up",
    remedy="see the logs of the workers: lost machines, memory, a worker without deid; then run again",
    meaning="Spark tries a task again on another worker, four times unless told otherwise, and then gives up; "
    "nothing is released.",
)
NOT_SHARED = problem_kind(
    "U255",
    "a worker cannot read or write a file",
    remedy="keep data and output on storage that driver and workers see under one path",
)
WORKER_DEFECT = problem_kind(
    "X902", "a defect of ours on a worker", remedy="please report it with the place named; no data stand in the message"
)
Task = TypeVar("Task")
Shared = TypeVar("Shared")
Made = TypeVar("Made")
_SCHEMA = "number long, made binary"
#: Parts in one job, unless there are more workers: what comes of them goes through the driver's Java.
_AT_ONCE = 4


@register("engine", "spark")
@dataclass(frozen=True)
class Spark:
    """Spreads parts over the workers of an open session."""

    session: SparkSession = field(repr=False)

    def workers(self) -> int:
        """Return how many tasks run at once."""
        return max(1, int(self.session.sparkContext.defaultParallelism))

    def each(self, work: Callable[[Task, Shared], Made], tasks: Sequence[Task], shared: Shared) -> Iterator[Made]:
        """Yield what `work` makes of every task, in their order. Raises what it raises, and UsageError."""
        if not tasks:
            return
        carried = self.session.sparkContext.broadcast(sealed((list(tasks), shared)))
        failures: list[Failed] = []
        at_once = max(self.workers(), _AT_ONCE)
        try:
            for start in range(0, len(tasks), at_once):
                numbers = range(start, min(start + at_once, len(tasks)))
                for made in _in_order(self._found(_Mapping(work, carried), numbers), numbers):
                    if isinstance(made, Failed):
                        failures.append(made)
                    elif not failures:
                        yield made
        finally:
            carried.destroy()
        _refuse(failures)

    def _found(self, mapping: _Mapping, numbers: range) -> pa.Table:
        """Return what the workers make of some tasks: one job. Raises UsageError."""
        found: pa.Table | None = None
        with suppress(Exception):  # the words of Java may hold anything
            found = self._mapped(mapping, numbers).toArrow()
        if found is None:
            raise UsageError(CLUSTER_FAILED.at("a job failed", "--engine spark"))
        return found

    def _mapped(self, mapping: _Mapping, numbers: range) -> DataFrame:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self.session.range(numbers.start, numbers.stop, 1, len(numbers)).mapInArrow(mapping, _SCHEMA)


@dataclass(frozen=True)
class Failed:
    """What went wrong on a worker: problems of ours, or where a defect is; never a message, never a value."""

    kind: type[DeidError]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Mapping:
    """Takes numbers of tasks to what is made of them, on a worker."""

    work: Callable[[Any, Any], Any]
    carried: Any = field(repr=False)

    def __call__(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                made = pickle.dumps(self._made(number), protocol=5)
                yield pa.RecordBatch.from_arrays([pa.array([number], pa.int64()), pa.array([made])], ["number", "made"])

    def _made(self, number: int) -> Any:
        try:
            given: Sealed = self.carried.value
            tasks, shared = given.opened()
            return self.work(tasks[number], shared)
        except DeidError as error:
            return Failed(type(error), error.problems)
        except OSError as error:
            cause = f"{type(error).__name__} on a worker"
            return Failed(UsageError, (NOT_SHARED.at(cause, Path(str(error.filename or "")).name),))
        except Exception as error:  # noqa: BLE001 - its message could hold a value
            return Failed(DeidError, (WORKER_DEFECT.at(f"unexpected {type(error).__name__}", _place(error)),))


def _place(error: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "deid" in Path(frame.filename).parts]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown"


def _in_order(found: pa.Table, wanted: range) -> Iterator[Any]:
    """Yield what was made of each task; one at a time, for all of them unpacked are large. Raises UsageError."""
    numbers = found.column("number").to_pylist()
    if sorted(numbers) != list(wanted):
        raise UsageError(CLUSTER_FAILED.at("some parts were not worked on", "--engine spark"))
    packed = dict(zip(numbers, found.column("made"), strict=True))
    for number in wanted:
        yield pickle.loads(packed[number].as_buffer())  # noqa: S301 - made by our own workers


def _refuse(failures: Sequence[Failed]) -> None:
    """Raise the failures of one kind, the first one's, each problem once."""
    if failures:
        kind = failures[0].kind
        problems = dict.fromkeys(problem for each in failures if each.kind is kind for problem in each.problems)
        raise kind(tuple(problems))
