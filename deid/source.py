"""The input of a run: tables in a file, a folder or a set of frames, read batch by batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pyarrow as pa

from deid.contracts import BATCH_ROWS, TableInfo
from deid.database.address import Address
from deid.database.reading import open_database
from deid.errors import DataError, DeidError, Problem, UsageError, did_you_mean, problem_kind
from deid.formats import format_for
from deid.formats.parquet_dataset import ParquetDataset, is_dataset, parts_of
from deid.registry import plugin, plugins

NO_DATA = problem_kind("U203", "no data", remedy="give a file or a folder of tables")
NO_TABLE = problem_kind(
    "D101",
    "file is no table",
    remedy="remove the file, or list it in the policy under `ignore:`; "
    "`formats: {'*.ext': {format: tsv}}` declares other endings",
    meaning="A folder is a set of tables; a file that is none could hold anything and is never passed over in silence.",
)
SAME_NAME = problem_kind("D102", "two tables of one name", remedy="rename one of the files")
NO_SUCH_FILE = problem_kind(
    "D105",
    "format declared for no file",
    remedy='write the whole name of the file with its ending, `formats: {"NAME.csv": {...}}`, or a pattern, `*.csv`',
    meaning="A name under `formats:` that no file bears would leave the file to be read by the defaults.",
)
CHANGED = problem_kind("D103", "input changed during the run", remedy="run again when nobody writes to the data")

Reader = Callable[[TableInfo, int], Iterator[pa.RecordBatch]]


def _nothing() -> None:
    """Close what need not be closed."""


@dataclass(frozen=True)
class Source:
    """The tables of a run. `left_out` counts files that the policy told to ignore.

    `starts` holds the number of the first row of tables that are a part of a larger one.
    """

    tables: tuple[TableInfo, ...]
    readers: Mapping[str, Reader] = field(default_factory=dict, repr=False)
    left_out: int = 0
    batch_rows: int = BATCH_ROWS
    close: Callable[[], None] = field(default=_nothing, repr=False)
    starts: Mapping[str, int] = field(default_factory=dict)

    def table(self, name: str) -> TableInfo:
        """Return the table of that name. Raises KeyError."""
        return next(table for table in self.tables if table.name == name)

    def batches(self, table: TableInfo) -> Iterator[pa.RecordBatch]:
        """Yield the rows of a table in file order."""
        if table.name in self.readers:
            return self.readers[table.name](table, self.batch_rows)
        reader: Iterator[pa.RecordBatch] = plugin("format", table.format)().read(table, self.batch_rows)
        return reader

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of every input file by path; frames have none."""
        return {
            str(path): file_digest(path) for path in sorted({t.path for t in self.tables if t.name not in self.readers})
        }


def open_source(
    data: Path | Address,
    ignore: Sequence[str] = (),
    formats: Mapping[str, Mapping[str, Any]] | None = None,
    batch_rows: int = BATCH_ROWS,
) -> Source:
    """Find the tables of a file, a folder or a database. Raises UsageError or DataError with all problems."""
    if isinstance(data, Address):
        found = open_database(data, ignore)
        readers = dict.fromkeys((table.name for table in found.tables), found.reader)
        return Source(found.tables, readers, found.left_out, batch_rows, found.close)
    if not data.exists():
        raise UsageError(NO_DATA.at("the path does not exist", data.name))
    whole = data.is_file() or is_dataset(data)
    files = [data] if whole else sorted(path for path in data.iterdir() if not path.name.startswith("."))
    kept = [path for path in files if not any(fnmatch(path.name, pattern) for pattern in ignore)]
    problems = _without_file(formats or {}, [path.name for path in files])
    tables: list[TableInfo] = []
    for path in kept:
        try:
            tables += _inspect(path, formats or {})
        except DeidError as error:
            problems += error.problems
    names: dict[str, int] = {}
    for table in tables:
        names[table.name.casefold()] = names.get(table.name.casefold(), 0) + 1
    repeated = sum(1 for count in names.values() if count > 1)
    if repeated:
        problems.append(SAME_NAME.at(f"{repeated} table name(s) stand for more than one file"))
    if problems:
        raise DataError(problems)
    if not tables:
        raise UsageError(NO_DATA.at("the folder holds no table", data.name))
    return Source(tuple(tables), {}, len(files) - len(kept), batch_rows)


def _without_file(formats: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> list[Problem]:
    """Find names under `formats:` that no file bears; a pattern may be meant for other data."""
    problems = []
    for name in formats:
        if not any(char in name for char in "*?[") and not any(fnmatch(file, name) for file in names):
            near = next((f"did you mean '{file}'?" for file in names if file.partition(".")[0] == name), "")
            problems.append(NO_SUCH_FILE.at(f"no file is called '{name}'", hint=near or did_you_mean(name, names)))
    return problems


def encoded_formats(encoding: str) -> dict[str, dict[str, str]]:
    """Return the `formats` of a policy that declares one encoding for every delimited text file."""
    return {
        f"*{suffix}": {"encoding": encoding} for name in ("csv", "tsv") for suffix in plugin("format", name).suffixes
    }


def _inspect(path: Path, formats: Mapping[str, Mapping[str, Any]]) -> tuple[TableInfo, ...]:
    options: dict[str, Any] = {}
    for pattern, given in formats.items():
        if fnmatch(path.name, pattern):
            options = {**options, **given}
    name = options.pop("format", None) or format_for(path)
    if path.is_dir() and is_dataset(path):
        return ParquetDataset().inspect(path, options)
    if path.is_dir() or name is None or name not in plugins("format"):
        raise DataError(NO_TABLE.at("it has no ending that deid reads", path.name))
    tables: tuple[TableInfo, ...] = plugin("format", name)().inspect(path, options)
    return tables


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names and digests of the files of a dataset, as hexadecimal text."""
    if path.is_dir():
        parts = [f"{part.relative_to(path)} {file_digest(part)}" for part in parts_of(path)]
        return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
