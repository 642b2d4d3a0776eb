"""The columns of a transport file to be written: what they need is learnt batch by batch, then rows are laid out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.formats.ibm370 import octets_needed, to_ibm
from deid.formats.sas import EPOCH_DAYS, EPOCH_SECONDS, SasFormat
from deid.formats.xpt_records import Variable

TEXT_LIMIT = 200
_EXACT = 2**53
_DATED = ((pa.types.is_date, SasFormat("DATE", 9, 0)), (pa.types.is_timestamp, SasFormat("DATETIME", 20, 0)))
Octets = npt.NDArray[np.uint8]


@dataclass
class XptColumn:
    """A column while it is written: the width it needs so far, and counts of what the format cannot hold."""

    name: str
    kind: pa.DataType
    codec: str
    label: str = ""
    shown: SasFormat = field(default_factory=SasFormat.none)
    read: SasFormat = field(default_factory=SasFormat.none)
    declared: int = 0
    needed: int = 1
    faults: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, source: pa.Field, codec: str) -> XptColumn:
        """Take label, formats and width from the field metadata; a format that does not fit the type is left out."""
        notes = {key.decode(): value.decode() for key, value in (source.metadata or {}).items()}
        text = pa.types.is_string(source.type)
        column = cls(source.name, source.type, codec, notes.get("label", ""), needed=1 if text else 2)
        column.shown = _fitting(notes.get("sas_format", ""), source.type, default=True)
        column.read = _fitting(notes.get("sas_informat", ""), source.type, default=False)
        length = notes.get("length", "")
        column.declared = int(length) if length.isdigit() and int(length) <= (TEXT_LIMIT if text else 8) else 0
        return column

    @property
    def text(self) -> bool:
        """Whether it is a text column."""
        return bool(pa.types.is_string(self.kind))

    @property
    def width(self) -> int:
        """The octets of a cell: as declared, or as many as are needed."""
        usual = 1 if self.text else 8
        return max(self.declared or usual, self.needed)

    def variable(self) -> Variable:
        """Return its entry for the header."""
        label = self.label.encode(self.codec, "replace")[:40]
        label = label.decode(self.codec, "ignore").encode(self.codec)
        return Variable(self.name.encode("ascii"), label, self.text, self.width, self.shown, self.read)

    def learn(self, column: pa.Array) -> None:
        """Note the width that these cells need and count the cells that cannot be written."""
        if self.text:
            texts = column.drop_null()
            cells = [_encoded(cell, self.codec) for cell in pc.unique(texts).to_pylist()]
            self.needed = max([self.needed, *(len(cell) for cell in cells if cell is not None)])
            if None in cells:
                bad = [_encoded(cell, self.codec) is None for cell in texts.to_pylist()]
                self._count(f"hold characters that are not in {self.codec}, or NUL", sum(bad))
            return
        inexact = _inexact(column)
        octets, outside = to_ibm(_numbers(column))
        self.needed = max(self.needed, octets_needed(octets))
        self._count("are whole numbers beyond 2**53, which a SAS number cannot hold", inexact)
        self._count("are infinite or outside 5.4e-79 to 7.2e75", int(outside.sum()))

    def octets(self, column: pa.Array) -> Octets:
        """Return the cells as rows of `width` octets."""
        if not self.text:
            return to_ibm(_numbers(column))[0][:, : self.width]
        blank = b" " * self.width
        dictionary = column.dictionary_encode()
        cells = [(_encoded(cell, self.codec) or b"").ljust(self.width) for cell in dictionary.dictionary.to_pylist()]
        table = np.frombuffer(b"".join([*cells, blank]), np.uint8).reshape(-1, self.width)
        taken: Octets = table[np.asarray(pc.fill_null(dictionary.indices, len(cells)))]
        return taken

    def problems(self) -> Iterator[str]:
        """Return what cannot be written, as sentences without values."""
        for fault, count in self.faults.items():
            yield f"{count} cells of column '{self.name}' {fault}"
        if self.text and self.width > TEXT_LIMIT:
            yield f"column '{self.name}' needs {self.width} octets; SAS transport 5 has {TEXT_LIMIT}"

    def _count(self, fault: str, count: int) -> None:
        if count:
            self.faults[fault] = self.faults.get(fault, 0) + count


def _fitting(text: str, kind: pa.DataType, *, default: bool) -> SasFormat:
    """Return the format if it shows such a type: a year, say, is not the date that SAS would count from 1960."""
    parsed = SasFormat.parse(text)
    of_text = parsed.name.startswith("$")
    if len(parsed.name) > 8 or (parsed.name and of_text != pa.types.is_string(kind)):
        parsed = SasFormat.none()
    for same, usual in _DATED:
        if same(kind):
            return parsed if same(parsed.arrow_type) else usual if default else SasFormat.none()
    if pa.types.is_time(kind):
        return parsed if parsed.name or not default else SasFormat("TIME", 8, 0)
    return parsed if pa.types.is_floating(parsed.arrow_type) else SasFormat.none()


def _encoded(cell: str, codec: str) -> bytes | None:
    """Return the octets of a text, or None where the encoding does not have it or it holds a NUL."""
    try:
        octets = cell.encode(codec)
    except UnicodeEncodeError:
        return None
    return None if b"\0" in octets else octets.rstrip(b" ")


def _numbers(column: pa.Array) -> npt.NDArray[np.float64]:
    """Return numbers, or days and seconds since 1960; missing is not-a-number."""
    kind = column.type
    if pa.types.is_date(kind):
        values, scale, offset = column.cast(pa.int32()).cast(pa.int64()), 1, EPOCH_DAYS
    elif pa.types.is_timestamp(kind) or pa.types.is_time(kind):
        whole = pa.int32() if pa.types.is_time32(kind) else pa.int64()
        values = column.cast(whole).cast(pa.int64())
        scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
        offset = EPOCH_SECONDS if pa.types.is_timestamp(kind) else 0
    else:
        plain = column.cast(pa.float64(), safe=False)
        return np.asarray(plain.to_numpy(zero_copy_only=False), np.float64)
    missing = np.asarray(values.is_null())
    units = np.asarray(pc.fill_null(values, 0), np.int64)
    numbers = (units // scale + offset).astype(np.float64) + (units % scale) / scale
    return np.where(missing, np.nan, numbers)


def _inexact(column: pa.Array) -> int:
    """Return how many whole numbers a double does not hold."""
    if not pa.types.is_integer(column.type) or column.type.bit_width < 64:
        return 0
    numbers = column.drop_null().to_numpy()
    return int(((numbers > _EXACT) | (numbers < -_EXACT)).sum())
