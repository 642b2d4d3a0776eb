"""Folders of Parquet files as one table."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from deid.errors import DataError
from deid.source import file_digest, open_source

TABLE = pa.table({"id": ["1", "2", "3", "4"], "age": [31, 32, 33, None], "year": ["2023", "2024", "2024", None]})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data" / "visits"
    partitioning = ds.partitioning(pa.schema([("year", pa.string())]), flavor="hive")
    ds.write_dataset(TABLE, path, format="parquet", partitioning=partitioning)
    (path / "_SUCCESS").touch()
    return path


def rows(path: Path, batch_rows: int = 65_536) -> list[tuple[object, ...]]:
    source = open_source(path, batch_rows=batch_rows)
    table = pa.Table.from_batches(list(source.batches(source.tables[0])))
    return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True), key=str)


@pytest.mark.parametrize("above", [False, True])
def test_folders_become_a_column(folder: Path, above: bool) -> None:
    source = open_source(folder.parent if above else folder)
    assert [table.name for table in source.tables] == ["visits"]
    assert source.tables[0].schema.names == ["id", "age", "year"]
    expected = [("1", 31, "2023"), ("2", 32, "2024"), ("3", 33, "2024"), ("4", None, None)]
    assert rows(folder.parent if above else folder) == sorted(expected, key=str)
    assert rows(folder, 1) == sorted(expected, key=str)


def test_parts_of_spark_are_one_table(tmp_path: Path) -> None:
    path = tmp_path / "labs.parquet"
    path.mkdir()
    for number in range(3):
        pq.write_table(TABLE.slice(number, 1), path / f"part-0000{number}-x.snappy.parquet")
    (path / "._SUCCESS.crc").touch()
    source = open_source(path)
    assert [table.name for table in source.tables] == ["labs"]
    assert len(rows(path)) == 3


def test_parts_that_differ_are_refused(folder: Path) -> None:
    pq.write_table(pa.table({"id": ["9"], "name": ["x"]}), folder / "year=2024" / "part-9.parquet")
    with pytest.raises(DataError, match="D396"):
        open_source(folder)


def test_a_file_that_is_no_part_is_refused(folder: Path) -> None:
    (folder / "year=2024" / "notes.txt").write_text("x")
    with pytest.raises(DataError, match="D397"):
        open_source(folder)


def test_a_folder_that_is_no_dataset_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data" / "deeper").mkdir(parents=True)
    (tmp_path / "data" / "deeper" / "a.csv").write_text("x\n1\n")
    with pytest.raises(DataError, match="D101"):
        open_source(tmp_path / "data")


def test_the_digest_is_of_every_part(folder: Path) -> None:
    before = file_digest(folder)
    part = next(folder.rglob("*.parquet"))
    pq.write_table(TABLE.drop_columns(["year"]).slice(0, 2), part)
    assert file_digest(folder) != before
