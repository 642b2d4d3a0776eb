"""Frozen recipes: later batches get the levels of the first, and k is counted over all of them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import deid
from deid.cli import main
from deid.errors import DataError, PolicyError, UsageError
from tests.conftest import KEY, OTHER_KEY

POLICY = """
deid: 1
name: batches
subject: id
tables:
  people:
    id: {role: direct_identifier, do: pseudonym}
    age: {role: quasi_identifier, do: generalise, hierarchy: {interval: 10, top: 90}, why: matters}
    sex: {role: quasi_identifier, do: generalise, hierarchy: {groups: {any: [F, M]}}, why: matters}
    arm: {role: insensitive, do: keep, why: the comparison}
anonymise: {k: 3, suppress_at_most: 0.4}
gates: {k: {min: 3}}
"""


def people(first: int, rows: list[tuple[int, str]]) -> dict[str, pd.DataFrame]:
    ids = [f"P{first + i:06d}" for i in range(len(rows))]
    columns = {"age": [str(age) for age, _ in rows], "sex": [sex for _, sex in rows]}
    return {
        "people": pd.DataFrame({"id": ids, **columns, "arm": ["A", "B"] * (len(rows) // 2) + ["A"] * (len(rows) % 2)})
    }


FIRST = people(
    1, [(31, "F"), (32, "F"), (33, "F"), (34, "F"), (35, "M"), (36, "M"), (37, "M"), (61, "M"), (62, "M"), (63, "M")]
)


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    file = tmp_path / "one.recipe"
    deid.deidentify(FIRST, POLICY, key=KEY, freeze=file)
    return file


def test_one_new_person_joins_a_class_of_the_first_batch(frozen: Path, tmp_path: Path) -> None:
    """Alone the batch would be refused; with the first batch its class has enough subjects."""
    batch = people(100, [(38, "M")])
    with pytest.raises(DataError):
        deid.deidentify(batch, POLICY, key=KEY)
    frames, _ = deid.deidentify(batch, POLICY, key=KEY, recipe=frozen, freeze=tmp_path / "two.recipe")
    first, _ = deid.deidentify(FIRST, POLICY, key=KEY)
    together = pd.concat([first["people"], frames["people"]])
    assert set(frames["people"]["age"]) <= set(first["people"]["age"])
    assert min(Counter(zip(together["age"], together["sex"], strict=True)).values()) >= 3


def test_who_falls_outside_is_refused_or_suppressed(frozen: Path) -> None:
    batch = people(100, [(38, "M"), (39, "F"), (85, "F")])
    with pytest.raises(DataError, match="D540"):
        deid.deidentify(batch, POLICY, key=KEY, recipe=frozen)
    frames, _ = deid.deidentify(batch, POLICY, key=KEY, recipe=frozen, outside="suppress")
    assert frames["people"]["age"].isna().sum() == 1


def test_values_that_no_hierarchy_knows_are_outside(frozen: Path) -> None:
    batch = people(100, [(38, "M"), (39, "F"), (33, "unknown to all")])
    with pytest.raises(DataError, match="D540") as caught:
        deid.deidentify(batch, POLICY, key=KEY, recipe=frozen)
    assert "unknown to all" not in str(caught.value)
    frames, _ = deid.deidentify(batch, POLICY, key=KEY, recipe=frozen, outside="suppress")
    assert frames["people"]["sex"].isna().sum() == 1


def test_too_many_outside_are_refused_all_the_same(frozen: Path) -> None:
    with pytest.raises(DataError, match="D541"):
        deid.deidentify(people(100, [(81, "F"), (85, "M")]), POLICY, key=KEY, recipe=frozen, outside="suppress")


def test_somebody_who_comes_again_counts_once(frozen: Path, tmp_path: Path) -> None:
    again = {"people": FIRST["people"].iloc[4:5].reset_index(drop=True)}
    deid.deidentify(again, POLICY, key=KEY, recipe=frozen, freeze=tmp_path / "two.recipe")
    counts = [json.loads(file.read_text())["classes"] for file in (frozen, tmp_path / "two.recipe")]
    assert counts[0] == counts[1]
    other = again["people"].assign(age="62")
    with pytest.raises(DataError, match="D540"):
        deid.deidentify({"people": other}, POLICY, key=KEY, recipe=frozen, outside="suppress")


def test_batches_add_up(frozen: Path, tmp_path: Path) -> None:
    two = tmp_path / "two.recipe"
    deid.deidentify(people(100, [(38, "M"), (64, "M")]), POLICY, key=KEY, recipe=frozen, freeze=two)
    content = json.loads(two.read_text())
    assert content["batches"] == 2
    assert sum(row[-1] for row in content["classes"]) == 12
    assert (two.stat().st_mode & 0o777) == 0o600


def test_recipe_of_another_key_or_policy_or_altered_is_refused(frozen: Path) -> None:
    batch = people(100, [(38, "M")])
    with pytest.raises(UsageError, match="U241"):
        deid.deidentify(batch, POLICY, key=OTHER_KEY, recipe=frozen)
    with pytest.raises(UsageError, match="U242"):
        deid.deidentify(batch, POLICY.replace("0.4", "0.5"), key=KEY, recipe=frozen)
    frozen.write_text(frozen.read_text().replace('"k": 3', '"k": 2'))
    with pytest.raises(UsageError, match="U241"):
        deid.deidentify(batch, POLICY, key=KEY, recipe=frozen)


@pytest.mark.parametrize(
    "change",
    ["{k: 3, suppress_at_most: 0.4, recoding: local}", "{k: 3, suppress_at_most: 0.4, margin: {levels: 1, seed: a}}"],
)
def test_what_depends_on_the_batch_is_not_frozen(tmp_path: Path, change: str) -> None:
    with pytest.raises(PolicyError, match="P540"):
        deid.deidentify(FIRST, POLICY.replace("{k: 3, suppress_at_most: 0.4}", change), key=KEY, freeze=tmp_path / "r")
    assert not (tmp_path / "r").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_earlier_batches_count_however_many_processes_verify(frozen: Path, tmp_path: Path, jobs: int) -> None:
    """Two tables are two parts; the gate of k = 3 would refuse one person alone."""
    policy, recipe = tmp_path / "policy.yaml", tmp_path / "both.recipe"
    columns = "id: {role: direct_identifier, do: pseudonym}, arm: {role: insensitive, do: keep, why: it}"
    visits = f"\n  visits: {{{columns}}}\n"
    policy.write_text(POLICY.replace("\nanonymise:", f"{visits}anonymise:"), encoding="utf-8")
    for name, rows in {"first": FIRST["people"], "later": people(100, [(38, "M")])["people"]}.items():
        (tmp_path / name).mkdir()
        rows.to_csv(tmp_path / name / "people.csv", index=False)
        rows[["id", "arm"]].to_csv(tmp_path / name / "visits.csv", index=False)

    def released(name: str, *options: object) -> Result:
        places = [tmp_path / name, "--policy", policy, "--out", tmp_path / f"{name}-out", *options]
        return CliRunner(env={"DEID_KEY": KEY}).invoke(main, ["run", *map(str, places)])

    assert released("first", "--freeze", recipe).exit_code == 0
    assert released("later", "--jobs", jobs).exit_code != 0
    later = released("later", "--jobs", jobs, "--recipe", recipe)
    assert later.exit_code == 0, later.output
