from __future__ import annotations

import datetime
import warnings
import zipfile

import openpyxl
import pyarrow as pa
import pytest
from format_tables import read_all

from deid.contracts import TableInfo
from deid.errors import DataError
from deid.formats.excel import Excel


@pytest.fixture
def book(tmp_path):
    def made(rows, formats=None, others=None):
        workbook = openpyxl.Workbook()
        workbook.active.title = "patients"
        for name, content in {"patients": rows, **(others or {})}.items():
            sheet = workbook[name] if name in workbook else workbook.create_sheet(name)
            for row in content:
                sheet.append(row)
        for place, shown in (formats or {}).items():
            workbook.active[place].number_format = shown
        workbook.save(tmp_path / "clinic.xlsx")
        return tmp_path / "clinic.xlsx"

    return made


def refusal(path, **options) -> DataError:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError) as refused:
            read_all("excel", path, options)
    assert "Zebulon" not in str(refused.value)
    return refused.value


def test_cells_have_the_type_of_their_column(book):
    stamp = datetime.datetime(2020, 1, 2, 3, 4)
    day = datetime.date(2020, 1, 3)
    path = book(
        [
            ["id", "n", "f", "flag", "day", "at", "mixed", "none"],
            ["007", 1, 1.5, True, day, stamp, "x", None],
            ["8", None, 2, None, None, day, 5, None],
            ["9", 3, None, False, day, None, 2.5, None],
        ]
    )
    table = read_all("excel", path)
    assert table.schema.types == [
        pa.string(),
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.date32(),
        pa.timestamp("us"),
        pa.string(),
        pa.string(),
    ]
    assert table.to_pylist()[1:] == [
        {"id": "8", "n": None, "f": 2.0, "flag": None, "day": None, "at": datetime.datetime(2020, 1, 3)}
        | {"mixed": "5", "none": None},
        {"id": "9", "n": 3, "f": None, "flag": False, "day": day, "at": None, "mixed": "2.5", "none": None},
    ]


def test_numbers_shown_with_zeros_or_as_text_are_text(book):
    path = book(
        [["zip", "code", "n"], [501, 12, 7], [2139, 3.5, 8]], {"A2": "00000", "A3": "00000", "B2": "@", "B3": "@"}
    )
    assert read_all("excel", path).to_pydict() == {"zip": ["00501", "02139"], "code": ["12", "3.5"], "n": [7, 8]}


def test_every_sheet_with_cells_is_a_table(book):
    path = book([["a"], [1]], others={"labs": [["b"], [2], [3]], "blank": []})
    tables = Excel().inspect(path, {})
    assert [table.name for table in tables] == ["clinic.patients", "clinic.labs"]
    assert [sum(batch.num_rows for batch in Excel().read(table)) for table in tables] == [1, 2]
    assert [table.name for table in Excel().inspect(path, {"sheet": "labs"})] == ["clinic"]
    assert [table.name for table in Excel().inspect(path, {"sheets": ["labs"]})] == ["clinic"]
    assert refusal(path, sheet="Zebulon").problems[0].code == "D302"
    assert refusal(path, sheets=["labs", "Zebulon"]).problems[0].code == "D302"


def test_blank_rows_are_passed_over_and_batches_have_the_size_asked_for(book):
    path = book([["a", "b"], *[[i, None] if i % 3 else [None, None] for i in range(30)]])
    (info,) = Excel().inspect(path, {})
    assert [batch.num_rows for batch in Excel().read(info, 8)] == [8, 8, 4]


def test_columns_without_a_name(book):
    assert read_all("excel", book([[None, "b"], [1, 2]])).column_names == ["unnamed_1", "b"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["a", "a"], [1, 2]], "D303"),
        ([[None, None], ["Zebulon", 2]], "D343"),
        ([["a"], [1, "Zebulon"]], "D343"),
        ([["a"], ["=1+1"]], "D344"),
        ([["a"], ["#REF!"]], "D345"),
        ([], "D305"),
    ],
)
def test_sheets_that_are_no_table_are_refused(book, rows, code):
    assert [problem.code for problem in refusal(book(rows)).problems] == [code]


def test_problems_of_all_sheets_are_told_at_once(book):
    problems = refusal(book([["a"], ["=1"], ["=2"]], others={"labs": [["b", "b"], [1, 2]]})).problems
    assert [problem.code for problem in problems] == ["D344", "D303"]
    assert problems[0].cause.startswith("2 cells of column 'a'")


def rewrite(path, member, change):
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = change(parts[member])
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_results_of_formulas_are_read_even_when_they_are_blank_text(book):
    path = book([["a", "b", "c"], ["=1+1", '=""', "#N/A"]])
    sheet = "xl/worksheets/sheet1.xml"
    rewrite(
        path, sheet, lambda xml: xml.replace(b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>").replace(b"<v></v>", b"<v>2</v>")
    )
    rewrite(path, sheet, lambda xml: xml.replace(b'<c r="B2">', b'<c r="B2" t="str">'))
    assert read_all("excel", path).to_pydict() == {"a": [2], "b": [None], "c": [None]}


def test_cells_outside_the_stated_size_are_not_lost(book):
    path = book([["a", "b"], [1, 2], [3, 4]])
    rewrite(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'ref="A1:B3"', b'ref="A1:A2"'))
    assert read_all("excel", path).to_pydict() == {"a": [1, 3], "b": [2, 4]}


def test_a_date_out_of_range_is_an_error_without_a_warning(book):
    path = book([["a"], [99999999]], {"A2": "yyyy-mm-dd"})
    assert refusal(path).problems[0].code == "D345"


def test_other_files_are_refused(book, tmp_path):
    path = book([["a"], [1]])
    whole = path.read_bytes()
    rewrite(path, "xl/workbook.xml", lambda xml: xml)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert refusal(path).problems[0].code == "D341"
    for content, code in (
        (b"", "D305"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1Zebulon", "D340"),
        (b"a,b\n1,Zebulon\n", "D301"),
        (whole[:-50], "D301"),
    ):
        path.write_bytes(content)
        assert refusal(path).problems[0].code == code
    path.write_bytes(whole)
    rewrite(path, "xl/worksheets/sheet1.xml", lambda xml: xml[:-30] + b"Zebulon")
    assert refusal(path).problems[0].code == "D301"


def test_a_workbook_that_changed_is_refused(book):
    path = book([["a"], [1]])
    (info,) = Excel().inspect(path, {})
    for rows in ([["a"], ["Zebulon"]], [["b"], [1]]):
        book(rows)
        with pytest.raises(DataError, match="D312") as refused:
            list(Excel().read(info))
        assert refused.value.__context__ is None


def test_it_is_not_written(tmp_path):
    with pytest.raises(DataError, match="D311"):
        Excel().open(tmp_path / "x", TableInfo("x", tmp_path / "x", "excel", pa.schema([])))
