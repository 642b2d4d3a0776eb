"""`hipaa-safe-harbor` on tables of strangers, no column named by hand: nothing that identifies is kept or misread."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from strange_tables import TABLES, frame, lines_of

import deid
from deid.decisions import Plan
from deid.errors import PolicyError
from tests.conftest import KEY

POLICY = "hipaa-safe-harbor"
#: What may be done to a column by its mark; a column that is refused by name is right whatever it holds.
MAY = {
    "!": {"drop", "pseudonym"},
    "d": {"drop", "pseudonym", "date_part"},
    "z": {"drop", "pseudonym"},
    "a": {"drop", "age"},
    "t": {"drop", "redact"},
    "k": {"keep"},
}


@cache
def planned(table: str) -> tuple[frozenset[str], Plan]:
    """Return the columns that are refused, and what is done to the others."""
    data = frame(table)
    refused: set[str] = set()
    try:
        return frozenset(), deid.dry_run({table: data}, POLICY)
    except PolicyError as error:
        refused = {problem.place.partition(".")[2] for problem in error.problems}
    assert refused <= set(data.columns)
    return frozenset(refused), deid.dry_run({table: data.drop(columns=sorted(refused))}, POLICY)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_nothing_that_identifies_is_kept_or_misread(table: str) -> None:
    refused, plan = planned(table)
    marks = {name: mark for name, (mark, _) in lines_of(table).items()}
    assert refused | {step.column for step in plan.steps} == set(marks)
    wrong = {step.column: (step.do, step.holds) for step in plan.steps if step.do not in MAY[marks[step.column]]}
    assert wrong == {}


def test_few_clinical_columns_are_lost() -> None:
    marks = [(table, name, mark) for table in TABLES for name, (mark, _) in lines_of(table).items()]
    clinical = [(table, name) for table, name, mark in marks if mark == "k"]
    lost = [f"{table}.{name}" for table, name in clinical if name in planned(table)[0]]
    assert len(clinical) >= 40
    assert len(lost) <= 2, lost


@pytest.mark.parametrize("table", ["dialysis_nl", "sus_br", "hl7", "without_headers"])
def test_no_identifier_stands_in_the_release(table: str, tmp_path: Path) -> None:
    refused, _ = planned(table)
    data = frame(table).drop(columns=sorted(refused))
    deid.run({table: data}, POLICY, tmp_path / "out", key=KEY)
    released = pd.read_parquet(next((tmp_path / "out" / "data").glob("*.parquet"))).fillna("").astype(str)
    text = "\n".join("\t".join(row) for row in released.to_numpy())
    marks = lines_of(table)
    needles = {cell for name in data.columns if marks[name][0] in "!zd" for cell in data[name]}
    needles |= {word for name in data.columns if marks[name][0] == "t" for word in ("Tolmie", "Odwena", "Brisca")}
    assert [needle for needle in needles if re.search(rf"(?<!\w){re.escape(needle)}(?!\w)", text)] == []
