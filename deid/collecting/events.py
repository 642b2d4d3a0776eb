"""Events of each subject, and what they add to the risk for an adversary who also knows the quasi-identifiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import comb

import numpy as np
import pyarrow as pa

from deid.collecting.tuples import Vocabulary
from deid.decisions import Longitudinal, Plan, Step
from deid.errors import Problem, did_you_mean, problem_kind
from deid.facts import Hashes, Subjects
from deid.model import Measure, Status
from deid.risk.longitudinal import BUDGET, Power, power

NO_EVENTS = problem_kind(
    "P523",
    "no such column of events",
    remedy="under `longitudinal:` name a table with subjects and a column of it that is released",
    meaning="The risk from known events is measured on a column that repeats for a subject, such as visit dates.",
)


def event_problems(plan: Plan) -> Iterator[Problem]:
    """Yield what is wrong with the policy's column of events."""
    wanted = plan.policy.longitudinal
    if wanted is None:
        return
    table = next((t for t in plan.tables if t.table.casefold() == wanted.table.casefold()), None)
    if table is None:
        hint = did_you_mean(wanted.table, [t.table for t in plan.tables])
        yield NO_EVENTS.at("there is no such table", "longitudinal.table", hint=hint)
        return
    names = {step.column.casefold(): step for step in table.steps}
    step = names.get(wanted.column.casefold())
    if step is None:
        hint = did_you_mean(wanted.column, [s.column for s in table.steps])
        yield NO_EVENTS.at("the table has no such column", "longitudinal.column", hint=hint)
    elif not step.released:
        yield NO_EVENTS.at("the column is dropped, so that nobody can know its events", "longitudinal.column")
    if not table.subject and not table.rows_are_subjects:
        yield NO_EVENTS.at("the table names no subject", "longitudinal.table")


@dataclass
class Events:
    """The events of all subjects, batch by batch; nothing is gathered where the policy wants none."""

    wanted: Longitudinal | None = None
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    parts: list[tuple[Hashes, np.ndarray[tuple[int], np.dtype[np.int32]]]] = field(default_factory=list)

    def add(self, step: Step, hashes: Hashes, values: pa.Array) -> None:
        """Take in a batch of a column, if it is the one that the policy names. A missing value is no event."""
        if self.wanted is None or step.column.casefold() != self.wanted.column.casefold():
            return
        if step.table.casefold() == self.wanted.table.casefold():
            codes = self.vocabulary.encode(values).astype(np.int32)
            self.parts.append((hashes[codes > 0], codes[codes > 0]))

    def measures(self, subjects: Subjects | None) -> dict[str, Measure]:
        """Return highest risk and unicity for 1 up to the policy's number of known events, beside the class."""
        if self.wanted is None:
            return {}
        every = range(1, self.wanted.known_events + 1)
        if subjects is None:
            names = [f"longitudinal.{what}.m{m}" for m in every for what in ("max_risk", "unicity")]
            reason = "the release holds no subject column"
            return {name: Measure(name, None, Status.NOT_COMPUTED, reason) for name in names}
        classes = self._by_class(subjects)
        return {measure.id: measure for m in every for measure in self._power(classes, m).measures()}

    def _by_class(self, subjects: Subjects) -> list[dict[str, list[str]]]:
        """Return the events of the persons of each class, in the order of the file."""
        classes: dict[int, dict[str, list[str]]] = {}
        for person, number in zip(subjects.hashes.tolist(), subjects.classes.tolist(), strict=True):
            classes.setdefault(number, {})[str(person)] = []
        of = {person: had for persons in classes.values() for person, had in persons.items()}
        for hashes, codes in self.parts:
            for person, code in zip(hashes.tolist(), codes.tolist(), strict=True):
                if str(person) in of:
                    of[str(person)].append(str(code))
        return [classes[number] for number in sorted(classes)]

    def _power(self, classes: Sequence[Mapping[str, Sequence[str]]], m: int) -> Power:
        """Return the risks of all persons, each among those who share its quasi-identifiers."""
        assert self.wanted is not None
        ordered, budget = self.wanted.ordered, BUDGET
        risks: dict[str, float | None] = {}
        for persons in classes:
            found = power(persons, m, ordered=ordered, budget=budget).risks
            done = [person for person, risk in found.items() if risk is not None]
            budget -= sum(_cost(persons[person], m, ordered=ordered) for person in done)
            risks |= found
        return Power(m, risks)


def _cost(had: Sequence[str], m: int, *, ordered: bool) -> int:
    length = len(had) if ordered else len(set(had))
    return comb(length, min(m, length))
