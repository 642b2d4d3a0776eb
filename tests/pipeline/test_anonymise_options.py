"""Populations, sets, wildcards, events and the frontier, from the policy to the files."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from tests.pipeline.trial import Bench, Frames, K, frames, policy, refused, write_policy


def people() -> Frames:
    """Return the first table of the trial only: one row a subject."""
    return {"patients": frames()["patients"]}


def lines(**changes: Any) -> dict[str, Any]:
    """Return the policy for that table."""
    parts = policy(**changes)
    there = set(people()["patients"].columns)
    parts["columns"] = {name: line for name, line in parts["columns"].items() if name in there}
    return parts


def risks(bench: Bench, parts: dict[str, Any]) -> dict[str, Any]:
    """Return what `deid risk` measures before any treatment."""
    path = write_policy(bench.folder / "policy.yaml", parts)
    result = bench.command("risk", bench.data, "--policy", path, "--json")
    assert result.exit_code == 0, result.output
    return {name: item["value"] for name, item in json.loads(result.stdout).items()}


def test_a_subject_with_a_missing_value_is_generalised_to_the_root_like_the_others(bench: Bench) -> None:
    tables = people()
    tables["patients"]["AGE"] = tables["patients"]["AGE"].astype("Int64")
    tables["patients"].loc[[0, 5], "AGE"] = pd.NA
    steps = {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"interval": 10, "min_level": 1}}
    steps["hierarchy"]["min_level"] = 2
    parts = lines(columns={"AGE": steps}, anonymise={"k": K, "suppress_at_most": 0.0})
    out = bench.put(tables).release(parts)["patients"]
    assert out["AGE"].unique().tolist() == ["*"]


@pytest.mark.parametrize("counted", [True, False])
def test_a_population_table_gives_the_journalists_risk_and_k_map(bench: Bench, counted: bool) -> None:
    tables = people()
    everybody = tables["patients"][["AGE", "SEX"]].value_counts().reset_index(name="PEOPLE")
    everybody = everybody.rename(columns={"AGE": "YEARS", "SEX": "sex"})
    everybody["PEOPLE"] *= 10
    more = pd.DataFrame({"YEARS": [99], "sex": ["F"], "PEOPLE": [3]})  # nobody of the data
    everybody = pd.concat([everybody, more], ignore_index=True)
    named = {"file": "census.csv", "columns": {"AGE": "years"}, "count": "people"}
    if not counted:
        everybody = everybody.loc[everybody.index.repeat(everybody["PEOPLE"])].drop(columns="PEOPLE")
        del named["count"]
    everybody.to_csv(bench.folder / "census.csv", index=False)
    asked = {"k": 2, "suppress_at_most": 0.0, "models": [{"model": "k_map", "k": 50}]}
    gates = {"journalist_risk": {"max": 0.02}, "k_map": {"min": 50}, "delta_presence.max": {"max": 0.1}}
    parts = lines(population=named, anonymise=asked, gates=gates)
    out = bench.put(tables).release(parts)["patients"]
    sizes = out.groupby(["AGE", "SEX"]).size()
    assert sizes.min() >= 5  # ten times as many in the population
    before = risks(bench, parts)
    smallest = tables["patients"].groupby(["AGE", "SEX"]).size().min()
    assert before["journalist.rb"] == pytest.approx(1 / (10 * smallest))
    assert before["delta_presence.min"] == 0.0
    assert before["delta_presence.max"] == pytest.approx(0.1)


def test_a_population_in_local_recoding(bench: Bench) -> None:
    tables = people()
    everybody = pd.concat([tables["patients"][["AGE", "SEX"]]] * 4)
    everybody.to_csv(bench.folder / "census.csv", index=False)
    asked = {"k": 3, "recoding": "local", "models": [{"model": "k_map", "k": 16}]}
    parts = lines(population={"file": "census.csv"}, anonymise=asked, gates={"k_map": {"min": 16}})
    out = bench.put(tables).release(parts)["patients"]
    assert out.groupby(["AGE", "SEX"]).size().min() >= 4


def test_the_share_of_the_population_alone_gives_a_size(bench: Bench) -> None:
    measured = risks(bench.put(people()), lines(population={"fraction": 0.25}))
    assert measured["journalist.rb"] is None
    assert measured["popuniq.largest"] is not None


@pytest.mark.parametrize(
    ("named", "content", "word"),
    [
        ({"file": "nowhere.csv"}, None, "population.file"),
        ({"file": "census.csv"}, "AGE\n4711\n", "population: SEX"),
        ({"file": "census.csv", "columns": {"WEIGHT": "x"}}, "AGE,SEX\n4711,F\n", "population.columns: WEIGHT"),
        ({"file": "census.csv", "count": "N"}, "AGE,SEX\n4711,F\n", "population.count"),
        ({"file": "census.csv", "count": "N"}, "AGE,SEX,N\n4711,F,4711.5\n", "1 row(s) hold no whole number"),
        ({"file": "census.csv", "count": "N"}, "AGE,SEX,N\n4711,F,many4711\n", "holds no number"),
        ({"file": "census.csv"}, 'AGE,SEX\n"4711\n', "population"),
    ],
)
def test_a_population_that_cannot_be_counted_is_refused(
    bench: Bench, named: dict[str, Any], content: str | None, word: str
) -> None:
    if content is not None:
        (bench.folder / "census.csv").write_text(content)
    result = bench.put(people()).run(lines(population=named))
    refused(result, bench, 4, word)
    assert "4711" not in result.output


def test_a_model_without_its_population_is_refused(bench: Bench) -> None:
    asked = {"k": 2, "models": [{"model": "k_map", "k": 5}]}
    refused(bench.put(people()).run(lines(anonymise=asked)), bench, 3, "P514")


def test_k_holds_on_each_set(bench: Bench) -> None:
    site = {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"suppress_only": True}}
    asked = {"k": K, "suppress_at_most": 0.2, "sets": [["AGE", "SEX"], ["ARM", "SEX"]]}
    parts = lines(columns={"ARM": site}, anonymise=asked, gates={"k_on_every_set": {"min": K}})
    out = bench.put(people()).release(parts)["patients"]
    out = out[(out[["AGE", "SEX", "ARM"]] != "").any(axis=1)]
    for names in asked["sets"]:
        assert out.groupby(names).size().min() >= K
    report = json.loads((bench.out / "report.json").read_text())
    assert "sets of quasi-identifiers" in json.dumps(report)


def test_wildcards_release_what_the_conservative_reading_allows(bench: Bench) -> None:
    tables = people()
    tables["patients"].loc[0, "SEX"] = None
    asked = {"k": K, "suppress_at_most": 0.0, "missing": "wildcard"}
    out = bench.put(tables).release(lines(anonymise=asked))["patients"]
    assert (out["SEX"] == "").sum() == 1
    blank = out[out["SEX"] == ""].iloc[0]
    assert (out["AGE"] == blank["AGE"]).sum() >= K
    report = (bench.out / "report.json").read_text()
    assert "missing.conservative.k" in report
    assert "wildcard" in (bench.out / "report.html").read_text()


def test_a_margin_is_told(bench: Bench) -> None:
    asked = {"k": K, "suppress_at_most": 0.1, "margin": {"levels": 1, "seed": "this release"}}
    bench.put(people()).release(lines(anonymise=asked))
    assert "margin against downcoding" in (bench.out / "report.html").read_text()


def test_plan_shows_the_frontier_and_why(bench: Bench) -> None:
    path = write_policy(bench.put(people()).folder / "policy.yaml", lines())
    result = bench.command("plan", bench.data, "--policy", path, "--alternatives")
    assert result.exit_code == 0, result.output
    assert "Chosen: proven optimum" in result.output
    assert "drives the loss" in result.output
    text = bench.command("plan", bench.data, "--policy", path, "--alternatives", "--format", "json").stdout
    points = json.loads(text)
    assert points["chosen"]["k"] == K
    ks = {point["k"] for point in points["alternatives"]}
    assert {3, 5, 11, 20} <= ks
    feasible = [point for point in points["alternatives"] if point["feasible"]]
    assert all(point["highest_risk"] <= 1 / point["k"] + 1e-12 for point in feasible)
    for form in ("csv", "markdown"):
        assert bench.command("plan", bench.data, "--policy", path, "--alternatives", "--format", form).exit_code == 0
    none = write_policy(bench.folder / "none.yaml", lines(anonymise=None))
    assert bench.command("plan", bench.data, "--policy", none, "--alternatives").exit_code == 3


def test_the_frontier_says_where_the_policys_own_demand_cannot_be_met(bench: Bench) -> None:
    few = {"patients": people()["patients"].head(8)}
    path = write_policy(bench.put(few).folder / "policy.yaml", lines(anonymise={"k": 9}))
    result = bench.command("plan", bench.data, "--policy", path, "--alternatives")
    assert result.exit_code == 0, result.output
    assert "cannot be met" in result.output
    assert "k 3" in result.output


def seen(out: Frames) -> dict[str, set[str]]:
    """Return the events of each released subject."""
    return {subject: set(own) for subject, own in out["visits"].groupby("SUBJID")["WEIGHT"]}


def worst(events: dict[str, set[str]], group: dict[str, Any], m: int) -> float:
    """Return the highest risk by trying every m events of everybody against everybody of the same class."""
    from itertools import combinations

    risk = 0.0
    for person, had in events.items():
        alike = [other for other in events if group[other] == group[person]]
        for known in combinations(sorted(had), min(m, len(had))):
            risk = max(risk, 1 / sum(set(known) <= events[other] for other in alike))
    return risk


def test_events_known_beside_the_quasi_identifiers_are_measured_and_gated(bench: Bench) -> None:
    tables = frames()
    tables["visits"]["WEIGHT"] = tables["visits"]["WEIGHT"] // 10 * 10
    events = {"table": "visits", "column": "weight", "known_events": 2}
    parts = policy(longitudinal=events)
    out = bench.put(tables).release(parts)
    measured = json.loads((bench.out / "report.json").read_text())
    text = json.dumps(measured)
    assert "longitudinal.max_risk.m2" in text
    patients = out["patients"].set_index("SUBJID")
    group = {subject: tuple(patients.loc[subject, ["AGE", "SEX"]]) for subject in patients.index}
    before = risks(bench, parts)
    original = tables["patients"].set_index("SUBJID")
    own = {subject: tuple(original.loc[subject, ["AGE", "SEX"]]) for subject in original.index}
    for m in (1, 2):
        assert before[f"longitudinal.max_risk.m{m}"] == pytest.approx(worst(seen(tables), own, m))
        highest = worst(seen(out), group, m)
        held = {**parts, "gates": {f"longitudinal.max_risk.m{m}": {"max": highest}}}
        assert bench.run(held, out=bench.folder / f"held{m}" / "r").exit_code == 0
        broken = {**parts, "gates": {f"longitudinal.max_risk.m{m}": {"max": highest * 0.999}}}
        result = bench.run(broken, out=bench.folder / f"broken{m}" / "r")
        assert result.exit_code == 5
        assert f"longitudinal.max_risk.m{m}" in result.output


@pytest.mark.parametrize(
    ("named", "word"),
    [
        ({"table": "visit", "column": "WEIGHT"}, "longitudinal.table"),
        ({"table": "visits", "column": "WEIGTH"}, "did you mean"),
        ({"table": "patients", "column": "MRN"}, "dropped"),
        ({"table": "visits", "column": "WEIGHT", "known_events": 0}, "known_events"),
    ],
)
def test_events_that_nobody_can_count_are_refused(bench: Bench, named: dict[str, Any], word: str) -> None:
    refused(bench.put().run(policy(longitudinal=named)), bench, 3, word)


def test_a_gate_on_events_without_events_is_not_evaluated(bench: Bench) -> None:
    parts = policy(gates={"longitudinal.max_risk.m2": {"max": 1}})
    refused(bench.put().run(parts), bench, 5, "R102")


def test_intervals_and_means_reach_the_file(bench: Bench) -> None:
    age = {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"interval": 10}}
    asked = {"k": K, "recoding": "local", "notation": "interval"}
    out = bench.put(people()).release(lines(columns={"AGE": age}, anonymise=asked))["patients"]
    assert out.groupby(["AGE", "SEX"]).size().min() >= K
    assert out["AGE"].str.fullmatch(r"\d+|\[\d+, \d+\)|\*").all()
    means = {"k": K, "recoding": "local", "microaggregate": {"AGE": "mean"}}
    result = bench.run(lines(columns={"AGE": age}, anonymise=means), out=bench.folder / "means" / "r")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(bench.folder / "means" / "r" / "data" / "patients.csv")
    assert table["AGE"].mean() == pytest.approx(people()["patients"]["AGE"].mean(), abs=0.06)
