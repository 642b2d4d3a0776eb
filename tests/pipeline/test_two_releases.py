"""`deid diff`: what changed between two releases, and what both together give away."""

from __future__ import annotations

import json
from itertools import product

import pytest

from deid.comparing import _counts
from deid.report.disclosure import Disclosure
from tests.pipeline.trial import Bench, policy


def coarser(**more: object) -> dict[str, object]:
    age = {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"cuts": [[45, 62]], "min_level": 1}}
    return policy(columns={"AGE": age}, **more)


@pytest.fixture
def two(bench: Bench) -> Bench:
    """Return a bench with two releases of the same subjects, one under another recoding of the age."""
    bench.put()
    bench.release(out=bench.folder / "old")
    bench.release(coarser(), out=bench.folder / "new")
    return bench


def test_changes_and_the_joint_view_are_told(two: Bench) -> None:
    result = two.command("diff", two.folder / "old", two.folder / "new", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert not found["policy"]["same"]
    assert any(row["what"].endswith(".AGE") for row in found["columns"])
    assert "pseudonyms link" in found["joint"]["summary"]
    sizes = [
        next(
            m for m in json.loads((two.folder / name / "report.json").read_text())["risk"]["measures"] if m["id"] == "k"
        )
        for name in ("old", "new")
    ]
    assert found["joint"]["k"] <= min(side["after"]["value"] for side in sizes)


def test_a_joint_view_below_k_is_refused_when_asked(two: Bench) -> None:
    assert two.command("diff", two.folder / "old", two.folder / "new", "--min-k", 1).exit_code == 0
    result = two.command("diff", two.folder / "old", two.folder / "new", "--min-k", 10_000)
    assert result.exit_code == 5
    assert "R520" in result.output


def test_the_same_release_twice_differs_in_nothing(two: Bench) -> None:
    found = json.loads(two.command("diff", two.folder / "old", two.folder / "old", "--json").output)
    assert found["columns"] == found["gates"] == found["measures"] == []
    assert found["joint"]["people"]["the_old_only"]["value"] == 0


def test_another_name_of_the_release_does_not_link(two: Bench) -> None:
    two.release(coarser(name="another"), out=two.folder / "third")
    found = json.loads(two.command("diff", two.folder / "old", two.folder / "third", "--json").output)
    assert "do not link" in found["joint"]["summary"]
    assert found["joint"]["k"] is None


def test_what_is_no_release_is_a_usage_error(two: Bench) -> None:
    assert two.command("diff", two.folder, two.folder / "new").exit_code == 2


@pytest.mark.parametrize(("gone", "come"), list(product((0, 1, 5, 10, 11, 30), repeat=2)))
def test_counts_of_two_releases_give_no_small_one_away(gone: int, come: int) -> None:
    cells = _counts(100 + gone, 100 + come, 100, Disclosure(11))
    for name, count in (("the_old_only", gone), ("the_new_only", come)):
        assert (cells[name]["value"] is None) or not 1 <= count <= 10
    old, new, both = (cells[name]["value"] for name in ("the_old", "the_new", "both"))
    for whole, count in ((old, gone), (new, come)):
        assert None in (whole, both) or not 1 <= count <= 10
    if None not in (old, new, cells["the_new_only"]["value"]):
        assert not 1 <= gone <= 10
    if None not in (old, new, cells["the_old_only"]["value"]):
        assert not 1 <= come <= 10
