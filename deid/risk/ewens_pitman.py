"""Maximum likelihood of the Ewens-Pitman sampling model for class sizes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import digamma, gammaln, polygamma

from deid.risk.subsets import distinct_sizes

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

#: Where alpha is looked for before Newton's method takes over; an optimum on its edge counts as none.
_GRID = np.concatenate([-np.geomspace(200.0, 0.05, 40), np.linspace(0.0, 0.98, 21)])


@dataclass(frozen=True)
class EwensPitman:
    """The model fitted to n subjects in u classes: theta, alpha and whether the optimum was reached."""

    theta: float
    alpha: float
    converged: bool

    def uniques(self, size: float) -> float:
        """Return the expected number of classes of one in a population of that size."""
        return float(np.exp(gammaln(self.theta + 1) - gammaln(self.theta + self.alpha) + self.alpha * np.log(size)))


@dataclass(frozen=True)
class _Sizes:
    """Distinct class sizes with their numbers of classes; points i and weights w stand for a sum over 1 .. u - 1."""

    n: int
    u: int
    sizes: Ints
    classes: Ints
    i: Floats
    w: Floats

    def slope(self, theta: float, alpha: float) -> tuple[float, float]:
        """Return the derivatives of the log-likelihood by theta and alpha."""
        step = theta + self.i * alpha
        by_theta = (self.w / step).sum() - (digamma(theta + self.n) - digamma(theta + 1))
        own = (self.classes * (digamma(self.sizes - alpha) - digamma(1 - alpha))).sum()
        by_alpha = (self.w * self.i / step).sum() - own
        return float(by_theta), float(by_alpha)

    def curvature(self, theta: float, alpha: float) -> Floats:
        """Return the matrix of second derivatives."""
        step = theta + self.i * alpha
        tt = -(self.w / step**2).sum() - (polygamma(1, theta + self.n) - polygamma(1, theta + 1))
        ta = -(self.w * self.i / step**2).sum()
        own = (self.classes * (polygamma(1, self.sizes - alpha) - polygamma(1, 1 - alpha))).sum()
        return np.array([[tt, ta], [ta, -(self.w * (self.i / step) ** 2).sum() + own]])

    def likelihood(self, theta: float, alpha: float) -> float:
        """Return the log-likelihood without its constant."""
        falling = (self.classes * (gammaln(self.sizes - alpha) - gammaln(1 - alpha))).sum()
        rising = (self.w * np.log(theta + self.i * alpha)).sum()
        return float(rising - gammaln(theta + self.n) + gammaln(theta + 1) + falling)

    def inside(self, theta: float, alpha: float) -> bool:
        """Tell whether the parameters are ones of the model."""
        return alpha < 1 and theta > -alpha and theta + (self.u - 1) * alpha > 0 and theta > -1


def fit(counts: Ints) -> EwensPitman:
    """Fit the model to class sizes; where no inner optimum exists (all alone, or one class) it did not converge."""
    sizes, classes = distinct_sizes(counts)
    data = _Sizes(int(counts.sum()), len(counts), sizes, classes, *sum_points(len(counts) - 1))
    if data.u < 2 or data.u == data.n:
        return EwensPitman(float("nan"), float("nan"), False)
    tried = [(data.likelihood(theta, alpha), theta, alpha) for alpha, theta in _profile(data)]
    if not tried:
        return EwensPitman(float("nan"), float("nan"), False)
    _, theta, alpha = max(tried)
    return _newton(data, theta, alpha)


def sum_points(last: int) -> tuple[Floats, Floats]:
    """Return points and weights such that the weighted sum of a smooth f over them is f(1) + ... + f(last).

    Up to 2,048 terms it is the sum itself. Of longer ones the first and last 512 terms are added one by one and the
    middle is integrated panel by panel, with the first Euler-Maclaurin correction; the error is below 1e-12 of the sum
    for functions that are singular nowhere between 0 and last + 1.
    """
    if last <= 2048:
        return np.arange(1.0, last + 1), np.ones(max(last, 0))
    low, high = 512.5, last - 511.5
    growing = 512.0 * 2.0 ** np.arange(1, int(np.log2((high - low) / 1024 + 1)) + 1) - 512.0
    edges = np.concatenate([[low], low + growing, (high - growing)[::-1], [high]])
    nodes, weights = np.polynomial.legendre.leggauss(16)
    half = np.diff(edges)[:, None] / 2
    inside = (edges[:-1, None] + half) + half * nodes
    points = [np.arange(1.0, 513.0), np.arange(last - 511.0, last + 1.0), inside.ravel()]
    points.append(np.array([high + 0.5, high - 0.5, low + 0.5, low - 0.5]))
    ends = np.array([-1.0, 1.0, 1.0, -1.0]) / 24
    return np.concatenate(points), np.concatenate([np.ones(1024), (half * weights).ravel(), ends])


def _profile(data: _Sizes) -> list[tuple[float, float]]:
    """Return for each alpha of the grid the best theta."""
    found = []
    for alpha in _GRID.tolist():
        low = max(-alpha, -(data.u - 1) * alpha, -1.0)
        near, far = low + 1e-9 * max(1.0, abs(low)), low + 1e9 * max(1.0, abs(low))
        if data.slope(near, alpha)[0] > 0 > data.slope(far, alpha)[0]:
            theta = brentq(lambda value, alpha=alpha: data.slope(value, alpha)[0], near, far, xtol=1e-9, maxiter=500)
            found.append((alpha, float(theta)))
    return found


def _newton(data: _Sizes, theta: float, alpha: float) -> EwensPitman:
    """Climb to the optimum with damped Newton steps, never leaving the model."""
    for _ in range(200):
        slope = np.array(data.slope(theta, alpha))
        try:
            step = np.linalg.solve(data.curvature(theta, alpha), slope)
        except np.linalg.LinAlgError:
            break
        level, share = data.likelihood(theta, alpha), 1.0
        while share > 1e-12 and not _better(data, theta - share * step[0], alpha - share * step[1], level):
            share /= 2
        if share <= 1e-12:
            break
        theta, alpha = float(theta - share * step[0]), float(alpha - share * step[1])
        if abs(step[0]) <= 1e-11 * max(1.0, abs(theta)) and abs(step[1]) <= 1e-11 * max(1.0, abs(alpha)):
            break
    return EwensPitman(theta, alpha, _is_optimum(data, theta, alpha))


def _better(data: _Sizes, theta: float, alpha: float, level: float) -> bool:
    return data.inside(theta, alpha) and data.likelihood(theta, alpha) >= level - 1e-9 * max(1.0, abs(level))


def _is_optimum(data: _Sizes, theta: float, alpha: float) -> bool:
    slope, curvature = data.slope(theta, alpha), data.curvature(theta, alpha)
    if not np.isfinite(curvature).all() or alpha < _GRID[0] or not (np.linalg.eigvalsh(curvature) < 0).all():
        return False
    off = np.abs(np.linalg.solve(curvature, np.array(slope)))
    return bool(off[0] <= 1e-6 * max(1.0, abs(theta)) and off[1] <= 1e-6 * max(1.0, abs(alpha)))
