"""Whose samples the columns of a variant file are: those of excluded people are taken out before anything is read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import pyarrow as pa

from deid.contracts import TableInfo
from deid.decisions import Plan
from deid.errors import DataError, problem_kind
from deid.registry import plugin, plugins
from deid.source import Source
from deid.spelling import identifier_text
from deid.values import canonical, canonical_text

WHOSE = problem_kind(
    "D235",
    "samples of nobody who is known",
    remedy="add a table that names the subject of each sample (its column needs the `field:` of the samples), or leave "
    "the samples out of the file",
    meaning="Somebody is to be left out, and a sample that belongs to no known subject could be theirs.",
)


@dataclass
class _Samples:
    """Samples that a table of subjects names, and those of the people who are left out."""

    known: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)


def without_excluded(source: Source, plan: Plan, listed: Iterable[str]) -> Source:
    """Return the source without the samples of listed subjects. Raises DataError where it is not known whose they are.

    A sample belongs to the subject of the rows that name it in a column of the same field, or bears the subject's own
    name. Where no table names subjects the samples are the subjects.
    """
    variants = [table for table in source.tables if _has_samples(table)]
    excluded = set(listed)
    if not variants or not excluded:
        return source
    fields = {step.field for step in plan.steps if step.bears == "sample_id"}
    samples = _Samples(set(excluded), set(excluded))
    others = [table for table in plan.tables if table.subject]
    for table in others:
        info = source.table(table.table)
        at = info.schema.get_field_index(table.subject)
        named = [step.position for step in table.steps if step.field in fields]
        for batch in source.batches(info):
            _take_in(batch, at, named, excluded, samples)
    problems = []
    changed: dict[str, TableInfo] = {}
    for info in variants:
        form = plugin("format", info.format)()
        names = {name: canonical(name) for name in form.samples(info)}
        unknown = sum(name not in samples.known for name in names.values()) if others else 0
        if unknown:
            problems.append(WHOSE.at(f"{unknown} sample(s) stand in no table beside a subject", info.name))
        gone = frozenset(name for name, plain in names.items() if plain in samples.gone)
        if gone or not names:  # of a file without samples nobody knows whom its counts are over
            changed[info.name] = form.without(info, gone)
    if problems:
        raise DataError(problems)
    return replace(source, tables=tuple(changed.get(table.name, table) for table in source.tables))


def _has_samples(table: TableInfo) -> bool:
    return table.format in plugins("format") and hasattr(plugin("format", table.format)(), "without")


def _take_in(batch: pa.RecordBatch, subject: int, named: Iterable[int], excluded: set[str], samples: _Samples) -> None:
    people = identifier_text(batch.column(subject)).to_pylist()
    samples.known.update(name for name in people if name)
    for position in named:
        for person, sample in zip(people, canonical_text(batch.column(position)).to_pylist(), strict=True):
            if person and sample:
                samples.known.add(sample)
                if person in excluded:
                    samples.gone.add(sample)
