"""How values look, in words: never a value itself."""

from __future__ import annotations

import pandas as pd
import pytest

import deid
from deid.errors import PolicyError
from deid.model import ColumnProfile
from deid.undecided import identifiers_kept, said


def _column(holds: tuple[str, ...], evidence: tuple[str, ...]) -> ColumnProfile:
    return ColumnProfile("labs", "Trop", 0, "string", 20, 0, 20, False, holds, evidence)


def _told(values: list[str]) -> str:
    table = pd.DataFrame({"qzx": values, "sex": ["F", "M"] * (len(values) // 2)})
    with pytest.raises(PolicyError) as caught:
        deid.dry_run({"t": table}, "hipaa-safe-harbor")
    return next(problem.cause for problem in caught.value.problems if problem.place == "t.qzx")


def test_mostly_digits_and_a_few_words() -> None:
    values = [str(3_141_592 + 77_377 * i) for i in range(36)] + [f"wumple {'abcd'[i]}orven" for i in range(4)]
    told = _told(values)
    assert "the values are mostly digits of 7 places, a few two to four words" in told
    assert not any(value in told for value in values)


def test_letters_and_digits() -> None:
    values = [f"q{i * 7919}z" for i in range(40)]
    told = _told(values)
    assert "the values are all letters and digits in one piece" in told
    assert not any(value in told for value in values)


def test_what_some_cells_hold_is_told_from_what_the_column_holds() -> None:
    stray = "1 of 20 distinct values are strange among the others, perhaps names"
    some = identifiers_kept(_column(("number", "person_name"), (stray,)), dates=False)
    assert some.startswith("as a whole it reads as number, but some cells may hold person_name")
    assert stray in some
    assert identifiers_kept(_column(("ssn",), ()), dates=False).startswith("it seems to hold ssn")
    assert identifiers_kept(_column(("category", "date"), ()), dates=False) == ""
    assert "date" in identifiers_kept(_column(("category", "date"), ()), dates=True)


def test_points_are_left_out_of_what_is_said() -> None:
    told = said(_column(("unknown",), ("the values are all signs", "the name may say code (2.5 points)")))
    assert told == "nothing was recognised in it; the values are all signs; the name may say code"
