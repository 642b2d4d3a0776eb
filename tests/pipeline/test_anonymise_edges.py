"""Demands that make no sense, hierarchies that do not fit and tables at the edge: a clear refusal or a right answer."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from tests.pipeline.trial import Bench, Frames, frames, policy, refused

QUASI = {"role": "quasi_identifier", "do": "generalise"}


def people(**columns: Any) -> Frames:
    """Return one row a subject, with some columns as given."""
    patients = frames()["patients"][["SUBJID", "AGE", "SEX", "ARM"]]
    return {"patients": patients.assign(**columns)}


def lines(age: Any = None, **anonymise: Any) -> dict[str, Any]:
    """Return a policy for that table."""
    whole = policy(anonymise={"k": 4, "suppress_at_most": 0.0, **anonymise})
    whole["columns"] = {name: whole["columns"][name] for name in ("SUBJID", "AGE", "SEX", "ARM")}
    if age is not None:
        whole["columns"]["AGE"] = {**QUASI, "hierarchy": age}
    return whole


DEMANDS: dict[str, tuple[dict[str, Any], int, str]] = {
    "k of nought": ({"k": 0}, 3, "P105"),
    "k below nought": ({"k": -3}, 3, "P105"),
    "k that is no whole number": ({"k": 2.5}, 3, "P105"),
    "k that is a word": ({"k": "five"}, 3, "P105"),
    "k above the subjects": ({"k": 49}, 4, "D510"),
    "k beyond any table": ({"k": 10**15}, 4, "D510"),
    "a limit above all": ({"suppress_at_most": 1.5}, 3, "P105"),
    "a limit below none": ({"suppress_at_most": -0.1}, 3, "P105"),
    "a weight of nought": ({"weights": {"AGE": 0}}, 3, "P510"),
    "a weight of no quasi-identifier": ({"weights": {"ARM": 2}}, 3, "P510"),
    "an unknown quality": ({"quality": "beauty"}, 3, "P510"),
    "an unknown notation": ({"recoding": "local", "notation": "sets"}, 3, "P105"),
    "sets of values in global recoding": ({"notation": "set"}, 3, "P521"),
    "an unknown model": ({"models": [{"model": "m_invariance", "m": 2}]}, 3, "P511"),
    "a model of no attribute": ({"models": [{"model": "l_diversity", "l": 2}]}, 3, "P513"),
    "a mean of names": ({"recoding": "local", "microaggregate": {"SEX": "mean"}}, 3, "P524"),
}


@pytest.mark.parametrize("case", DEMANDS)
def test_a_demand_that_makes_no_sense(bench: Bench, case: str) -> None:
    asked, code, word = DEMANDS[case]
    refused(bench.put(people()).run(lines(**asked)), bench, code, word)


HIERARCHIES: dict[str, tuple[Any, int, str]] = {
    "of no kind": ({}, 3, "exactly one"),
    "of two kinds": ({"interval": 5, "prefix": [1]}, 3, "exactly one"),
    "misspelt": ({"interval": 5, "tup": 90}, 3, "tup"),
    "of unknown name": ("aeg", 3, "age"),
    "levels the wrong way round": ({"interval": 5, "min_level": 3, "max_level": 1}, 4, "P502"),
    "levels that it has not": ({"interval": 5, "max_level": 9}, 4, "P502"),
    "that lacks values": ({"groups": {"young": ["34", "41"]}}, 4, "D501"),
    "for dates": ({"dates": ["year"]}, 4, "D507"),
    "that is not there": ("ages.csv", 4, "D505"),
    "never coarse enough": ({"interval": 5, "max_level": 0}, 4, "D511"),
}


@pytest.mark.parametrize("case", HIERARCHIES)
def test_a_hierarchy_that_does_not_fit(bench: Bench, case: str) -> None:
    spec, code, word = HIERARCHIES[case]
    asked = {"k": 20} if code == 4 and word == "D511" else {}
    refused(bench.put(people()).run(lines(spec, **asked)), bench, code, word)


FILES = {
    "a leaf twice": ("34;young;*\n34;old;*\n41;old;*\n", "D503"),
    "labels that do not nest": ("34;a;x;*\n41;a;y;*\n", "D502"),
    "no root": ("34;young\n41;old\n", "D504"),
    "ragged": ("34;young;*\n41;*\n", "D505"),
    "empty": ("", "D505"),
    "values missing": ("34;young;*\n", "D501"),
}


@pytest.mark.parametrize("case", FILES)
def test_a_hierarchy_file_that_is_wrong(bench: Bench, case: str) -> None:
    text, code = FILES[case]
    (bench.folder / "ages.csv").write_text(text)
    result = bench.put(people(AGE=["34", "41"] * 24)).run(lines("ages.csv"))
    refused(result, bench, 4, code, "AGE")


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"recoding": "local"},
        {"recoding": "local", "notation": "interval"},
        {"recoding": "local", "notation": "set"},
    ],
)
@pytest.mark.parametrize("suppressed", ["blank", "remove"])
def test_columns_without_any_or_any_other_value(bench: Bench, asked: dict[str, Any], suppressed: str) -> None:
    tables = people(AGE=None, SEX="F")
    out = bench.put(tables).release(lines(suppressed=suppressed, **asked))["patients"]
    assert set(out["AGE"]) == {""}
    assert set(out["SEX"]) == {"F"}
    assert len(out) == len(tables["patients"])


@pytest.mark.parametrize("recoding", ["global", "local"])
def test_a_column_that_tells_everybody_apart(bench: Bench, recoding: str) -> None:
    tables = people(AGE=[str(1000 + 7 * i) for i in range(48)])
    out = bench.put(tables).release(lines({"suppress_only": True}, recoding=recoding))["patients"]
    assert set(out["AGE"]) == {"*"}
    assert out.groupby("SEX").size().min() >= 4


@pytest.mark.parametrize("recoding", ["global", "local"])
def test_one_row(bench: Bench, recoding: str) -> None:
    one = {"patients": people()["patients"].head(1)}
    refused(bench.put(one).run(lines(recoding=recoding)), bench, 4, "D510", "1 subjects")


def test_k_of_all_subjects(bench: Bench) -> None:
    for recoding in ("global", "local"):
        out = bench.put(people()).release(lines(k=48, recoding=recoding), out=bench.folder / recoding)["patients"]
        assert out.groupby(["AGE", "SEX"]).size().tolist() == [48]


def test_removing_everybody_is_no_release(bench: Bench) -> None:
    apart = people(AGE=[str(100 + i) for i in range(48)])
    exact = {"suppress_only": True, "max_level": 0}
    refused(bench.put(apart).run(lines(exact, suppress_at_most=1.0)), bench, 4, "D512")


def test_what_is_missing_in_the_data_frame(bench: Bench) -> None:
    tables = people()
    tables["patients"]["AGE"] = tables["patients"]["AGE"].astype("Float64")
    tables["patients"].loc[::4, "AGE"] = pd.NA
    out = bench.put(tables).release(lines(recoding="local", notation="set"))["patients"]
    assert out.groupby(["AGE", "SEX"]).size().min() >= 4
