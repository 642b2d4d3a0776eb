"""ZIP codes, ages and birth years as 45 CFR 164.514(b)(2) lets them pass."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from deid.ages import completed_years, years_of
from deid.contracts import Context
from deid.errors import DataError
from deid.transform.age import Age
from deid.transform.age_at import AgeAt
from deid.transform.date_part import DatePart
from deid.transform.zip3 import Zip3, released_areas

BIRTHS = st.dates(dt.date(1900, 1, 1), dt.date(2020, 1, 1))


def context(**others: list[Any]) -> Context:
    return Context("dm", "C", "c", others={name: pa.array(cells) for name, cells in others.items()})


def apply(transform: Any, cells: list[Any], kind: Any = None, **others: list[Any]) -> list[Any]:
    out = transform.apply(pa.array(cells, kind), context(**others))
    assert out.type == pa.string()
    cells_out: list[Any] = out.to_pylist()
    return cells_out


@pytest.mark.parametrize(
    ("code", "area"),
    [
        ("03601", "000"),
        ("20252", "000"),  # kept by the lists of 2000 and 2010, nobody lives there in 2020
        ("77201", "000"),
        ("06355", "063"),  # zeroed by the list of 2000
        ("89052", "890"),
        ("09012", "000"),  # military: no census area
        ("02148-1234", "021"),
        ("021481234", "021"),
        ("02148 1234", "021"),
        ("2148", "021"),
        ("2148-1234", "021"),
        ("21481234", "021"),
        ("2148.0", "021"),
        ("99999", "999"),
        ("00000", "000"),
        ("SW1A 1AA", None),
        ("K1A 0B1", None),
        ("021", None),  # three digits may be an area already, or a number that lost two zeros
        ("601", None),
        ("２１４８", None),
        ("-2148", None),
        ("02148-12", None),
        ("1021480", None),
    ],
)
def test_zip_codes(code: str, area: str | None) -> None:
    assert apply(Zip3(), [code]) == [area]


def test_zip_codes_that_were_numbers() -> None:
    assert apply(Zip3(), [2148, 89052, 21481234, None]) == ["021", "890", "021", None]
    assert apply(Zip3(), [2148.0, float("nan")]) == ["021", None]
    assert apply(Zip3(digits=3), ["021", "21", "036", "02148"]) == ["021", "021", "000", None]
    assert list(Zip3(digits=4).problems())


def test_areas_are_an_allow_list() -> None:
    assert len(released_areas()) == 894 - 18
    assert "000" not in released_areas()


def test_areas_agree_with_the_restricted_list(shared: Path) -> None:
    rules = yaml.safe_load((shared / "rules" / "restricted_zip3.yaml").read_text())
    assert not released_areas() & set(rules["census_2020"])
    assert set(rules["differences"]["in_2000_not_2020"]) <= released_areas()


def test_every_case_of_the_rule(shared: Path) -> None:
    cases = yaml.safe_load((shared / "rules" / "hipaa_safe_harbor.yaml").read_text())["tests"]
    assert len(cases) == 13
    for case in cases:
        given, out = case["in"], case["out"]
        if "zip" in given:
            assert apply(Zip3(), [given["zip"]]) == [out]
        elif "age" in given:
            assert apply(Age(unit=given.get("unit", "years").lower()), [given["age"]]) == [out]
        else:
            as_of = str(given["as_of"])
            birth = [str(given["birth_date"])]
            assert apply(DatePart(to="year", as_of=as_of), birth) == [out["birth_year"]]
            assert apply(AgeAt(as_of=as_of), birth) == [out["age"]]


@pytest.mark.parametrize(
    ("unit", "number", "shown"),
    [
        ("years", "89", "89"),
        ("years", "89.99", "89"),
        ("years", "90", "90+"),
        ("years", "96.29", "90+"),
        ("years", "0.4", "0"),
        ("months", "1079", "89"),
        ("months", "1080", "90+"),
        ("weeks", "4695", "89"),
        ("weeks", "4697", "90+"),
        ("days", "32700", "89"),
        ("days", "32872", "89"),
        ("days", "32872.5", "90+"),
        ("days", "32873", "90+"),
        ("hours", "788939", "89"),
        ("hours", "788940", "90+"),
        ("years", "90+", "90+"),
        ("years", "> 89", "90+"),
        ("years", ">=90", "90+"),
    ],
)
def test_ages(unit: Any, number: str, shown: str) -> None:
    assert apply(Age(unit=unit), [number]) == [shown]


def test_age_units_by_row() -> None:
    ages = ["2", "30", "32873", "40", None]
    units = ["YEARS", "Months", "DAYS", "yrs", None]
    assert apply(Age(unit_column="AGEU"), ages, AGEU=units) == ["2", "2", "90+", "40", None]
    with pytest.raises(DataError, match=r"D409 dm\.C: 2 cell"):
        apply(Age(unit_column="AGEU"), ["5", "5", None], AGEU=["fortnights", None, None])
    with pytest.raises(DataError, match="D409"):
        apply(Age(unit_column="AGEU"), ["5"])


def test_no_age_at_all_is_refused() -> None:
    cells = ["-1", "131", "999", "old", "<5", "1e9", "45"]
    with pytest.raises(DataError) as refused:
        apply(Age(), cells)
    assert [(p.code, p.cause[:9]) for p in refused.value.problems] == [("D402", "2 cell(s)"), ("D408", "4 cell(s)")]
    assert apply(Age(on_error="suppress"), cells) == [None] * 6 + ["45"]
    assert apply(Age(missing=("999",)), [999, 45]) == [None, "45"]
    assert list(Age(top=91).problems())
    assert apply(Age(top=80, label="80 or older"), ["79", "80", "80+"]) == ["79", "80 or older", "80 or older"]


@given(st.integers(0, 47_000))
def test_over_89_is_never_shown(number: int) -> None:
    shown = apply(Age(unit="days"), [number])[0]
    assert shown == ("90+" if number >= 32_872.5 else str(int(number / 365.25)))
    assert years_of(Decimal(number), "days") == int(number / 365.25)


@given(BIRTHS, BIRTHS)
def test_age_at_counts_birthdays(birth: dt.date, at: dt.date) -> None:
    if at < birth:
        birth, at = at, birth
    years = at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))
    expected = "90+" if years >= 90 else str(years)
    assert apply(AgeAt(as_of_column="V"), [birth.isoformat()], V=[at]) == [expected]
    assert apply(DatePart(as_of_column="V"), [birth], V=[at]) == [None if years >= 90 else str(birth.year)]


def test_partial_birth_dates_count_as_the_oldest_they_may_be() -> None:
    at = AgeAt(as_of="2024-03-01")
    assert apply(at, ["1934", "1934-03", "1934-04", "1950"]) == ["90+", "90+", "89", "73"]
    assert apply(DatePart(as_of="2024-03-01"), ["1934", "1934-03", "1934-04"]) == [None, None, "1934"]
    assert apply(at, ["2024", "2024-03"]) == ["0", "0"]


def test_without_a_reference_date_nothing_is_shown() -> None:
    for transform in (AgeAt(as_of_column="V"), DatePart(as_of_column="V")):
        with pytest.raises(DataError, match=r"D407 dm\.C: 2 cell"):
            apply(transform, ["1951-03-26"] * 3, V=["2020-01-01", None, ""])
        with pytest.raises(DataError, match="D407"):
            apply(transform, ["1951-03-26"])
    quiet = AgeAt(as_of_column="V", on_error="suppress")
    assert apply(quiet, ["1951-03-26"] * 2, V=["2020-01-01", None]) == ["68", None]
    with pytest.raises(DataError, match="D408"):
        apply(AgeAt(as_of="2020-01-01"), ["2021-01-01", "1880-01-01"])


def test_options_of_reference_dates() -> None:
    assert list(AgeAt().problems())
    assert list(AgeAt(as_of="2024-01-01", as_of_column="V").problems())
    assert list(AgeAt(as_of="2024-02-30").problems())
    assert list(AgeAt(as_of="1/1/2024").problems())
    assert list(AgeAt(as_of="2024-01-01", top=95).problems())
    assert list(AgeAt(as_of="2024-01-01", format="%m/%d/%y").problems())
    assert not list(AgeAt(as_of="2024-01-01").problems())
    assert AgeAt(as_of_column="V").columns() == ("V",)
    assert not AgeAt(as_of_column="V").per_value
    assert AgeAt(as_of="2024-01-01").per_value


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("year", ["2014", "2014", "2014"]),
        ("year_month", ["2014-07", "2014-07", "2014"]),
        ("quarter", ["2014-Q3", "2014-Q3", "2014"]),
        ("month", ["07", "07", None]),
        ("weekday", ["Wednesday", None, None]),
    ],
)
def test_parts_of_dates(to: Any, shown: list[str | None]) -> None:
    assert apply(DatePart(to=to), ["2014-07-02T11:45", "2014-07", "2014"]) == shown
    assert apply(DatePart(to=to), [dt.date(2014, 7, 2), None]) == [shown[0], None]
    assert apply(DatePart(to=to, numeric="sas_days"), [19906.0]) == [shown[0]]
    with pytest.raises(DataError, match="D404"):
        apply(DatePart(to=to), ["last week"])


def test_completed_years_on_leap_days() -> None:
    import numpy as np

    def day(text: str) -> Any:
        return np.array([text], "datetime64[D]").astype(np.int64)

    assert completed_years(day("2020-02-29"), day("2021-02-28")) == 0
    assert completed_years(day("2020-02-29"), day("2021-03-01")) == 1
    assert completed_years(day("1960-02-29"), day("2024-02-29")) == 64
