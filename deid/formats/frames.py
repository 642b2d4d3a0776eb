"""Tables in memory: pandas frames to batches and released tables to frames. The only place where pandas is an end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from deid.contracts import BATCH_ROWS, Format, TableInfo
from deid.errors import DataError, Problem, problem_kind
from deid.formats.columns import plain, plain_field
from deid.formats.rebatch import rebatch
from deid.formats.refusals import COLUMN_TWICE, COLUMN_TYPE

MIXED = problem_kind(
    "D346",
    "column of mixed types",
    remedy="convert the column to one type before handing the frame over",
    meaning="1 and '1' in one column would be two values to a computer and one to a reader.",
)
NO_NAME = problem_kind(
    "D347",
    "column without a plain name",
    remedy="give every column one name that is text, such as `frame.columns = ['_'.join(n) for n in frame.columns]`",
)
#: What `pandas.api.types.infer_dtype` may say of the values of an object column.
_ONE_KIND = frozenset(
    {"string", "boolean", "integer", "floating", "decimal", "date", "datetime", "time", "empty"}
    | {"datetime64", "mixed-integer-float"}
)
Reader = Callable[[TableInfo, int], Iterator[pa.RecordBatch]]


def tables_from_frames(frames: Mapping[str, pd.DataFrame]) -> tuple[tuple[TableInfo, ...], Reader]:
    """Return the frames as tables, and what reads their batches. Raises DataError with all problems.

    The frames are not changed. Row index and `attrs` are left behind; categories become their values, and their
    columns are marked.
    """
    problems: list[Problem] = []
    held: dict[str, pa.Table] = {}
    for name, frame in frames.items():
        columns, found = _columns(name, frame)
        problems += found
        fields = [plain_field(label, column.type) for label, column in columns.items()]
        if not found:
            held[name] = pa.table([plain(column) for column in columns.values()], schema=pa.schema(fields))
    if problems:
        raise DataError(problems)
    tables = tuple(TableInfo(name, Path(name), "frame", table.schema) for name, table in held.items())

    def read(table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        return rebatch(held[table.name].to_batches(), batch_rows)

    return tables, read


def frame_from_table(table: TableInfo, reader: Format, levels: Sequence[Levels | None] = ()) -> pd.DataFrame:
    """Return a whole table as a frame with a new index.

    Whole numbers with missing cells are `Int64`, true/false with missing cells `boolean`, dates are `datetime.date`.
    `levels` says by position which columns become categories: with the levels that occur, in the order given or sorted.
    """
    whole = pa.Table.from_batches(list(reader.read(table)), table.schema)
    columns = {name: _series(whole.column(name)) for name in whole.schema.names}
    for name, known in zip(columns, levels, strict=False):
        if known is not None:
            columns[name] = known.applied(columns[name])
    return pd.DataFrame(columns, index=pd.RangeIndex(whole.num_rows))


@dataclass(frozen=True)
class Levels:
    """The levels of a categorical column that came in, in their order where they have one that still holds."""

    order: tuple[Any, ...] | None = None

    @classmethod
    def of(cls, series: pd.Series[Any], *, kept: bool) -> Levels | None:
        """Return the levels of a column, None where it has none; `kept` says that it is released as it came."""
        if not isinstance(series.dtype, pd.CategoricalDtype):
            return None
        return cls(tuple(series.dtype.categories) if series.dtype.ordered and kept else None)

    def applied(self, series: pd.Series[Any]) -> pd.Series[Any]:
        """Return a released column as categories of the levels that occur in it."""
        present = series.dropna().unique()
        if self.order is None:
            return series.astype(pd.CategoricalDtype(sorted(present)))
        there = set(present)
        return series.astype(pd.CategoricalDtype([level for level in self.order if level in there], ordered=True))


def _series(column: pa.ChunkedArray) -> Any:
    if column.null_count and pa.types.is_integer(column.type):
        width = str(column.type).replace("u", "U").replace("i", "I")
        return column.to_pandas(types_mapper={column.type: pd.api.types.pandas_dtype(width)}.get)
    if column.null_count and pa.types.is_boolean(column.type):
        return column.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    return column.to_pandas()


def _columns(table: str, frame: pd.DataFrame) -> tuple[dict[str, pa.Array], list[Problem]]:
    """Return the columns by name, rebuilt from bare arrays, and what is wrong with them."""
    problems: list[Problem] = []
    columns: dict[str, pa.Array] = {}
    if isinstance(frame.columns, pd.MultiIndex):
        return columns, [NO_NAME.at("the columns have names of several levels", table)]
    labels: list[object] = list(frame.columns)
    for position, label in enumerate(labels):
        place = f"{table}.{label}"
        if not isinstance(label, str):
            problems.append(NO_NAME.at(f"the name of column {position + 1} is no text", table))
        elif label in columns:
            problems.append(COLUMN_TWICE.at(f"column '{label}' stands more than once", table))
        else:
            column, problem = _column(frame.iloc[:, position], place)
            columns[label] = column
            problems += [problem] if problem else []
    return columns, problems


def _column(series: pd.Series[Any], place: str) -> tuple[pa.Array, Problem | None]:
    empty = pa.array([], pa.string())
    if series.dtype == object:
        kind = pd.api.types.infer_dtype(series, skipna=True)
        if kind not in _ONE_KIND:
            types = Counter(type(value) for value in series.dropna())
            unread = pa.nulls(len(series), pa.list_(pa.null()))  # lists, dictionaries and other things in the cells
            return (unread, None) if len(types) == 1 else (empty, _unlike(types, place))
    column = _converted(series)
    if column is None:
        return empty, COLUMN_TYPE.at(f"values of dtype {series.dtype} are not supported", place)
    return column, None


def _unlike(counts: Counter[type], place: str) -> Problem:
    """Say how many cells of an object column are of another type than most."""
    fewer = sum(counts.values()) - max(counts.values())
    return MIXED.at(f"{len(counts)} types of value; {fewer} cells are not of the commonest one", place)


def _converted(series: pd.Series[Any]) -> pa.Array | None:
    """Return the values as Arrow, or None. A failure of the library would echo a value, so it is let go."""
    try:
        values = (
            series.to_numpy() if series.dtype == object or isinstance(series.dtype, pd.SparseDtype) else series.array
        )
        column = pa.array(values, from_pandas=True)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return None
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
