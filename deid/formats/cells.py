"""Cells as they are written into delimited text: quoted where they must be, harmless in a spreadsheet program."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.octets import octets_of

_FIRST = np.zeros(256, bool)
_FIRST[[ord(char) for char in "=+-@\t\r\n"] + [0xEF]] = True  # 0xEF: first octet of the full-width signs
_FORMULA = "^(?:[=+\\-@\t\r\n]|\uff1d|\uff0b|\uff0d|\uff20)"
#: Plain numbers, and signs alone, which stand for results and missing values and compute nothing.
_HARMLESS = r"^(?:[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|[-+]{1,4})$"


def defused(cells: pa.Array) -> tuple[pa.Array, int]:
    """Put an apostrophe before every cell that a spreadsheet would take for a formula; return also how many.

    Plain numbers, such as -1.5, and signs alone, such as ++ of a result, are left as they are.
    """
    offsets, octets = octets_of(cells)
    if not len(octets):
        return cells, 0
    begins = _FIRST.take(octets.take(offsets[:-1], mode="clip"))  # an empty cell looks at its neighbour's octet
    if not begins.any():
        return cells, 0
    suspects = np.flatnonzero(begins & (offsets[1:] > offsets[:-1]))
    if not len(suspects):
        return cells, 0
    texts = cells.take(pa.array(suspects))
    formulas = pc.and_not(
        pc.fill_null(pc.match_substring_regex(texts, _FORMULA), False),
        pc.fill_null(pc.match_substring_regex(texts, _HARMLESS), False),
    )
    places = suspects[np.asarray(formulas)]
    if not len(places):
        return cells, 0
    mask = np.zeros(len(cells), bool)
    mask[places] = True
    safe = pc.binary_join_element_wise("'", texts.filter(formulas), "")
    return pc.replace_with_mask(cells, pa.array(mask), safe), len(places)


def quoted(cells: pa.Array, delimiter: str) -> pa.Array:
    """Put quotes around the cells that hold a delimiter, a quote or a line end, and double the quotes in them."""
    offsets, octets = octets_of(cells)
    region = octets.tobytes()
    there = [char for char in (b'"', b"\n", b"\r", delimiter.encode()) if char in region]
    if not there:
        return cells
    at = np.concatenate([np.flatnonzero(octets == char[0]) for char in there])
    mask = np.zeros(len(cells), np.bool_)
    mask[np.searchsorted(offsets, at, side="right") - 1] = True
    special = cells.filter(pa.array(mask))
    if b'"' in there:
        special = pc.replace_substring(special, '"', '""')
    return pc.replace_with_mask(cells, pa.array(mask), pc.binary_join_element_wise('"', special, '"', ""))


def nul_count(cells: pa.Array) -> int:
    """Return how many cells hold a NUL character."""
    _, octets = octets_of(cells)
    if b"\0" not in octets.tobytes():  # several times faster than numpy's comparison
        return 0
    return int(pc.sum(pc.match_substring(cells, "\0")).as_py() or 0)
