"""The records of a VCF, block by block: every line with all its columns, checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from deid.errors import DataError
from deid.formats.refusals import TOO_LONG
from deid.formats.vcf_header import MALFORMED

LINE_LIMIT = 64 * 1024 * 1024
#: What a cell of a column must look like, in the words of the specification.
SHAPES = {
    "CHROM": r"^[^\s,<>]+$|^<[^\s<>]+>$",
    "POS": r"^\d+$",
    "REF": r"^[ACGTNacgtnRYSWKMBDHVryswkmbdhv]+$",
    "ALT": r"^[^\s]+$",
    "QUAL": r"^(\.|[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?(inf|nan|Inf|NaN|INF|NAN))$",
    "FILTER": r"^[^\s]+$",
    "INFO": r"^[^\s].*$",
    "FORMAT": r"^([A-Za-z_][0-9A-Za-z_.]*)(:[A-Za-z_][0-9A-Za-z_.]*)*$|^\.$",
}


def whole_lines(blocks: Iterator[bytes], place: str) -> Iterator[bytes]:
    """Cut blocks of bytes anew so that each ends with a line."""
    left = b""
    for block in blocks:
        data = left + block
        end = data.rfind(b"\n") + 1
        left = data[end:]
        if len(left) > LINE_LIMIT:
            raise DataError(TOO_LONG.at("a line is longer than 64 MB", place))
        if end:
            yield data[:end]
    if left:
        yield left + b"\n"


def parsed(data: bytes, names: tuple[str, ...], line: int, place: str) -> pa.Table:
    """Parse lines of records, the first of which has the number `line`. Raises DataError at the first that is wrong."""
    read = pyarrow.csv.ReadOptions(column_names=names, block_size=len(data) + 1)
    parse = pyarrow.csv.ParseOptions(delimiter="\t", quote_char=False, ignore_empty_lines=False)
    convert = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    table = None
    with suppress(pa.ArrowInvalid):  # its message quotes the row
        table = pyarrow.csv.read_csv(pa.BufferReader(data), read, parse, convert)
    if table is None or table.num_rows != data.count(b"\n"):
        raise DataError(MALFORMED.at(*_ragged(data, names, line, place)))
    for name, shape in SHAPES.items():
        if name in names[:9]:
            wrong = np.flatnonzero(~np.asarray(pc.match_substring_regex(table[name], shape)))
            if len(wrong):
                raise DataError(MALFORMED.at(f"{name} is not as it must be", f"{place}:{line + int(wrong[0])}"))
    return table


def _ragged(data: bytes, names: tuple[str, ...], line: int, place: str) -> tuple[str, str]:
    """Return what is wrong with the first line that has too many or too few columns, and where it stands."""
    for number, text in enumerate(data.split(b"\n")[:-1], line):
        cells = text.count(b"\t") + 1
        if cells != len(names):
            blanks = b" " in text and cells == 1
            hint = ": blanks stand where tabs must" if blanks else ""
            return f"{len(names)} columns between tabs are expected, {cells} found{hint}", f"{place}:{number}"
    return "a record is not text in UTF-8, or holds a carriage return or a NUL", f"{place}:{line}"
