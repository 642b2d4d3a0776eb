"""What k and the average risk become when a missing value is read in another way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from deid.classes import MISSING, ClassTable, group
from deid.contracts import Evidence
from deid.model import Measure
from deid.registry import register
from deid.risk.outcome import figure, obstacle, unavailable

Floats = npt.NDArray[np.float64]
_MOST_PATTERNS = 64


@register("metric", "missing_values")
@dataclass(frozen=True)
class MissingValues:
    """k and average risk under three readings of a missing quasi-identifier.

    own_category  a blank equals a blank and nothing else (what every other metric uses)
    wildcard      a blank may be any value: all compatible subjects count fully (alpha = 1)
    conservative  a subject's own blanks may be any value, but blanks of others make them no match (alpha = 0)
    Dropping the row is never an answer. Source: Templ, Kowarik, Meindl, sdcMicro, JSS 2015.
    """

    title: ClassVar[str] = "Readings of missing values"
    formula: ClassVar[str] = (
        "f_i = sum over compatible i' of alpha^[i' is blank where i is not]; k = min f, rc = mean 1/f"
    )
    units: ClassVar[str] = "k: subjects; rc: probability, 0 to 1"
    source: ClassVar[str] = "Templ, Kowarik, Meindl, Statistical disclosure control for micro-data, JSS 67(4), 2015"
    ids: ClassVar[Mapping[str, str]] = {
        f"missing.{reading}.{kind}": f"{text} when a missing value is read as {reading.replace('_', ' ')}"
        for reading in ("own_category", "wildcard", "conservative")
        for kind, text in (("k", "smallest number of matching subjects"), ("rc", "average risk"))
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return k and average risk under each reading."""
        table = evidence.table
        nothing = obstacle(table)
        if nothing:
            return nothing.measures(*self.ids)
        subjects = int(table.counts[(table.codes == MISSING).any(axis=1)].sum())
        measures: list[Measure] = []
        for reading, alpha in (("own_category", None), ("wildcard", 1.0), ("conservative", 0.0)):
            sizes = table.counts.astype(np.float64) if alpha is None else wildcard_sizes(table, alpha)
            names = (f"missing.{reading}.k", f"missing.{reading}.rc")
            if sizes is None:
                measures += [
                    unavailable(name, f"more than {_MOST_PATTERNS} patterns of missing values") for name in names
                ]
                continue
            average = float((table.counts / sizes).sum() / table.subjects)
            measures += [
                figure(names[0], float(sizes.min()), alpha=alpha, subjects_with_missing=subjects),
                figure(names[1], average, alpha=alpha),
            ]
        return tuple(measures)


def wildcard_sizes(table: ClassTable, alpha: float) -> Floats | None:
    """Return f by class where a missing value matches anything; a match through another's blank counts `alpha`.

    Classes are matched pattern by pattern of missing values: two tuples are compatible if they agree where neither is
    blank. Returns None when there are too many patterns to do so.
    """
    if not (table.codes == MISSING).any():
        return table.counts.astype(np.float64)
    blank, pattern = group((table.codes == MISSING).astype(np.int32), [2] * len(table.variables))
    if len(blank) > _MOST_PATTERNS:
        return None
    sizes = np.zeros(len(table))
    for mine in range(len(blank)):
        me = np.flatnonzero(pattern == mine)
        for theirs in range(len(blank)):
            them = np.flatnonzero(pattern == theirs)
            weight = alpha if (blank[theirs] > blank[mine]).any() else 1.0
            if weight:
                both = np.flatnonzero((blank[mine] == 0) & (blank[theirs] == 0))
                sizes[me] += weight * _matches(table, me, them, both)
    return sizes


def _matches(
    table: ClassTable, me: npt.NDArray[np.int64], them: npt.NDArray[np.int64], columns: npt.NDArray[np.int64]
) -> Floats:
    """Return for each of my classes the subjects of their classes that agree on the columns."""
    codes = np.vstack([table.codes[np.ix_(me, columns)], table.codes[np.ix_(them, columns)]])
    distinct, member = group(codes, [len(table.vocabularies[i]) for i in columns])
    totals = np.bincount(member[len(me) :], weights=table.counts[them], minlength=len(distinct))
    return np.asarray(totals[member[: len(me)]], np.float64)
