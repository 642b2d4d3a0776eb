"""The manifest: what a release consists of, without key, counts of people or names of dropped columns."""

from __future__ import annotations

import json
from dataclasses import replace

from invented import RUN, Plain, hostile, refused, step, trial

from deid.decisions import Plan, TablePlan
from deid.model import Role
from deid.report import json_text, manifest


def test_the_manifest_names_policy_files_and_columns() -> None:
    found = manifest(trial(), run=RUN)
    assert found["outcome"] == "released"
    assert found["policy"] == {"name": "breast-trial-share", "sha256": "ab12" * 16}
    assert found["files"]["data/dm.csv"] == "0f" * 32
    assert found["key_origin"] == "environment"
    assert found["run"] == RUN
    assert "PATNAME" not in json_text(found)
    assert manifest(refused(), run={})["outcome"] == "refused"


def test_only_run_differs_between_runs() -> None:
    one, other = manifest(trial(), run={"seconds": 1}), manifest(trial(), run={"seconds": 2})
    assert one.pop("run") != other.pop("run")
    assert json_text(one) == json_text(other)


def test_a_key_never_stands_in_for_its_origin() -> None:
    assert manifest(replace(trial(), key_origin="6e" * 32), run={})["key_origin"] == "other"


def test_the_vintage_of_zip_areas_is_named_where_they_are_used() -> None:
    inputs = trial()
    assert manifest(inputs, run={})["zip_vintage"] is None
    steps = (step("x", 0, "ZIP", "generalise", Role.QUASI, transform=Plain(hierarchy="zip3")),)
    plan = Plan(inputs.plan.policy, (*inputs.plan.tables, TablePlan("x", "", steps, "x")))
    assert manifest(replace(inputs, plan=plan), run={})["zip_vintage"] == "US census 2020"


def test_a_hostile_manifest_is_plain_json() -> None:
    text = json_text(manifest(hostile(), run={"x": float("nan"), "y": [b"\xff", {1: 2}]}))
    assert json.loads(text)["run"]["x"] is None
    assert "\u202e" not in text
