"""The first day of each subject in the trial, for dates that are moved so that all subjects start on one day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from deid.collecting.rows import Rows
from deid.date_columns import read_dates
from deid.dates import Precision
from deid.decisions import Anchor, AnchorSource, Plan
from deid.errors import Problem, did_you_mean, problem_kind
from deid.model import FirstDay
from deid.values import canonical_text

NO_ANCHOR_COLUMN = problem_kind(
    "P525",
    "no such column of first days",
    remedy="under `anchor: sources:` name tables with subjects, and columns of dates of theirs",
    meaning="The PHUSE offset moves each subject's first day in the trial to one day: where does it stand?",
)
NO_ANCHOR = problem_kind(
    "P526",
    "dates anchored to nothing",
    remedy="say under `anchor: sources:` where each subject's first day stands, or leave `anchored` out",
)
EPOCH = date(1970, 1, 1).toordinal()


def anchor_problems(plan: Plan) -> Iterator[Problem]:
    """Yield what is wrong with the policy's anchor: sources that do not fit the data, none where one is needed."""
    anchor = plan.policy.anchor
    anchored = [step for step in plan.steps if getattr(step.transform, "anchored", False) and step.released]
    if anchor is None:
        for step in anchored:
            yield NO_ANCHOR.at("the policy has no `anchor:`", f"{step.table}.{step.column}")
        return
    columns = {t.table.casefold(): {s.column.casefold() for s in t.steps} for t in plan.tables}
    there = [source for source in anchor.sources if source.table.casefold() in columns]
    if not there and anchored:
        hint = did_you_mean(anchor.sources[0].table, [t.table for t in plan.tables])
        yield NO_ANCHOR_COLUMN.at("none of its tables is in the data", "anchor", hint=hint)
    subjects = {t.table.casefold() for t in plan.tables if t.subject}
    for source in there:
        own = columns[source.table.casefold()]
        for name in (source.column, *source.where):
            if name.casefold() not in own:
                yield NO_ANCHOR_COLUMN.at(f"the table has no column '{name}'", f"anchor: {source.table}")
        if source.table.casefold() not in subjects:
            yield NO_ANCHOR_COLUMN.at("the table names no subject", f"anchor: {source.table}")


@dataclass
class Anchors:
    """The earliest day of each subject so far, over the columns that the policy names."""

    wanted: Anchor | None
    days: dict[str, int] = field(default_factory=dict, repr=False)

    def add(self, table: str, rows: Rows) -> None:
        """Take in one batch of a table; dates that do not name a day say nothing."""
        for source in self.wanted.sources if self.wanted is not None else ():
            if source.table.casefold() == table.casefold() and rows.subject is not None:
                self._add(source, rows, rows.subject)

    def _add(self, source: AnchorSource, rows: Rows, subjects: pa.Array) -> None:
        names = {name.casefold(): name for name in rows.batch.schema.names}
        dates = read_dates(rows.column(names[source.column.casefold()]), source.format, source.numeric)
        counts = dates.known & (dates.precision >= Precision.DAY)
        for name, value in source.where.items():
            cells = canonical_text(rows.column(names[name.casefold()])).to_pylist()
            counts &= np.asarray([cell is not None and _same(cell, value) for cell in cells], np.bool_)
        for owner, day in zip(subjects.filter(pa.array(counts)).to_pylist(), dates.days[counts].tolist(), strict=True):
            if owner:
                self.days[owner] = min(day, self.days.get(owner, day))

    def first_days(self) -> dict[str, FirstDay]:
        """Return the first day of every subject that has one, and how far it is from the common start."""
        if self.wanted is None or not self.days:
            return {}
        given = self.wanted.start
        start = date.fromisoformat(given).toordinal() - EPOCH if given else min(self.days.values())
        return {owner: FirstDay(day, start - day) for owner, day in sorted(self.days.items())}


def _same(cell: str, wanted: str) -> bool:
    """Return whether a cell says the value asked for; 1 and 1.0 say the same."""
    if cell == wanted.strip():
        return True
    try:
        return float(cell) == float(wanted)
    except ValueError:
        return False
