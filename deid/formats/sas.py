"""What the two SAS formats share: reading through pyreadstat, with labels, formats and widths, and dates as dates."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyreadstat

from deid.errors import DataError, problem_kind
from deid.formats.refusals import CHANGED, UNREADABLE

READ_ROWS = 65_536
DATE_RANGE = problem_kind(
    "D325",
    "SAS date outside the years 1 to 9999",
    remedy="correct the dates in the input, or remove the date format from the column if it holds no dates",
)
#: Days and seconds from 1 January 1960, where SAS begins to count, to 1 January 1970.
EPOCH_DAYS = 3653
EPOCH_SECONDS = EPOCH_DAYS * 86_400
_DAYS = (date.min.toordinal() - date(1970, 1, 1).toordinal(), date.max.toordinal() - date(1970, 1, 1).toordinal())
_FORMAT = re.compile(r"(\$?(?:[A-Za-z0-9_]*[A-Za-z_])?)([0-9]*)(?:\.([0-9]*))?")
_DATES = re.compile(
    r"DATE|DAY|DOWNAME|(DDMMYY|MMDDYY|YYMMDD|MMYY|YYMM|YYQ|YYQR)[BCDNPS]?|(E|B|IS)8601DA|JULDAY|JULIAN|PDJUL[GI]|MINGUO"
    r"|MONNAME|MONTH|MONYY|YYMON|NENGO|NLDATE|QTRR?|WEEKDA(TE|TX|Y)|(YY)?WEEK[UVW]|WORDDAT[EX]|YEAR"
)
_DATETIMES = re.compile(
    r"DATETIME|DATEAMPM|MDYAMPM|DTDATE|DTMONYY|DTWKDATX|DTYEAR|DTYYQC|(E|B)8601(DT|DX|DZ|LX|DN)|IS8601D[TN]|NLDATM"
)


@dataclass(frozen=True)
class SasFormat:
    """A SAS format taken apart: `DATE9.` is ("DATE", 9, 0), `8.2` is ("", 8, 2)."""

    name: str
    width: int
    decimals: int

    @classmethod
    def none(cls) -> SasFormat:
        """Return the absence of a format."""
        return cls("", 0, 0)

    @classmethod
    def parse(cls, text: str) -> SasFormat:
        """Take a format apart; what is no format becomes an empty one."""
        found = _FORMAT.fullmatch(text.strip())
        if not found or max(int(found[2] or 0), int(found[3] or 0)) > 32_767:
            return cls.none()
        return cls(found[1].upper(), int(found[2] or 0), int(found[3] or 0))

    @property
    def arrow_type(self) -> pa.DataType:
        """What a number with this format is: a date, a time stamp or a plain number."""
        if _DATES.fullmatch(self.name):
            return pa.date32()
        return pa.timestamp("us") if _DATETIMES.fullmatch(self.name) else pa.float64()


@dataclass(frozen=True)
class SasFile:
    """A SAS file seen through one function of pyreadstat, in one encoding (None: as the file itself says)."""

    path: Path
    reader: Callable[..., tuple[Any, Any]] = field(repr=False)
    encoding: str | None = None

    def metadata(self) -> Any:
        """Return what pyreadstat tells of the columns, or None where the names or labels do not decode."""
        try:
            return self._call(metadataonly=True)[1]
        except UnicodeDecodeError:
            return None

    def schema(self) -> pa.Schema:
        """Return the columns with label, format, informat and width in bytes as field metadata."""
        meta = self.metadata()
        if meta is None:
            raise DataError(UNREADABLE.at("names or labels do not decode", self.path.name))
        return pa.schema([_field(meta, position) for position in range(len(meta.column_names))])

    def batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        """Yield the rows. Raises DataError where they cannot be read."""
        start = 0
        while True:
            columns = None
            with suppress(UnicodeDecodeError):  # it holds the bytes
                columns, _ = self._call(row_offset=start, row_limit=READ_ROWS)
            if columns is None:
                cause = f"text in rows {start + 1} to {start + READ_ROWS} does not decode"
                raise DataError(UNREADABLE.at(cause, self.path.name))
            if list(columns) != schema.names:
                raise DataError(CHANGED.at("its columns are other ones", self.path.name))
            arrays = [_column(columns[each.name], each, self.path.name) for each in schema]
            batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
            if batch.num_rows:
                yield batch
            if batch.num_rows < READ_ROWS:
                return
            start += READ_ROWS

    def _call(self, **options: Any) -> tuple[Any, Any]:
        decoding = {"encoding": self.encoding} if self.encoding else {}
        failed = False
        try:
            return self.reader(
                str(self.path), output_format="dict", disable_datetime_conversion=True, **decoding, **options
            )
        except UnicodeDecodeError:
            raise
        except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OverflowError, MemoryError):
            failed = True
        assert failed
        raise DataError(UNREADABLE.at("it cannot be read as SAS data", self.path.name))


def _field(meta: Any, position: int) -> pa.Field:
    name = meta.column_names[position]
    written = meta.original_variable_types.get(name) or ""
    text = meta.readstat_variable_types[name] == "string"
    kind = pa.string() if text else SasFormat.parse(written).arrow_type
    notes = {
        "label": meta.column_labels[position] or "",
        "sas_format": written,
        "sas_informat": (getattr(meta, "original_variable_informats", {}) or {}).get(name) or "",
        "length": str(meta.variable_storage_width[name]),
    }
    return pa.field(name, kind, metadata={key: value for key, value in notes.items() if value})


def _column(values: Any, field_: pa.Field, place: str) -> pa.Array:
    """Turn a list of pyreadstat into a column: blank text and missing numbers are null, days and seconds dates."""
    if pa.types.is_string(field_.type):
        text = pa.array(values, pa.string())
        return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    numbers = np.asarray(pa.array(values, pa.float64(), from_pandas=True).to_numpy(zero_copy_only=False), np.float64)
    if pa.types.is_floating(field_.type):
        return pa.array(numbers, pa.float64(), from_pandas=True)
    dates = pa.types.is_date(field_.type)
    missing = np.isnan(numbers)
    filled = np.where(missing, 0.0, numbers)
    days = np.floor(filled if dates else filled / 86_400) - EPOCH_DAYS
    outside = int(((days < _DAYS[0]) | (days > _DAYS[1]) | ~np.isfinite(filled)).sum())
    if outside:
        raise DataError(DATE_RANGE.at(f"{outside} cells of column '{field_.name}'", place))
    return _dates(days, missing) if dates else _stamps(filled, missing)


def _dates(days: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_]) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())


def _stamps(seconds: npt.NDArray[np.float64], missing: npt.NDArray[np.bool_]) -> pa.Array:
    whole = np.floor(seconds)
    micros = (whole.astype(np.int64) - EPOCH_SECONDS) * 1_000_000 + np.rint((seconds - whole) * 1e6).astype(np.int64)
    return pa.array(micros, pa.int64(), mask=missing).cast(pa.timestamp("us"))
