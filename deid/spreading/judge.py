"""Verification over parts: workers read the written files back and search them, the driver judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deid.contracts import Engine
from deid.decisions import Plan
from deid.facts import Facts, Needles
from deid.hierarchy import Recoding
from deid.recipe import Cells
from deid.source import Source
from deid.spreading.merging import counts_without_secrets, merge_counts
from deid.spreading.parts import Part, parts_of
from deid.verify import Counts, Verified, Written, counting, judged, read_table
from deid.verifying.residual import Scan


@dataclass(frozen=True)
class Wanted:
    """What every worker must know to search and count."""

    plan: Plan
    needles: Needles = field(repr=False)
    secret: bytes = field(repr=False)


def verify(
    engine: Engine,
    written: Written,
    released: Source,
    plan: Plan,
    facts: Facts,
    recoding: Recoding | None,
    source: Source,
    earlier: Mapping[Cells, int] | None = None,
    folder: Path | None = None,
) -> Verified:
    """Read every written file and return the verdict, the same as that of `deid.verify.verify`."""
    tables = [(table.table, table.released_name) for table in plan.tables]
    parts = parts_of(engine, released, [pair for pair in tables if pair[1] not in released.readers])
    scan, counts = Scan(facts.needles, facts.hash_secret), counting(plan, facts.hash_secret, folder)
    for table in plan.tables:
        if table.released_name in released.readers:  # without a byte, or not in a file
            read_table(table, written.tables[table.table], released, scan, counts, facts.hash_secret)
    for part_scan, part_counts in engine.each(searched, parts, Wanted(plan, facts.needles, facts.hash_secret)):
        merge_counts(scan, counts, part_scan, part_counts)
    return judged(written, released, plan, facts, recoding, source, scan, counts, earlier)


def searched(part: Part, wanted: Wanted) -> tuple[Scan, Counts]:
    """Search and count a part of a written table, on a worker."""
    scan, counts = Scan(wanted.needles, wanted.secret), counting(wanted.plan, wanted.secret)
    table = next(table for table in wanted.plan.tables if table.table == part.table)
    read_table(table, part.info, part.source(), scan, counts, wanted.secret)
    return counts_without_secrets(scan, counts)
