"""Special uniques (SUDA): subjects whom few quasi-identifiers single out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from deid.classes import ClassTable
from deid.contracts import Evidence
from deid.model import Measure, Status
from deid.registry import register
from deid.risk.outcome import figure, obstacle, unavailable
from deid.risk.subsets import affordable_size, sizes_by_class

Floats = npt.NDArray[np.float64]
Weights = Literal["elliot", "ihsn"]


@register("metric", "special_uniques")
@dataclass(frozen=True)
class SpecialUniques:
    """Minimal sample-unique subsets of quasi-identifiers (MSUs), their scores and the DIS-SUDA risk.

    Variants: weights (ATT - size)! (Elliot) or (2^(ATT-size) - 1) size! (ATT-size)!/ATT! (IHSN); DIS counts EVERY
    unique in U. Missing is a category of its own. All subsets are examined or no figure is given.
    Source: Elliot, Manning, Ford 2002; Manning, Haglin, Keane 2008 (SUDA2).

    dis_fraction: share of the population that the file is taken to hold, for DIS
    """

    weights: Weights = "elliot"
    dis_fraction: float = 0.1

    title: ClassVar[str] = "Special uniques (SUDA2) and DIS score"
    formula: ClassVar[str] = (
        "score = sum over MSUs of (ATT - size)!; DIS = 1/(1 + (U/d - U)/(score^Q sum score^-Q)), Q = 1 + (8 - ATT)/20"
    )
    units: ClassVar[str] = "uniques: subjects; scores: none; DIS: probability"
    source: ClassVar[str] = "Elliot, Manning, Ford 2002; Manning, Haglin, Keane 2008; IHSN/sdcMicro guidelines"
    ids: ClassVar[Mapping[str, str]] = {
        "suda.uniques": "subjects with at least one minimal sample-unique subset",
        "suda.smallest_subset": "fewest quasi-identifiers that single somebody out",
        "suda.max_score": "highest SUDA score",
        "suda.max_dis": "highest DIS-SUDA risk",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return uniques, smallest unique subset, highest score and highest DIS risk."""
        table = evidence.table
        nothing = obstacle(table)
        if nothing:
            return nothing.measures(*self.ids)
        q = len(table.variables)
        if affordable_size(table, q) < q:
            return tuple(unavailable(name, "too many subsets of quasi-identifiers and classes") for name in self.ids)
        by_size = minimal_uniques(table)
        scores = _score(by_size, q, self.weights)
        risky = by_size.sum(axis=0) > 0
        singled = np.flatnonzero((by_size > 0).any(axis=1))
        smallest = (
            figure("suda.smallest_subset", int(singled[0]) + 1)
            if len(singled)
            else unavailable("suda.smallest_subset", "nobody is singled out by any subset", Status.NOT_APPLICABLE)
        )
        dis = dis_scores(scores, q, self.dis_fraction)
        return (
            figure("suda.uniques", int(risky.sum()), by_subset_size=[int((row > 0).sum()) for row in by_size]),
            smallest,
            figure("suda.max_score", scores.max(), weights=self.weights),
            figure("suda.max_dis", dis.max(), dis_fraction=self.dis_fraction),
        )


def minimal_uniques(table: ClassTable) -> npt.NDArray[np.int64]:
    """Return (size - 1, class) -> number of minimal sample-unique subsets of that size.

    A class is unique on a set of columns if one subject in all has its values there. Uniqueness grows with the set, so
    a unique set is minimal if none of the sets with one column less is unique. (One subject alone is unique on each.)
    """
    q = len(table.variables)
    found = np.zeros((q, len(table)), np.int64)
    smaller: dict[tuple[int, ...], npt.NDArray[np.bool_]] = {(): np.zeros(len(table), np.bool_)}
    for size in range(1, q + 1):
        unique = {}
        for columns in combinations(range(q), size):
            alone = sizes_by_class(table, columns) == 1
            below = np.zeros(len(table), np.bool_)
            for left_out in range(size):
                below |= smaller[columns[:left_out] + columns[left_out + 1 :]]
            found[size - 1] += alone & ~below
            unique[columns] = alone
        smaller = unique
    return found


def suda_scores(table: ClassTable, weights: Weights = "elliot") -> Floats:
    """Return the SUDA score of each class; classes of more than one subject score 0."""
    return _score(minimal_uniques(table), len(table.variables), weights)


def _score(by_size: npt.NDArray[np.int64], q: int, weights: Weights) -> Floats:
    if weights == "elliot":
        worth = [float(factorial(q - size)) for size in range(1, q + 1)]
    else:
        worth = [
            (2 ** (q - size) - 1) * factorial(size) * factorial(q - size) / factorial(q) for size in range(1, q + 1)
        ]
    return np.asarray(np.array(worth) @ by_size, np.float64)


def dis_scores(scores: Floats, attributes: int, fraction: float) -> Floats:
    """Return the DIS-SUDA risk of each score; U counts every score above 0."""
    unique = scores > 0
    u = int(unique.sum())
    q = 1 + (8 - attributes) / 20
    risk = np.zeros(len(scores))
    if u:
        powers = scores[unique] ** q
        risk[unique] = 1 / (1 + (u / fraction - u) / (powers * (1 / powers).sum()))
    return risk
