"""A part of a table: whole batches of it, the same ones that a reader of the whole table would see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from deid.contracts import Cut, Engine, TableInfo
from deid.errors import DataError, Problem, UsageError, problem_kind
from deid.model import Profile, TableProfile
from deid.profile import profile_table
from deid.registry import plugin
from deid.source import Source

NOT_FILES = problem_kind(
    "U251",
    "data that workers cannot read",
    remedy="give the engine files on storage that all workers see under one path",
)
#: Parts for each worker at once, so that a slow one holds nobody up.
PARTS_A_WORKER = 3
#: Batches of a part at most: a worker holds the treated rows of one part.
MOST_BATCHES = 4


@dataclass(frozen=True)
class Part:
    """Some batches of a table; `table` is its name in the plan, which a released table need not bear."""

    table: str
    info: TableInfo
    cut: Cut
    batch_rows: int

    def source(self) -> Source:
        """Return a source that holds these rows alone, numbered as in the whole table."""
        starts = {self.info.name: self.cut.first}
        return Source((self.info,), {self.info.name: self._read}, batch_rows=self.batch_rows, starts=starts)

    def _read(self, info: TableInfo, batch_rows: int) -> Iterator[pa.RecordBatch]:
        kind = plugin("format", info.format)()
        if self.cut.rows < 0:
            batches: Iterator[pa.RecordBatch] = kind.read(info, batch_rows)
        else:
            batches = kind.read_cut(info, self.cut, batch_rows)
        return batches


@dataclass(frozen=True)
class _Asked:
    info: TableInfo
    batch_rows: int


def parts_of(engine: Engine, source: Source, tables: Sequence[tuple[str, str]]) -> tuple[Part, ...]:
    """Return the parts of tables, given as pairs of a name in the plan and a name in the source, in their order."""
    asked = [_Asked(source.table(name), source.batch_rows) for _, name in tables]
    cuts = list(engine.each(_batches, asked, None))
    every = sum(len(found) for found in cuts)
    size = min(max(1, -(-every // (PARTS_A_WORKER * engine.workers()))), MOST_BATCHES)
    parts = []
    for (table, _), item, found in zip(tables, asked, cuts, strict=True):
        for start in range(0, len(found), size):
            parts.append(Part(table, item.info, _joined(found[start : start + size]), item.batch_rows))
    return tuple(parts)


def _batches(asked: _Asked, _: None) -> tuple[Cut, ...]:
    kind = plugin("format", asked.info.format)()
    return tuple(kind.cuts(asked.info, asked.batch_rows)) if hasattr(kind, "cuts") else (Cut(),)


def _joined(cuts: Sequence[Cut]) -> Cut:
    first, last = cuts[0], cuts[-1]
    if len(cuts) == 1:
        return first
    return replace(first, rows=last.first + last.rows - first.first, octets=last.start + last.octets - first.start)


def profile(engine: Engine, source: Source) -> Profile:
    """Profile every table, each on one worker: what is held of a column depends on the order of its rows.

    Raises DataError with the problems of all tables.
    """
    if source.readers:
        raise UsageError(NOT_FILES.at("tables in memory or in a database", "data"))
    asked = [_Asked(table, source.batch_rows) for table in source.tables]
    tables: list[TableProfile] = []
    problems: list[Problem] = []
    for found in engine.each(_profiled, asked, None):
        tables += [found] if isinstance(found, TableProfile) else []
        problems += found if isinstance(found, tuple) else ()
    if problems:
        raise DataError(problems)
    return Profile(tuple(tables))


def _profiled(asked: _Asked, _: None) -> TableProfile | tuple[Problem, ...]:
    try:
        batches = plugin("format", asked.info.format)().read(asked.info, asked.batch_rows)
        return profile_table(asked.info.name, batches, asked.info.schema)
    except DataError as error:
        return error.problems
