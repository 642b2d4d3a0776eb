"""Information loss of generalised columns: certainty penalties and entropy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from deid.model import Measure, Status
from deid.risk.outcome import figure, unavailable


def ncp_categorical(leaves: npt.ArrayLike, total: int) -> Measure:
    """Return `util.ncp`: mean over records of (leaves of the cell - 1) / (leaves of the attribute - 1).

    A suppressed cell has all leaves. An attribute of one leaf cannot lose anything: 0. Source: Xu et al., KDD 2006.
    """
    cells = np.asarray(leaves, np.float64)
    if cells.size == 0:
        return unavailable("util.ncp", "there is no record")
    if total < 2:
        return figure("util.ncp", 0.0, leaves=total)
    return figure("util.ncp", float((cells - 1).mean() / (total - 1)), leaves=total)


def ncp_numeric(widths: npt.ArrayLike, span: float) -> Measure:
    """Return `util.ncp` of a numeric attribute: mean over records of interval width / range of the attribute."""
    cells = np.asarray(widths, np.float64)
    if cells.size == 0:
        return unavailable("util.ncp", "there is no record")
    if span <= 0:
        return unavailable("util.ncp", "the attribute has no range", Status.NOT_APPLICABLE)
    return figure("util.ncp", float(cells.mean() / span), range=span)


def gcp(losses: Sequence[float]) -> Measure:
    """Return `util.gcp`: the plain mean over attributes of their NCP. Source: Ghinita et al., VLDB 2007."""
    if not losses:
        return unavailable("util.gcp", "there is no attribute")
    return figure("util.gcp", float(np.mean(losses)), weights="equal")


def granularity_weighted(losses: Sequence[float], leaves: Sequence[int]) -> Measure:
    """Return `util.granularity_weighted`: NCP weighted by 1 - 1/leaves, the loss attainable (as ARX does)."""
    name = "util.granularity_weighted"
    weights = np.array([1 - 1 / count for count in leaves])
    if weights.sum() <= 0:
        return unavailable(name, "no attribute has two leaves", Status.NOT_APPLICABLE)
    return figure(name, float((weights * np.array(losses)).sum() / weights.sum()))


def entropy_loss(original: Sequence[Hashable], generalised: Sequence[Hashable]) -> Measure:
    """Return `util.nue`: bits lost by not knowing the original of each cell, divided by the bits of the column.

    sum log2 Pr(original given generalised) / sum log2 Pr(original). Source: De Waal and Willenborg 1999; Gionis and
    Tassa 2009.
    """
    name = "util.nue"
    if len(original) != len(generalised) or not original:
        return unavailable(name, "original and generalised do not have the same records", Status.NOT_APPLICABLE)
    values, cells, pairs = Counter(original), Counter(generalised), Counter(zip(original, generalised, strict=True))
    lost = -sum(count * np.log2(count / cells[cell]) for (_, cell), count in pairs.items())
    whole = -sum(count * np.log2(count / len(original)) for count in values.values())
    if whole <= 0:
        return unavailable(name, "the original column is constant: nothing can be lost", Status.NOT_APPLICABLE)
    return figure(name, float(lost / whole), base=2)
