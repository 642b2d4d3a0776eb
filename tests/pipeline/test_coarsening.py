"""More distinct tuples than the class budget: counted coarser and said, or refused; never in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.pipeline.test_spreading import both
from tests.pipeline.trial import Bench, files_of, frames, policy, refused

BORN = {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"dates": ["month", "year", "decade"]}}
AGE = {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"interval": 10}}


def wanted(**changes: Any) -> dict[str, Any]:
    return policy(columns={"BIRTHDT": BORN, "AGE": AGE}, **changes)


def documents(bench: Bench) -> tuple[dict[str, Any], dict[str, Any]]:
    return tuple(json.loads((bench.out / name).read_text("utf-8")) for name in ("report.json", "manifest.json"))


def test_a_coarser_count_leads_to_the_same_cells(bench: Bench) -> None:
    bench.put(frames(240))
    parts = wanted(thresholds=[], gates={"k": {"min": 4}})
    free = bench.release(parts)
    report, manifest = documents(bench)
    assert manifest["counted_from_level"] == {}
    assert not [text for text in report["warnings"] if "class budget" in text]
    bound = bench.folder / "place" / "bound"
    result = bench.run({**parts, "class_budget": 60}, out=bound)
    assert result.exit_code == 0, result.output
    assert "class budget" in result.output
    tight = {name: content for name, content in files_of(bound).items() if name.startswith("data/")}
    assert {name: set(frame.columns) for name, frame in free.items()} == {
        name.removeprefix("data/").removesuffix(".csv"): set(content.decode().splitlines()[0].split(","))
        for name, content in tight.items()
    }
    manifest = json.loads((bound / "manifest.json").read_text("utf-8"))
    assert manifest["counted_from_level"]
    # pseudonyms, shifts and order depend on the name of the policy alone, cells on the recoding: the same one is found
    assert tight == {name: content for name, content in files_of(bench.out).items() if name.startswith("data/")}
    report = json.loads((bound / "report.json").read_text("utf-8"))
    assert [text for text in report["warnings"] if "class budget" in text and "from level" in text]
    before = {one["id"]: one["before"] for one in report["risk"]["measures"]}
    assert before["k"]["value"] is None
    assert report["risk"]["people"]["after"]["value"] is not None


def test_parts_are_counted_coarser_too(bench: Bench) -> None:
    bench.put(frames(120))
    both(bench, wanted(class_budget=30, anonymise={"k": 3, "suppress_at_most": 0.2}))


@pytest.mark.parametrize(
    "changes",
    [{"class_budget": 2}, {"class_budget": 60, "anonymise": {"k": 4, "suppress_at_most": 0.1, "recoding": "local"}}],
)
def test_where_no_level_suffices_the_run_is_refused(bench: Bench, changes: dict[str, Any]) -> None:
    bench.put(frames(240))
    refused(bench.run(wanted(**changes)), bench, 4, "D211", "class table", "distinct tuples", "class_budget")


def test_what_is_measured_is_never_coarsened(bench: Bench) -> None:
    bench.put(frames(240)).run(wanted(class_budget=60))
    measured = bench.command("risk", bench.data, "--policy", bench.folder / "policy.yaml")
    assert measured.exit_code == 4
    assert "D211" in measured.output
