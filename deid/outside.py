"""A table beside the data, named by the policy: opened through the formats room, over the variables of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from deid.collect import POOLED, base_values
from deid.contracts import Context, TableInfo
from deid.decisions import Plan, Step
from deid.errors import DataError, DeidError, Problem, ProblemKind, did_you_mean
from deid.facts import Facts
from deid.keys import Key
from deid.model import Role
from deid.source import Source, open_source


@dataclass(frozen=True)
class Beside:
    """Where in the policy the table is named, and the problems that it may have."""

    place: str
    no_file: ProblemKind
    no_column: ProblemKind

    def opened(self, plan: Plan, file: str) -> tuple[Source, TableInfo]:
        """Return the source and its one table. Raises DataError with all problems."""
        place = f"{self.place}.file"
        try:
            source = open_source(plan.policy.folder / file, (), plan.policy.formats)
        except DeidError as error:
            raise DataError(self.no_file.at(problem.cause, place) for problem in error.problems) from None
        if len(source.tables) != 1:
            raise DataError(self.no_file.at(f"it holds {len(source.tables)} tables", place))
        return source, source.tables[0]

    def within(self, problem: Problem) -> Problem:
        """Return a problem of reading, with the part of the policy that named the table."""
        return (
            problem
            if problem.place.startswith(self.place)
            else replace(problem, place=f"{self.place}: {problem.place}")
        )

    def columns(
        self,
        table: TableInfo,
        variables: Sequence[str],
        given: Mapping[str, str],
        others: Mapping[str, str],
        *,
        every: bool,
    ) -> dict[str, str]:
        """Return the column of each variable, by the policy's word or by its name in any case.

        others  further columns that the policy names, by the key that names them; "" where it does not
        every   whether each variable must have a column; else those that have none are left out
        Raises DataError with all columns that should be there and are not.
        """
        wanted = {name.upper(): column for name, column in given.items()}
        there = {name.casefold(): name for name in table.schema.names}
        problems, found = [], {}
        for name in variables:
            column = there.get(wanted.get(name.upper(), name).casefold())
            if column is not None:
                found[name] = column
            elif every or name.upper() in wanted:
                hint = did_you_mean(wanted.get(name.upper(), name), table.schema.names)
                cause = "the quasi-identifier has no column there"
                problems.append(self.no_column.at(cause, f"{self.place}: {name}", hint=hint))
        unknown = sorted(set(wanted) - {name.upper() for name in variables})
        cause = "it is no quasi-identifier of these data"
        problems += [self.no_column.at(cause, f"{self.place}.columns: {name}") for name in unknown]
        for key, name in others.items():
            if name and name.casefold() not in there:
                problems.append(self.no_column.at("the column is not there", f"{self.place}.{key}"))
        if problems:
            raise DataError(problems)
        return found


def quasi_steps(plan: Plan) -> dict[str, Step]:
    """Return the step that decides each released quasi-identifier, by variable."""
    return {step.variable: step for step in reversed(plan.steps) if step.role is Role.QUASI and step.released}


def based(step: Step, column: pa.Array, facts: Facts, key: Key) -> pa.Array:
    """Return the values of a variable as the search sees those of the data."""
    if step.do == POOLED:
        frequent = facts.pools.get(step.variable, frozenset())
        return step.transform.apply(column, Context(step.table, step.column, step.field, vocabulary=frequent))
    return base_values(step, column, key)
