"""A register that the policy names is matched with the release; correlations are compared where the policy asks."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from tests.pipeline.trial import Bench, frames, policy, refused, released

PEOPLE = 160
ASKED = {"file": "voters.csv", "subject": "PERSON", "columns": {"AGE": "YEARS"}}


def register(bench: Bench, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Write a register of half of the people and as many strangers; return it."""
    own = tables["patients"].head(PEOPLE // 2)[["SUBJID", "AGE", "SEX", "FAMILY"]]
    others = frames(PEOPLE // 2, seed=99)["patients"][["AGE", "SEX", "FAMILY"]]
    others.insert(0, "SUBJID", [f"ZZ-{i}" for i in range(len(others))])
    rows = pd.concat([own, others]).rename(columns={"SUBJID": "PERSON", "AGE": "YEARS"})
    rows.to_csv(bench.folder / "voters.csv", index=False)
    return rows


def measured(bench: Bench) -> dict[str, dict[str, Any]]:
    document = json.loads((bench.out / "report.json").read_text("utf-8"))
    return {entry["id"]: entry for entry in document["attacks"]["tried"]}


def test_the_rate_is_the_chance_to_pick_the_right_person(bench: Bench) -> None:
    tables = frames(PEOPLE)
    rows = register(bench.put(tables), tables)
    private = bench.folder / "private"
    result = bench.run(policy(linkage=ASKED, gates={"attack.linkage": {"max": 0.5}}), "--private", private)
    assert result.exit_code == 0, result.output
    exact = json.loads((private / "report-internal.json").read_text("utf-8"))
    found = {entry["id"]: entry for entry in exact["attacks"]["tried"]}["attack.linkage"]
    before = tables["patients"].groupby(["AGE", "SEX"]).size()
    known = rows.head(PEOPLE // 2)
    chance = [1 / before[age, sex] for age, sex in zip(known["YEARS"], known["SEX"], strict=True)]
    assert found["before"]["rate"]["value"] == pytest.approx(sum(chance) / len(chance), abs=1e-3)
    out = released(bench.out)["patients"]
    sizes = out.groupby(["AGE", "SEX"]).size()
    assert found["after"]["rate"]["value"] <= 1 / sizes.min() + 1e-3
    assert 0 < found["after"]["rate"]["value"] < found["before"]["rate"]["value"]
    assert found["after"]["guessing"]["value"] == pytest.approx(1 / PEOPLE, abs=1e-3)
    assert "attack.linkage" in measured(bench)
    for text in ((bench.out / "report.html").read_text("utf-8"), bench.command("report", bench.out).output):
        assert "Can people of a register be found?" in text


def test_a_gate_on_the_register_is_held_against_its_upper_bound(bench: Bench) -> None:
    tables = frames(PEOPLE)
    register(bench.put(tables), tables)
    result = bench.run(policy(linkage=ASKED, gates={"attack.linkage": {"max": 0.001}}))
    refused(result, bench, 5, "R101", "attack.linkage")


def test_a_gate_without_a_register_is_not_evaluated(bench: Bench) -> None:
    refused(bench.put().run(policy(gates={"attack.linkage": {"max": 0.5}})), bench, 5, "R102", "attack.linkage")


@pytest.mark.parametrize(
    ("asked", "content", "word"),
    [
        ({"file": "nowhere.csv", "subject": "PERSON"}, None, "D518 linkage.file"),
        ({"file": "voters.csv", "subject": "PERSON"}, "PERSON,NAME\n4711,Marchbanks\n", "D519 linkage.columns"),
        ({"file": "voters.csv", "subject": "WHO"}, "PERSON,SEX\n4711,F\n", "D519 linkage.subject"),
        (ASKED, "PERSON,SEX\n4711,F\n", "D519 linkage: AGE"),
        ({**ASKED, "columns": {"WEIGHT": "SEX"}}, "PERSON,SEX\n4711,F\n", "D519 linkage.columns: WEIGHT"),
        ({"file": "voters.csv", "subject": "PERSON"}, 'PERSON,SEX\n"4711\n', "linkage"),
    ],
)
def test_a_register_that_cannot_be_used_is_refused(
    bench: Bench, asked: dict[str, Any], content: str | None, word: str
) -> None:
    if content is not None:
        (bench.folder / "voters.csv").write_text(content)
    result = bench.put().run(policy(linkage=asked))
    refused(result, bench, 4, word)
    assert "4711" not in result.output
    assert "Marchbanks" not in result.output


def test_no_value_of_the_register_stands_in_the_report(bench: Bench) -> None:
    tables = frames(PEOPLE)
    rows = register(bench.put(tables), tables)
    assert bench.run(policy(linkage=ASKED)).exit_code == 0
    text = (bench.out / "report.html").read_text("utf-8") + (bench.out / "report.json").read_text("utf-8")
    assert not [word for word in (*rows["PERSON"], *rows["FAMILY"]) if word in text]


def test_rounding_changes_correlations(bench: Bench) -> None:
    parts = {
        "WEIGHT": {"role": "insensitive", "do": "round", "nearest": 10, "why": "enough", "accept": ["singling_out"]}
    }
    asked = {"table": "visits", "columns": ["VISIT", "WEIGHT"]}
    tables = frames(PEOPLE)
    bench.put(tables)
    private = bench.folder / "private"
    result = bench.run(policy(columns=parts, correlations=asked), "--private", private)
    assert result.exit_code == 0, result.output
    exact = json.loads((private / "report-internal.json").read_text("utf-8"))
    found = next(row for row in exact["utility"] if row["id"] == "util.correlation")["after"]["value"]
    out = released(bench.out)["visits"][["VISIT", "WEIGHT"]].astype(float).corr().iloc[0, 1]
    assert found == pytest.approx(abs(tables["visits"][["VISIT", "WEIGHT"]].corr().iloc[0, 1] - out), abs=0.006)


def test_correlations_of_a_dropped_column_are_not_computed(bench: Bench) -> None:
    asked = {"table": "visits", "columns": ["VISIT", "WEIGHT"]}
    dropped = {"WEIGHT": {"role": "insensitive", "do": "drop", "why": "not needed"}}
    result = bench.put().run(policy(columns=dropped, correlations=asked, gates={"util.correlation": {"max": 0.1}}))
    refused(result, bench, 5, "R102", "util.correlation")
