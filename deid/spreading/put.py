"""Pass two over parts: workers treat and sort their rows into the staging folder, the driver joins them in order.

The file of the release is written by the very writer of the local engine, so that its bytes are the same.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import pyarrow as pa

from deid import detect
from deid.collect import excluded_subjects
from deid.collecting.rows import rows_of
from deid.contracts import Detector, Engine, TableInfo, Writer
from deid.decisions import Plan
from deid.errors import DataError, problem_kind
from deid.facts import Facts, Hashes
from deid.spreading.parts import Part
from deid.treat import Treatment
from deid.write import Counts, write_ordered

ROWS_LOST = problem_kind(
    "D104",
    "rows lost between workers and driver",
    remedy="give the release a folder on storage that all workers see under one path, then run again",
    meaning="Workers leave treated rows in the staging folder; what they wrote is not what the driver found there.",
)
_ORDER = "\x00order"
_PARTS = "parts"
#: Rows that the driver sorts at once.
BUCKET_ROWS = 250_000


@dataclass(frozen=True)
class Wanted:
    """What every worker must know to treat; `buckets` is into how many a table's rows are split by their order."""

    treatments: Mapping[str, Treatment]
    buckets: Mapping[str, int]
    folder: Path
    excluded: Hashes = field(repr=False)


@dataclass(frozen=True)
class _Task:
    number: int
    part: Part


@dataclass(frozen=True)
class _Put:
    rows: int
    counts: Counts


def write(
    engine: Engine,
    parts: Sequence[Part],
    treatments: Mapping[str, Treatment],
    targets: Mapping[str, TableInfo],
    opened: Callable[[TableInfo], Writer],
    folder: Path,
    progress: Callable[[str, str, int], None],
) -> Iterator[tuple[str, int, Counts]]:
    """Treat and write all tables; yield for each its name, its rows and what was counted.

    Whatever workers leave in the folder of the parts, halves of lost ones included, goes before the release is made.
    """
    aside = folder / _PARTS
    aside.mkdir(mode=0o700)
    try:
        yield from _written(engine, parts, treatments, targets, opened, aside, progress)
    finally:
        shutil.rmtree(aside)


def _written(
    engine: Engine,
    parts: Sequence[Part],
    treatments: Mapping[str, Treatment],
    targets: Mapping[str, TableInfo],
    opened: Callable[[TableInfo], Writer],
    folder: Path,
    progress: Callable[[str, str, int], None],
) -> Iterator[tuple[str, int, Counts]]:
    any_treatment = next(iter(treatments.values()), None)
    if any_treatment is None:
        return
    facts, policy = any_treatment.facts, any_treatment.plan.policy
    lean = _lean(facts)
    wanted = Wanted(
        {name: replace(each, facts=lean, detector=None) for name, each in treatments.items()},
        {name: max(1, -(-facts.rows[name] // BUCKET_ROWS)) for name in treatments},
        folder,
        excluded_subjects(policy.exclude_subjects, facts.hash_secret),
    )
    tasks = [_Task(number, part) for number, part in enumerate(parts) if part.table in treatments]
    done = list(engine.each(put, tasks, wanted))
    for name, target in targets.items():
        own = [(task, found) for task, found in zip(tasks, done, strict=True) if task.part.table == name]
        counts: Counts = Counter()
        for _, found in own:
            counts.update(found.counts)
        files = [_file(folder, task.number) for task, found in own if found.rows]
        written = write_ordered(_in_order(files, wanted.buckets[name]), target, opened)
        if written != sum(found.rows for _, found in own):
            raise DataError(ROWS_LOST.at("rows are missing", name))
        for file in files:  # the next table may need the room
            file.unlink()
        progress("write", name, written)
        yield name, written, counts


def put(task: _Task, wanted: Wanted) -> _Put:
    """Treat a part on a worker and leave its rows, sorted, in the staging folder; once more gives the same file."""
    part = task.part
    treatment = wanted.treatments[part.table]
    treatment = replace(treatment, detector=_detector(treatment.plan))
    policy, facts = treatment.plan.policy, treatment.facts
    drop = policy.missing_subject == "drop_rows"
    counts: Counts = Counter()
    batches: list[pa.RecordBatch] = []
    orders: list[Hashes] = []
    for rows in rows_of(part.source(), treatment.table, facts.hash_secret, wanted.excluded, drop_missing=drop):
        treated = treatment(rows)
        counts.update(treated.counts)
        batches.append(treated.batch)
        orders += [treated.order] if treated.order is not None else []
    table = pa.Table.from_batches(batches) if batches else None
    if table is None or not table.num_rows:
        return _Put(0, counts)
    _store(table, orders, wanted.buckets[part.table], _file(wanted.folder, task.number))
    return _Put(table.num_rows, counts)


def _store(table: pa.Table, orders: Sequence[Hashes], buckets: int, file: Path) -> None:
    """Write one batch a bucket, its rows in their order; the file is there as a whole or not at all."""
    order = np.concatenate(orders) if orders else np.zeros(table.num_rows, np.uint64)
    table = table.append_column(_ORDER, pa.array(order))
    sorting = np.argsort(order, kind="stable")
    table = table.take(pa.array(sorting)).combine_chunks()
    ends = np.searchsorted(order[sorting] // _width(buckets), np.arange(buckets, dtype=np.uint64), side="right")
    aside = file.with_suffix(f".{uuid4().hex}")
    with pa.OSFile(str(aside), "wb") as handle, pa.ipc.new_file(handle, table.schema) as writer:
        start = 0
        for end in ends.tolist():
            pieces = table.slice(start, end - start).to_batches() or [_empty(table.schema)]
            writer.write_batch(pieces[0])
            start = end
    aside.replace(file)


def _in_order(files: Sequence[Path], buckets: int) -> Iterator[pa.Table]:
    """Yield the rows of all files in their order, bucket by bucket."""
    maps = []
    for file in files:
        if not file.exists():
            raise DataError(ROWS_LOST.at("a worker's file is not in the staging folder"))
        maps.append(pa.ipc.open_file(pa.memory_map(str(file))))
    for bucket in range(buckets if maps else 0):
        table = pa.Table.from_batches([reader.get_batch(bucket) for reader in maps])
        order = np.asarray(table.column(_ORDER))
        rows = table.drop_columns([_ORDER])
        yield rows.take(pa.array(np.argsort(order, kind="stable")))


def _width(buckets: int) -> np.uint64:
    return np.uint64(2**64 // buckets + 1) if buckets > 1 else np.uint64(2**64 - 1)


def _empty(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=schema)


def _file(folder: Path, number: int) -> Path:
    return folder / f"part-{number:06d}.arrow"


def _lean(facts: Facts) -> Facts:
    """Return what a worker needs of the Facts: nothing of the risk before."""
    return replace(facts, population=None, raw=None, events={}, register=None, coarsened={}, warnings=())


_DETECTORS: dict[str, Detector | None] = {}


def _detector(plan: Plan) -> Detector | None:
    """Return the detector of a policy, built once in each worker."""
    if not any(step.do == "redact" for step in plan.steps):
        return None
    known = plan.policy.digest
    if known not in _DETECTORS:
        _DETECTORS[known] = detect.build_detector({**plan.policy.text, "recognisers": list(plan.policy.recognisers)})
    return _DETECTORS[known]
