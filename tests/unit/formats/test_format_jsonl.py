from __future__ import annotations

import pyarrow as pa
import pytest
from format_tables import read_all, write_all

from deid.errors import DataError
from deid.formats.jsonl import JsonLines


@pytest.fixture
def file(tmp_path):
    def made(content: str | bytes):
        path = tmp_path / "t.jsonl"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return made


def test_columns_are_the_union_of_the_keys_in_order(file):
    table = read_all("jsonl", file('\ufeff{"b": 1, "a": "x"}\n\n{"c": null, "a": null}\r\n{"d": true}'))
    assert table.to_pylist() == [
        {"b": 1, "a": "x", "c": None, "d": None},
        {"b": None, "a": None, "c": None, "d": None},
        {"b": None, "a": None, "c": None, "d": True},
    ]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["1", "-2", "null"], pa.int64(), [1, -2, None]),
        (["1", "2.5"], pa.float64(), [1.0, 2.5]),
        (["true", "null"], pa.bool_(), [True, None]),
        (['"007"', '"x"'], pa.string(), ["007", "x"]),
        (["1.50", '"x"', "true", "1e3"], pa.string(), ["1.50", "x", "true", "1e3"]),
        (["9007199254740993", "1"], pa.int64(), [9007199254740993, 1]),
        (["9007199254740993", "0.5"], pa.string(), ["9007199254740993", "0.5"]),
        (["18446744073709551616", "1"], pa.string(), ["18446744073709551616", "1"]),
        (["1e999"], pa.string(), ["1e999"]),
        (["null", "null"], pa.string(), [None, None]),
        (["true", "1"], pa.string(), ["true", "1"]),
    ],
)
def test_a_column_has_the_type_that_all_values_have(file, values, kind, expected):
    table = read_all("jsonl", file("".join(f'{{"a": {value}}}\n' for value in values)), rows=2)
    assert table.schema.field("a").type == kind
    assert table["a"].to_pylist() == expected


@pytest.mark.parametrize(
    ("content", "code", "place"),
    [
        (b"", "D305", "t.jsonl"),
        (b"\n \n", "D305", "t.jsonl"),
        (b'{"a":1}\n{"a":"Zebulon"', "D335", "t.jsonl:2"),
        (b'{"a":1}\n["Zebulon"]\n', "D335", "t.jsonl:2"),
        (b'{"a":NaN}\n', "D335", "t.jsonl:1"),
        (b'{"a":-Infinity}\n', "D335", "t.jsonl:1"),
        (b'{"a":01}\n', "D335", "t.jsonl:1"),
        (b'{"":1}\n', "D335", "t.jsonl:1"),
        (b'{"a":"Zebulon\\ud800"}\n', "D335", "t.jsonl:1"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "D335", "t.jsonl:1"),
        (b'{"a":1}\n\n{"a":1,"a":"Zebulon"}\n', "D336", "t.jsonl:3"),
        (b'{"a":"Zebulon\xff"}\n', "D307", "t.jsonl:1"),
        ('{"a":1}'.encode("utf-16"), "D307", "t.jsonl:1"),
    ],
)
def test_broken_lines_are_refused_with_their_number_and_without_their_content(file, content, code, place):
    with pytest.raises(DataError) as refused:
        read_all("jsonl", file(content))
    (problem,) = refused.value.problems
    assert (problem.code, problem.place) == (code, place)
    assert "Zebulon" not in str(refused.value)
    assert refused.value.__context__ is None


def test_nested_keys_are_all_named_by_their_paths(file):
    with pytest.raises(DataError) as refused:
        read_all("jsonl", file('{"a": {"b": [{"c": 1}, {"d": []}]}}\n{"e": [1], "f": {}, "g": 2}\n'))
    paths = [problem.cause.split("'")[1] for problem in refused.value.problems]
    assert paths == ["a.b[].c", "a.b[].d[]", "e[]", "f"]


def test_a_file_that_changed_is_refused(file):
    path = file('{"a": 1}\n')
    (info,) = JsonLines().inspect(path, {})
    for content in ('{"a": "Zebulon"}\n', '{"b": 1}\n'):
        file(content)
        with pytest.raises(DataError, match="D312") as refused:
            list(JsonLines().read(info))
        assert refused.value.__context__ is None


def test_one_object_a_line_with_every_key_in_order(tmp_path):
    import datetime

    path = tmp_path / "o.jsonl"
    table = pa.table(
        {"b": [1, None], "a": ["é\n", None], "d": [datetime.date(2020, 1, 2), None], "f": [0.5, float("nan")]}
    )
    write_all("jsonl", path, table)
    expected = '{"b":1,"a":"é\\n","d":"2020-01-02","f":0.5}\n{"b":null,"a":null,"d":null,"f":null}\n'
    assert path.read_text("utf-8") == expected


def test_infinite_numbers_are_refused_by_column(tmp_path):
    with pytest.raises(DataError, match="column 'f' holds infinite"):
        write_all("jsonl", tmp_path / "o.jsonl", pa.table({"f": [float("inf")]}))
