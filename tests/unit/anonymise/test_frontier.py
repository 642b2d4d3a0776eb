from __future__ import annotations

from hypothesis import given, settings
from small_tables import tables

from deid.anonymise.frontier import frontier
from deid.decisions import Anonymise


@settings(max_examples=20, deadline=None)
@given(tables(most=40))
def test_more_protection_never_costs_less_and_more_suppression_never_more(case):
    table, hierarchies = case
    points = frontier(table, hierarchies, Anonymise(2, 0.05), sizes=(1, 2, 4), limits=(0, 0.05, 0.5))
    assert (points[0].k, points[0].suppress_at_most) == (2, 0.05)
    by_k = [p.loss for p in sorted(points, key=lambda p: p.k) if p.suppress_at_most == 0.05 and p.feasible]
    assert by_k == sorted(by_k)
    by_limit = [p.loss for p in sorted(points, key=lambda p: p.suppress_at_most) if p.k == 2 and p.feasible]
    assert by_limit == sorted(by_limit, reverse=True)
    assert all(p.highest_risk <= 1 / p.k for p in points if p.feasible)
