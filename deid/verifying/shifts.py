"""How many shifts of a subject the released dates leave possible, to somebody who knows when visits take place."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.date_columns import read_dates
from deid.dates import Precision, listed
from deid.decisions import Step
from deid.digit_dates import formats_of
from deid.facts import Hashes
from deid.model import Measure
from deid.risk.shift_residual import shift_candidates
from deid.values import distinct

Days = npt.NDArray[np.int64]
#: Subjects whose dates are examined; the first by hash, which is as good as at random.
MOST_SUBJECTS = 20_000
_PENDING = 400_000


@dataclass
class ShiftedDays:
    """The released days of each subject in columns of shifted dates."""

    parts: list[tuple[Hashes, Days]] = field(default_factory=list)
    window: int = 0
    bound: int = 2**64 - 1

    def add(self, step: Step, subjects: Hashes, values: pa.Array) -> None:
        """Take in one column of one batch of the release; full dates only, for others were imputed."""
        if step.do != "shift_date" or getattr(step.transform, "anchored", False):
            return
        self.window = max(self.window, int(getattr(step.transform, "max_days", 0)))
        own = subjects <= np.uint64(self.bound)
        if not own.all():
            subjects, values = subjects[own], values.filter(pa.array(own))
        formats, numeric = listed(getattr(step.transform, "format", ())), getattr(step.transform, "numeric", "")
        formats = formats or (() if numeric else formats_of(step.tags))
        dates = read_dates(values, formats, numeric)
        known = dates.known & (dates.precision >= Precision.DAY)
        self.parts.append((subjects[known], dates.days[known]))
        if sum(len(part[0]) for part in self.parts) > _PENDING:
            self._shed()

    def _shed(self) -> None:
        """Let go of the subjects that will not be examined, and of days that stand twice."""
        owners = np.concatenate([part[0] for part in self.parts])
        days = np.concatenate([part[1] for part in self.parts])
        every = distinct(owners)
        if len(every) > MOST_SUBJECTS:
            self.bound = int(every[MOST_SUBJECTS - 1])
        order = np.lexsort((days, owners))
        owners, days = owners[order], days[order]
        fresh = np.append(True, (owners[1:] != owners[:-1]) | (days[1:] != days[:-1]))
        kept = fresh & (owners <= np.uint64(self.bound))
        self.parts = [(owners[kept], days[kept])]

    def measures(self) -> dict[str, Measure]:
        """Return the fewest and the median number of shifts left possible; nothing where no date was shifted."""
        if not self.parts:
            return {}
        self._shed()
        owners, days = self.parts[0]
        _, member = np.unique(owners, return_inverse=True)
        held: dict[str, list[int]] = {}
        for person, day in zip(member.reshape(-1).tolist(), days.tolist(), strict=True):
            if person < MOST_SUBJECTS:
                held.setdefault(str(person), []).append(day)
        return {measure.id: measure for measure in shift_candidates(held, self.window)}
