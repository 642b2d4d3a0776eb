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
    starts, ends = offsets[:-1], offsets[1:]
    suspects = np.flatnonzero(_FIRST[octets[np.minimum(starts, len(octets) - 1)]] & (ends > starts))
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
    _, octets = octets_of(cells)
    region = octets.tobytes()
    if not any(char in region for char in (b'"', b"\n", b"\r", delimiter.encode())):
        return cells
    mask = pc.fill_null(pc.match_substring_regex(cells, f'["\r\n\\x{ord(delimiter):02x}]'), False)
    special = pc.replace_substring(cells.filter(mask), '"', '""')
    return pc.replace_with_mask(cells, mask, pc.binary_join_element_wise('"', special, '"', ""))


def nul_count(cells: pa.Array) -> int:
    """Return how many cells hold a NUL character."""
    _, octets = octets_of(cells)
    if 0 not in octets:
        return 0
    return int(pc.sum(pc.match_substring(cells, "\0")).as_py() or 0)
