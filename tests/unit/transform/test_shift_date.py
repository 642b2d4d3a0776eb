"""Dates of a subject move together, whatever the type of the column."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.contracts import Context
from deid.dates import delta_days
from deid.errors import DataError
from deid.keys import Key
from deid.transform.shift_date import ShiftDate

KEY = Key.from_hex("3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697")
SUBJECT = "01-701-1015"
DELTA = delta_days(KEY, SUBJECT)


def context(rows: int, subject: str | None = SUBJECT, **given: Any) -> Context:
    return Context("ae", "AESTDTC", "aestdtc", KEY, subject=pa.array([subject] * rows, pa.string()), **given)


def shift(cells: Any, kind: Any = None, **options: Any) -> pa.Array:
    column = pa.array(cells, kind)
    out = ShiftDate(**options).apply(column, context(len(column)))
    assert out.type == ShiftDate(**options).output_type(column.type)
    return out


def days(count: int) -> dt.timedelta:
    return dt.timedelta(days=count)


def test_all_columns_types_and_tables_move_by_one_delta() -> None:
    day, moment = dt.date(2014, 7, 2), dt.datetime(2014, 7, 2, 11, 45)
    new_day, new_moment = day + days(DELTA), moment + days(DELTA)
    assert shift(["2014-07-02"]).to_pylist() == [new_day.isoformat()]
    assert shift(["2014-07-02T11:45"]).to_pylist() == [new_day.isoformat() + "T11:45"]
    assert shift([day], pa.date32()).to_pylist() == [new_day]
    assert shift([day], pa.date64()).to_pylist() == [new_day]
    for unit in ("s", "ms", "us", "ns"):
        assert shift([moment, None], pa.timestamp(unit)).to_pylist() == [new_moment, None]
    sas = (day - dt.date(1960, 1, 1)).days
    assert shift([sas, None], numeric="sas_days").to_pylist() == [sas + DELTA, None]
    assert shift([sas + 0.25], numeric="sas_days").to_pylist() == [sas + DELTA + 0.25]
    assert shift([f"{sas}.50"], numeric="sas_days").to_pylist() == [f"{sas + DELTA}.50"]
    seconds = int(moment.replace(tzinfo=dt.UTC).timestamp())
    assert shift([seconds], numeric="unix_seconds").to_pylist() == [seconds + DELTA * 86_400]
    assert shift([seconds * 1000 + 7], numeric="unix_milliseconds").to_pylist() == [
        seconds * 1000 + 7 + DELTA * 86_400_000
    ]
    assert shift([41822], numeric="excel_days").to_pylist() == [41822 + DELTA]
    assert shift([20140702], numeric="yyyymmdd").to_pylist() == [int(new_day.strftime("%Y%m%d"))]
    birth = (dt.date(1931, 5, 1) - dt.date(1960, 1, 1)).days
    assert shift([birth - 0.5], numeric="sas_days").to_pylist() == [birth - 0.5 + DELTA]


def test_another_release_moves_otherwise_and_subjects_differ() -> None:
    many = pa.array(["2014-07-02"] * 40)
    subjects = pa.array([f"S-{i}" for i in range(40)])
    one, two = (
        ShiftDate().apply(many, Context("t", "c", "c", KEY.for_release(name), subject=subjects)) for name in "ab"
    )
    assert len(set(one.to_pylist())) > 30
    assert sum(a == b for a, b in zip(one.to_pylist(), two.to_pylist(), strict=True)) < 3


def test_subject_spelt_with_blanks_is_the_same() -> None:
    blank = ShiftDate().apply(pa.array(["2014-07-02"]), context(1, f" {SUBJECT} "))
    assert blank == shift(["2014-07-02"])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.datetimes(dt.datetime(1802, 1, 1), dt.datetime(2190, 1, 1)), min_size=2, max_size=6))
def test_intervals_are_exact(moments: list[dt.datetime]) -> None:
    whole = [moment.replace(microsecond=0) for moment in moments]
    moved = shift([moment.isoformat() for moment in whole]).to_pylist()
    assert [dt.datetime.fromisoformat(text) - moment for text, moment in zip(moved, whole, strict=True)] == [
        days(DELTA)
    ] * len(whole)
    assert shift(whole, pa.timestamp("us")).to_pylist() == [moment + days(DELTA) for moment in whole]


def test_wall_clock_time_stays_over_summer_time() -> None:
    zone = "America/New_York"
    moments = pa.array([dt.datetime(2014, m, 10, 15) for m in range(1, 13)], pa.timestamp("us", zone))
    moved = ShiftDate().apply(moments, context(12)).to_pylist()
    for old, new in zip(moments.to_pylist(), moved, strict=True):
        assert (new.hour, new.minute) == (old.hour, old.minute)
        assert new.date() - old.date() == days(DELTA)


def test_missing_codes_and_blanks_become_missing() -> None:
    out = shift(["9999-12-31", "UNK", "", "  ", None, "2014"], missing=("9999-12-31", "unk"))
    assert out.to_pylist()[:5] == [None] * 5


@pytest.mark.parametrize(
    ("cells", "options", "code"),
    [
        (["2014-07-02", "soon", "x"], {}, "D404"),
        (["2014-07-02", "03/04/2021", "05/06/2021"], {}, "D405"),
        (["1066-10-14", "9999-12-31", None], {}, "D406"),
        ([dt.date(1066, 10, 14), dt.date(9999, 12, 31)], {}, "D406"),
        ([dt.datetime(1700, 1, 1), dt.datetime(2261, 1, 1)], {}, "D406"),
        ([1e18, -1e18], {"numeric": "sas_days"}, "D406"),
        ([1, 2], {}, "D404"),
        (["one", "two"], {"numeric": "sas_days"}, "D404"),
        ([20141301, 20140230], {"numeric": "yyyymmdd"}, "D404"),
    ],
)
def test_what_cannot_be_moved_is_refused_with_its_count(cells: Any, options: dict[str, Any], code: str) -> None:
    with pytest.raises(DataError) as refused:
        shift(cells, **options)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert str(refused.value).startswith(f"{code} ae.AESTDTC: 2 cell(s)")
    out = shift(cells, on_error="suppress", **options)
    assert out.null_count >= 2


def test_all_problems_are_named_at_once() -> None:
    column = pa.array(["x", "03/04/2021", "9999-12-31", "2014-07-02"])
    subject = pa.array([SUBJECT, SUBJECT, SUBJECT, " "])
    with pytest.raises(DataError) as refused:
        ShiftDate().apply(column, Context("ae", "AESTDTC", "f", KEY, subject=subject))
    assert [problem.code for problem in refused.value.problems] == ["D404", "D405", "D406", "D401"]


def test_a_date_without_a_subject_is_refused() -> None:
    with pytest.raises(DataError, match="D401"):
        ShiftDate().apply(pa.array(["2014-07-02"]), context(1, None))
    with pytest.raises(DataError, match="D401"):
        ShiftDate().apply(pa.array(["2014-07-02"]), Context("t", "c", "c", KEY))
    assert ShiftDate().apply(pa.array([None, ""], pa.string()), context(2, None)).to_pylist() == [None, None]


def test_a_move_that_the_type_cannot_hold_is_refused() -> None:
    late = np.iinfo(np.int16).max
    columns = [pa.array([late - 1] * 9 + [late - 7] * 9, pa.int16())]
    subjects = pa.array([f"S-{i}" for i in range(18)])
    with pytest.raises(DataError, match="D403"):
        ShiftDate(numeric="sas_days").apply(columns[0], Context("t", "c", "c", KEY, subject=subjects))


@pytest.mark.slow
def test_a_million_rows_take_seconds() -> None:
    chance = np.random.default_rng(7)
    rows = 1_000_000
    dates = pa.array(chance.integers(14_000, 19_000, rows).astype("datetime64[D]")).cast(pa.string())
    subjects = pa.array(chance.integers(0, 5_000, rows)).cast(pa.string())
    started = time.process_time()
    ShiftDate().apply(dates, Context("t", "c", "c", KEY, subject=subjects))
    assert time.process_time() - started < 6
