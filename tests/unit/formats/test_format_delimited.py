from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest
from format_tables import read_all
from hypothesis import given, settings
from hypothesis import strategies as st

import deid.formats.delimited as delimited
import deid.formats.encoded as encoded
import deid.formats.records as records
from deid.contracts import TableInfo
from deid.errors import DataError
from deid.formats.delimited import Csv, Tsv

SECRET = "Zebulon"


@pytest.fixture
def file(tmp_path):
    def made(content: bytes, name: str = "t.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return made


def refusal(path, name="csv", **options) -> DataError:
    with pytest.raises(DataError) as refused:
        read_all(name, path, options)
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(refused.value)
    assert refused.value.__context__ is None or SECRET not in str(refused.value.__context__)
    return refused.value


def place(refused: DataError) -> tuple[str, str]:
    (problem,) = refused.problems
    return problem.code, problem.place


def test_every_cell_is_text_and_an_empty_cell_is_missing(file):
    table = read_all("csv", file(b'zip,n,e,q\n02139,1,,""\n00501,01.50,NA,x\n'))
    assert table.schema.types == [pa.string()] * 4
    assert table.to_pylist() == [
        {"zip": "02139", "n": "1", "e": None, "q": None},
        {"zip": "00501", "n": "01.50", "e": "NA", "q": "x"},
    ]


def test_declared_spellings_of_missing(file):
    path = file(b'a,b\nNA,[Not Available]\n"NA",na\n')
    table = read_all("csv", path, {"missing": ["NA", "[Not Available]"]})
    assert table.to_pydict() == {"a": [None, None], "b": [None, "na"]}


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\n1,\xc3\xa9\n",
        b"\xef\xbb\xbfa,b\n1,\xc3\xa9\n",
        b"a,b\r\n1,\xc3\xa9\r\n",
        b"a,b\n1,\xc3\xa9",
        b"\n\na,b\n\n1,\xc3\xa9\n\n\n",
        "\ufeffa,b\n1,é\n".encode("utf-16-le"),
        "\ufeffa,b\n1,é\n".encode("utf-16-be"),
    ],
)
def test_encodings_and_line_ends_that_say_what_they_are(file, content):
    assert read_all("csv", file(content)).to_pydict() == {"a": ["1"], "b": ["é"]}


@pytest.mark.parametrize(
    ("encoding", "octets", "text"),
    [("latin-1", b"\xe9", "é"), ("windows-1252", b"\x92", "’"), ("cp1252", b"\x80", "€")],
)
def test_declared_encodings(file, encoding, octets, text):
    path = file(b"a,b\n1," + octets + b"\n")
    assert place(refusal(path)) == ("D307", "t.csv:2")
    assert read_all("csv", path, {"encoding": encoding})["b"].to_pylist() == [text]


def test_latin_1_that_is_windows_1252_is_refused(file):
    refused = refusal(file(b"a\nx\nZebulon\x92s\n"), encoding="latin-1")
    assert place(refused) == ("D307", "t.csv:3")
    assert "windows-1252" in str(refused)


def test_a_byte_order_mark_contradicts_the_declaration(file):
    assert place(refusal(file(b"\xef\xbb\xbfa\n1\n"), encoding="cp1252")) == ("D307", "t.csv")


def test_undecodable_text_deep_in_another_encoding_names_its_line(file, monkeypatch):
    monkeypatch.setattr(encoded, "BLOCK", 7)
    assert place(refusal(file(b"a\n" + b"xy\n" * 9 + b"Zebulon\x81\n"), encoding="cp1252")) == ("D307", "t.csv:11")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ("D305", "t.csv")),
        (b"\n\n", ("D305", "t.csv")),
        (b"\x1f\x8b\x08\x00Zebulon", ("D306", "t.csv")),
        (b"PK\x03\x04Zebulon", ("D306", "t.csv")),
        (b"PAR1Zebulon", ("D306", "t.csv")),
        (b"a,b\n1,2\nZebulon,\xff\n", ("D307", "t.csv:3")),
        (b"a,b\n1,2\nZebulon\0,2\n", ("D308", "t.csv:3")),
        (b"a,b\n1,2\nx,Zebulon\n1,2,Zebulon\n", ("D319", "t.csv:4")),
        (b'a,b\n1,"x\ny"\nZebulon\n', ("D319", "t.csv:4")),
        (b'a,b\n1,"Zebulon\n3,4\n', ("D315", "t.csv:2")),
        (b'a,b\n1,"Zebulon\n3,"x"\n', ("D315", "t.csv:2")),
        (b'a,b\n1,"Zebulon"x\n', ("D315", "t.csv:2")),
        (b'a,b\n1,"Zebulon" \n', ("D315", "t.csv:2")),
        (b"a,b\n1,Zebu\rlon\n", ("D316", "t.csv:2")),
        (b"a,b\r1,Zebulon\r", ("D316", "t.csv:1")),
        (b"a,b,a\n1,2,3\n", ("D303", "t.csv")),
        (b"a,b;c\n1,2\n", ("D317", "t.csv:1")),
        (b"#a,b\n1,2\n", ("D318", "t.csv:1")),
    ],
)
def test_broken_files_are_refused_with_the_line_and_without_its_content(file, content, expected):
    assert place(refusal(file(content))) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_blocks_may_end_anywhere(file, monkeypatch, size):
    monkeypatch.setattr(encoded, "BLOCK", size)
    path = file(b'a,b\r\n"x ""q"", z",1\r\n\r\n"two\r\nlines",\r\n""""," "\n5" pipe,6"\n\n\n')
    assert read_all("csv", path).to_pydict() == {
        "a": ['x "q", z', "two\r\nlines", '"', '5" pipe'],
        "b": ["1", None, " ", '6"'],
    }
    assert place(refusal(file(b'a,b\n"x\ny",1\nZ"e"b,"ulon\n1,2\n'))) == ("D315", "t.csv:4")


@given(body=st.text('ab",\n', max_size=40), size=st.integers(1, 50))
@settings(max_examples=400, deadline=None)
def test_what_is_read_is_what_the_standard_library_reads(tmp_path_factory, body, size):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    path.write_text("x,y\n" + body, "utf-8", newline="")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoded, "BLOCK", size)
        try:
            rows = [list(row.values()) for row in read_all("csv", path).to_pylist()]
        except DataError as refused:
            (problem,) = refused.problems
            assert problem.code in {"D315", "D319"}
            return
    expected = [row for row in csv.reader(io.StringIO(body, newline=""), strict=True) if row]
    assert rows == [[cell or None for cell in row] for row in expected]


@given(rows=st.lists(st.tuples(*[st.text('ab",;\n\r é', max_size=5)] * 2), max_size=8), size=st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_what_the_standard_library_writes_is_read(tmp_path_factory, rows, size):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([("x", "y"), *rows])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoded, "BLOCK", size)
        table = read_all("csv", path, {"delimiter": ","})
    assert [tuple(row.values()) for row in table.to_pylist()] == [(a or None, b or None) for a, b in rows]


def test_blank_lines_are_rows_of_a_single_column_except_at_the_end(file):
    assert read_all("csv", file(b'a\nx\n\n""\ny\n\n\n'))["a"].to_pylist() == ["x", None, None, "y"]


def test_header_only_is_a_table_of_no_row(file):
    table = read_all("csv", file(b"a,b"))
    assert (table.num_rows, table.column_names) == (0, ["a", "b"])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_told_from_the_header_or_declared(file, delimiter):
    path = file(f'a{delimiter}"b, c;"\n1{delimiter}2\n'.encode())
    assert read_all("csv", path).to_pydict() == {"a": ["1"], "b, c;": ["2"]}
    assert read_all("csv", path, {"delimiter": delimiter}).num_columns == 2


def test_a_tab_in_the_header_of_a_tsv_is_the_delimiter(file):
    path = file(b"id\tName, first|last\n1\tx\n", "t.tsv")
    assert read_all("tsv", path).column_names == ["id", "Name, first|last"]
    assert read_all("tsv", file(b"id;x\n1;2\n", "t.tsv")).column_names == ["id", "x"]


def test_a_declared_delimiter_that_leaves_one_column_is_refused(file):
    assert place(refusal(file(b"a;b\n1;2\n"), delimiter=",")) == ("D317", "t.csv:1")


def test_columns_without_a_name(file, tmp_path):
    path = file(b",x,\n0,1,2\n")
    (info,) = Csv().inspect(path, {})
    assert info.schema.names == ["unnamed_1", "x", "unnamed_3"]
    out = tmp_path / "out.csv"
    writer = Csv().open(out, info)
    for batch in Csv().read(info):
        writer.write(batch)
    writer.close()
    assert out.read_bytes() == path.read_bytes()


def test_a_made_up_name_gives_way_to_a_real_one(file):
    assert read_all("csv", file(b"unnamed_2,\n0,1\n")).column_names == ["unnamed_2", "unnamed_2_"]


def test_comment_lines_are_kept_aside_and_written_only_when_told(file, tmp_path):
    head = b"#Display, \xc3\xa9\n#STRING\n"
    path = file(head + b"a,b\n1,2\n")
    for keep, expected in (("keep", path.read_bytes()), ("drop", b"a,b\n1,2\n")):
        (info,) = Csv().inspect(path, {"comment": "#", "comments": keep})
        assert "Display" not in repr(info)
        out = tmp_path / f"{keep}.csv"
        writer = Csv().open(out, info)
        for batch in Csv().read(info):
            writer.write(batch)
        writer.close()
        assert out.read_bytes() == expected
        assert read_all("csv", out, info.options).num_rows == 1
    assert read_all("csv", file(b"#a,b\n1,2\n"), {"comment": ""}).column_names == ["#a", "b"]


def test_line_numbers_count_the_comment_lines(file):
    assert place(refusal(file(b"#\n#\na,b\n1,2\nZebulon\n"), comment="#")) == ("D319", "t.csv:5")


def test_long_cells_and_lines_are_refused(file, monkeypatch):
    monkeypatch.setattr(delimited, "CELL_LIMIT", 1000)
    assert place(refusal(file(b"a,b\n1," + b"Zebulon" * 200 + b"\n")))[0] == "D309"
    monkeypatch.setattr(encoded, "BLOCK", 500)
    monkeypatch.setattr(records, "RECORD_LIMIT", 1000)
    assert place(refusal(file(b"a,b\n1," + b"Zebulon" * 999 + b"\n"))) == ("D309", "t.csv:2")
    assert place(refusal(file(b'a,b\n1,2\n3,"' + b"Zebulon\n" * 999 + b"\n"))) == ("D315", "t.csv:3")


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": ",,"},
        {"delimiter": '"'},
        {"delimiter": 1},
        {"encoding": "utf-7"},
        {"encoding": "nonsense"},
        {"missing": [1]},
        {"missing": "NA"},
        {"formulas": "run"},
        {"comments": "yes"},
    ],
)
def test_wrong_options_are_refused(file, options):
    (problem,) = refusal(file(b"a,b\n1,2\n"), **options).problems
    assert problem.code == "D302"


def test_a_file_that_changed_is_refused(file):
    path = file(b"a,b\n1,2\n")
    (info,) = Csv().inspect(path, {})
    path.write_bytes(b"a,c\n1,2\n")
    with pytest.raises(DataError, match="D312"):
        list(Csv().read(info))


FORMULAS = [
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
]
HARMLESS = ["-1.5", "+3", "-1e-5", "-.5", "-1.", "1=1", "a@b.c", "2020-01-01", " =1", "\uff21", "'=1"]


def written(tmp_path, table: pa.Table, kind: Csv | Tsv | None = None, **options) -> bytes:
    path = tmp_path / "out.csv"
    path.unlink(missing_ok=True)
    kind = kind or Csv()
    writer = kind.open(path, TableInfo("out", path, kind.name, table.schema, options))
    for batch in table.to_batches():
        writer.write(batch)
    writer.close()
    return path.read_bytes()


@pytest.mark.parametrize("kind", [Csv(), Tsv()])
def test_formulas_get_an_apostrophe_and_plain_numbers_do_not(tmp_path, kind):
    table = pa.table({"a": [*FORMULAS, *HARMLESS, None]})
    written(tmp_path, table, kind)
    back = read_all(kind.name, tmp_path / "out.csv")["a"].to_pylist()
    assert back == [f"'{cell}" for cell in FORMULAS] + HARMLESS + [None]


def test_formulas_in_names_and_in_slices(tmp_path):
    table = pa.table({"=a": ["x", "=1", "-1", "=2", "y"], "b": ["1", "@", "2", "-", "-3"]})
    assert written(tmp_path, table.slice(1, 3)) == b"'=a,b\n'=1,'@\n-1,2\n'=2,-\n"
    assert written(tmp_path, table.slice(1, 1), formulas="keep") == b"=a,b\n=1,@\n"


def test_the_writer_counts_what_it_defused(tmp_path):
    path = tmp_path / "o.csv"
    table = pa.table({"a": ["=1", "2", "@x"]})
    writer = Csv().open(path, TableInfo("o", path, "csv", table.schema))
    writer.write(table.to_batches()[0])
    writer.close()
    assert writer.defused == 2


def test_quoting_is_minimal(tmp_path):
    table = pa.table({"a b": ["x y", "x,y", 'x"y', "x\ny", "x\ry", None, "ü", ""], "n": [1, None, 3, 4, 5, 6, 7, 8]})
    expected = 'a b,n\nx y,1\n"x,y",\n"x""y",3\n"x\ny",4\n"x\ry",5\n,6\nü,7\n,8\n'
    assert written(tmp_path, table) == expected.encode()


def test_types_have_one_spelling(tmp_path):
    import datetime

    table = pa.table(
        {
            "i": [7],
            "f": [7.0],
            "g": [0.1],
            "b": [True],
            "d": [datetime.date(1066, 10, 14)],
            "t": [datetime.datetime(2020, 1, 2, 3, 4, 5)],
            "c": pa.array(["x"]).dictionary_encode(),
        }
    )
    assert written(tmp_path, table).splitlines()[1] == b"7,7,0.1,true,1066-10-14,2020-01-02T03:04:05,x"


def test_what_cannot_be_written_is_refused_by_column_and_count(tmp_path):
    with pytest.raises(DataError) as refused:
        written(tmp_path, pa.table({"a": ["Zebulon\0", "x"], "b": ["\0", "\0"]}))
    assert [problem.cause for problem in refused.value.problems] == [
        "1 cells of column 'a' hold a NUL character",
        "2 cells of column 'b' hold a NUL character",
    ]
    with pytest.raises(DataError, match="1 cells of column 'a' hold characters") as refused:
        written(tmp_path, pa.table({"a": ["Zebulon Ł", "x"], "b": ["", ""]}), encoding="windows-1252")
    assert SECRET not in str(refused.value)
    assert refused.value.__context__ is None


def test_adversarial_files(shared):
    expected = {
        "badutf8.csv": ("D307", "badutf8.csv:2"),
        "empty.csv": ("D305", "empty.csv"),
        "gz.csv": ("D306", "gz.csv"),
        "nul.csv": ("D308", "nul.csv:2"),
        "ragged.csv": ("D319", "ragged.csv:26"),
        "unbal.csv": ("D315", "unbal.csv:26"),
        "tab40.csv": ("D303", "tab40.csv"),
    }
    base = read_all("csv", shared / "adversarial/files/base.csv")
    for path in sorted((shared / "adversarial/files").glob("*.csv")):
        if path.name in expected:
            assert place(refusal(path)) == expected[path.name]
        else:
            assert read_all("csv", path).num_rows in (0, 1, 24)
    for name in ("bom", "u16le", "crlf", "semi"):
        assert read_all("csv", shared / f"adversarial/files/{name}.csv") == base


def test_real_tables_have_the_rows_and_columns_that_are_known(shared):
    data = shared / "data"
    for path, name, options, shape in (
        ("metabric/metabric_combined.csv", "csv", {}, (1470, 32)),
        ("cbioportal_study_es_0/data_clinical_patients.txt", "tsv", {"comment": "#"}, (841, 5)),
        ("cbioportal_study_es_0/data_mutations_extended.maf", "tsv", {"comment": "#"}, (36, 168)),
        ("notes/mtsamples_oncology.csv", "csv", {}, (90, 6)),
        ("omop_synthea27nj/CONCEPT.csv", "csv", {}, (2294, 10)),
    ):
        if (data / path).exists():
            assert read_all(name, data / path, options).shape == shape
