from __future__ import annotations

import datetime

import pyarrow as pa
import pytest
from format_tables import read_all
from sas7bdat_file import WINDOWS_1252, Column, number, sas7bdat

import deid.formats.sas as sas
from deid.contracts import TableInfo
from deid.errors import DataError
from deid.formats.sas7bdat import Sas7bdat

COLUMNS = [
    Column("SUBJ", "Subject", "", True, 6),
    Column("AGE", "Age in years", "", False, 8),
    Column("VISIT", "Visit date", "DATE", False, 8),
    Column("AT", "Time stamp", "DATETIME", False, 8),
]
ROWS = [
    b"007   " + number(40.5) + number(0) + number(0.5),
    b"      " + number(None) + number(None) + number(None),
    b" B2   " + number(1) + number(-1) + number(-1),
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "t.sas7bdat"
    path.write_bytes(sas7bdat(COLUMNS, ROWS))
    return path


def test_values_types_and_metadata(file):
    table = read_all("sas7bdat", file)
    assert table.to_pydict() == {
        "SUBJ": ["007", None, " B2"],
        "AGE": [40.5, None, 1.0],
        "VISIT": [datetime.date(1960, 1, 1), None, datetime.date(1959, 12, 31)],
        "AT": [
            datetime.datetime(1960, 1, 1, 0, 0, 0, 500_000),
            None,
            datetime.datetime(1959, 12, 31, 23, 59, 59),
        ],
    }
    assert table.schema.types == [pa.string(), pa.float64(), pa.date32(), pa.timestamp("us")]
    assert table.schema.field("VISIT").metadata == {b"label": b"Visit date", b"sas_format": b"DATE", b"length": b"8"}


def test_many_rows_in_chunks(tmp_path, monkeypatch):
    monkeypatch.setattr(sas, "READ_ROWS", 100)
    path = tmp_path / "t.sas7bdat"
    rows = [f"{i:06d}".encode() + number(i) + number(i) + number(i) for i in range(1000)]
    path.write_bytes(sas7bdat(COLUMNS, rows))
    table = read_all("sas7bdat", path, rows=300)
    assert table["AGE"].to_pylist() == list(range(1000))
    assert table["SUBJ"].to_pylist() == [f"{i:06d}" for i in range(1000)]


def test_the_encoding_stands_in_the_file(tmp_path):
    path = tmp_path / "t.sas7bdat"
    path.write_bytes(sas7bdat(COLUMNS[:1], [b"O\x92Neil"], WINDOWS_1252))
    assert read_all("sas7bdat", path)["SUBJ"].to_pylist() == ["O’Neil"]
    path.write_bytes(sas7bdat(COLUMNS[:1], [b"O\x92Neil"]))
    with pytest.raises(DataError, match="rows 1 to") as refused:
        read_all("sas7bdat", path)
    assert "Neil" not in str(refused.value)
    assert refused.value.__context__ is None


def test_dates_out_of_range_are_refused_by_count(tmp_path):
    path = tmp_path / "t.sas7bdat"
    path.write_bytes(sas7bdat(COLUMNS[2:3], [number(1), number(1e9), number(-1e9)]))
    with pytest.raises(DataError, match=r"D325 .*: 2 cells of column 'VISIT'"):
        read_all("sas7bdat", path)


@pytest.mark.parametrize("content", [b"", b"no such thing", b"\0" * 4000])
def test_other_files_are_refused(tmp_path, content):
    path = tmp_path / "t.sas7bdat"
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_all("sas7bdat", path)


def test_a_file_cut_short_is_refused(file):
    file.write_bytes(file.read_bytes()[:-9000])
    with pytest.raises(DataError):
        read_all("sas7bdat", file)


def test_it_is_not_written(tmp_path):
    with pytest.raises(DataError, match="D311"):
        Sas7bdat().open(tmp_path / "x", TableInfo("x", tmp_path / "x", "sas7bdat", pa.schema([])))
