"""Threshold profiles in a policy: expanded to gates, never loosened, contradictions named."""

from __future__ import annotations

import pytest

from deid.errors import PolicyError
from deid.explaining import explain
from deid.policy import load_text
from deid.risk import is_measure
from deid.risk.thresholds import profiles

GOOD = """deid: 1
name: small
subject: pid
columns:
  pid: {role: direct_identifier, do: pseudonym}
  age: {role: quasi_identifier, do: generalise, hierarchy: {interval: 5}}
"""


def gates_of(text: str) -> dict[str, tuple[str, float]]:
    return {gate.id: (gate.op, gate.threshold) for gate in load_text(GOOD + text).gates}


def test_a_profile_brings_its_gates_and_says_so() -> None:
    policy = load_text(GOOD + "thresholds: ema_0070\n")
    gate = next(gate for gate in policy.gates if gate.id == "prosecutor.rb")
    assert (gate.op, gate.threshold, gate.place) == ("<=", 0.09, "thresholds: ema-0070")
    assert policy.thresholds == ("ema-0070",)
    assert "ema-0070" in policy.effective
    assert policy.digest != load_text(GOOD).digest


def test_the_stricter_of_gate_and_profile_counts() -> None:
    assert gates_of("thresholds: ema-0070\ngates: {prosecutor_risk: {max: 0.34}}\n")["prosecutor.rb"] == ("<=", 0.09)
    assert gates_of("thresholds: ema-0070\ngates: {prosecutor_risk: {max: 0.05}}\n")["prosecutor.rb"] == ("<=", 0.05)
    assert gates_of("thresholds: ema-0070\ngates: {prosecutor_risk: {below: 0.09}}\n")["prosecutor.rb"] == ("<", 0.09)
    assert gates_of("thresholds: [cell-11, in-house-20]\n")["k"] == (">=", 20.0)


def test_unknown_and_contradicting_profiles_are_refused() -> None:
    for text, code in (
        ("thresholds: ema-0071\n", "P720"),
        ("thresholds: cell-11\ngates: {k: {max: 5}}\n", "P721"),
    ):
        with pytest.raises(PolicyError) as caught:
            load_text(GOOD + text)
        assert [problem.code for problem in caught.value.problems] == [code]


def test_every_profile_can_be_explained_and_gated_on() -> None:
    for name, profile in profiles().items():
        assert profile.source in explain(name)
        assert all(is_measure(gate.id) for gate in profile.gates)
        load_text(GOOD + f"thresholds: {name}\n")


@pytest.mark.parametrize("name", ["attack.singling_out", "attack.inference.X.excess", "util.survival_gap", "sets.k.2"])
def test_measures_of_attacks_and_worth_can_be_gated_on(name: str) -> None:
    assert gates_of(f"gates: {{{name}: {{max: 0.2}}}}\n")[name] == ("<=", 0.2)


def test_what_only_the_library_measures_is_no_gate() -> None:
    with pytest.raises(PolicyError):
        load_text(GOOD + "gates: {drisk.interval: {max: 0.2}}\n")
