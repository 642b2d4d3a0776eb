"""Numbers before and after: interval disclosure and information loss of continuous variables."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from deid.model import Measure, Status
from deid.risk.outcome import figure, unavailable

Floats = npt.NDArray[np.float64]


def interval_disclosure(original: Floats, released: Floats, k: float) -> Measure:
    """Return `drisk.interval`: share of records whose every released value lies within k standard deviations.

    Missing cells (NaN) disclose nothing and are passed over; a record without any value left is not disclosed.
    Source: Templ 2008 (sdcMicro dRisk); sd of the original column, n - 1.
    """
    name = "drisk.interval"
    refused = _unlike(name, original, released)
    if refused:
        return refused
    present = ~(np.isnan(original) | np.isnan(released))
    near = np.abs(released - original) <= k * _deviations(original)
    disclosed = (near | ~present).all(axis=1) & present.any(axis=1)
    return figure(name, disclosed.mean(), k=k)


def il1s(original: Floats, released: Floats) -> tuple[Measure, Measure]:
    """Return `util.il1s`, the sum of |x - x'| / (sqrt2 S_j), and `util.il1s_mean`, the published form divided by n p.

    Cells that are missing on either side are left out of both; their number stands in the detail.
    Source: Mateo-Sanz, Sebe, Domingo-Ferrer 2004; sdcMicro's default is the undivided sum.
    """
    refused = [_unlike(name, original, released) for name in ("util.il1s", "util.il1s_mean")]
    if refused[0] and refused[1]:
        return refused[0], refused[1]
    gone = np.isnan(original) | np.isnan(released)
    gap = np.where(gone, 0.0, np.abs(np.nan_to_num(original) - np.nan_to_num(released)))
    scale = np.sqrt(2.0) * np.nan_to_num(_deviations(original))
    with np.errstate(divide="ignore", invalid="ignore"):
        total = float(np.where(gap > 0, gap / scale, 0.0).sum())
    cells = int((~gone).sum())
    missing = int(gone.sum())
    mean = total / cells if cells else float("nan")
    return figure("util.il1s", total, missing=missing), figure("util.il1s_mean", mean, missing=missing)


def il1(original: Floats, released: Floats) -> Measure:
    """Return `util.il1`: sum of 100 |x - x'| / |x|; a changed zero makes it infinite. Source: sdcMicro dUtility."""
    refused = _unlike("util.il1", original, released)
    if refused:
        return refused
    gap = np.abs(original - released)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = np.where(gap > 0, 100.0 * gap / np.abs(original), 0.0)
    return figure("util.il1", float(parts.sum()), infinite="a zero was changed")


def eigenvalue_loss(original: Floats, released: Floats) -> Measure:
    """Return `util.eigen`: sum of |l - l'| / l over the eigenvalues of the correlation matrices, largest first."""
    name = "util.eigen"
    refused = _unlike(name, original, released)
    if refused:
        return refused
    complete = ~(np.isnan(original) | np.isnan(released)).any(axis=1)
    x, y = original[complete], released[complete]
    if len(x) < 2 or (np.ptp(x, axis=0) == 0).any() or (np.ptp(y, axis=0) == 0).any():
        return unavailable(name, "a column is constant or fewer than two complete records are left")
    before = np.sort(np.linalg.eigvalsh(np.atleast_2d(np.corrcoef(x, rowvar=False))))[::-1]
    after = np.sort(np.linalg.eigvalsh(np.atleast_2d(np.corrcoef(y, rowvar=False))))[::-1]
    if before[-1] <= 1e-12:
        return unavailable(name, "the correlation matrix of the original is singular")
    return figure(name, float((np.abs(before - after) / before).sum()), records=len(x))


def correlation_change(original: Floats, released: Floats) -> Measure:
    """Return `util.correlation`: largest absolute change of a Pearson correlation, over complete records."""
    name = "util.correlation"
    refused = _unlike(name, original, released)
    if refused:
        return refused
    complete = ~(np.isnan(original) | np.isnan(released)).any(axis=1)
    x, y = original[complete], released[complete]
    if x.shape[1] < 2 or len(x) < 2 or (np.ptp(x, axis=0) == 0).any() or (np.ptp(y, axis=0) == 0).any():
        return unavailable(name, "needs two columns that vary and two complete records")
    change = np.abs(np.corrcoef(x, rowvar=False) - np.corrcoef(y, rowvar=False))
    return figure(name, float(change.max()), records=len(x))


def _deviations(columns: Floats) -> Floats:
    counts = (~np.isnan(columns)).sum(axis=0)
    means = np.nansum(columns, axis=0) / np.maximum(counts, 1)
    squares = np.nansum((columns - means) ** 2, axis=0)
    return np.asarray(np.sqrt(np.where(counts > 1, squares / np.maximum(counts - 1, 1), np.nan)), np.float64)


def _unlike(name: str, original: Floats, released: Floats) -> Measure | None:
    if original.ndim != 2 or original.shape != released.shape:
        return unavailable(name, "original and released do not have the same rows and columns", Status.NOT_APPLICABLE)
    if original.size == 0:
        return unavailable(name, "there is no cell to compare")
    return None
