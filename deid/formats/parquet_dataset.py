"""A folder of Parquet files as one table, as Spark, Dask and others write it: parts, and `column=value` folders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import unquote

import pyarrow as pa

from deid.contracts import BATCH_ROWS, TableInfo, Writer
from deid.errors import DataError, problem_kind
from deid.formats import options as format_options
from deid.formats.parquet import Parquet
from deid.formats.rebatch import rebatch
from deid.formats.refusals import CHANGED, COLUMN_TWICE, EMPTY, READ_ONLY
from deid.registry import register

PARTS_DIFFER = problem_kind(
    "D396",
    "parts of a dataset differ",
    remedy="write the dataset again with the same columns in every file and the same folders on every path",
    meaning="A column that only some of the files hold, or in another type, would be treated by what one of them says.",
)
FOREIGN = problem_kind("D397", "file of a dataset is no Parquet file", remedy="take the file out of the folder")
#: What Spark and others leave in a folder beside the parts; they hold no row.
MARKS = ("_SUCCESS", "_metadata", "_common_metadata", "_committed", "_started", ".")
NULL = "__HIVE_DEFAULT_PARTITION__"


@register("format", "parquet_dataset")
@dataclass(frozen=True)
class ParquetDataset:
    """Reads a partitioned folder; names of folders such as `year=2024` become columns of text behind the others."""

    suffixes: ClassVar[tuple[str, ...]] = ()
    writes: ClassVar[bool] = False
    written_as: ClassVar[str] = "parquet"
    options: ClassVar[Mapping[str, type]] = {}

    def inspect(self, path: Path, options: Mapping[str, Any]) -> tuple[TableInfo, ...]:
        """Return the one table, after reading the schema of every part. Raises DataError."""
        if not path.is_dir():
            format_options.checked(path, options, self.options, frozenset())
        parts = parts_of(path)
        if not parts:
            raise DataError(EMPTY.at("the folder holds no Parquet file", path.name))
        first = Parquet().inspect(parts[0], {})[0]
        partitions = list(_partitions(path, parts[0]))
        for part in parts[1:]:
            same = Parquet().inspect(part, {})[0].schema.equals(first.schema, check_metadata=False)
            if not same or list(_partitions(path, part)) != partitions:
                raise DataError(PARTS_DIFFER.at("columns or folders differ from those of the first file", path.name))
        twice = sorted(set(partitions) & set(first.schema.names))
        if twice:
            raise DataError(COLUMN_TWICE.at(f"column '{name}' is a folder as well", path.name) for name in twice)
        fields = [*first.schema, *(pa.field(name, pa.string()) for name in partitions)]
        return (TableInfo(path.name.removesuffix(".parquet"), path, "parquet_dataset", pa.schema(fields), {}),)

    def read(self, table: TableInfo, batch_rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Yield the rows, part by part in the order of their paths."""
        return rebatch(self._batches(table, batch_rows), batch_rows)

    def open(self, path: Path, table: TableInfo) -> Writer:
        """Refuse: a released table is one file."""
        raise DataError(READ_ONLY.at("datasets are read only; the released table is a Parquet file", path.name))

    def _batches(self, table: TableInfo, batch_rows: int) -> Iterator[pa.RecordBatch]:
        for part in parts_of(table.path):
            values = _partitions(table.path, part)
            plain = table.schema.names[: len(table.schema) - len(values)]
            info = replace(table, path=part, format="parquet", schema=pa.schema([table.schema.field(n) for n in plain]))
            if list(values) != table.schema.names[len(plain) :]:
                raise DataError(CHANGED.at("a part came or went", table.path.name))
            for batch in Parquet().read(info, batch_rows):
                own = [pa.array([value] * batch.num_rows, pa.string()) for value in values.values()]
                yield pa.RecordBatch.from_arrays([*batch.columns, *own], schema=table.schema)


def is_dataset(folder: Path) -> bool:
    """Return whether a folder is one table: parts of Parquet or `column=value` folders, and nothing else."""
    inside = [path for path in folder.iterdir() if not path.name.startswith(MARKS)]
    named = [path for path in inside if path.is_dir()]
    if named:
        return all("=" in path.name for path in named) and len(named) == len(inside)
    return bool(inside) and all(path.name.startswith("part-") and path.suffix == ".parquet" for path in inside)


def parts_of(folder: Path) -> list[Path]:
    """Return the files that hold rows, in the order of their paths. Raises DataError for files of another kind."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(MARKS))
    foreign = sum(path.suffix not in Parquet.suffixes for path in files)
    if foreign:
        raise DataError(FOREIGN.at(f"{foreign} file(s) have another ending", folder.name))
    return files


def _partitions(folder: Path, part: Path) -> dict[str, str | None]:
    """Return the values that the folders above a part stand for."""
    values: dict[str, str | None] = {}
    for name in part.relative_to(folder).parts[:-1]:
        column, sign, value = name.partition("=")
        if not sign:
            raise DataError(PARTS_DIFFER.at("a folder is not named column=value", folder.name))
        values[unquote(column)] = None if value == NULL else unquote(value)
    return values
