"""Confidence intervals of proportions and of their difference."""

from __future__ import annotations

from math import sqrt

from scipy.stats import norm


def wilson(successes: float, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion; successes may be expected ones, hence no whole number.

    Source: Wilson, Probable inference, the law of succession, and statistical inference, JASA 1927.
    """
    if trials < 1:
        return 0.0, 1.0
    z = float(norm.ppf(0.5 + confidence / 2))
    share = successes / trials
    middle = share + z * z / (2 * trials)
    reach = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def difference(
    successes: float, trials: int, others: float, other_trials: int, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the interval of the first proportion minus the second: Newcombe's hybrid of two Wilson intervals.

    Source: Newcombe, Interval estimation for the difference between independent proportions, method 10, 1998.
    """
    if trials < 1 or other_trials < 1:
        return -1.0, 1.0
    a, b = successes / trials, others / other_trials
    low_a, high_a = wilson(successes, trials, confidence)
    low_b, high_b = wilson(others, other_trials, confidence)
    return a - b - sqrt((a - low_a) ** 2 + (high_b - b) ** 2), a - b + sqrt((high_a - a) ** 2 + (b - low_b) ** 2)
