"""Dates of a whole column, whatever its type: as day numbers, and written back moved by other days for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from math import floor

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from deid.cells import NUMBER, Distinct, Rows, without
from deid.dates import FIRST_YEAR, LAST_YEAR, RUN_ON, TAIL, DateText, Fault, Form, Precision, parse_day, render
from deid.decimals import as_type
from deid.errors import ProblemKind, problem_kind
from deid.values import as_text
from deid.years import COUNTED_FROM, EARLIEST_NUMBER, LATEST_YEAR, year_of

NOT_A_DATE = problem_kind(
    "D404",
    "not a date",
    remedy="declare the form under `format:` (such as '%-m/%-d/%Y'), codes that mean 'not known' under `missing:`,"
    " numbers under `numeric:`, or set `on_error: suppress`",
    meaning="A date that is not understood cannot be moved or coarsened, and would be released as it is.",
)
AMBIGUOUS_DATE = problem_kind(
    "D405",
    "day and month cannot be told apart",
    remedy="declare the form under `format:`, such as '%m/%d/%Y' or '%d/%m/%Y'",
    meaning="03/04/2021 is a day in March or in April; the order is the owner's to state, never guessed.",
)
DATE_OUT_OF_RANGE = problem_kind(
    "D406",
    f"date outside {FIRST_YEAR} to {LAST_YEAR}",
    remedy="declare codes such as 9999-12-31 under `missing:`, or set `on_error: suppress`",
    meaning="Such dates are codes. Moved like dates they would show by how much the dates of a subject were moved.",
)
FAULTS: Mapping[Fault, ProblemKind] = {
    Fault.UNREADABLE: NOT_A_DATE,
    Fault.AMBIGUOUS: AMBIGUOUS_DATE,
    Fault.OUT_OF_RANGE: DATE_OUT_OF_RANGE,
}
#: Numbers that a policy may declare to stand for dates.
EPOCHS: Mapping[str, tuple[date, int]] = {
    name: COUNTED_FROM[name] for name in ("sas_days", "sas_seconds", "unix_seconds", "unix_milliseconds", "excel_days")
}
NUMERIC = (*EPOCHS, "yyyymmdd")
_UNITS = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_ORIGIN = date(1970, 1, 1).toordinal()
_FIRST = date(FIRST_YEAR, 1, 1).toordinal() - _ORIGIN
_LAST = date(LAST_YEAR, 12, 31).toordinal() - _ORIGIN
_MISSING = -1
_COUNTED = ((EARLIEST_NUMBER, (1, 1)), (LATEST_YEAR, (12, 31)))

Small = npt.NDArray[np.int8]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class DateColumn:
    """The dates of a column, row by row.

    days       days since 1970-01-01; partial dates imputed (see `DateText`)
    precision  how much of the date is known (see `Precision`)
    faults     0 where a date was read, -1 where the cell is missing, else a `Fault`
    write      writes the column again with other days where the mask says so; null elsewhere
    """

    days: Rows
    precision: Small
    faults: Small
    write: Callable[[Rows, Mask], pa.Array]

    @property
    def known(self) -> Mask:
        """Where a date was read."""
        known: Mask = self.faults == 0
        return known

    def failures(self) -> dict[ProblemKind, int]:
        """Return the number of rows by kind of problem."""
        return {kind: int((self.faults == fault).sum()) for fault, kind in FAULTS.items()}


def read_dates(
    column: pa.Array, formats: Sequence[str] = (), numeric: str = "", missing: Sequence[str] = ()
) -> DateColumn:
    """Read a column of dates: text, date, timestamp, or numbers of the kind that `numeric` names."""
    if pa.types.is_dictionary(column.type) and moved_type(column.type, numeric) != pa.string():
        column = column.dictionary_decode()
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return _typed(column)
    if numeric == "yyyymmdd":
        return _compact(column, missing)
    if numeric:
        return _counted(column, numeric, missing)
    return _written(column, tuple(formats), missing)


def with_years(dates: DateColumn, column: pa.Array, reading: str = "", *, birth: bool = False) -> DateColumn:
    """Read the cells whose day and month are not understood as what they surely say: a year (see `deid.years`).

    The day is imputed as for a date that is written as a year alone.
    """
    at = np.flatnonzero((dates.faults == Fault.AMBIGUOUS) | (dates.faults == Fault.UNREADABLE))
    if not len(at):
        return dates
    texts = Distinct.of(as_text(column.take(pa.array(at))))
    years = [None if text is None else year_of(text, reading, birth=birth) for text in texts.texts]
    written = [None if year is None else f"{year:04d}" for year in years]
    read = _written(texts.spread(written, pa.string()), ("%Y",), ())
    days, precision, faults = dates.days.copy(), dates.precision.copy(), dates.faults.copy()
    given = read.faults == 0
    days[at[given]], precision[at[given]], faults[at[given]] = read.days[given], read.precision[given], 0
    return replace(dates, days=days, precision=precision, faults=faults)


def counted_dates(column: pa.Array, numeric: str, missing: Sequence[str]) -> DateColumn:
    """Read numbers that the column as a whole shows to be dates; one in a year that is none of theirs is no date."""
    dates = read_dates(column, (), numeric, missing)
    first, last = (date(year, *day).toordinal() - _ORIGIN for year, day in _COUNTED)
    outside = dates.known & ((dates.days < first) | (dates.days > last))
    faults = np.where(outside, np.int8(Fault.OUT_OF_RANGE), dates.faults).astype(np.int8)
    return replace(dates, faults=faults)


def moved_type(kind: pa.DataType, numeric: str) -> pa.DataType:
    """Return the type of a column of dates after it was moved: its own, or text."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    typed = pa.types.is_date(plain) or pa.types.is_timestamp(plain)
    numbers = pa.types.is_integer(plain) or pa.types.is_floating(plain)
    return plain if typed or (numeric and numbers) else pa.string()


def numeric_problems(numeric: str) -> Iterator[str]:
    """Return what is wrong with the option."""
    if numeric and numeric not in NUMERIC:
        yield f"numeric is one of {', '.join(NUMERIC)}"


def _written(column: pa.Array, formats: tuple[str, ...], missing: Sequence[str]) -> DateColumn:
    distinct = without(Distinct.of(column), missing)
    heads, tails = _split(pa.array(distinct.texts, pa.string()))
    head = Distinct.of(heads)
    read = [parse_day(text, formats) if text is not None else None for text in head.texts]
    dates = [found if isinstance(found, DateText) else None for found in read]
    forms = sorted({found.form for found in dates if found}, key=lambda form: (form.pattern, form.case))
    number = {form: i for i, form in enumerate(forms)}
    at = head.rows[distinct.rows]
    faults = [0 if isinstance(found, DateText) else _MISSING if found is None else found for found in read]
    form_of = np.asarray([number[found.form] if found else 0 for found in dates], np.int64)[at]

    def write(days: Rows, where: Mask) -> pa.Array:
        days = np.where(where, days, 0)
        texts = _render(days, np.where(where, form_of, -1), forms)
        if pc.any(pc.not_equal(tails, "")).as_py():
            texts = pc.binary_join_element_wise(texts, tails.take(pa.array(distinct.rows)), "")
        return texts

    return DateColumn(
        days=np.asarray([found.days if found else 0 for found in dates], np.int64)[at],
        precision=np.asarray([found.precision if found else 0 for found in dates], np.int8)[at],
        faults=np.asarray(faults, np.int8)[at],
        write=write,
    )


def _split(texts: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Split whole columns as `dates.split_time` splits one text; missing stays missing."""
    run_on, plain = (pc.extract_regex(texts, pattern) for pattern in (RUN_ON, TAIL))
    joined = run_on.is_valid()
    heads = pc.if_else(joined, pc.struct_field(run_on, 0), pc.struct_field(plain, 0))
    tails = pc.if_else(joined, pc.struct_field(run_on, 1), pc.struct_field(plain, 1))
    whole = pc.or_(joined, plain.is_valid())
    return pc.if_else(whole, heads, texts), pc.if_else(whole, tails, "")


def _render(days: Rows, form: Rows, forms: Sequence[Form]) -> pa.Array:
    """Write days in their forms, each distinct pair once; form -1 writes null."""
    pairs, row = np.unique((form + 1) * 2**32 + (days - _FIRST + 10_000), return_inverse=True)
    texts = [
        render(int(pair % 2**32) + _FIRST - 10_000, forms[int(pair >> 32) - 1]) if pair >> 32 else None
        for pair in pairs
    ]
    return pa.array(texts, pa.string()).take(pa.array(row.reshape(-1)))


def _typed(column: pa.Array) -> DateColumn:
    kind = column.type
    zone = kind.tz if pa.types.is_timestamp(kind) else None
    # Wall-clock time is what must stay: a shift over the end of summer time would otherwise move it by an hour.
    local = pc.local_timestamp(column) if zone not in (None, "UTC") else column
    plain = local.type
    unit = 1 if pa.types.is_date32(kind) else _UNITS["ms"] if pa.types.is_date64(kind) else _UNITS[kind.unit]
    integer = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    values = _integers(local.view(integer))

    def write(days: Rows, where: Mask) -> pa.Array:
        moved = np.where(where, values + (days - values // unit) * unit, 0)
        changed = pa.array(moved, mask=~where).cast(integer).view(plain)
        if plain != kind:
            changed = pc.assume_timezone(changed, zone, ambiguous="earliest", nonexistent="latest")
        return changed

    return _counted_column(values // unit, np.asarray(column.is_null()), write)


def _counted(column: pa.Array, numeric: str, missing: Sequence[str]) -> DateColumn:
    origin, unit = EPOCHS[numeric]
    base = origin.toordinal() - _ORIGIN
    kind = moved_type(column.type, numeric)
    distinct = without(Distinct.of(column), missing)
    numbers = [Decimal(text) if text is not None and NUMBER.fullmatch(text) else None for text in distinct.texts]
    # Numbers beyond any calendar are kept within 64 bits, still out of range.
    days_of = [0 if n is None else base + min(max(floor(n) // unit, -(10**9)), 10**9) for n in numbers]
    days = np.asarray(days_of, np.int64)[distinct.rows]

    def write(moved: Rows, where: Mask) -> pa.Array:
        pairs, row = np.unique(np.column_stack([distinct.rows, moved - days])[where], axis=0, return_inverse=True)
        texts = [format(_number(numbers[code]) + int(delta) * unit, "f") for code, delta in pairs.tolist()]
        at = np.full(len(where), len(texts), np.int64)
        at[where] = row.reshape(-1)
        return as_type([*texts, None], kind, exact=True).take(pa.array(at))

    unreadable = np.asarray([t is not None and n is None for t, n in zip(distinct.texts, numbers, strict=True)])
    blank = np.asarray([text is None for text in distinct.texts])
    found = _counted_column(days, blank[distinct.rows], write)
    faults = np.where(unreadable[distinct.rows], np.int8(Fault.UNREADABLE), found.faults).astype(np.int8)
    return DateColumn(days, found.precision, faults, write)


def _compact(column: pa.Array, missing: Sequence[str]) -> DateColumn:
    kind = moved_type(column.type, "yyyymmdd")
    text = _written(column, ("%Y%m%d",), missing)

    def write(days: Rows, where: Mask) -> pa.Array:
        written = Distinct.of(text.write(days, where))
        return written.spread(as_type(written.texts, kind, exact=True).to_pylist(), kind)

    return DateColumn(text.days, text.precision, text.faults, write)


def _counted_column(days: Rows, missing: Mask, write: Callable[[Rows, Mask], pa.Array]) -> DateColumn:
    outside = (days < _FIRST) | (days > _LAST)
    faults = np.where(missing, _MISSING, np.where(outside, int(Fault.OUT_OF_RANGE), 0)).astype(np.int8)
    return DateColumn(days, np.full(len(days), Precision.DAY, np.int8), faults, write)


def _integers(column: pa.Array) -> Rows:
    return np.asarray(pc.fill_null(column, 0).to_numpy(zero_copy_only=False), np.int64)


def _number(value: Decimal | None) -> Decimal:
    assert value is not None
    return value
