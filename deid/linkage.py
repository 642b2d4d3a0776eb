"""The identified file of a policy, with which the release is attacked: its people over the variables of the data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa

from deid.decisions import Linkage, Plan
from deid.errors import DataError, DeidError, problem_kind
from deid.facts import Facts, Register
from deid.keys import Key
from deid.outside import Beside, based, quasi_steps
from deid.values import canonical_text, hash64

NO_FILE = problem_kind(
    "D518",
    "file to attack with cannot be read",
    remedy="under `linkage:` name one file with one table, in a format that deid reads, relative to the policy",
    meaning="The release is matched with this file as with a register that a recipient may hold.",
)
NO_COLUMN = problem_kind(
    "D519",
    "the file to attack with lacks a column",
    remedy="name the column of the subject, and give the file a column for at least one quasi-identifier; where names "
    "differ say `linkage: {columns: ...}`",
)
BESIDE = Beside("linkage", NO_FILE, NO_COLUMN)


def with_register(facts: Facts, plan: Plan, key: Key) -> Facts:
    """Return the facts with the people of the file that the policy names; unchanged where it names none.

    Raises DataError with all problems, never echoing a value.
    """
    wanted = plan.policy.linkage
    if wanted is None or facts.classes is None:
        return facts
    return replace(facts, register=_register(facts, plan, key, wanted))


def _register(facts: Facts, plan: Plan, key: Key, wanted: Linkage) -> Register:
    assert facts.classes is not None
    source, table = BESIDE.opened(plan, wanted.file)
    others = {"subject": wanted.subject}
    columns = BESIDE.columns(table, facts.classes.variables, wanted.columns, others, every=False)
    if not columns:
        raise DataError(NO_COLUMN.at("it has no column for any quasi-identifier", "linkage.columns"))
    steps = quasi_steps(plan)
    known: dict[str, list[str | None]] = {name: [] for name in columns}
    classes = [np.zeros(0, np.int32)]
    place = next(i for i, name in enumerate(table.schema.names) if name.casefold() == wanted.subject.casefold())
    try:
        for batch in source.batches(table):
            subjects = canonical_text(batch.column(place))
            there = np.asarray(subjects.is_valid())
            own = facts.subjects.class_of(hash64(subjects, facts.hash_secret))
            classes.append(np.where(there, own, -1).astype(np.int32))
            for name, column in columns.items():
                values = based(steps[name], batch.column(batch.schema.get_field_index(column)), facts, key)
                known[name] += _texts(values)
    except DeidError as error:
        raise DataError(BESIDE.within(problem) for problem in error.problems) from None
    return Register({name: tuple(values) for name, values in known.items()}, np.concatenate(classes))


def _texts(values: pa.Array) -> list[str | None]:
    texts: list[str | None] = canonical_text(values).to_pylist()
    return texts
