from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from format_tables import read_all, write_all

from deid.errors import DataError
from deid.formats.columns import UNREAD
from deid.registry import plugin

HIDDEN = b"HIDDENLEVEL", b"SECRETATTR", b"SECRETINDEX"


@pytest.fixture
def pandas_file(tmp_path):
    """A file as pandas writes it: unused category levels, an index, attributes, statistics."""
    frame = pd.DataFrame(
        {"c": pd.Categorical(["u", None, "v"], ["u", "v", "HIDDENLEVEL"]), "x": [1.5, None, 2.0]},
        index=["SECRETINDEX", "b", "c"],
    )
    frame.attrs["k"] = "SECRETATTR"
    frame.to_parquet(tmp_path / "p.parquet")
    return tmp_path / "p.parquet"


def test_categories_come_as_values_and_the_index_as_a_column(pandas_file):
    table = read_all("parquet", pandas_file)
    assert table.schema.types == [pa.string(), pa.float64(), pa.string()]
    assert table.column_names == ["c", "x", "__index_level_0__"]
    assert table.schema.metadata is None


def test_what_is_written_holds_the_cells_and_nothing_else(pandas_file, tmp_path):
    table = read_all("parquet", pandas_file).drop_columns("__index_level_0__")
    out = tmp_path / "o.parquet"
    write_all("parquet", out, table.replace_schema_metadata({"pandas": "SECRETATTR"}))
    assert not any(hidden in out.read_bytes() for hidden in HIDDEN)
    file = pq.ParquetFile(out)
    assert set(file.metadata.metadata) == {b"ARROW:schema"}  # says that a column is categories, and nothing else
    assert file.schema_arrow.metadata is None
    assert [field.metadata for field in file.schema_arrow] == [None, None]
    numbers = tmp_path / "n.parquet"
    write_all("parquet", numbers, table.select(["x"]))
    assert pq.ParquetFile(numbers).metadata.metadata is None
    for index in range(file.metadata.num_columns):
        chunk = file.metadata.row_group(0).column(index)
        assert chunk.statistics is None
        assert chunk.compression == "ZSTD"


def test_statistics_of_a_value_that_is_compressed_do_not_show_it(tmp_path):
    out = tmp_path / "o.parquet"
    write_all("parquet", out, pa.table({"a": ["Zebulon" * 20] * 1000}))
    assert out.read_bytes().count(b"ZebulonZebulonZebulonZebulon") <= 1  # the page itself, never a footer beside it


def test_row_groups_are_of_one_size(tmp_path):
    out = tmp_path / "o.parquet"
    write_all("parquet", out, pa.table({"a": range(150_000)}), rows=40_000)
    meta = pq.ParquetFile(out).metadata
    assert [meta.row_group(i).num_rows for i in range(meta.num_row_groups)] == [65_536, 65_536, 18_928]


def test_dictionary_columns_of_every_batch_have_the_plain_schema(tmp_path):
    path = tmp_path / "d.parquet"
    parts = [pa.table({"a": pa.array([value]).dictionary_encode()}) for value in "xyz"]
    with pq.ParquetWriter(path, parts[0].schema) as writer:
        for part in parts:
            writer.write_table(part)
    assert read_all("parquet", path)["a"].to_pylist() == ["x", "y", "z"]


def test_not_a_number_is_missing(tmp_path):
    path = tmp_path / "n.parquet"
    pq.write_table(pa.table({"a": pa.array([float("nan"), None, 1.0])}), path)
    assert read_all("parquet", path)["a"].to_pylist() == [None, None, 1.0]


def test_nested_and_binary_columns_are_marked_and_not_read(tmp_path):
    path = tmp_path / "n.parquet"
    table = pa.table(
        {
            "fine": [1],
            "list": [[1]],
            "struct": [{"Zebulon": 1}],
            "map": pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())),
            "octets": [b"x"],
            "span": pa.array([1], pa.duration("s")),
        }
    )
    pq.write_table(table, path)
    (info,) = plugin("format", "parquet")().inspect(path, {})
    marked = [field.name for field in info.schema if UNREAD in (field.metadata or {})]
    assert marked == ["list", "struct", "map", "octets", "span"]
    whole = read_all("parquet", path)
    assert whole["fine"].to_pylist() == [1]
    assert all(whole[name].null_count == 1 for name in marked)
    assert "Zebulon" not in str(info.schema)


def test_two_columns_of_one_name_are_refused(tmp_path):
    path = tmp_path / "n.parquet"
    pq.write_table(pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), path)
    with pytest.raises(DataError, match="D303"):
        read_all("parquet", path)


def test_a_damaged_file_is_refused(tmp_path):
    path = tmp_path / "n.parquet"
    write_all("parquet", path, pa.table({"a": [f"Zebulon{i}" for i in range(9999)]}))
    whole = path.read_bytes()
    for content in (whole[:-20], whole[:100] + bytes(500) + whole[600:], b"PAR1", b""):
        path.write_bytes(content)
        with pytest.raises(DataError) as refused:
            read_all("parquet", path)
        assert "Zebulon" not in str(refused.value)


def test_categories_are_written_as_categories_of_the_levels_that_occur(pandas_file, tmp_path):
    table = read_all("parquet", pandas_file).drop_columns("__index_level_0__")
    out = tmp_path / "o.parquet"
    write_all("parquet", out, table)
    assert not any(hidden in out.read_bytes() for hidden in HIDDEN)
    back = pd.read_parquet(out)
    assert list(back["c"].cat.categories) == ["u", "v"]
    assert not back["c"].cat.ordered
    assert back["c"].tolist()[::2] == ["u", "v"]
    again = tmp_path / "again.parquet"
    write_all("parquet", again, table, rows=1)
    assert again.read_bytes() == out.read_bytes()
    assert read_all("parquet", out).equals(table)


def test_every_row_group_has_its_own_levels(tmp_path):
    path = tmp_path / "i.parquet"
    values = ["b"] * 70_000 + ["a"] * 70_000
    pq.write_table(pa.table({"c": pa.array(values).dictionary_encode()}), path)
    out = tmp_path / "o.parquet"
    write_all("parquet", out, read_all("parquet", path), rows=40_000)
    back = pq.read_table(out)
    assert pa.types.is_dictionary(back.schema.field("c").type)
    assert back.column("c").to_pylist() == values
    assert set(pd.read_parquet(out)["c"].cat.categories) == {"a", "b"}
