"""Utility of a recoding, from class tables alone."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from deid.classes import ClassTable, group
from deid.hierarchy import Recoding
from deid.model import Measure, Status
from deid.risk.divergence import hellinger, kullback_leibler, total_variation
from deid.risk.outcome import figure, unavailable
from deid.risk.propensity import pmse_recoding


def recoding_utility(before: ClassTable, recoding: Recoding, after: ClassTable | None = None) -> dict[str, Measure]:
    """Return entropy loss by quasi-identifier and, with the released table, the shift of every sensitive attribute.

    util.nue.<QI>               share of the column's entropy that the released cells lose; suppressed subjects share
                                one cell (Gionis and Tassa 2009); util.nue is the mean over quasi-identifiers
    util.pmse, util.pmse_ratio  whether released and original subjects can be told apart in the released cells
    util.hellinger.<ATTR>, util.kl.<ATTR>, util.total_variation.<ATTR>   before against after: what suppression did
    """
    found: dict[str, Measure] = {}
    for variable in recoding.variables:
        _, cells = recoding.cells(variable)
        released = np.where(recoding.suppressed, -1, cells)
        codes = before.codes[:, before.variables.index(variable)]
        found[f"util.nue.{variable}"] = _entropy_loss(f"util.nue.{variable}", codes, released, before.counts)
    values = [measure.value for measure in found.values() if measure.value is not None]
    found["util.nue"] = (
        figure("util.nue", float(np.mean(values)), base=2)
        if values
        else unavailable("util.nue", "no quasi-identifier varies", Status.NOT_APPLICABLE)
    )
    found |= {measure.id: measure for measure in pmse_recoding(recoding, before.counts)}
    for name in sorted(before.sensitive) if after is not None else ():
        if after is not None and name in after.sensitive:
            shares = _aligned(before, after, name)
            for compare in (hellinger, kullback_leibler, total_variation):
                one = compare(*shares)
                found[f"{one.id}.{name}"] = Measure(
                    f"{one.id}.{name}", one.value, one.status, one.reason, one.interval, one.detail
                )
    return found


def _entropy_loss(
    name: str, codes: npt.NDArray[np.int32], released: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]
) -> Measure:
    whole = _bits(codes[:, None], counts)
    if whole <= 0:
        return unavailable(name, "the column is constant: nothing can be lost", Status.NOT_APPLICABLE)
    kept = _bits(released[:, None], counts)
    joint = _bits(np.column_stack([codes, released]), counts)
    return figure(name, min(max((joint - kept) / whole, 0.0), 1.0), base=2)


def _bits(codes: npt.NDArray[np.int32], counts: npt.NDArray[np.int64]) -> float:
    """Return the entropy of weighted tuples in bits."""
    codes = codes + 1  # the cell of the suppressed is -1
    _, member = group(codes, [int(column.max(initial=0)) + 1 for column in codes.T])
    share = np.bincount(member, weights=counts) / max(int(counts.sum()), 1)
    share = share[share > 0]
    return float(-(share * np.log2(share)).sum())


def _aligned(before: ClassTable, after: ClassTable, name: str) -> tuple[list[float], list[float]]:
    """Return how often each value stands on either side, over the values of both."""
    sides = []
    for table in (before, after):
        histogram = table.sensitive[name]
        totals = np.bincount(histogram.codes, weights=histogram.counts, minlength=len(histogram.values))
        sides.append(dict(zip(histogram.values, totals.tolist(), strict=True)))
    values = list(dict.fromkeys([*sides[0], *sides[1]]))
    return [sides[0].get(value, 0.0) for value in values], [sides[1].get(value, 0.0) for value in values]
