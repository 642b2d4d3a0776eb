"""Ten digits have one pseudonym with blanks between their groups and without; nothing else is joined."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from deid.cli import main
from deid.spelling import identifier_text, nhs_number, one_spelling
from tests.conftest import KEY


def numbers(count: int) -> list[str]:
    """Return invented NHS numbers from 999, which the NHS keeps for tests."""
    draw, found = random.Random(4), dict[str, None]()
    while len(found) < count:
        text = f"999{draw.randrange(10**7):07}"
        if nhs_number(text):
            found[text] = None
    return list(found)


def grouped(number: str, gap: str = " ") -> str:
    return gap.join((number[:3], number[3:6], number[6:]))


@pytest.mark.parametrize("gap", [" ", "-", "\u00a0", "\u2011"])
def test_a_number_is_written_in_one_way(gap: str) -> None:
    for number in numbers(50):
        assert one_spelling(grouped(number, gap)) == number == one_spelling(number)


def test_different_numbers_stay_different() -> None:
    draw = random.Random(9)
    texts = {f"{draw.randrange(1000):03} {draw.randrange(1000):03} {draw.randrange(10**4):04}" for _ in range(3_000)}
    texts |= {f"{draw.randrange(100)}-{draw.randrange(10**6)}" for _ in range(3_000)}
    assert len({one_spelling(text) for text in texts}) == len(texts)
    assert one_spelling("943 476 5918") == "9434765918"


@pytest.mark.parametrize(
    "text",
    [
        *(
            "943-476-5918",
            "94 3476 5919",
            "9434 765 919",
            "943-4765919",
            " 943 476 5919",
            "943 476 5919 ",
            "a43 476 5919",
        ),
        *("617-555-0101", "123-45-6789", "0943 476 591", "943.476.5919", "943  476 5919", "P-1001", ""),
    ],
)
def test_everything_else_stays_as_it_is(text: str) -> None:
    assert one_spelling(text) == text


def test_columns_are_written_as_their_cells_are() -> None:
    cells = [grouped(number) for number in numbers(5)] + [None, " x ", "", *numbers(3), "617-555-0101"]
    text = identifier_text(pa.array(cells, pa.string())).to_pylist()
    assert text == [*numbers(5), None, "x", None, *numbers(3), "617-555-0101"]
    assert identifier_text(pa.array(cells, pa.string()).dictionary_encode()).to_pylist() == text


def released(folder: Path, rows: int, more: str = "") -> Result:
    data = folder / "in"
    data.mkdir()
    people = numbers(rows)
    sex = ["F", "M"] * (rows // 2)
    pd.DataFrame({"NHS": [grouped(number) for number in people], "sex": sex}).to_csv(data / "patients.csv", index=False)
    drug = ["amlodipine", "metformin"] * rows
    rx = pd.DataFrame({"Pt NHS": [number for number in people for _ in range(2)], "drug": drug})
    rx.to_csv(data / "rx.csv", index=False)
    (folder / "own.yaml").write_text(
        f"deid: 1\nname: mine\nsubject: [NHS, Pt NHS]\n{more}columns:\n"
        "  NHS: {do: pseudonym}\n  Pt NHS: {do: pseudonym}\n"
        "  sex: {role: quasi_identifier, do: keep}\n  drug: {role: sensitive_attribute, do: keep}\n",
        "utf-8",
    )
    arguments = ["run", str(data), "--policy", str(folder / "own.yaml"), "--out", str(folder / "out")]
    return CliRunner().invoke(main, arguments, env={"DEID_KEY": KEY})


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_tables_join_whatever_the_grouping(tmp_path: Path, rows: int) -> None:
    result = released(tmp_path, rows)
    assert result.exit_code == 0, result.output
    assert "differ from another" not in result.output
    patients, rx = (pd.read_csv(tmp_path / "out" / "data" / f"{name}.csv") for name in ("patients", "rx"))
    assert patients["NHS"].nunique() == rows
    assert set(patients["NHS"]) == set(rx["Pt NHS"])
    assert rx["Pt NHS"].value_counts().eq(2).all()


def test_a_listed_subject_goes_from_both_tables(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").write_text(grouped(numbers(40)[7], "-") + "\n", "utf-8")
    result = released(tmp_path, 40, "exclude_subjects: gone.txt\n")
    assert result.exit_code == 0, result.output
    patients, rx = (pd.read_csv(tmp_path / "out" / "data" / f"{name}.csv") for name in ("patients", "rx"))
    assert (len(patients), len(rx)) == (39, 78)
