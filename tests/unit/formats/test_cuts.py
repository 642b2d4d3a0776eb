"""Tables that are read in pieces hold the same rows in the same batches as when they are read as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deid.contracts import Cut, TableInfo
from deid.registry import plugin

HEAD = "# a comment\n\nid,note,place\n"
LINES = ['1,"two\nlines",x', "2,,", "", '3,"a ""quote"", and comma",y', "\r", "4,é,z", '5,"\n\n",', "6,b,c", "7,d,e"]


def whole(kind: Any, info: TableInfo, batch_rows: int) -> list[dict[str, list[Any]]]:
    return [batch.to_pydict() for batch in kind.read(info, batch_rows)]


def pieces(kind: Any, info: TableInfo, rows: int, batch_rows: int) -> list[dict[str, list[Any]]]:
    return [batch.to_pydict() for cut in kind.cuts(info, rows) for batch in kind.read_cut(info, cut, batch_rows)]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["", "\n", "\n\n\n"])
@pytest.mark.parametrize("rows", [1, 2, 3, 50])
def test_pieces_of_delimited_text(tmp_path: Path, rows: int, end: str, mark: bytes) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(mark + (HEAD + "\n".join(LINES) + end).encode())
    kind = plugin("format", "csv")()
    info = kind.inspect(path, {"comment": "#"})[0]
    assert pieces(kind, info, rows, 1) == whole(kind, info, 1)
    assert sum(cut.rows for cut in kind.cuts(info, rows)) == 7


def test_pieces_of_many_blocks(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f'{i},"{i}\n{"x" * (i % 90)}"\n' for i in range(120_000)), encoding="utf-8")
    kind = plugin("format", "csv")()
    info = kind.inspect(path, {})[0]
    assert pieces(kind, info, 20_000, 10_000) == whole(kind, info, 10_000)


def test_a_line_number_of_a_piece_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,"x\ny"\n2,z\n3,u\n4\n', encoding="utf-8")
    kind = plugin("format", "csv")()
    info = kind.inspect(path, {})[0]
    last = kind.cuts(info, 2)[-1]
    with pytest.raises(Exception, match=r"t\.csv:6"):
        list(kind.read_cut(info, last, 10))


def test_a_single_column_keeps_its_missing_cells(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n\n2\n\n\n3\n", encoding="utf-8")
    kind = plugin("format", "csv")()
    info = kind.inspect(path, {})[0]
    assert pieces(kind, info, 2, 2) == whole(kind, info, 2)


@pytest.mark.parametrize("rows", [3, 10, 25, 1000])
def test_pieces_of_parquet(tmp_path: Path, rows: int) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"a": range(100), "b": [str(i % 7) for i in range(100)]}), path, row_group_size=13)
    kind = plugin("format", "parquet")()
    info = kind.inspect(path, {})[0]
    assert pieces(kind, info, rows, rows) == whole(kind, info, rows)


def test_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n", encoding="utf-8")
    csv = plugin("format", "csv")()
    info = csv.inspect(path, {})[0]
    assert pieces(csv, info, 5, 5) == []
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "t.parquet")
    parquet = plugin("format", "parquet")()
    info = parquet.inspect(tmp_path / "t.parquet", {})[0]
    assert parquet.cuts(info, 5) == (Cut(),)
    assert pieces(parquet, info, 5, 5) == []
