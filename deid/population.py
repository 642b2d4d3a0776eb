"""The population table of a policy: read through the formats room, over the same variables and values as the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.classes import ClassTable, Codes, Counts, group
from deid.collecting.tuples import Vocabulary
from deid.contracts import TableInfo
from deid.decisions import Plan, Population
from deid.errors import DataError, DeidError, problem_kind
from deid.facts import Facts
from deid.keys import Key
from deid.outside import Beside, based, quasi_steps

NO_FILE = problem_kind(
    "D514",
    "population table cannot be read",
    remedy="under `population:` name one file with one table, in a format that deid reads, relative to the policy",
    meaning="k-map, delta-presence and the journalist's risk count the persons of the population.",
)
NO_COLUMN = problem_kind(
    "D515",
    "the population table lacks a column",
    remedy="give the table a column for every quasi-identifier; where names differ say `population: {columns: ...}`",
)
BAD_COUNT = problem_kind(
    "D516",
    "persons of the population not counted",
    remedy="write a whole number from 0 in every row of the column that `population: {count: ...}` names",
)
BESIDE = Beside("population", NO_FILE, NO_COLUMN)
_MOST = 2**53  # whole numbers beyond it are not exact in the sums


def with_population(facts: Facts, plan: Plan, key: Key) -> Facts:
    """Return the facts with the population of the policy; data and population then share their vocabularies.

    Raises DataError with all problems, or returns the facts unchanged where the policy names no file.
    """
    wanted = plan.policy.population
    if wanted is None or not wanted.file or facts.classes is None:
        return facts
    classes = facts.classes
    source, table = BESIDE.opened(plan, wanted.file)
    others = {"count": wanted.count}
    found = BESIDE.columns(table, classes.variables, wanted.columns, others, every=True)
    columns = [found[name] for name in classes.variables]
    steps = quasi_steps(plan)
    vocabularies = [Vocabulary() for _ in classes.variables]
    parts: list[Codes] = []
    weights: list[Counts] = []
    try:
        for batch in source.batches(table):
            own = [
                vocabulary.encode(based(steps[name], batch.column(batch.schema.get_field_index(column)), facts, key))
                for name, column, vocabulary in zip(classes.variables, columns, vocabularies, strict=True)
            ]
            parts.append(np.column_stack(own).astype(np.int32))
            weights.append(_persons(batch, table, wanted))
    except DeidError as error:
        raise DataError(BESIDE.within(problem) for problem in error.problems) from None
    codes = np.vstack(parts) if parts else np.zeros((0, len(columns)), np.int32)
    counts = np.concatenate(weights) if weights else np.zeros(0, np.int64)
    classes, population = _united(classes, codes, counts, [vocabulary.sorted() for vocabulary in vocabularies])
    return replace(facts, classes=classes, population=population)


def _persons(batch: pa.RecordBatch, table: TableInfo, wanted: Population) -> Counts:
    """Return the persons that each row stands for."""
    if not wanted.count:
        return np.ones(batch.num_rows, np.int64)
    name = next(name for name in table.schema.names if name.casefold() == wanted.count.casefold())
    try:
        numbers = pc.cast(batch.column(batch.schema.get_field_index(name)), pa.float64())
        counts = np.asarray(numbers.to_numpy(zero_copy_only=False), np.float64)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise DataError(BAD_COUNT.at("a row holds no number", "population.count")) from None
    wrong = int((~((counts >= 0) & (counts < _MOST) & (counts == np.floor(counts)))).sum())
    if wrong:
        raise DataError(BAD_COUNT.at(f"{wrong} row(s) hold no whole number from 0", "population.count"))
    return counts.astype(np.int64)


def _united(
    classes: ClassTable, codes: Codes, counts: Counts, sorted_: Sequence[tuple[tuple[str | None, ...], Codes]]
) -> tuple[ClassTable, ClassTable]:
    """Return data and population over the values of both. Values stay in order, so classes keep their numbers."""
    vocabularies: list[tuple[str | None, ...]] = []
    own, other = classes.codes.copy(), codes.copy()
    for i, (values, renumber) in enumerate(sorted_):
        here = classes.vocabularies[i]
        every = (None, *sorted({str(value) for value in (*here[1:], *values[1:])}))
        number = {value: code for code, value in enumerate(every)}
        vocabularies.append(every)
        own[:, i] = np.array([number[value] for value in here], np.int32)[classes.codes[:, i]]
        other[:, i] = np.array([number[value] for value in values], np.int32)[renumber[codes[:, i]]]
    distinct, member = group(other, [len(values) for values in vocabularies])
    persons = np.bincount(member, weights=counts, minlength=len(distinct)).astype(np.int64)
    there = persons > 0
    population = ClassTable(classes.variables, tuple(vocabularies), distinct[there], persons[there])
    return replace(classes, vocabularies=tuple(vocabularies), codes=own), population
