"""A survival analysis that the policy declares stands in page, JSON and Markdown, and equals another library's."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from tests.pipeline.trial import Bench, frames, policy

DECLARED = {"table": "patients", "time": "OSDAYS", "event": "CNSR", "event_is": "0", "by": "ARM"}
KEPT = {"role": "insensitive", "do": "keep", "accept": ["singling_out"], "why": "the endpoint"}


def patients(people: int = 400) -> dict[str, pd.DataFrame]:
    """Return the trial with a time to the event, shorter in arm B, and its censoring flag as ADaM writes it."""
    draw, tables = random.Random(5), frames(people)
    scale = tables["patients"]["ARM"].map({"A": 420.0, "B": 260.0})
    times = [draw.expovariate(1 / mean) for mean in scale]
    tables["patients"]["OSDAYS"] = [int(min(time, 600)) + 1 for time in times]
    tables["patients"]["CNSR"] = [int(time > 600) for time in times]
    return tables


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, command: Callable[..., Result]) -> Bench:
    bench = Bench(tmp_path_factory.mktemp("survival"), command)
    written = policy(
        survival=DECLARED, columns={"OSDAYS": KEPT, "CNSR": KEPT}, gates={"util.survival_gap": {"max": 0.1}}
    )
    result = bench.put(patients()).run(written)
    assert result.exit_code == 0, result.output
    return bench


def reference(rows: pd.DataFrame, arm: str, when: float) -> float:
    """Return the share without the event at a time, by statsmodels."""
    own = rows[rows["ARM"] == arm]
    curve = SurvfuncRight(own["OSDAYS"], (own["CNSR"] == 0).astype(int))
    place = np.searchsorted(curve.surv_times, when, side="right")
    return float(curve.surv_prob[place - 1]) if place else 1.0


def ratio(rows: pd.DataFrame) -> float:
    """Return the hazard ratio of arm B, by statsmodels."""
    covariate = (rows["ARM"] == "B").astype(float).to_numpy()[:, None]
    fitted = PHReg(rows["OSDAYS"], covariate, status=rows["CNSR"] == 0, ties="efron").fit()
    return float(np.exp(fitted.params[0]))


def test_the_json_twin_holds_the_curves_and_the_ratio(made: Bench) -> None:
    found = json.loads((made.out / "report.json").read_text("utf-8"))["survival"]
    sides = {"before": patients()["patients"], "after": pd.read_csv(made.out / "data" / "patients.csv")}
    assert [group["group"] for group in found["groups"]] == ["A", "B"]
    for group in found["groups"]:
        for side, rows in sides.items():
            assert len(group[side]) >= 4
            step = 11 / (rows["ARM"] == group["group"]).sum() + 0.05
            for point in group[side]:
                exact = reference(rows, group["group"], point["time"])
                assert point["share"]["value"] == pytest.approx(exact, abs=step / 2)
    for side, rows in sides.items():
        assert found["hazard_ratio"][side]["value"] == pytest.approx(ratio(rows), abs=0.006)
    assert ratio(sides["before"]) > 1.2
    assert found["gap"]["value"] is not None


def test_page_and_markdown_show_them(made: Bench) -> None:
    found = json.loads((made.out / "report.json").read_text("utf-8"))["survival"]
    page = (made.out / "report.html").read_text("utf-8")
    text = made.command("report", made.out).output
    for arm in ("A", "B"):
        assert f"Share without the event: {arm}</title>" in page
        assert len(re.findall(rf"^\| {arm} \| (?:before|after) \| ", text, re.MULTILINE)) >= 8
    for side in ("before", "after"):
        shown = found["hazard_ratio"][side]["text"]
        assert re.search(rf"{side}: {re.escape(shown)}", page)
        assert re.search(rf"{side}: {re.escape(shown)}", text)
    assert "The survival analysis, before and after" in page
    assert "### The survival analysis, before and after" in text


def test_a_column_that_is_dropped_leaves_no_figure_and_fails_the_gate(bench: Bench) -> None:
    written = policy(
        survival=DECLARED, columns={"OSDAYS": "drop", "CNSR": KEPT}, gates={"util.survival_gap": {"max": 0.1}}
    )
    result = bench.put(patients(120)).run(written)
    assert result.exit_code == 5
    assert "R102" in result.output
