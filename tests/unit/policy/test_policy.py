"""The policy stage: all problems at once, each with its line; nothing unsafe is expanded."""

from __future__ import annotations

from pathlib import Path

import pytest

from deid.errors import PolicyError
from deid.model import Role
from deid.policy import json_schema, load, load_text, ready_policies

GOOD = """deid: 1
name: small
subject: pid
columns:
  pid: {role: direct_identifier, do: pseudonym}
  age: {role: quasi_identifier, do: generalise, hierarchy: {interval: 5, top: 90}}
  ssn: drop
anonymise: {k: 3, suppress_at_most: 0.1}
gates: {prosecutor_risk: {max: 0.34}}
"""


def problems_of(text: str) -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        load_text(text, "p.yaml")
    return [(problem.code, problem.place) for problem in caught.value.problems]


def test_a_good_policy_is_read_whole() -> None:
    policy = load_text(GOOD)
    assert policy.subject == ("pid",)
    assert policy.columns["ssn"].do == "drop"
    assert policy.columns["pid"].role is Role.DIRECT
    assert policy.anonymise is not None
    assert policy.anonymise.k == 3
    assert {gate.id: (gate.op, gate.threshold) for gate in policy.gates} == {
        "k": (">=", 3.0),
        "prosecutor.rb": ("<=", 0.34),
        "residual_identifiers": ("<=", 0.0),
    }


def test_the_digest_depends_on_decisions_and_not_on_layout() -> None:
    assert load_text(GOOD).digest == load_text("# a comment\n" + GOOD).digest
    assert load_text(GOOD).digest != load_text(GOOD.replace("k: 3", "k: 4")).digest


def test_all_problems_are_named_at_once_with_their_lines() -> None:
    text = GOOD.replace("do: pseudonym}", "do: pseudonmy}").replace("k: 3", "k: 3, kk: 1")
    text = text.replace("do: generalise", "do: keep, role_: x")
    assert problems_of(GOOD.replace("k: 3", "k: 3, kk: 1")) == [("P103", "p.yaml:8")]
    assert problems_of(text.replace(", kk: 1", "")) == [
        ("P107", "p.yaml:5"),
        ("P108", "p.yaml:6"),
        ("P108", "p.yaml:6"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: "", "P102"),
        (lambda text: "- a\n- b\n", "P101"),
        (lambda text: text + "kk_anonymity: 5\n", "P103"),
        (lambda text: text + "columns:\n  ssn: keep\n", "P104"),
        (lambda text: text.replace("k: 3", 'k: "five"'), "P105"),
        (lambda text: text.replace("k: 3", "k: 0"), "P105"),
        (lambda text: text.replace("k: 3", "k: .nan"), "P105"),
        (lambda text: text.replace("suppress_at_most: 0.1", "suppress_at_most: 1.5"), "P105"),
        (lambda text: text + 'x: !!python/object/apply:os.system ["true"]\n', "P106"),
        (lambda text: "a: &a [1]\nb: *a\n" + text, "P106"),
        (lambda text: text + "x: " + "[" * 30 + "]" * 30 + "\n", "P106"),
        (lambda text: text.replace("drop", "dorp"), "P107"),
        (lambda text: text.replace("ssn: drop", "ssn: undecided"), "P112"),
        (lambda text: text.replace("ssn: drop", "ssn: keep"), "P110"),
        (lambda text: text.replace("prosecutor_risk", "prosecutor_rsik"), "P111"),
        (lambda text: text.replace("{max: 0.34}", "{max: 0.34, min: 0}"), "P114"),
        (lambda text: text + "extends: [hipaa-safe-harbour]\n", "P109"),
        (lambda text: text + "rules: [{match: {holds: zipcode}, do: drop}]\n", "P113"),
        (lambda text: text + "rules: [{match: {}, do: drop}]\n", "P108"),
        (lambda text: "a: [1\n", "P101"),
    ],
)
def test_a_bad_policy_is_refused(change, code) -> None:  # type: ignore[no-untyped-def]
    assert code in {found for found, _ in problems_of(change(GOOD))}


def test_a_misspelling_is_answered_with_the_near_word() -> None:
    with pytest.raises(PolicyError) as caught:
        load_text(GOOD.replace("anonymise:", "anonymize:"))
    assert "did you mean 'anonymise'?" in str(caught.value)


def test_the_nearest_layer_wins() -> None:
    text = (
        "deid: 1\nname: mine\nextends: [hipaa-safe-harbor]\nrules: [{match: {holds: zip}, do: drop}]\nunlisted: drop\n"
    )
    policy = load_text(text)
    base = load("hipaa-safe-harbor")
    assert policy.rules[0].match.holds == ("zip",)
    assert policy.rules[1:] == base.rules
    assert policy.unlisted == "drop"
    assert policy.name == "mine"
    assert policy.context["method"] == base.context["method"]


def test_column_names_are_words_whatever_yaml_makes_of_them() -> None:
    policy = load_text("deid: 1\nname: x\ncolumns: {NO: drop, 2020: drop, null: drop}\n")
    assert set(policy.columns) == {"NO", "2020", "null"}


@pytest.mark.parametrize("name", sorted(ready_policies()))
def test_every_ready_policy_is_well_formed(name: str) -> None:
    policy = load(name)
    assert policy.unlisted == "refuse"
    assert policy.context["summary"]
    assert all(rule.why for rule in policy.rules)


def test_the_schema_names_every_key_and_transform() -> None:
    schema = json_schema()
    assert "anonymise" in schema["properties"]
    assert "shift_date" in schema["$defs"]["ColumnPart"]["properties"]["do"]["enum"]


def test_a_file_that_bears_the_name_of_what_it_extends_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "hipaa-safe-harbor.yaml"
    path.write_text("deid: 1\nname: x\nextends: [hipaa-safe-harbor]\n")
    with pytest.raises(PolicyError, match="rename it"):
        load(path)
