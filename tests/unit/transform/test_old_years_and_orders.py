"""Years that tell of an age over 89, and dates whose day and month cannot be told apart."""

from __future__ import annotations

import pyarrow as pa
import pytest

from deid.contracts import Context
from deid.dates import PROSE, PROSE_DAY_FIRST, shifted
from deid.keys import Key
from deid.model import Span
from deid.replacing import Surrogating
from deid.transform.date_part import DatePart
from tests.conftest import KEY

CONTEXT = Context("t", "c", "c")


def years(options: dict[str, str], *cells: str) -> list[str | None]:
    found: list[str | None] = DatePart(**options).apply(pa.array(cells), CONTEXT).to_pylist()  # type: ignore[arg-type]
    return found


def test_a_year_needs_no_order_of_day_and_month() -> None:
    assert years({"to": "year"}, "03/04/2021", "01.02.1970", "13/01/1999", "2020-01-01") == [
        "2021",
        "1970",
        "1999",
        "2020",
    ]


def test_years_before_a_day_are_emptied_and_later_ones_stay() -> None:
    assert years({"empty_before": "1937-01-01"}, "1936-12-31", "1937-01-01", "03/04/1921", "2031-05-05") == [
        None,
        "1937",
        None,
        "2031",
    ]


def test_a_month_still_needs_the_order() -> None:
    with pytest.raises(Exception, match="D405"):
        years({"to": "year_month"}, "03/04/2021")


@pytest.mark.parametrize(("text", "moved"), [("01.10.2021", "04.10.2021"), ("1.10.2021", "4.10.2021")])
def test_dotted_dates_put_the_day_first(text: str, moved: str) -> None:
    assert shifted(text, 3, PROSE) == shifted(text, 3, PROSE_DAY_FIRST) == moved


def surrogates(order: str, text: str) -> str:
    writer = Surrogating(Key.from_hex(KEY), 364, "both", False, frozenset(), order)  # type: ignore[arg-type]
    return writer.of(text, [Span(0, len(text), "date", 1.0, "test")], "s1")[0]


def test_what_can_be_read_both_ways_is_tagged_unless_the_order_is_stated() -> None:
    assert surrogates("", "03/04/2021") == "[DATE]"
    first, second = surrogates("month_first", "03/04/2021"), surrogates("day_first", "03/04/2021")
    assert "[DATE]" not in (first, second)
    assert first != second
    assert surrogates("", "25/04/2021") == surrogates("day_first", "25/04/2021") != "[DATE]"
