"""A matrix whose columns are patients: the numbers of their records do not stand in its header."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.pipeline.trial import Bench, policy

SAFE_HARBOR = "deid: 1\nname: sh\nextends: [hipaa-safe-harbor]\n"


def matrix(numbers: list[str]) -> pd.DataFrame:
    """Return measures of three genes, a column a patient, beside columns by year."""
    values = {number: [f"{1 + 37 * i % 80 / 10:.1f}" for i in range(40)] for number in numbers}
    return pd.DataFrame({"gene": ["TP53", "KRAS", "EGFR", "ALK"] * 10, "2019": [3, 5, 8, 2] * 10, **values})


@pytest.mark.parametrize("columns", [6, 40, 400])
def test_bare_numbers_of_records_are_no_names_of_columns(bench: Bench, columns: int) -> None:
    numbers = [str(71136 + 17 * i) for i in range(columns)]
    bench.put({"expression": matrix(numbers)})
    path = bench.folder / "sh.yaml"
    path.write_text(SAFE_HARBOR, encoding="utf-8")
    result = bench.command("run", bench.data, "--policy", path, "--out", bench.out)
    assert result.exit_code == 0, result.output
    names = list(pd.read_csv(bench.out / "data" / "expression.csv"))
    assert names == ["gene", "2019", *(f"column_{i + 3}" for i in range(columns))]
    for name in ("report.html", "report.json"):
        assert not any(f'"{number}"' in (bench.out / name).read_text("utf-8") for number in numbers)


@pytest.mark.parametrize("subjects", [6, 40, 400])
def test_known_numbers_are_recoded_in_headers_under_any_policy(bench: Bench, subjects: int) -> None:
    numbers = [str(4711 + 3 * i) for i in range(subjects)]
    keep = {"role": "insensitive", "do": "keep", "accept": ["singling_out"]}
    table = matrix([*numbers[:2], "9999"]).rename(columns={"9999": "4712", numbers[1]: f"MRN {numbers[1]}"})
    bench.put({"people": pd.DataFrame({"SUBJID": numbers}), "expression": table})
    columns = {"SUBJID": policy()["columns"]["SUBJID"], **dict.fromkeys(table.columns, keep)}
    parts = {"deid": 1, "name": "m", "subject": "SUBJID", "columns": columns, "anonymise": None}
    result = bench.run({name: value for name, value in parts.items() if value is not None})
    assert result.exit_code == 0, result.output
    names = list(pd.read_csv(bench.out / "data" / "expression.csv"))
    known = pd.read_csv(bench.out / "data" / "people.csv")["SUBJID"]
    assert names[:2] == ["gene", "2019"]
    assert names[2] in set(known)
    assert names[3:] == ["column_4", "4712"]
