"""Utility measures equal their definitions, by brute force or by another library's fit, on small random tables."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from random_tables import ROWS, Row, table
from statsmodels.duration.hazard_regression import PHReg

from deid.hierarchy import Recoding
from deid.model import Status
from deid.risk import continuous, divergence, information_loss, propensity
from deid.risk.survival import hazard_ratio, survival_gap
from deid.risk.utility import recoding_utility
from deid.verifying.correlations import Moments

CELL = st.one_of(st.none(), st.integers(-3, 3))
NUMBERS = st.lists(st.tuples(CELL, CELL, CELL, CELL), min_size=1, max_size=10)
COUNTS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=6)
RECORDS = st.lists(st.tuples(st.integers(1, 6), st.booleans(), st.booleans()), min_size=4, max_size=14)


@given(ROWS, st.data())
@settings(max_examples=80, deadline=None)
def test_a_recoding(rows: list[Row], data: st.DataObject) -> None:
    """Entropy loss by column, and what suppression did to attribute and joint distribution, record by record."""
    before, member = table(rows, ["s"])
    groups = {None: None, "a": "ab", "b": "ab", "c": "c"}
    labels = ((None, "ab", "c"),) * 3
    words = before.vocabularies
    codes = np.array(
        [[labels[i].index(groups[words[i][code]]) for i, code in enumerate(row)] for row in before.codes.tolist()],
        np.int32,
    )
    gone = np.array(data.draw(st.lists(st.booleans(), min_size=len(before), max_size=len(before))))
    recoding = Recoding(before.variables, labels, codes, gone, None, "law", 0.0)
    found = recoding_utility(before, recoding, before.without(gone))
    kept = [row for row, own in zip(rows, member, strict=True) if not gone[own]]
    values = []
    for i, name in enumerate(before.variables):
        original = [row[i] for row in rows]
        cells = ["gone" if gone[own] else str(groups[row[i]]) for row, own in zip(rows, member, strict=True)]
        pairs = list(zip(original, cells, strict=True))
        whole = sum(math.log2(original.count(value) / len(rows)) for value in original)
        if len(set(original)) == 1:
            assert found[f"util.nue.{name}"].status is Status.NOT_APPLICABLE
            continue
        lost = sum(math.log2(pairs.count(pair) / cells.count(pair[1])) for pair in pairs)
        values.append(lost / whole)
        assert found[f"util.nue.{name}"].value == pytest.approx(values[-1], abs=1e-9)
    assert found["util.nue"].value == (pytest.approx(np.mean(values), abs=1e-9) if values else None)
    held = sorted({row[3] for row in rows}, key=str)
    p = [sum(row[3] == value for row in rows) for value in held]
    q = [sum(row[3] == value for row in kept) for value in held]
    for name in ("hellinger", "kl", "total_variation"):
        same(found[f"util.{name}.s"], distances(p, q)[name])
    original = [tuple(groups[value] for value in row[:3]) for row in rows]
    released = [tuple(groups[value] for value in row[:3]) for row in kept]
    if not released:
        assert found["util.pmse"].value is found["util.pmse_ratio"].value is None
        return
    both, share = original + released, len(released) / (len(original) + len(released))
    chance = {cell: released.count(cell) / both.count(cell) for cell in both}
    error = sum((chance[cell] - share) ** 2 for cell in both) / len(both)
    assert found["util.pmse"].value == pytest.approx(error)
    if len(set(both)) > 1:
        null = (len(set(both)) - 1) * (1 - share) ** 2 * share / len(both)
        assert found["util.pmse_ratio"].value == pytest.approx(error / null)


def distances(before: list[int], after: list[int]) -> dict[str, float | None]:
    """Return every distance of two histograms: infinite where none is finite, None where a side is empty."""
    names = ("hellinger", "kl", "total_variation", "jensen_shannon")
    if not sum(before) or not sum(after):
        return dict.fromkeys(names[:3])
    p, q = [x / sum(before) for x in before], [x / sum(after) for x in after]

    def kl(a: list[float], b: list[float]) -> float:
        return sum((x * math.log(x / y) if y else math.inf) for x, y in zip(a, b, strict=True) if x)

    middle = [(x + y) / 2 for x, y in zip(p, q, strict=True)]
    pairs = list(zip(p, q, strict=True))
    found = (
        math.sqrt(sum((math.sqrt(x) - math.sqrt(y)) ** 2 for x, y in pairs) / 2),
        kl(p, q),
        sum(abs(x - y) for x, y in pairs) / 2,
        (kl(p, middle) + kl(q, middle)) / 2 / math.log(2),
    )
    return dict(zip(names, found, strict=True))


def same(measure, wanted: float | None) -> None:
    if wanted is None or math.isinf(wanted):
        assert measure.value is None
        assert (measure.status is Status.OUT_OF_RANGE) == (wanted is not None)
    else:
        assert measure.value == pytest.approx(wanted, abs=1e-9), measure.id


@given(COUNTS)
@settings(max_examples=80, deadline=None)
def test_distances_of_histograms(pairs: list[tuple[int, int]]) -> None:
    before, after = [x for x, _ in pairs], [y for _, y in pairs]
    ours = {"hellinger": divergence.hellinger, "kl": divergence.kullback_leibler}
    ours |= {"total_variation": divergence.total_variation, "jensen_shannon": divergence.jensen_shannon}
    for name, wanted in distances(before, after).items():
        same(ours[name](before, after), wanted)


@given(NUMBERS, st.sampled_from([0.01, 0.5, 1.0]))
@settings(max_examples=100, deadline=None)
def test_numbers_before_and_after(rows: list[tuple[int | None, ...]], k: float) -> None:
    """drisk.interval, IL1s and the change of correlations (util.correlation), cell by cell."""
    x, y = (np.array([[np.nan if c is None else c for c in row[i : i + 2]] for row in rows], float) for i in (0, 2))

    def deviation(column: int) -> float:
        held = [row[column] for row in rows if row[column] is not None]
        mean = sum(held) / len(held) if held else 0.0
        return math.sqrt(sum((v - mean) ** 2 for v in held) / (len(held) - 1)) if len(held) > 1 else math.nan

    disclosed, moved = [], 0.0
    for row in rows:
        cells = [(row[i], row[i + 2], i) for i in (0, 1) if row[i] is not None and row[i + 2] is not None]
        disclosed.append(bool(cells) and all(abs(a - b) <= k * deviation(i) for a, b, i in cells))
        moved += sum(abs(a - b) / (math.sqrt(2) * (deviation(i) or math.nan)) for a, b, i in cells if a != b)
    assert continuous.interval_disclosure(x, y, k).value == pytest.approx(sum(disclosed) / len(rows))
    if not math.isnan(moved):
        assert continuous.il1s(x, y)[0].value == pytest.approx(moved)
    complete = [row for row in rows if None not in row]
    sides = [correlation([row[i] for row in complete], [row[i + 1] for row in complete]) for i in (0, 2)]
    changed = continuous.correlation_change(x, y).value
    if None in sides:
        assert changed is None
        return
    assert changed == pytest.approx(abs(sides[0] - sides[1]), abs=1e-9)
    merged = []
    for i in (0, 2):
        moments = Moments(2)
        for row in complete:
            moments.add(np.array([row[i : i + 2]], float))
        found = moments.correlations()
        assert found is not None
        merged.append(found[0, 1])
    assert abs(merged[0] - merged[1]) == pytest.approx(abs(sides[0] - sides[1]), abs=1e-9)


def correlation(a: list[int], b: list[int]) -> float | None:
    """Return Pearson's correlation from its sums; None where a side does not vary."""
    if len(a) < 2 or len(set(a)) == 1 or len(set(b)) == 1:
        return None
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    products = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    return products / math.sqrt(sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b))


@given(RECORDS, RECORDS)
@settings(max_examples=80, deadline=None)
def test_survival_curves(before: list[tuple[int, bool, bool]], after: list[tuple[int, bool, bool]]) -> None:
    def alive(records: list[tuple[int, bool, bool]], when: int) -> float:
        share = 1.0
        for t in sorted({time for time, event, _ in records if event and time <= when}):
            deaths = sum(time == t and event for time, event, _ in records)
            share *= 1 - deaths / sum(time >= t for time, _, _ in records)
        return share

    sides = [([time for time, *_ in side], [event for _, event, _ in side]) for side in (before, after)]
    gap = survival_gap(*sides)
    assert gap.id == "util.survival_gap"
    times = {time for side in (before, after) for time, event, _ in side if event}
    both = [time for time in times if time <= min(max(sides[0][0]), max(sides[1][0]))]
    if not any(sides[0][1]) or not any(sides[1][1]) or not both:
        assert gap.value is None
    else:
        assert gap.value == pytest.approx(max(abs(alive(before, t) - alive(after, t)) for t in both), abs=1e-9)


@given(RECORDS)
@settings(max_examples=40, deadline=None)
def test_hazard_ratio_is_that_of_a_library(records: list[tuple[int, bool, bool]]) -> None:
    """Maximum of the partial likelihood with Efron's ties, as statsmodels finds it."""
    times, events, groups = ([float(record[i]) for record in records] for i in (0, 1, 2))
    found = hazard_ratio(times, events, groups)
    assert found.id == "util.hazard_ratio"
    assume(sum(events) >= 2 and len(set(groups)) == 2)
    try:
        fitted = PHReg(np.array(times), np.array(groups)[:, None], status=np.array(events), ties="efron").fit()
    except np.linalg.LinAlgError:  # no curvature: the library finds no maximum either
        assert found.status is Status.NOT_CONVERGED
        return
    slope = float(fitted.params[0])
    if found.value is None:
        assert found.status is Status.NOT_CONVERGED
        assert abs(slope) > 5 or not np.isfinite(slope) or not np.isfinite(fitted.bse[0]) or fitted.bse[0] > 50
        return
    assert math.log(found.value) == pytest.approx(slope, abs=1e-4)
    reach = 1.959963984540054 * float(fitted.bse[0])
    assert [math.log(bound) for bound in found.interval] == pytest.approx([slope - reach, slope + reach], abs=1e-3)


@given(st.lists(st.sampled_from("aabcd"), min_size=1, max_size=10), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_certainty_penalty(cells: list[str], height: int) -> None:
    """A cell of letters stands for `height` of four leaves; a number for an interval of the range."""
    stands = {letter: min(4, height + "abcd".index(letter)) for letter in "abcd"}
    wanted = sum((stands[cell] - 1) / 3 for cell in cells) / len(cells)
    assert information_loss.ncp_categorical([stands[cell] for cell in cells], 4).value == pytest.approx(wanted)
    widths = [stands[cell] * 2.0 for cell in cells]
    assert information_loss.ncp_numeric(widths, 8.0).value == pytest.approx(sum(widths) / 8 / len(cells))
    assert information_loss.gcp([wanted, 0.5]).value == pytest.approx((wanted + 0.5) / 2)
    generalised = ["low" if cell in "ab" else "high" for cell in cells]
    pairs = Counter(zip(cells, generalised, strict=True))
    lost = sum(n * math.log2(n / generalised.count(cell)) for (_, cell), n in pairs.items())
    whole = sum(math.log2(cells.count(cell) / len(cells)) for cell in cells)
    found = information_loss.entropy_loss(cells, generalised).value
    assert found == (pytest.approx(lost / whole, abs=1e-9) if len(set(cells)) > 1 else None)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), min_size=3, max_size=7))
@settings(max_examples=25, deadline=None)
def test_the_expectation_of_pmse_under_permutation_is_that_of_all_labellings(records: list[tuple[bool, int]]) -> None:
    """The mean over all ways to label records as released, of the saturated model over cells."""
    released, cells, n = sum(label for label, _ in records), [cell for _, cell in records], len(records)
    assume(0 < released < n)
    share, errors = released / n, []
    for chosen in combinations(range(n), released):
        rate = {cell: sum(cells[i] == cell for i in chosen) / cells.count(cell) for cell in set(cells)}
        errors.append(sum((rate[cell] - share) ** 2 for cell in cells) / n)
    expected = propensity.null_expectation(len(set(cells)), n, share, "permutation").value
    assert expected * n / (n - 1) == pytest.approx(float(np.mean(errors)))  # labels drawn without replacement
