"""Workbooks of text: the same bytes again, names that fit, nothing that a spreadsheet would run."""

from __future__ import annotations

import io

import openpyxl

from deid.formats.xlsx_book import sheet_names, workbook_bytes


def test_cells_are_text_and_bytes_are_the_same_again() -> None:
    sheets = {"dm": [("Variable", "Why"), ("AGE", "=1+1"), ("X\x01", "line\nbreak")]}
    content = workbook_bytes(sheets)
    assert content == workbook_bytes(sheets)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["dm"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["Variable", "Why"],
        ["AGE", "=1+1"],
        ["X ", "line\nbreak"],
    ]
    assert sheet["B2"].data_type == "s"


def test_names_of_sheets_fit_and_differ() -> None:
    names = sheet_names(["a" * 40, "a" * 41, "A" * 31, "x/y", "x:y", ""])
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in names)
