"""The frontier between protection and loss: the best recoding for a handful of demands, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from deid.anonymise import anonymise
from deid.classes import ClassTable, group
from deid.decisions import Anonymise
from deid.errors import DataError
from deid.hierarchy import Hierarchy

SIZES = (3, 5, 11, 20)
LIMITS = (0.0, 0.01, 0.05, 0.1)


@dataclass(frozen=True)
class Point:
    """What one demand costs; `feasible` is false where these data cannot meet it, and the figures are None.

    driver        the quasi-identifier that loses most
    highest_risk  highest prosecutor risk: 1 / smallest released class
    """

    k: int
    suppress_at_most: float
    feasible: bool
    levels: Mapping[str, int] | None = None
    loss: float | None = None
    suppressed: int | None = None
    highest_risk: float | None = None
    driver: str = ""
    method: str = ""


def frontier(
    table: ClassTable,
    hierarchies: Mapping[str, Hierarchy],
    spec: Anonymise,
    population: ClassTable | None = None,
    *,
    sizes: Sequence[int] = SIZES,
    limits: Sequence[float] = LIMITS,
) -> tuple[Point, ...]:
    """Return the policy's own demand first, then every other k at its limit, then its k at every other limit."""
    wanted = [(spec.k, spec.suppress_at_most)]
    wanted += [(k, spec.suppress_at_most) for k in sizes]
    wanted += [(spec.k, limit) for limit in limits]
    demands = dict.fromkeys(wanted)
    return tuple(_point(table, hierarchies, replace(spec, k=k, suppress_at_most=s), population) for k, s in demands)


def _point(
    table: ClassTable, hierarchies: Mapping[str, Hierarchy], spec: Anonymise, population: ClassTable | None
) -> Point:
    try:
        found = anonymise(table, hierarchies, spec, population)
    except DataError:
        return Point(spec.k, spec.suppress_at_most, feasible=False)
    kept = ~found.suppressed
    _, member = group(found.codes[kept], [len(labels) for labels in found.labels])
    smallest = int(np.bincount(member, weights=table.counts[kept]).min())
    losses = found.loss_by_variable
    return Point(
        spec.k,
        spec.suppress_at_most,
        feasible=True,
        levels=found.levels,
        loss=found.loss,
        suppressed=int(table.counts[found.suppressed].sum()),
        highest_risk=1 / smallest,
        driver=max(losses, key=lambda name: losses[name]) if losses else "",
        method=found.method,
    )
