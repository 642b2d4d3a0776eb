"""The contracts of the rooms. A plug-in is one file with a frozen dataclass whose fields are its policy options.

Columns are `pyarrow.Array`: immutable, without a row index and with nulls told apart from values, so that house laws 4
(inputs are not mutated) and 5 (position, not label) hold by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

import pyarrow as pa

from deid.classes import ClassTable
from deid.keys import Key
from deid.model import FirstDay, Known, Measure, Role, Span

BATCH_ROWS = 65_536
Made = TypeVar("Made")
Task = TypeVar("Task")
Shared = TypeVar("Shared")


@dataclass(frozen=True)
class TableInfo:
    """One table of a source: where it is, in which format, with which columns.

    `schema` carries what the format knows in its field metadata: `label`, `sas_format`, `length` (bytes as text).
    `options` are the format's own (delimiter, encoding, sheet ...).
    """

    name: str
    path: Path
    format: str
    schema: pa.Schema
    options: Mapping[str, Any] = default(default_factory=dict)


@dataclass(frozen=True)
class Cut:
    """Where reading a table may begin: its first row and how many follow (-1: all), and what the format needs to know.

    A format that can be read in pieces has `cuts(table, rows)`, which returns such places every `rows` rows, and
    `read_cut(table, cut, batch_rows)`, which yields the rows of one.
    """

    first: int = 0
    rows: int = -1
    start: int = 0
    octets: int = 0
    line: int = 1


class Writer(Protocol):
    """An open table of a release."""

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows; every batch has the schema that the writer was opened with."""

    def close(self) -> None:
        """Finish the file and flush it to the disk."""


class Format(Protocol):
    """Reads and writes one kind of table file. Raises DataError, never echoing a value."""

    suffixes: ClassVar[tuple[str, ...]]
    writes: ClassVar[bool]

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the tables in a file (a workbook holds several) without reading the rows."""

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows in file order, every batch with `table.schema`."""

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Open a new file for a table of the release; `table.schema` is the released schema, with field metadata."""


@dataclass(frozen=True)
class Context:
    """What a transform may know besides its column. Everything is frozen; nothing is learnt here.

    `field` names the map of pseudonyms: columns with the same field share it. `subject` holds the canonical subject of
    each row when the transform sets `needs_subject`; `others` the columns that its `columns()` names. `position` is the
    number of the batch's first row within its table. `kind` is what the profile says that the column holds, or "";
    `tags` what it says besides (how dates are written, the unit of ages).
    `known` tells what the tables hold about a subject; `find` finds identifiers in texts (see `Detector`).
    `first_days` holds, where the policy has an `anchor:`, the first day of each canonical subject.
    `made` is the batch's own: what several of its columns need alike is worked out once (see `shared`).
    """

    table: str
    column: str
    field: str
    key: Key | None = None
    kind: str = ""
    tags: frozenset[str] = frozenset()
    subject: pa.Array | None = None
    position: int = 0
    others: Mapping[str, pa.Array] = default(default_factory=dict)
    vocabulary: Container[str] = frozenset()
    known: Mapping[str, tuple[Known, ...]] = default(default_factory=dict)
    detector: Detector | None = None
    first_days: Mapping[str, FirstDay] = default(default_factory=dict, repr=False)
    made: dict[Hashable, tuple[pa.Array | None, Any]] = default(default_factory=dict, repr=False, compare=False)

    def shared(self, name: Hashable, make: Callable[[], Made]) -> Made:
        """Return what `make` gives for the subjects of these rows and this key, the same for every column."""
        of, made = self.made.get(name, (None, None))
        if of is None or of is not self.subject:  # a part of the rows has subjects of its own
            made = make()
            self.made[name] = (self.subject, made)
        result: Made = made
        return result


class Transform(Protocol):
    """Changes a column. Remembers nothing; its fields are its policy options, checked in `problems()`.

    `per_value`: the output depends on the value (and the key) alone, so it may run on distinct values only.
    `implies`: the role a column must have had for this transform to make sense, or None when the policy must say.
    """

    per_value: ClassVar[bool]
    needs_subject: ClassVar[bool]
    implies: ClassVar[Role | None]
    summary: ClassVar[str]

    def columns(self) -> tuple[str, ...]:
        """Return the names of further columns of the same table that `apply` reads."""

    def problems(self) -> Iterable[str]:
        """Return what is wrong with the options, each as one sentence without data values."""

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return the type of the output, which must not depend on the rows."""

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the changed column: same length, nulls where the input is null. Raises DataError (fail closed)."""


class Recogniser(Protocol):
    """Finds spans of identifiers in one text."""

    def find(self, text: str) -> Iterable[Span]:
        """Return the spans found, in any order, overlaps allowed."""


class Detector(Protocol):
    """All recognisers of a policy together: what `redact` works with."""

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        """Return for each text its spans, sorted and without overlaps; `known` is what its subject's record holds.

        Raises DetectionFailed for a text that could not be searched to its end; nothing is passed unsearched.
        """


class DetectionFailed(Exception):
    """A recogniser timed out or raised: the caller redacts the whole cell or refuses. Holds no text."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason


@dataclass(frozen=True)
class Evidence:
    """One dataset as the metrics see it: before (the input) or after (what was written, read back).

    table        its class table; suppressed subjects are not in it
    population   class table of the population over the same variables, where one was given
    suppressed   number of subjects whose quasi-identifiers were suppressed
    threshold    tau, the risk above which a record counts as at risk (1/k of the policy unless it says otherwise)
    fraction     share of the population that is in the sample, where the policy states it
    """

    table: ClassTable
    population: ClassTable | None = None
    suppressed: int = 0
    threshold: float = 0.09
    fraction: float | None = None


class Engine(Protocol):
    """Where parts of the data are worked on: in this process, or on the workers of a cluster."""

    def workers(self) -> int:
        """Return how many tasks run at once."""

    def each(self, work: Callable[[Task, Shared], Made], tasks: Sequence[Task], shared: Shared) -> Iterator[Made]:
        """Yield what `work` makes of every task, in their order.

        `work` is a function of a module and depends on its arguments alone, so that it may run anywhere and again;
        `shared` is the same for all tasks and may hold the key. Problems that it raises are raised here.
        """


class Metric(Protocol):
    """Measures a dataset on its class table. `formula`, `units` and `source` stand in the report's methods section."""

    title: ClassVar[str]
    formula: ClassVar[str]
    units: ClassVar[str]
    source: ClassVar[str]

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return the measures of this metric for one dataset; ids are stable ("prosecutor.rb", "t.equal.AEDECOD")."""
