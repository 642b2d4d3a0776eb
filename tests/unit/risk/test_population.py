"""Population models against simulation, and individual risk against its definition."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import nbinom

from deid.risk.ewens_pitman import fit, sum_points
from deid.risk.individual_risk import approximate_risk, expected_reidentifications, posterior_risk
from deid.risk.log_linear import fitted_counts, independence
from deid.risk.population_uniqueness import dankar, estimates, pitman, snb, zayatz
from deid.risk.tables import class_table


def test_slide_negative_binomial_recovers_a_population_made_by_it() -> None:
    rng = np.random.default_rng(4)
    population = 1 + rng.negative_binomial(0.6, 0.15, 20_000)
    sample = rng.binomial(population, 0.2)
    size, uniques = int(population.sum()), int((population == 1).sum())
    found = snb(sample[sample > 0].astype(np.int64), size)
    assert found.value == pytest.approx(uniques, rel=0.15)
    assert found.detail["beta"] == pytest.approx(0.15, rel=0.15)


def test_pitman_recovers_theta_and_alpha_of_a_chinese_restaurant() -> None:
    rng = np.random.default_rng(11)
    theta, alpha, tables = 20.0, 0.5, [1]
    for n in range(1, 4000):
        if rng.random() < (theta + alpha * len(tables)) / (theta + n):
            tables.append(1)
        else:
            sizes = np.array(tables) - alpha
            tables[rng.choice(len(tables), p=sizes / sizes.sum())] += 1
    model = fit(np.array(tables, np.int64))
    assert model.converged
    assert model.alpha == pytest.approx(alpha, abs=0.08)
    assert model.theta == pytest.approx(theta, rel=0.5)
    assert model.uniques(4000) == pytest.approx(tables.count(1), rel=0.15)


def test_zayatz_of_a_census_counts_its_uniques() -> None:
    counts = np.array([1] * 7 + [2] * 5 + [9], np.int64)
    assert zayatz(counts, float(counts.sum())).value == pytest.approx(7)


def test_dankar_selects_by_fraction_and_availability() -> None:
    counts = np.array([1] * 40 + [2] * 16 + [3] * 4 + [4] * 4, np.int64)
    for size in (300.0, 5000.0):
        models = {"pitman": pitman(counts, size), "zayatz": zayatz(counts, size), "snb": snb(counts, size)}
        chosen = dankar(models, counts.sum() / size).detail["model"]
        low = models["pitman"].value is not None
        assert chosen == (("popuniq.pitman" if low else "popuniq.zayatz") if size > 3000 else "popuniq.snb")
        largest = {m.id: m.value for m in estimates(counts, size)}["popuniq.largest"]
        assert largest == max(m.value for m in models.values() if m.value is not None)


@pytest.mark.parametrize(
    ("f", "population"),
    [(1, 6.5), (2, 9.0), (3, 106.5), (5, 125.0), (39, 90.0), (40, 90.0), (41, 5000.0), (300, 4000.0)],
)
def test_individual_risk_is_the_mean_of_one_over_f(f: int, population: float) -> None:
    p = f / population
    rest = np.arange(0, 200_000)
    expected = float((nbinom.pmf(rest, f, p) / (f + rest)).sum())
    assert posterior_risk([f], [population])[0] == pytest.approx(expected, rel=1e-9)


def test_individual_risk_of_a_census_is_one_over_f_and_large_classes_do_not_overflow() -> None:
    assert posterior_risk([4], [4])[0] == pytest.approx(0.25)
    assert posterior_risk([4], [2])[0] == pytest.approx(0.25)
    assert posterior_risk([5000], [1e6])[0] == pytest.approx(approximate_risk([5000], [1e6])[0], rel=1e-3)
    assert expected_reidentifications([1, 5], [6.5, 125.0]) == pytest.approx(0.3403276685 + 5 * 0.0099009901)


def test_fitted_counts_agree_with_closed_forms() -> None:
    rng = np.random.default_rng(2)
    cells = {name: pa.array([f"{x}" for x in rng.integers(0, 3, 60)]) for name in "abc"}
    table, _ = class_table(cells, list("abc"))
    assert fitted_counts(table, ["a", "b", "c"]) == pytest.approx(independence(table), rel=1e-8)
    assert fitted_counts(table, [("a", "b", "c")]) == pytest.approx(table.counts.astype(float))
    n = {}
    for names in ("ab", "bc", "b"):
        n[names] = table.project(list(names))
    pairs = {key: dict(zip(map(tuple, t.codes.tolist()), t.counts.tolist(), strict=True)) for key, t in n.items()}
    expected = [pairs["ab"][a, b] * pairs["bc"][b, c] / pairs["b"][(b,)] for a, b, c in table.codes.tolist()]
    assert fitted_counts(table, ["ab", "bc"]) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize("last", [0, 1, 2048, 2049, 30_000])
def test_points_stand_for_the_sum(last: int) -> None:
    points, weights = sum_points(last)
    i = np.arange(1.0, last + 1)
    for f in (lambda x: 1 / (2 + 0.3 * x), lambda x: np.log(3 + x), lambda x: 1 / (last + 2 - x)):
        assert (weights * f(points)).sum() == pytest.approx(f(i).sum(), rel=1e-11)
