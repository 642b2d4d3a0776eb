"""How a metric says what it found, or why it found nothing: never a false zero."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from deid.classes import ClassTable
from deid.model import Measure, Status

#: Slack for comparing figures that are real-valued by definition (entropy l of a uniform class is 2.9999999999999996).
SLACK = 1e-9


@dataclass(frozen=True)
class Obstacle:
    """Why no figure of a family can be given for this dataset."""

    status: Status
    reason: str

    def measures(self, *names: str) -> tuple[Measure, ...]:
        """Return one empty measure for each id."""
        return tuple(Measure(name, None, self.status, self.reason) for name in names)


def obstacle(table: ClassTable) -> Obstacle | None:
    """Return what keeps every class-table measure from being computed, or None."""
    if not table.variables:
        return Obstacle(Status.NOT_APPLICABLE, "no quasi-identifier is declared")
    if table.subjects == 0:
        return Obstacle(Status.NOT_COMPUTED, "the class table holds no subject")
    return None


def figure(name: str, value: float, *, infinite: str = "", **detail: Any) -> Measure:
    """Return a measure; an infinite value becomes `out_of_range` with `detail["infinite"]`, a NaN `not_computed`.

    Infinity stays out of `value` so that it can be written as JSON and so that every gate on it fails.
    """
    number = float(value)
    if math.isnan(number):
        return Measure(name, None, Status.NOT_COMPUTED, "the computation gave no number", detail=detail)
    if math.isinf(number):
        reason = infinite or "no finite value satisfies the model"
        return Measure(name, None, Status.OUT_OF_RANGE, reason, detail={**detail, "infinite": True})
    return Measure(name, number, detail=detail)


def unavailable(name: str, reason: str, status: Status = Status.NOT_COMPUTED, **detail: Any) -> Measure:
    """Return a measure without a value, saying why."""
    return Measure(name, None, status, reason, detail=detail)
