"""Population models equal their definitions: exact sums and products, or an independent optimiser or library."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_tables import ROWS, Row, check, evidence
from scipy.optimize import least_squares, minimize
from scipy.stats import nbinom

from deid.model import Status
from deid.risk import measure_all
from deid.risk.ewens_pitman import fit
from deid.risk.population_uniqueness import estimates

SIZES = st.lists(st.sampled_from([1, 1, 1, 2, 2, 3, 4, 7, 12]), min_size=1, max_size=25)
FRACTION = st.sampled_from([0.02, 0.1, 0.3, 0.75])


@given(ROWS, st.sampled_from([0.05, 0.2, 0.5, 1.0]))
@settings(max_examples=30, deadline=None)
def test_individual_risk_is_the_mean_of_one_over_f(rows: list[Row], fraction: float) -> None:
    """F - f is negative binomial with f successes of probability `fraction`; the sum over F is made term by term."""
    found = measure_all(evidence(rows, fraction=fraction))
    sizes = Counter(row[:3] for row in rows)

    def exact(f: int) -> float:
        chances = nbinom.pmf(np.arange(4000), f, fraction)
        return float((chances / (f + np.arange(4000))).sum())

    risk = [exact(sizes[row[:3]]) for row in rows]
    short = [exact(f) if f <= 2 else fraction / (f - (1 - fraction)) for f in (sizes[row[:3]] for row in rows)]
    check(found["indivrisk.max"], max(risk))
    check(found["indivrisk.expected"], sum(short))
    check(found["indivrisk.expected_share"], sum(short) / len(rows))
    assert found["indivrisk.expected"].detail["exact"] == pytest.approx(sum(risk))


@given(ROWS, st.sampled_from([0.05, 0.2, 0.5, 1.0]))
@settings(max_examples=25, deadline=None)
def test_log_linear_risk_is_that_of_a_poisson_regression(rows: list[Row], fraction: float) -> None:
    """Main effects over the full grid, fitted by statsmodels."""
    found = measure_all(evidence(rows, fraction=fraction))
    levels = [sorted({row[i] for row in rows}, key=str) for i in range(3)]
    grid = list(product(*levels))
    counts = Counter(row[:3] for row in rows)
    design = [
        [1.0, *(float(cell == level) for cell, own in zip(key, levels, strict=True) for level in own[1:])]
        for key in grid
    ]
    model = sm.GLM([counts[key] for key in grid], np.array(design), family=sm.families.Poisson())
    fitted = dict(zip(grid, model.fit(tol=1e-12, maxiter=200).fittedvalues, strict=True))
    v = [(1 - fraction) * fitted[key] for key in counts if counts[key] == 1]
    check(found["loglinear.gr1"], sum(math.exp(-x) for x in v) / len(counts), 1e-6)
    check(found["loglinear.gr2"], sum((1 - math.exp(-x)) / x if x else 1.0 for x in v) / len(counts), 1e-6)


@given(SIZES, FRACTION)
@settings(max_examples=80, deadline=None)
def test_zayatz_is_its_fraction(sizes: list[int], fraction: float) -> None:
    """P(population unique | sample unique) by Bayes, class sizes of the population as in the sample."""
    counts = np.array(sizes, np.int64)
    n, population = sum(sizes), round(sum(sizes) / fraction)
    found = {m.id: m for m in estimates(counts, float(population))}["popuniq.zayatz"]
    share = {size: Fraction(times, len(sizes)) for size, times in Counter(sizes).items()}

    def seen_once(size: int) -> Fraction:
        return Fraction(size * math.comb(population - size, n - 1), math.comb(population, n))

    seen = sum(share[size] * seen_once(size) for size in share)
    if seen == 0:
        assert found.value is None
        return
    alone = share.get(1, Fraction(0)) * seen_once(1) / seen
    expected = Fraction(sizes.count(1)) * Fraction(population, n) * alone
    assert found.value == pytest.approx(float(expected), rel=1e-9)


@given(SIZES, FRACTION)
@settings(max_examples=12, deadline=None)
def test_slide_negative_binomial_solves_its_moments(sizes: list[int], fraction: float) -> None:
    """Sums over the sizes of population classes; where there is no estimate, no other solver finds one either."""
    size, u, c1 = sum(sizes) / fraction, len(sizes), sizes.count(1)
    found = {m.id: m for m in estimates(np.array(sizes, np.int64), size)}["popuniq.snb"]

    def moments(alpha: float, beta: float) -> tuple[float, float, float]:
        far = np.arange(1, 12_000)
        chance = nbinom.pmf(far - 1, alpha, beta)
        classes = size / float((chance * far).sum())
        met = float((chance * (1 - (1 - fraction) ** far)).sum())
        alone = float((chance * far * fraction * (1 - fraction) ** (far - 1)).sum())
        return classes * met, classes * alone, classes * float(chance[0])

    if "alpha" in found.detail:
        alpha, beta = found.detail["alpha"], found.detail["beta"]
        assume(nbinom.sf(11_000, alpha, beta) < 1e-12)  # else the sums are cut off too early
        met, alone, uniques = moments(alpha, beta)
        assert met == pytest.approx(u, rel=1e-6)
        assert alone == pytest.approx(c1, rel=1e-6)
        if found.value is None:
            assert uniques > size or uniques < 1e-300
        else:
            assert found.value == pytest.approx(uniques, rel=1e-6)
    elif c1 and u < sum(sizes):
        for start in ([0.0, 0.0], [-2.0, -3.0], [2.0, 2.0]):

            def off(at: np.ndarray) -> list[float]:
                met, alone, _ = moments(math.exp(at[0]), 1 / (1 + math.exp(-at[1])))
                return [met / u - 1, alone / c1 - 1]

            tried = least_squares(off, start, bounds=([-8, -6], [8, 6]), max_nfev=30)
            inner = bool((np.abs(tried.x) < [7, 5]).all())
            assert not (inner and np.abs(tried.fun).max() < 1e-9), "another solver finds an estimate"
    else:
        assert found.value is None


def likelihood(sizes: list[int], theta: float, alpha: float) -> float:
    """Return the logarithm of the Ewens-Pitman probability of class sizes, factor by factor, without its constant."""
    if alpha >= 1 or theta <= -alpha:
        return -math.inf
    total = 0.0
    for i in range(1, len(sizes)):
        if theta + i * alpha <= 0:
            return -math.inf
        total += math.log(theta + i * alpha)
    total -= sum(math.log(theta + i) for i in range(1, sum(sizes)))
    return total + sum(math.log(j - alpha) for size in sizes for j in range(1, size))


@given(SIZES, FRACTION)
@settings(max_examples=20, deadline=None)
def test_pitman_is_at_the_top_of_its_likelihood(sizes: list[int], fraction: float) -> None:
    """Maximum likelihood has no closed form: a simplex search from several places must find nothing better."""
    size = sum(sizes) / fraction
    counts = np.array(sizes, np.int64)
    found = {m.id: m for m in estimates(counts, size)}["popuniq.pitman"]
    tried = [
        minimize(lambda at: -likelihood(sizes, at[0], at[1]), start, method="Nelder-Mead", options={"maxiter": 2000})
        for start in ((1.0, 0.1), (10.0, -1.0), (1.0, 0.7), (30.0, 0.0))
    ]
    best = min(tried, key=lambda one: one.fun)
    model = fit(counts)
    if not model.converged:
        assert found.status is Status.NOT_CONVERGED
        theta, alpha = best.x  # the search ran to an edge of the model, where there is no estimate
        spread = abs(theta) > 1e3 or alpha < -20 or alpha > 0.97 or theta + alpha < 1e-2
        assert spread or theta + (len(sizes) - 1) * alpha < 1e-2 or len(sizes) < 3
        return
    top = likelihood(sizes, model.theta, model.alpha)
    assert top >= -best.fun - 1e-6
    growth = math.lgamma(model.theta + 1) - math.lgamma(model.theta + model.alpha) + model.alpha * math.log(size)
    if growth <= math.log(size):
        assert found.value == pytest.approx(math.exp(growth), rel=1e-9)
    else:
        assert found.status is Status.OUT_OF_RANGE


@given(SIZES, FRACTION)
@settings(max_examples=80, deadline=None)
def test_the_rule_and_the_largest_estimate(sizes: list[int], fraction: float) -> None:
    """Dankar's rule as printed, and the largest of what there is."""
    size = sum(sizes) / fraction
    found = {m.id: m.value for m in estimates(np.array(sizes, np.int64), size)}
    pitman, zayatz, snb = (found[f"popuniq.{model}"] for model in ("pitman", "zayatz", "snb"))
    if sum(sizes) / size <= 0.1:
        wanted = pitman if pitman is not None else zayatz
    else:
        wanted = min(snb, zayatz) if snb is not None and zayatz is not None else zayatz
    assert found["popuniq.dankar"] == wanted
    there = [value for value in (pitman, zayatz, snb) if value is not None]
    assert found["popuniq.largest"] == (max(there) if there else None)
    assert found["popuniq.largest_share"] == (pytest.approx(max(there) / size) if there else None)
