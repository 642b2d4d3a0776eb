"""Explaining metrics and threshold profiles."""

from __future__ import annotations

import pytest

from deid.errors import UsageError
from deid.risk import explain, find, is_measure, metrics
from deid.risk.thresholds import profile, profiles, smallest_k, within


def test_every_id_is_explained_with_formula_units_and_source() -> None:
    for name in metrics():
        text = explain(name)
        assert "formula" in text
        assert "source" in text


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("prosecutor.rb", "prosecutor"),
        ("t.equal.AEDECOD", "t_closeness"),
        ("l.recursive_c.l3.A.B", "l_diversity"),
        ("known.rc.m2", "attributes_known"),
        ("qi.separation", "contribution"),
        ("qi.separation.AGE", "contribution"),
        ("l_diversity", "l_diversity"),
        ("attack.inference.ILL", "attacks"),
        ("longitudinal.unicity.m2", "longitudinal"),
    ],
)
def test_ids_and_families_are_found(name: str, family: str) -> None:
    found = find(name)
    assert found is not None
    assert found.family == family


def test_a_gate_may_name_only_an_id() -> None:
    assert is_measure("prosecutor.rb")
    assert is_measure("l.recursive_c.l3.X")
    wrong_ids = ("prosecutor", "l_diversity", "t.equal.<ATTR>", "t.equal.", "t.equal", "known.rc.mx", "drisk.interval")
    for wrong in wrong_ids:
        assert not is_measure(wrong), wrong


def test_an_unknown_metric_is_refused_with_a_hint() -> None:
    with pytest.raises(UsageError, match=r"prosecutor\.rb"):
        explain("prosecutor.rbb")


def test_0_09_needs_twelve_and_one_eleventh_eleven() -> None:
    assert smallest_k(0.09) == 12
    assert smallest_k(1 / 11) == 11
    assert smallest_k(1 / 11, strictly=True) == 12
    assert smallest_k(0.2) == 5
    assert smallest_k(1.0) == 1
    assert not within(11, 0.09)


def test_profiles_say_source_and_the_smallest_class_that_passes() -> None:
    for found in profiles().values():
        assert found.source
        assert found.note
        for gate in found.gates:
            assert is_measure(gate.id)
            if gate.id == "prosecutor.rb":
                assert gate.op == "<="
                assert smallest_k(gate.threshold) == found.smallest_k
            if gate.id == "k":
                assert gate.threshold == found.smallest_k
    with pytest.raises(UsageError, match="did you mean 'ema-0070'"):
        profile("ema-70")


def test_a_measure_is_explained_to_its_end() -> None:
    from deid.explaining import explain as topic

    text = topic("prosecutor_risk")
    for part in ("Rb = 1 / min f_j", "probability, 0 to 1", "El Emam", "strictly above", "gates: {prosecutor_risk:"):
        assert part in text
    assert "ema-0070" in text


def test_every_hierarchy_is_listed_with_generalise() -> None:
    from deid.explaining import explain as topic
    from deid.hierarchies import KINDS
    from deid.hierarchies.ready import READY

    text = topic("generalise")
    assert not [name for name in (*KINDS, *READY) if name != "ready" and name not in text]
    assert "stands for {interval: 5, top: 90" in text
    assert "Return the" not in topic("hierarchies")
