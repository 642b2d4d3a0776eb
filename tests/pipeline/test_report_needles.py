"""Nothing of the input stands in the shareable report but what the allow rule lets pass (see `tests/needles.py`)."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pandas as pd
import pytest

from deid.demo import POLICY
from deid.demo.trial import write_trial
from deid.keys import Key
from deid.pipeline import run
from deid.policy import load
from tests.conftest import KEY
from tests.needles import labels, met


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the invented trial, its release and what only the owner may see."""
    base = tmp_path_factory.mktemp("needles")
    write_trial(base / "data")
    run(base / "data", load(str(POLICY)), base / "out", key=Key.from_hex(KEY), private=base / "private")
    return base


def tables_of(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path, dtype=str) for path in sorted(folder.glob("*.csv"))}


def test_no_value_of_the_invented_trial_stands_in_its_report(demo: Path) -> None:
    assert met(tables_of(demo / "data"), demo / "out", [Path(POLICY)]) == {}


def test_the_search_finds_a_value_that_is_there(demo: Path, tmp_path: Path) -> None:
    tables = tables_of(demo / "data")
    street = tables["patients"]["street"][0]
    for name in ("report.html", "report.json"):
        text = (demo / "out" / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("Smallest group (k)", f"Smallest group {street}"))
    assert met(tables, tmp_path, [Path(POLICY)]) == {"patients.street": [street]}


def test_every_label_shown_is_held_by_enough_people(demo: Path) -> None:
    document = json.loads((demo / "out" / "report.json").read_text("utf-8"))
    patients = pd.read_csv(demo / "out" / "data" / "patients.csv", dtype=str)
    held = {
        str(value).casefold(): count
        for column in patients.columns
        for value, count in patients.groupby(column)["patient_id"].nunique().items()
    }
    shown = labels(document) - {"all other groups", "(missing)", "everybody"}
    assert shown
    assert {label: held.get(label, 0) for label in shown if held.get(label, 0) < 11} == {}


def test_the_internal_report_is_the_owners_alone(demo: Path) -> None:
    private, out = demo / "private", demo / "out"
    assert stat.S_IMODE(private.stat().st_mode) == 0o700
    files = {path.name for path in private.iterdir()}
    assert files == {"report.html", "report.json", "report-internal.html", "report-internal.json"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in private.iterdir()} == {0o600}
    assert not list(out.rglob("*internal*"))
    internal = json.loads((private / "report-internal.json").read_text("utf-8"))
    shareable = json.loads((out / "report.json").read_text("utf-8"))
    assert (internal["disclosure"]["mode"], shareable["disclosure"]["mode"]) == ("internal", "shareable")
    assert internal["disclosure"]["cell_min"] == 1
    assert '"hidden": "small"' not in json.dumps(internal)
    assert met(tables_of(demo / "data"), out, [Path(POLICY)]) == {}


def test_the_three_questions_stand_side_by_side(demo: Path) -> None:
    document = json.loads((demo / "out" / "report.json").read_text("utf-8"))
    tried = {entry["id"]: entry for entry in document["attacks"]["tried"]}
    assert {"attack.singling_out", "attack.linkability", "attack.membership"} < set(tried)
    assert any(name.startswith("attack.inference.") for name in tried)
    assert tried["attack.singling_out"]["before"]["rate"]["value"] == 1.0
    assert tried["attack.singling_out"]["after"]["rate"]["value"] == 0.0
    assert document["attacks"]["seed"] == 20140410
