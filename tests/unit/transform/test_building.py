"""From the options of a policy to a transform, and back to one line of words; the small transforms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from deid.contracts import Context
from deid.transform import build, describe
from deid.transform.constant import Constant
from deid.transform.keep import Keep
from deid.transform.pool_rare import PoolRare
from deid.transform.shift_date import ShiftDate
from deid.transform.suppress import Suppress

CONTEXT = Context("dm", "RACE", "race", vocabulary=frozenset({"WHITE", "7"}))


@pytest.mark.parametrize(
    ("name", "options", "sentences"),
    [
        ("shift_date", {"max_day": 3}, ["unknown option 'max_day' (did you mean 'max_days'?)"]),
        ("shift_date", {"max_days": "364"}, ["option 'max_days' should be a valid integer"]),
        (
            "shift_date",
            {"max_days": True, "direction": "future", "weeks": 1, "format": 3},
            [
                "option 'max_days' should be a valid integer",
                "option 'direction' should be 'both' or 'past'",
                "option 'weeks' should be a valid boolean",
                "option 'format' should be a valid string, or should be a list",
            ],
        ),
        ("shift_date", {"max_days": 5}, ["max_days must be from 7 to 3650"]),
        ("constant", {}, ["option 'value' is missing"]),
        ("constant", {"value": " "}, ["value is empty; to leave cells empty use `do: suppress`"]),
        ("suppress", {"why": 1}, ["unknown option 'why' (there are none)"]),
        ("shift_dat", {}, ["there is no transform 'shift_dat' did you mean 'shift_date'?"]),
        ("zzz", {}, ["there is no transform 'zzz'"]),
        ("recode_inside", {"fields": "USUBJID"}, ["option 'fields' should be a list"]),
        ("pool_rare", {"at_least": 1, "label": ""}, ["at_least must be 2 or more", "label is empty"]),
    ],
)
def test_what_is_wrong_is_said_in_sentences(name: str, options: dict[str, Any], sentences: list[str]) -> None:
    assert build(name, options) == sentences


def test_options_reach_the_transform() -> None:
    assert build("shift_date", {"max_days": 182, "format": ["%d/%m/%Y"]}) == ShiftDate(182, format=("%d/%m/%Y",))
    built = build("date_part", {"as_of": dt.date(2024, 1, 1)})
    assert getattr(built, "as_of", "") == "2024-01-01"
    assert describe(ShiftDate(182)) == "shifted by -182..182 days, one delta per subject, intervals kept"
    assert describe(ShiftDate(28, "past", weeks=True)).startswith("shifted by whole weeks, -28..-1 days")
    assert describe(Suppress()) == Suppress.summary


def test_pooling() -> None:
    column = pa.array(["WHITE", " WHITE", "white", "OTHER RACE", None, ""])
    assert PoolRare(11).apply(column, CONTEXT).to_pylist() == ["WHITE", "WHITE", "OTHER", "OTHER", None, None]
    assert PoolRare(11, "RARE").apply(pa.array([7, 8]), CONTEXT).to_pylist() == ["7", "RARE"]
    assert PoolRare.needs_vocabulary


def test_constant_and_suppress() -> None:
    assert Constant("withheld").apply(pa.array([1, None]), CONTEXT).to_pylist() == ["withheld", None]
    out = Suppress().apply(pa.array([1, 2], pa.int16()), CONTEXT)
    assert out.type == pa.int16()
    assert out.null_count == 2
    assert not any(buffer.to_pybytes().strip(b"\0") for buffer in out.buffers() if buffer is not None)


def test_kept_categories_lose_unused_levels_and_keep_their_order() -> None:
    kind = pa.dictionary(pa.int8(), pa.string(), ordered=True)
    codes = pa.array([2, None, 0, 2], pa.int8())
    levels = pa.array(["low", "unused", "high"])
    column = pa.DictionaryArray.from_arrays(codes, levels, ordered=True)
    out = Keep().apply(column, CONTEXT)
    assert out.type == kind == column.type
    assert out.to_pylist() == ["high", None, "low", "high"]
    assert out.dictionary.to_pylist() == ["low", "high"]
    assert Keep().apply(pa.array([1, 2]), CONTEXT).to_pylist() == [1, 2]
