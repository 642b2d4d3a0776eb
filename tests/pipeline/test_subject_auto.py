"""Which column is taken for the person's where the policy leaves it open, and what is said of one half empty."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from deid.cli import main
from tests.conftest import KEY


def released(folder: Path, table: pd.DataFrame, more: str = "") -> Result:
    table.to_csv(folder / "cycles.csv", index=False)
    policy = folder / "own.yaml"
    policy.write_text(f"deid: 1\nname: mine\nextends: [hipaa-safe-harbor]\n{more}", "utf-8")
    arguments = ["run", str(folder / "cycles.csv"), "--policy", str(policy), "--out", str(folder / "out")]
    return CliRunner().invoke(main, arguments, env={"DEID_KEY": KEY})


def cycles(rows: int, **more: list[str]) -> pd.DataFrame:
    donors = [f"EUR-{4400 + row % 8}" if row % 3 == 0 else "" for row in range(rows)]
    return pd.DataFrame({"DonorCode": donors, "sex": ["F", "M"] * (rows // 2), **more})


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_a_complete_column_is_preferred_to_one_that_is_mostly_empty(tmp_path: Path, rows: int) -> None:
    result = released(tmp_path, cycles(rows, CoupleID=[f"HOPP{20000 + 7 * row}" for row in range(rows)]))
    assert result.exit_code == 0, result.output
    assert pd.read_csv(tmp_path / "out" / "data" / "cycles.csv")["CoupleID"].nunique() == rows


def test_the_refusal_names_the_column_and_how_to_name_another(tmp_path: Path) -> None:
    table = cycles(40, visit_no=[f"{9000 + 13 * row}" for row in range(40)])
    result = released(tmp_path, table)
    assert result.exit_code == 4
    assert "D202 cycles.DonorCode: 26 row(s) name no subject: `subject: auto` took this column" in result.output
    assert "`subject: COLUMN`" in result.output
    assert released(tmp_path, table, "subject: visit_no\n").exit_code == 0
