"""What each quasi-identifier contributes to the risk, and how well it tells subjects apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from deid.contracts import Evidence
from deid.model import Measure, Status
from deid.registry import register
from deid.risk.outcome import figure, obstacle, unavailable
from deid.risk.subsets import subset_sizes


@register("metric", "contribution")
@dataclass(frozen=True)
class Contribution:
    """Drop in average risk without each quasi-identifier; distinction and separation of each and of all together.

    Variants: contribution = Rc of all - Rc of all but this one; distinction counts distinct tuples over n, separation
    the share of pairs of subjects that the tuples tell apart. Source: Motwani and Xu 2007.
    """

    title: ClassVar[str] = "Contribution of each quasi-identifier"
    formula: ClassVar[str] = (
        "Rc(all) - Rc(all but it); distinction = classes / n; separation = 1 - sum f(f-1) / (n(n-1))"
    )
    units: ClassVar[str] = "difference of probabilities; shares, 0 to 1"
    source: ClassVar[str] = "Motwani and Xu, Efficient algorithms for masking and finding quasi-identifiers, 2007"
    ids: ClassVar[Mapping[str, str]] = {
        "contribution.<QI>": "fall of the average risk when this quasi-identifier is left out",
        "qi.distinction": "distinct tuples of all quasi-identifiers divided by subjects",
        "qi.separation": "share of pairs of subjects told apart by all quasi-identifiers",
        "qi.distinction.<QI>": "distinct values of one quasi-identifier divided by subjects",
        "qi.separation.<QI>": "share of pairs of subjects told apart by one quasi-identifier",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return contribution, distinction and separation."""
        table = evidence.table
        nothing = obstacle(table)
        if nothing:
            names = [f"{kind}.{name}" for name in table.variables for kind in _KINDS]
            return nothing.measures("qi.distinction", "qi.separation", *names)
        n = table.subjects
        measures = [figure("qi.distinction", len(table) / n), separation("qi.separation", table.counts)]
        everything = range(len(table.variables))
        for i, name in enumerate(table.variables):
            rest = subset_sizes(table, [j for j in everything if j != i])
            alone = subset_sizes(table, [i])
            measures += [
                figure(
                    f"contribution.{name}",
                    (len(table) - len(rest)) / n,
                    rc_without=len(rest) / n,
                    rb_without=1 / int(rest.min()),
                    uniques_without=int((rest == 1).sum()),
                ),
                figure(f"qi.distinction.{name}", len(alone) / n),
                separation(f"qi.separation.{name}", alone),
            ]
        return tuple(measures)


_KINDS = ("contribution", "qi.distinction", "qi.separation")


def separation(name: str, sizes: npt.NDArray[np.int64]) -> Measure:
    """Return the share of pairs told apart; not applicable where there is no pair."""
    n = int(sizes.sum())
    if n < 2:
        return unavailable(name, "one subject makes no pair", Status.NOT_APPLICABLE)
    together = int(np.dot(sizes, sizes - 1))
    return figure(name, 1 - together / (n * (n - 1)))
