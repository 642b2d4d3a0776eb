"""Writes a workbook of text cells: the same bytes for the same cells, and no cell that a spreadsheet would run."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

_EPOCH = datetime(1980, 1, 1)
_WIDEST = 60
#: What XML 1.0 cannot hold.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def workbook_bytes(sheets: Mapping[str, Sequence[Sequence[str]]]) -> bytes:
    """Return a workbook with a sheet for each name; the first row of each is its head."""
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    book.properties.created = book.properties.modified = _EPOCH
    for name, rows in zip(sheet_names(list(sheets)), sheets.values(), strict=True):
        sheet = book.create_sheet(name)
        for number, row in enumerate(rows, 1):
            for position, text in enumerate(row, 1):
                cell = sheet.cell(number, position)
                cell.value, cell.data_type = _CONTROLS.sub(" ", text), "s"  # never a formula
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=number == 1)
        sheet.freeze_panes = "A2"
        for position in range(1, max((len(row) for row in rows), default=0) + 1):
            longest = max(len(row[position - 1]) for row in rows if len(row) >= position)
            sheet.column_dimensions[get_column_letter(position)].width = min(longest + 2, _WIDEST)
    raw = io.BytesIO()
    book.save(raw)
    return _timeless(raw.getvalue())


def sheet_names(names: Sequence[str]) -> list[str]:
    """Return names that a workbook can hold: 31 signs at most, no brackets, slashes and the like, each once."""
    taken: dict[str, None] = {}
    for name in names:
        plain = re.sub(r"[\[\]:*?/\\']", "_", name)[:31] or "sheet"
        number, fit = 1, plain
        while fit.casefold() in taken:
            number += 1
            fit = f"{plain[: 30 - len(str(number))]}~{number}"
        taken[fit.casefold()] = None
    return [_case(name, key) for name, key in zip(names, taken, strict=True)]


def _case(name: str, key: str) -> str:
    plain = re.sub(r"[\[\]:*?/\\']", "_", name)[:31]
    return plain if plain.casefold() == key else key


def _timeless(data: bytes) -> bytes:
    """Return a zip file with the time taken out, so that equal contents are equal bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for item in sorted(old.infolist(), key=lambda info: info.filename):
            content = old.read(item)
            if item.filename == "docProps/core.xml":  # openpyxl puts the time of saving there
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(item.filename, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()
