"""Dates as people write them: read, moved, written back."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.dates import (
    FORMS,
    PROSE,
    DateText,
    Fault,
    Form,
    Precision,
    Window,
    delta_days,
    format_problems,
    parse,
    render,
    shifted,
)
from deid.keys import Key

KEY = Key.from_hex("3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697")
DAYS = st.dates(date(1801, 1, 1), date(2190, 1, 1))
DELTAS = st.integers(-364, 364).filter(bool)


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("2012-08-15", "2012-07-09"),
        ("2012-08", "2012-07"),  # day 15, as PHUSE has it
        ("2012", "2012"),  # 30 June
        ("2014-07-02T11:45", "2014-05-26T11:45"),
        ("2014-07-02T11", "2014-05-26T11"),
        ("2014-07-02T11:45:10.250Z", "2014-05-26T11:45:10.250Z"),
        ("2014-07-02T11:45-05:00", "2014-05-26T11:45-05:00"),
        ("2014-07-02T1145", "2014-05-26T1145"),
        ("2021-03-05 11:45:00+02:00", "2021-01-27 11:45:00+02:00"),
        ("2000-03-01T24:00", "2000-01-24T24:00"),
        ("20210305", "20210127"),
        ("20210305114500", "20210127114500"),
        ("202103051145-0500", "202101271145-0500"),
        ("05MAR2021", "27JAN2021"),
        ("05mar2021:11:45:10", "27jan2021:11:45:10"),
        ("05-Mar-2021", "27-Jan-2021"),
        ("05 March 2021", "27 January 2021"),
        ("March 05, 2021 2:30 PM", "January 27, 2021 2:30 PM"),
        ("05OCT2021", "29AUG2021"),  # the T of OCT begins no time of day
        ("25/03/2021", "16/02/2021"),
        ("03/25/2021", "02/16/2021"),
        ("25.03.2021 08:00", "16.02.2021 08:00"),
        ("2021/03/05", "2021/01/27"),
        ("03/2021", "02/2021"),
    ],
)
def test_forms_are_kept(text: str, moved: str) -> None:
    assert shifted(text, -37) == moved
    assert len(moved) == len(text) or "Ma" in text


@pytest.mark.parametrize("text", ["03/04/2021", "05/05/2021", "12-09-1994", "05 May 2021", "May 2021"])
def test_ambiguous_is_not_read(text: str) -> None:
    assert parse(text) is Fault.AMBIGUOUS


@pytest.mark.parametrize("text", ["1066-10-14", "9999-12-31", "2999", "0001-01-01", "1799-12-31", "2200-01-01"])
def test_codes_are_out_of_range(text: str) -> None:
    assert parse(text) is Fault.OUT_OF_RANGE


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "2021-02-30", "2021-13-01", "2003---15", "--12-15", "2021-03-05T25:00", "2021-03-05T11:61", "101"),
        *("2021-03-05/2021-03-07", "202103", "3/25/2021", "٢٠٢١-٠٣-٠٥", "2021-03-05 x", "Lee 2021-03-05", "UNMAR2021"),
    ],
)
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert parse(text) is Fault.UNREADABLE
    assert shifted(text, 5) is None


def test_declared_forms() -> None:
    assert shifted("03/04/2021", 10, ["%m/%d/%Y"]) == "03/14/2021"
    assert shifted("03/04/2021", 10, ["%d/%m/%Y"]) == "13/04/2021"
    assert shifted("3/4/2021", 10, ["%m/%d/%Y"]) is None
    assert shifted("3/4/2021", 10, ["%-m/%-d/%Y"]) == "3/14/2021"
    assert shifted("3/4/21 10:15", 10, ["%-m/%-d/%y %H:%M"]) == "3/14/21 10:15"
    assert shifted("12-09-1994", 10, ["%d-%m-%Y"]) == "22-09-1994"
    assert shifted("2021-03-04", 10, ["%d-%m-%Y"]) is None
    assert shifted("29-02-00", 366, ["%d-%m-%y"]) == "01-03-01"
    assert not list(format_problems(FORMS))
    assert not list(format_problems(PROSE))
    assert len(list(format_problems(["%d", "%Q %Y", "%H:%M %d/%m/%Y", "%d %Y"]))) == 4


@pytest.mark.parametrize("text", ["3/4/21", "March 5, 2021", "5 Mar 2021", "Mar 5 2021", "2021-03-05", "12/31/2020"])
def test_prose_is_read_months_first(text: str) -> None:
    found = parse(text, PROSE)
    assert isinstance(found, DateText)
    assert shifted(text, 0, PROSE) == text
    assert date(1970, 1, 1) + timedelta(found.days) in {date(2021, 3, 4), date(2021, 3, 5), date(2020, 12, 31)}


@given(DAYS, DELTAS, st.sampled_from([form for form in FORMS if "%d" in form]), st.sampled_from(["upper", "title"]))
def test_intervals_are_exact_and_moves_undo_themselves(day: date, delta: int, form: str, case: str) -> None:
    text = render(day.toordinal() - date(1970, 1, 1).toordinal(), Form(form, case))
    moved = shifted(text, delta, [form])
    assert moved is not None
    read = parse(moved, [form])
    assert isinstance(read, DateText)
    assert date(1970, 1, 1) + timedelta(read.days) == day + timedelta(delta)
    assert shifted(moved, -delta, [form]) == text


@given(DAYS)
def test_precision_is_what_was_written(day: date) -> None:
    for length, precision in ((4, Precision.YEAR), (7, Precision.MONTH), (10, Precision.DAY)):
        read = parse(day.isoformat()[:length])
        assert isinstance(read, DateText)
        assert read.precision is precision
        assert render(read.days, read.form) == day.isoformat()[:length]


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (Window(7), {*range(-7, 0), *range(1, 8)}),
        (Window(7, "past"), set(range(-7, 0))),
        (Window(28, weeks=True), {-28, -21, -14, -7, 7, 14, 21, 28}),
        (Window(30, "past", weeks=True), {-28, -21, -14, -7}),
    ],
)
def test_deltas_fill_the_window_evenly_and_are_never_0(window: Window, expected: set[int]) -> None:
    subkey = KEY.subkey("shift")
    drawn = Counter(window.delta(subkey, f"S-{i}") for i in range(20_000))
    assert set(drawn) == expected
    even = 20_000 / len(expected)
    chi_square = sum((count - even) ** 2 / even for count in drawn.values())
    assert chi_square < 45  # 13 degrees of freedom at most: 1 in 30,000


@settings(max_examples=30)
@given(st.text(min_size=1, max_size=12))
def test_delta_is_one_for_subject_and_release(subject: str) -> None:
    assert delta_days(KEY, subject) == Window().delta(KEY.subkey("shift"), subject)
    assert -364 <= delta_days(KEY, subject) <= 364
    other = [delta_days(KEY.for_release(f"r{i}"), subject) for i in range(6)]
    assert len(set(other)) > 1
