"""Distances between the distribution of a column before and after."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from deid.model import Measure
from deid.risk.outcome import figure, unavailable

Floats = npt.NDArray[np.float64]


def kullback_leibler(before: npt.ArrayLike, after: npt.ArrayLike) -> Measure:
    """Return `util.kl`: sum p ln(p/q) in nats of two sets of counts or shares over the same categories.

    Infinite where a category of the one is empty in the other: then there is no value, and the detail says so.
    """
    shares = _shares(before, after)
    if shares is None:
        return _none("util.kl")
    return figure("util.kl", _kl(*shares), infinite="a category vanished", base="e")


def hellinger(before: npt.ArrayLike, after: npt.ArrayLike) -> Measure:
    """Return `util.hellinger`: 1/sqrt2 times the distance of the square roots of the shares, 0 to 1."""
    shares = _shares(before, after)
    if shares is None:
        return _none("util.hellinger")
    p, q = shares
    return figure("util.hellinger", float(np.sqrt(((np.sqrt(p) - np.sqrt(q)) ** 2).sum() / 2)))


def jensen_shannon(before: npt.ArrayLike, after: npt.ArrayLike) -> Measure:
    """Return `util.jensen_shannon`: mean divergence from the mixture, in bits (0 to 1); not its square root."""
    shares = _shares(before, after)
    if shares is None:
        return _none("util.jensen_shannon")
    p, q = shares
    mixture = (p + q) / 2
    return figure("util.jensen_shannon", (_kl(p, mixture) + _kl(q, mixture)) / 2 / float(np.log(2)), base=2)


def total_variation(before: npt.ArrayLike, after: npt.ArrayLike) -> Measure:
    """Return `util.total_variation`: half the sum of absolute differences of the shares."""
    shares = _shares(before, after)
    if shares is None:
        return _none("util.total_variation")
    return figure("util.total_variation", float(np.abs(shares[0] - shares[1]).sum() / 2))


def _kl(p: Floats, q: Floats) -> float:
    held = p > 0
    if (q[held] == 0).any():
        return float("inf")
    return max(float((p[held] * np.log(p[held] / q[held])).sum()), 0.0)


def _shares(before: npt.ArrayLike, after: npt.ArrayLike) -> tuple[Floats, Floats] | None:
    p, q = np.asarray(before, np.float64), np.asarray(after, np.float64)
    if p.shape != q.shape or p.size == 0 or p.sum() <= 0 or q.sum() <= 0 or (p < 0).any() or (q < 0).any():
        return None
    return p / p.sum(), q / q.sum()


def _none(name: str) -> Measure:
    return unavailable(name, "the two distributions are empty or not over the same categories")
