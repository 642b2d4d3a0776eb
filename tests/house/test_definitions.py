"""Every measure has a test that holds it against its own definition on random tables: the table of measure and test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from deid.registry import plugins
from deid.risk import beyond_classes, find, metrics

ROOT = Path(__file__).parents[1]

#: A test, and below it the measures that it holds against their definition. Where no brute force exists, another
#: library's fit or optimiser stands for it (maximum likelihood: popuniq.pitman, popuniq.snb, loglinear, hazard_ratio).
TABLE = """
laws/test_metrics.py test_reidentification
    prosecutor.ra prosecutor.rb prosecutor.rc k classes unique_share discernibility average_class_size c_avg
laws/test_metrics.py test_against_a_population
    journalist.ra journalist.rb journalist.rc marketer k_map delta_presence.min delta_presence.max
laws/test_metrics.py test_subsets_of_quasi_identifiers
    known.rc.m<N> known.rb.m<N> contribution.<QI> qi.distinction qi.separation qi.distinction.<QI>
    qi.separation.<QI>
laws/test_metrics.py test_special_uniques
    suda.uniques suda.smallest_subset suda.max_score suda.max_dis
laws/test_metrics.py test_wildcards
    missing.own_category.k missing.own_category.rc missing.wildcard.k missing.wildcard.rc missing.conservative.k
    missing.conservative.rc
laws/test_attribute_measures.py test_attribute_disclosure
    alpha_k.<ATTR> attr.prior.<ATTR> attr.posterior.<ATTR> beta.basic.<ATTR> beta.enhanced.<ATTR>
    delta_disclosure.ln.<ATTR> delta_disclosure.strict.<ATTR> l.distinct.<ATTR> l.entropy.<ATTR>
    l.recursive_c.l<N>.<ATTR> t.equal.<ATTR>
laws/test_attribute_measures.py test_ordered_distance
    t.ordered.<ATTR>
laws/test_attribute_measures.py test_hierarchical_distance_is_the_cheapest_transport
    t.hier.<ATTR>
laws/test_population_models.py test_individual_risk_is_the_mean_of_one_over_f
    indivrisk.max indivrisk.expected indivrisk.expected_share
laws/test_population_models.py test_log_linear_risk_is_that_of_a_poisson_regression
    loglinear.gr1 loglinear.gr2
laws/test_population_models.py test_pitman_is_at_the_top_of_its_likelihood
    popuniq.pitman
laws/test_population_models.py test_zayatz_is_its_fraction
    popuniq.zayatz
laws/test_population_models.py test_slide_negative_binomial_solves_its_moments
    popuniq.snb
laws/test_population_models.py test_the_rule_and_the_largest_estimate
    popuniq.dankar popuniq.largest popuniq.largest_share
laws/test_attack_definitions.py test_singling_out
    attack.singling_out attack.singling_out.excess
laws/test_attack_definitions.py test_linkability
    attack.linkability attack.linkability.excess
laws/test_attack_definitions.py test_inference
    attack.inference.<ATTR> attack.inference.<ATTR>.excess
laws/test_attack_definitions.py test_linkage
    attack.linkage attack.linkage.excess
laws/test_attack_definitions.py test_membership
    attack.membership attack.membership.excess
laws/test_release_measures.py test_sets_of_quasi_identifiers
    sets.k sets.k.<N> sets.highest_risk
laws/test_release_measures.py test_known_events
    longitudinal.max_risk.m<N> longitudinal.unicity.m<N>
laws/test_release_measures.py test_shifts_left_possible
    shift.candidates.min shift.candidates.median
laws/test_release_measures.py test_people_whom_a_column_singles_out
    singling_out
laws/test_release_measures.py test_identifiers_left
    residual_identifiers
laws/test_release_measures.py test_texts_that_could_not_be_searched
    text_redacted_whole
laws/test_release_measures.py test_suppressed_people_unmoved_dates_and_orphans_of_a_run
    suppressed_share unshifted_dates orphan_keys
unit/anonymise/test_global.py test_the_optimum_for_k_is_that_of_exhaustive_search
    loss
laws/test_utility_measures.py test_a_recoding
    util.nue util.nue.<QI> util.hellinger.<ATTR> util.kl.<ATTR> util.total_variation.<ATTR> util.pmse
    util.pmse_ratio
laws/test_utility_measures.py test_numbers_before_and_after
    drisk.interval util.correlation
laws/test_utility_measures.py test_survival_curves
    util.survival_gap
laws/test_utility_measures.py test_hazard_ratio_is_that_of_a_library
    util.hazard_ratio
"""


def _read(text: str) -> dict[str, tuple[str, str]]:
    """Return the test of each measure. Raises ValueError for a measure that stands twice."""
    found: dict[str, tuple[str, str]] = {}
    path = name = ""
    for line in text.strip().splitlines():
        if not line.startswith(" "):
            path, name = line.split()
            continue
        for measure in line.split():
            if measure in found:
                raise ValueError(f"{measure} stands twice")
            found[measure] = (path, name)
    return found


DEFINED = _read(TABLE)


def ours() -> list[str]:
    """Return the ids of the measures of this distribution; those of plug-ins have their own tests."""
    families = {name for name, cls in plugins("metric").items() if cls.__module__.startswith("deid.")}
    return sorted([*(name for name, told in metrics().items() if told.family in families), *beyond_classes()])


def test_every_measure_stands_in_the_table_once() -> None:
    assert sorted(DEFINED) == ours()
    assert all(find(name) for name in DEFINED)


def functions(path: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("path", "name"), sorted(set(DEFINED.values())))
def test_the_tests_of_the_table_are_there_and_draw_random_tables(path: str, name: str) -> None:
    node = functions(path)[name]
    decorators = [ast.unparse(one).partition("(")[0] for one in node.decorator_list]
    assert "given" in decorators, name
    called = {one.func.id for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
    text = "\n".join(ast.unparse(one) for key, one in functions(path).items() if key in {name, *called})
    assert any(isinstance(one, ast.Assert) for one in ast.walk(ast.parse(text))) or "check" in called
    for measure in (measure for measure, place in DEFINED.items() if place == (path, name)):
        said = [word for part in measure.split(".") if (word := part.split("<")[0])]
        assert not [word for word in said if word not in text], f"{name} does not speak of {measure}"
