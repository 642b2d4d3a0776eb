"""What the printed shares of people let a reader work out, tried with linear programmes and by trying every total."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from deid.classes import ClassTable
from deid.model import Measure
from deid.report.disclosure import Disclosure
from deid.report.people import ClassSizes, Totals, class_sizes, cut_of
from deid.report.shown import Shown

RULES = Disclosure(11)
ENDS = (1, 4, 10, 11, 19, 49, 99)  # cut points of the tests' tables; one unbounded bin follows


def table(sizes: list[int]) -> ClassTable:
    words = (None, *(f"v{i:03d}" for i in range(len(sizes))))
    codes = np.arange(1, len(sizes) + 1, dtype=np.int32).reshape(-1, 1)
    return ClassTable(("A",), (words,), codes, np.array(sizes, np.int64))


def bounds(sizes: ClassSizes, wanted: int, extra: list[tuple[int, float, float]]) -> tuple[float, float]:
    """Return the least and the largest number of people in classes up to `wanted` that the printed figures allow."""
    bins = len(ENDS) + 1
    rows: list[list[float]] = []
    limits: list[float] = []

    def between(weights: list[float], low: float, high: float) -> None:
        rows.extend([weights, [-w for w in weights]])
        limits.extend([high, -low])

    def cumulative(end: int) -> list[float]:
        return [1.0 if i < len(ENDS) and ENDS[i] <= end else 0.0 for i in range(bins)]

    n = sizes.people
    for end, cell in sizes.curve():
        if end in ENDS and cell.value is not None:
            between(cumulative(end), (cell.value - 5.1e-5) * n, (cell.value + 5.1e-5) * n)
    for low, high, cell in sizes.bins():
        upper = cumulative(high) if high is not None else [1.0] * bins
        weights = [a - b for a, b in zip(upper, cumulative(low - 1), strict=True)]
        if cell.value is not None:
            between(weights, (cell.value - 5.1e-5) * n, (cell.value + 5.1e-5) * n)
    for end, least, most in extra:
        between(cumulative(end), least, most)
    found = []
    for sign in (1, -1):
        weights = [sign * w for w in cumulative(wanted)]
        result = linprog(weights, A_ub=rows, b_ub=limits, A_eq=[[1.0] * bins], b_eq=[n], bounds=[(0, None)] * bins)
        assert result.success
        found.append(sign * result.fun)
    return found[0], found[1]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([1, 1, 1, 2, 3, 4, 5, 8, 10, 11, 12, 15, 19, 25, 60]), min_size=1, max_size=14))
def test_no_small_group_of_people_can_be_worked_out(sizes: list[int]) -> None:
    assume(sum(sizes) >= 11)  # below, the total is hidden too
    built = class_sizes(table(sizes), RULES, (0.09,), coarse=False)
    assert built is not None
    counts = {end: sum(size for size in sizes if size <= end) for end in ENDS}
    extra = []
    for end in (1, cut_of(0.09)):  # uniques and Ra are printed beside the histogram
        cell = built.share_up_to(end)
        if cell.hidden == "small":
            extra.append((end, 1.0, 10.0))
    for end, people in counts.items():
        hidden_small = RULES.small(people) and not any(shown == end for shown, _ in built.cuts)
        assert not RULES.small(people) or hidden_small
        if hidden_small:
            low, high = bounds(built, end, extra)
            assert low <= 1 + 1e-6
            assert high >= 10 - 1e-6


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=20))
def test_every_difference_of_shown_people_is_nought_or_enough(sizes: list[int]) -> None:
    built = class_sizes(table(sizes), RULES, (0.09, 0.2), coarse=False)
    assert built is not None
    shown = [0, *(people for _, people in built.cuts)]
    shown += [built.people] if built.cuts else []
    assert all(not RULES.small(b - a) for a, b in pairwise(shown))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(11, 60), min_size=6, max_size=30), st.integers(1, 10))
def test_a_hidden_number_of_suppressed_people_stays_anything_from_1_to_10(sizes: list[int], suppressed: int) -> None:
    people = sum(sizes)
    built = class_sizes(table(sizes), RULES, (0.09,), coarse=True)
    assert built is not None
    totals = Totals(people + suppressed, suppressed, people, open=False)
    shown = Shown(RULES, totals, built, after=True)
    average = shown.cell(Measure("prosecutor.rc", len(sizes) / people))
    shares = [cell.value for _, _, cell in built.bins() if cell.value is not None]
    for guess in range(1, 11):
        n = totals.before - guess
        if average.value is not None:
            assert _reachable(average.value, n, shown)
        assert all(_reachable(share, n, shown) for share in shares)
    assert [shown.cell(Measure(name, 20.0)).value for name in ("classes", "average_class_size", "discernibility")] == [
        None,
        None,
        None,
    ]


def _reachable(share: float, n: int, shown: Shown) -> bool:
    """Whether some whole number of n people (or classes) would be printed as this share."""
    near = range(max(int(share * n) - 12, 0), min(int(share * n) + 13, n) + 1)
    return any(_printed(count / n, shown) == share for count in near)


def _printed(share: float, shown: Shown) -> Any:
    from deid.report.disclosure import rounded_share

    return rounded_share(share, shown.people).value


def test_cut_points_follow_the_strict_comparison() -> None:
    assert cut_of(0.2) == 4  # 1/5 is not above 0.2
    assert cut_of(0.09) == 11  # 1/11 = 0.0909 is above 0.09
    assert cut_of(1 / 11) == 10
    assert cut_of(1.0) == 0


def test_bins_that_would_show_few_people_are_merged() -> None:
    built = class_sizes(table([1] * 5 + [3] * 10 + [30] * 4), RULES, (0.2,), coarse=False)
    assert built is not None
    assert [(low, high, cell.text) for low, high, cell in built.bins()] == [
        (1, 4, "22.6 %"), (5, 10, "0 %"), (11, 19, "0 %"), (20, None, "77.4 %")
    ]  # fmt: skip
    assert built.share_up_to(1).text == "<11 people (6.5 % at most)"
