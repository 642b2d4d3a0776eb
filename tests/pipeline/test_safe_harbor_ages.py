"""Bands of ages under Safe Harbor: none that reaches beyond 89 stays, but 90+ as a whole."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from deid.years import LATEST_YEAR
from tests.pipeline.trial import Bench


def test_bands_beyond_89_become_one(bench: Bench) -> None:
    bands = ["40-44", "85-89", "90-94", "100+", "90+", "95-99"]
    table = pd.DataFrame({"patient_id": [f"P{1000 + i}x" for i in range(60)], "age_group": bands * 10})
    bench.put({"people": table})
    policy = bench.folder / "sh.yaml"
    policy.write_text("deid: 1\nname: sh\nextends: [hipaa-safe-harbor]\n", encoding="utf-8")
    result = bench.command("run", bench.data, "--policy", policy, "--out", bench.out)
    assert result.exit_code == 0, result.output
    released = pd.read_csv(bench.out / "data" / "people.csv", keep_default_na=False)["age_group"]
    assert set(released) == {"40-44", "85-89", "90+"}


def test_no_date_is_read_beyond_the_year_of_the_ready_policies() -> None:
    text = (Path(__file__).parents[2] / "policies" / "hipaa-safe-harbor.yaml").read_text("utf-8")
    assert set(re.findall(r'as_of: "(\d{4})', text)) == {str(LATEST_YEAR)}
