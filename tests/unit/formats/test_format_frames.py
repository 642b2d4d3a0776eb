from __future__ import annotations

import datetime
import decimal
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from deid.errors import DataError
from deid.formats.columns import UNREAD
from deid.formats.frames import frame_from_table, tables_from_frames


@dataclass
class Held:
    """A reader of frames where a format is expected."""

    reader: object

    def read(self, table, batch_rows=65_536):
        return self.reader(table, batch_rows)


def there_and_back(frame: pd.DataFrame) -> pd.DataFrame:
    (table,), reader = tables_from_frames({"t": frame})
    return frame_from_table(table, Held(reader))


def refusal(frame: pd.DataFrame) -> list[str]:
    with pytest.raises(DataError) as refused:
        tables_from_frames({"t": frame})
    assert "Zebulon" not in str(refused.value)
    return [problem.code for problem in refused.value.problems]


FRAME = pd.DataFrame(
    {
        "whole": [1, 2, 3],
        "nullable": pd.array([1, None, 3], dtype="Int64"),
        "octet": np.array([1, 2, 255], "uint8"),
        "real": [1.5, np.nan, np.inf],
        "text": ["a", None, ""],
        "object": pd.Series(["x", np.nan, "z"], dtype=object),
        "flag": [True, False, True],
        "maybe": pd.array([True, None, False], dtype="boolean"),
        "day": [datetime.date(1066, 10, 14), None, datetime.date(9999, 12, 31)],
        "at": pd.to_datetime(["2020-01-02 03:04:05.000006", None, "1700-01-01 00:00:00"], format="ISO8601"),
        "zoned": pd.to_datetime(["2020-01-02", None, "2021-01-01"]).tz_localize("Europe/Vienna"),
        "money": [decimal.Decimal("1.10"), None, decimal.Decimal("2")],
        "empty": [None, None, None],
        "mixed_numbers": pd.Series([1, 2.5, None], dtype=object),
        "sparse": pd.arrays.SparseArray([1.0, np.nan, 2.0]),
    },
    index=["SECRETINDEX", "SECRETINDEX", "c"],
)


def test_values_and_sensible_types_survive():
    back = there_and_back(FRAME)
    assert list(back.columns) == list(FRAME.columns)
    assert back.index.equals(pd.RangeIndex(3))
    for name in FRAME.columns:
        was = [None if pd.isna(value) else value for value in FRAME[name]]
        now = [None if pd.isna(value) else value for value in back[name]]
        assert now == was, name
    expected = {
        "whole": "int64",
        "nullable": "Int64",
        "octet": "uint8",
        "real": "float64",
        "flag": "bool",
        "maybe": "boolean",
    }
    assert {name: str(back[name].dtype) for name in expected} == expected
    assert str(back["at"].dtype).startswith("datetime64")
    assert str(back["zoned"].dtype).endswith("Europe/Vienna]")


def test_the_frame_is_not_changed():
    frame = FRAME.copy(deep=True)
    tables_from_frames({"t": frame})
    pd.testing.assert_frame_equal(frame, FRAME)


def test_levels_index_and_attributes_stay_behind():
    frame = pd.DataFrame(
        {"c": pd.Categorical(["u", None, "v"], ["u", "v", "HIDDENLEVEL"])}, index=["SECRETINDEX", 1, 2]
    )
    frame.attrs["SECRETATTR"] = 1
    (table,), reader = tables_from_frames({"t": frame})
    assert table.schema == pa.schema([("c", pa.string())])
    assert table.schema.metadata is None
    batches = list(reader(table, 2))
    assert [batch.num_rows for batch in batches] == [2, 1]
    assert batches[0].column(0).to_pylist() == ["u", None]
    back = frame_from_table(table, Held(reader))
    assert back.attrs == {}
    assert list(back.columns) == ["c"]


def test_categories_of_numbers_keep_their_type():
    assert str(there_and_back(pd.DataFrame({"c": pd.Categorical([3, None, 1])}))["c"].dtype) == "Int64"


def test_a_frame_without_rows():
    back = there_and_back(FRAME.iloc[:0])
    assert (len(back), list(back.columns)) == (0, list(FRAME.columns))


def test_problems_of_all_frames_are_told_at_once_by_name_and_count():
    frames = {
        "a": pd.DataFrame({"m": pd.Series([1, "Zebulon", "x", 2.5], dtype=object), "fine": range(4)}),
        "b": pd.DataFrame([[1, 2, 3]], columns=["x", "x", "y"]),
    }
    with pytest.raises(DataError) as refused:
        tables_from_frames(frames)
    assert [(problem.code, problem.place) for problem in refused.value.problems] == [("D346", "a.m"), ("D303", "b")]
    assert refused.value.problems[0].cause == "3 types of value; 2 cells are not of the commonest one"
    assert "Zebulon" not in str(refused.value)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ([1j, 2], "D304"),
        (pd.Categorical([1, "Zebulon"]), "D304"),
        ([2**70, 1], "D304"),
        (pd.Series([datetime.date(2020, 1, 1), "Zebulon"], dtype=object), "D346"),
        (pd.Series(["Zebulon\ud800", "x"], dtype=object), "D304"),
    ],
)
def test_what_is_no_plain_column_is_refused(values, code):
    assert refusal(pd.DataFrame({"c": values})) == [code]


@pytest.mark.parametrize(
    "values",
    [
        [["Zebulon"], ["x"]],
        [{"Zebulon": 1}, {}],
        [b"Zebulon", b"x"],
        pd.to_timedelta([1, 2]),
        pd.period_range("2020", periods=2, freq="Y"),
        pd.cut([1, 2], 2),
    ],
)
def test_what_holds_no_plain_values_is_marked_and_not_read(values):
    (table,), read = tables_from_frames({"t": pd.DataFrame({"c": values})})
    assert UNREAD in table.schema.field("c").metadata
    assert next(iter(read(table, 10))).column(0).null_count == 2


def test_names_must_be_plain():
    assert refusal(pd.DataFrame({0: [1], "x": [2]})) == ["D347"]
    assert refusal(pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")]))) == ["D347"]
