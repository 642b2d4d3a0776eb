"""Pass one over parts: each worker collects from its own, the driver puts together and freezes the Facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from deid.collect import Collector, begun, frozen, read_table, take_in_names, take_in_samples
from deid.contracts import Engine
from deid.decisions import Plan
from deid.facts import Facts
from deid.keys import Key
from deid.source import Source
from deid.spreading.merging import merge, without_secrets
from deid.spreading.parts import Part, parts_of


@dataclass(frozen=True)
class Wanted:
    """What every worker must know to collect."""

    plan: Plan
    key: Key = field(repr=False)


def collect(
    engine: Engine, source: Source, plan: Plan, key: Key, progress: Callable[[str, int], None]
) -> tuple[Facts, tuple[Part, ...]]:
    """Read every table once and return the Facts and the parts of the data. Raises DataError with all problems."""
    digests = source.digests()
    whole = begun(plan, key)
    take_in_samples(source, whole)
    parts = parts_of(engine, source, [(table.table, table.table) for table in plan.tables])
    _take_in(engine, parts, whole, progress)
    take_in_names(whole)
    apart = parts_of(engine, source, [(table.table, table.table) for table in plan.only_searched])
    _take_in(engine, apart, whole, progress)
    for table in plan.tables:
        whole.rows.setdefault(table.table, 0)
    return frozen(whole, digests), parts


def _take_in(engine: Engine, parts: Sequence[Part], whole: Collector, progress: Callable[[str, int], None]) -> None:
    faulty: set[str] = set()
    found_in = engine.each(gathered, parts, Wanted(whole.plan, whole.key))
    for part, found in zip(parts, found_in, strict=True):
        if part.table not in faulty:  # a reader of the whole table stops at its first fault
            merge(whole, found)
        if found.problems:
            faulty.add(part.table)
        progress(part.table, found.rows.get(part.table, 0))


def gathered(part: Part, wanted: Wanted) -> Collector:
    """Return what a part of the data holds, on a worker."""
    collector = begun(wanted.plan, wanted.key)
    table = next(table for table in (*wanted.plan.tables, *wanted.plan.only_searched) if table.table == part.table)
    read_table(part.source(), table, collector)
    return without_secrets(collector)
