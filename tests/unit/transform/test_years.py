"""Years of dates in the forms that people and machines write, and what is not read."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.contracts import Context
from deid.transform.age import Age
from deid.transform.age_bands import AgeBands
from deid.transform.date_part import DatePart
from deid.years import LATEST_YEAR, reading, year_of


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("11/24/2021 11:05 PM", 2021),
        ("1/12/2021 9:05 pm", 2021),
        ("12. März 2021", 2021),
        ("3 février 2019", 2019),
        ("1er août 2018", 2018),
        ("5 de enero de 2020", 2020),
        ("7 mei 2017", 2017),
        ("9 de março de 2016", 2016),
        ("4 giugno 2015", 2015),
        ("Mo, 12.3.2021 14:05 Uhr", 2021),
        ("17-Nov-19", 2019),
        ("17-Nov-87 08:15", 1987),
        ("2021-3-7", 2021),
    ],
)
def test_a_year_is_read_in_any_usual_form(text: str, year: int) -> None:
    """The year does not depend on the order of day and month."""
    assert year_of(text) == year


@pytest.mark.parametrize("text", ["17-11-19", "40.40.2021", "room 2021", "2021 was hard", "0", "31/31/2020", "19"])
def test_what_is_not_surely_a_date_has_no_year(text: str) -> None:
    """Two-digit years between figures need the column; words and impossible days are no dates."""
    assert year_of(text) is None


def test_the_column_says_where_the_short_year_stands() -> None:
    """One value that only one reading fits is not enough; where both fit, none is taken."""
    assert reading(["01/12/22 00:11", "11/17/22 11:18", "10/26/22 18:03"]) == "year_last"
    assert reading(["31.05.19", "28.11.20", "02.03.21"]) == "year_last"
    assert reading(["19-05-31", "20-11-28", "21-03-02"]) == "year_first"
    assert reading(["17-11-19", "21-08-21", "12-05-22"]) == ""


def test_numbers_are_dates_only_where_one_count_fits() -> None:
    """Milliseconds stand alone; seconds are shared by two counts, so the header has to say which."""
    assert reading(["1673782500000", "1641000060000"]) == "unix_milliseconds"
    assert reading(["1673782500", "1641000060"]) == ""
    assert reading(["1673782500", "1641000060"], said=True) == "unix_seconds"
    assert reading(["22310", "21001"]) == "sas_days"
    assert reading(["44197", "43000"]) == "excel_days"
    assert reading(["20100", "19000"]) == ""
    assert reading(["20100", "19000"], birth=True) == ""


def test_the_century_of_a_birth_is_never_guessed() -> None:
    """A birth in '19 can be 1919 or 2019; one in '56 is 1956."""
    assert year_of("17/11/56", "year_last", birth=True) == 1956
    assert year_of("17/11/19", "year_last", birth=True) is None
    assert year_of("17/11/19", "year_last") == 2019
    assert year_of(f"17/11/{(LATEST_YEAR + 1) % 100}", "year_last") == LATEST_YEAR - 99


def _context(*tags: str, kind: str = "date") -> Context:
    return Context("visits", "seen", "seen", kind=kind, tags=frozenset(tags))


def test_date_part_reads_by_the_tag_and_empties_the_rest() -> None:
    """Cells that do not fit the way of their column are emptied."""
    part = DatePart(on_error="suppress")
    cells = pa.array(["01/12/22 00:11", "13/13/22", "soon", None])
    assert part.apply(cells, _context("year_last")).to_pylist() == ["2022", None, None, None]
    assert part.apply(cells, _context()).to_pylist() == [None] * 4
    stamps = pa.array([1673782500000, 5, None])
    assert part.apply(stamps, _context("unix_milliseconds")).to_pylist() == ["2023", None, None]


def test_ages_with_their_units() -> None:
    """Units in the cell count before that of the header; a bare m may say male."""
    cells = pa.array(["78Y", "93 y", "18 mo", "6 days", "006W", "018M", "2 yrs 3 mo", "93M", "old", "104 years old"])
    shown = Age(on_error="suppress").apply(cells, _context(kind="age")).to_pylist()
    assert shown == ["78", "90+", "1", "0", "0", "1", "2", None, None, "90+"]
    months = Age(on_error="suppress").apply(pa.array(["240", "1100", "93 y"]), _context("age_in_months", kind="age"))
    assert months.to_pylist() == ["20", "90+", "90+"]


def test_bands_of_the_oldest_are_one() -> None:
    """A band that spans 89 and 90, or reaches up to an age beyond, is emptied."""
    cells = pa.array(["20-39", "85-89", "65+", "90-94", "95-99", "100+", "90s", ">=95", "85-94", "<95", "0-120", "85+"])
    shown = AgeBands().apply(cells, _context(kind="age_band")).to_pylist()
    assert shown == ["20-39", "85-89", "65+", "90+", "90+", "90+", "90+", "90+", None, None, None, "85+"]
