"""An Excel file as openpyxl sees it, after a look at what it is; no warning or error of the library gets out."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from deid.errors import DataError, problem_kind
from deid.formats.refusals import EMPTY, UNREADABLE

SEALED = problem_kind(
    "D340",
    "workbook is encrypted or of an old kind",
    remedy="remove the password, or save the workbook as .xlsx",
)
MACROS = problem_kind(
    "D341",
    "workbook holds programs",
    remedy="save the workbook as .xlsx without macros",
)
TOO_LARGE = problem_kind(
    "D342",
    "workbook unpacks to more than 4 GB",
    remedy="export the sheets as CSV",
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNPACKED = 4 * 1024**3
_ROWS = 1024


def sheet_names(path: Path) -> list[str]:
    """Return the names of the sheets, hidden ones too. Raises DataError for what is no plain workbook."""
    _refuse_odd(path)
    book = _opened(path, formulas=False)
    try:
        return [sheet.title for sheet in book.worksheets]
    finally:
        book.close()


def rows(path: Path, sheet: str, *, formulas: bool) -> Iterator[tuple[Any, ...]]:
    """Yield the cells of a sheet row by row: their values, or their formulas."""
    book = _opened(path, formulas=formulas)
    try:
        found = book[sheet]
        found.reset_dimensions()  # what the file says of its size may be wrong, and cells beyond would be lost
        source = found.iter_rows()
        while some := _taken(source, path):
            yield from some
    finally:
        book.close()


def _refuse_odd(path: Path) -> None:
    with path.open("rb") as file:
        head = file.read(len(_OLE))
    if not head:
        raise DataError(EMPTY.at("the file is empty", path.name))
    if head == _OLE:
        raise DataError(SEALED.at("it is an encrypted or a pre-2007 workbook", path.name))
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        members = []
    if not any(member.filename == "xl/workbook.xml" for member in members):
        raise DataError(UNREADABLE.at("it is no workbook", path.name))
    if any(member.filename.lower().endswith("vbaproject.bin") for member in members):
        raise DataError(MACROS.at("it holds macros", path.name))
    if sum(member.file_size for member in members) > _UNPACKED:
        raise DataError(TOO_LARGE.at("its parts are too large together", path.name))


def _opened(path: Path, *, formulas: bool) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(path, read_only=True, data_only=not formulas, keep_links=False)
        except Exception:  # noqa: BLE001, S110 - a damaged file makes openpyxl raise anything, with cells in the text
            pass
    raise DataError(UNREADABLE.at("the workbook cannot be opened", path.name))


def _taken(source: Iterator[tuple[Any, ...]], path: Path) -> list[tuple[Any, ...]]:
    """Return the next rows. The warnings of openpyxl quote cells, so they are silenced."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(islice(source, _ROWS))
        except Exception:  # noqa: BLE001, S110 - as above
            pass
    raise DataError(UNREADABLE.at("a sheet cannot be read", path.name))
