"""Dates of bare digits, behind weekdays and under spelt headers: read where one order fits, else left to the owner."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from deid.cli import main
from deid.dates import Fault, parse, shifted
from deid.digit_dates import formats_of
from deid.model import ColumnProfile
from deid.profile import profile_table
from deid.years import year_of
from tests.conftest import KEY

ROWS = (6, 40, 400)


def days(rows: int, first: date, last: date) -> list[date]:
    draw = random.Random(11)
    return [first + timedelta(draw.randrange((last - first).days)) for _ in range(rows)]


def events(rows: int, form: str) -> list[str]:
    found = days(rows, date(2014, 1, 1), date(2023, 12, 31))
    return [day.strftime(form) for day in [date(2019, 1, 29), date(2020, 2, 28), date(2021, 3, 31), *found][:rows]]


def births(rows: int, form: str) -> list[str]:
    found = days(rows, date(1940, 1, 1), date(1999, 12, 31))
    return [day.strftime(form) for day in [date(1957, 2, 28), date(1948, 11, 30), *found][:rows]]


def column(name: str, cells: list[str]) -> ColumnProfile:
    table = pa.table({name: pa.array(cells), "ward": pa.array(["a", "b"] * (len(cells) // 2))})
    return profile_table("t", table.to_batches(), table.schema).columns[0]


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize(
    ("name", "form", "tag", "declared"),
    [
        ("U-Datum", "%y%m%d", "year_first", ("%y%m%d",)),
        ("Date drawn", "%y%m%d %H%M", "year_first", ("%y%m%d",)),
        ("visit date", "%d%m%Y", "", ("%d%m%Y",)),
        ("visit date", "%m%d%Y", "", ("%m%d%Y",)),
        ("visit date (ddmmyy)", "%d%m%y", "year_last", ("%d%m%y",)),
        ("seen dd/mm/yy date", "%d%m%y", "year_last", ("%d%m%y",)),
    ],
)
def test_events_are_dates(rows: int, name: str, form: str, tag: str, declared: tuple[str, ...]) -> None:
    found = column(name, events(rows, form))
    assert found.holds == ("date",)
    assert formats_of(found.tags) == declared
    assert tag == "" or tag in found.tags


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", ["Last appt.", "EC date"])
@pytest.mark.parametrize("form", ["%A %d %B %Y", "%a %d/%m/%Y", "%a, %d %b %Y"])
def test_dates_behind_a_weekday_are_dates(rows: int, name: str, form: str) -> None:
    assert column(name, events(rows, form)).holds == ("date",)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", ["D.O.B", "D.O.B.", "d.o.b", "D O B", "GebDat", "DOB (ddmmyyyy)"])
def test_spelt_headers_of_births(rows: int, name: str) -> None:
    assert column(name, births(rows, "%d-%b-%Y" if "(" not in name else "%d%m%Y")).holds == ("birth_date",)


def numbers(rows: int, low: int, high: int, width: int = 6) -> list[str]:
    draw = random.Random(3)
    return [f"{draw.randrange(low, high):0{width}}" for _ in range(rows)]


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", ["U-Datum", "received", "no", "pin", "N"])
@pytest.mark.parametrize("width", [6, 8])
def test_numbers_handed_out_are_no_dates(rows: int, name: str, width: int) -> None:
    found = column(name, numbers(rows, 10 ** (width - 1), 10**width - 1, width))
    assert found.holds[0] not in ("date", "measurement", "category", "code")
    assert not formats_of(found.tags)


@pytest.mark.parametrize("rows", ROWS)
def test_digits_of_no_header_stay_with_the_owner(rows: int) -> None:
    assert column("col_7", births(rows, "%d%m%Y")).holds[0] in ("unknown", "code")
    assert column("col_7", events(rows, "%y%m%d")).holds[0] not in ("date", "measurement", "number", "category")


@pytest.mark.parametrize("rows", ROWS)
def test_what_fits_two_orders_is_refused_with_the_way(rows: int) -> None:
    both = [f"{1 + i % 12:02}{1 + i % 11:02}{1 + i % 12:02}" for i in range(rows)]
    found = column("visit date", both)
    assert found.holds[0] == "unknown"
    assert any("format: '%d%m%y'" in said for said in found.evidence)


@pytest.mark.parametrize(
    ("text", "year", "first", "last"),
    [
        ("02281957", 1957, 1957, 1957),
        ("28021957", 1957, 1957, 1957),
        ("20211957", None, None, None),
        ("99999999", None, None, None),
        ("210503 0915", None, 2021, 2003),
        ("120519", None, 2012, 2019),
        ("991399", None, None, None),
        ("1205199", None, None, None),
    ],
)
def test_years_of_digits(text: str, year: int | None, first: int | None, last: int | None) -> None:
    assert (year_of(text), year_of(text, "year_first"), year_of(text, "year_last")) == (year, first, last)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Tuesday 04 May 2021", "Friday 14 May 2021"),
        ("Mon 03/05/2021", "Thu 13/05/2021"),
        ("MON 03/05/2021 10:15", "THU 13/05/2021 10:15"),
        ("Tue 03/05/2021", None),
        ("Sunday 04 May 2021", None),
    ],
)
def test_dates_behind_a_weekday_move_with_it(text: str, after: str | None) -> None:
    assert shifted(text, 10) == after
    assert (after is None) == isinstance(parse(text), Fault)


def test_every_day_behind_its_weekday_is_read_as_that_day() -> None:
    for day in days(300, date(1937, 1, 1), date(2026, 12, 31)):
        for form in ("%A %d %B %Y", "%a %d %b %Y"):
            found = parse(day.strftime(form))
            assert not isinstance(found, Fault)
            assert found.days == day.toordinal() - date(1970, 1, 1).toordinal()
        found = parse(day.strftime("%a %d/%m/%Y"))
        assert found is Fault.AMBIGUOUS or getattr(found, "days", None) == day.toordinal() - 719_163


def released(folder: Path, table: pd.DataFrame, policy: str) -> Result:
    table.to_csv(folder / "visits.csv", index=False)
    (folder / "own.yaml").write_text(f"deid: 1\nname: mine\n{policy}", "utf-8")
    arguments = ["run", str(folder / "visits.csv"), "--policy", str(folder / "own.yaml"), "--out", str(folder / "out")]
    return CliRunner().invoke(main, arguments, env={"DEID_KEY": KEY})


def people(rows: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": [f"P{7000 + 13 * row}" for row in range(rows)],
            "BIRTH_DATE": births(rows, "%m%d%Y"),
            "visit date": events(rows, "%d%m%Y"),
            "U-Datum": events(rows, "%y%m%d"),
            "Last seen date": events(rows, "%A %d %B %Y"),
        }
    )


@pytest.mark.parametrize("rows", ROWS)
def test_safe_harbor_shows_their_years(tmp_path: Path, rows: int) -> None:
    result = released(tmp_path, people(rows), "extends: [hipaa-safe-harbor]\n")
    assert result.exit_code == 0, result.output
    shown = pd.read_csv(tmp_path / "out" / "data" / "visits.csv", dtype=str)
    for name, form in (("BIRTH_DATE", "%m%d%Y"), ("visit date", "%d%m%Y"), ("U-Datum", "%y%m%d")):
        years = sorted(pd.to_datetime(people(rows)[name], format=form).dt.strftime("%Y"))
        assert sorted(shown[name]) == years


@pytest.mark.parametrize("rows", [40, 400])
def test_moved_dates_keep_their_form_and_distance(tmp_path: Path, rows: int) -> None:
    lines = dict.fromkeys(people(6).columns[2:], "{role: sensitive_attribute, do: shift_date}")
    columns = "".join(f"  {name}: {line}\n" for name, line in lines.items())
    policy = "subject: patient_id\ncolumns:\n  patient_id: {role: direct_identifier, do: pseudonym}\n"
    result = released(tmp_path, people(rows), f"{policy}  BIRTH_DATE: {{do: drop}}\n{columns}")
    assert result.exit_code == 0, result.output
    shown = pd.read_csv(tmp_path / "out" / "data" / "visits.csv", dtype=str)
    moved = [
        pd.to_datetime(shown[name], format=form)
        for name, form in (("visit date", "%d%m%Y"), ("U-Datum", "%y%m%d"), ("Last seen date", "%A %d %B %Y"))
    ]
    assert (moved[0] == moved[1]).all()
    assert (moved[0] == moved[2]).all()
    assert not shown["visit date"].isin(people(rows)["visit date"]).all()
