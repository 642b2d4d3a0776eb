"""Where a delimiter is declared: the message holds the line, and a name that no file bears is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from deid.errors import DataError
from deid.source import open_source


def _refused(folder: Path, formats: dict[str, dict[str, str]] | None = None) -> list[str]:
    with pytest.raises(DataError) as caught:
        open_source(folder, (), formats)
    return [str(problem) for problem in caught.value.problems]


def test_the_line_that_the_message_gives_is_the_one_that_works(tmp_path: Path) -> None:
    (tmp_path / "Faelle.csv").write_text("Fall;Name, Vorname;Alter\n1;Vogt, Ada;40\n", encoding="utf-8")
    (message,) = _refused(tmp_path)
    assert message.startswith("D317 Faelle.csv:1")
    line = message.split("formats: ", 1)[1].split("`", 1)[0]
    declared = yaml.safe_load(line)
    assert declared == {"Faelle.csv": {"delimiter": ";"}}
    (table,) = open_source(tmp_path, (), declared).tables
    assert table.schema.names == ["Fall", "Name, Vorname", "Alter"]


def test_a_name_that_no_file_bears_is_refused_with_the_right_one(tmp_path: Path) -> None:
    (tmp_path / "Faelle.csv").write_text("Fall;Name, Vorname\n1;Vogt, Ada\n", encoding="utf-8")
    first, second = _refused(tmp_path, {"Faelle": {"delimiter": ";"}})
    assert first.startswith("D105")
    assert "did you mean 'Faelle.csv'?" in first
    assert second.startswith("D317")


def test_a_pattern_may_be_meant_for_other_data(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n", encoding="utf-8")
    assert open_source(tmp_path, (), {"*.maf": {"format": "tsv"}}).tables


@pytest.mark.parametrize("rows", [0, 6, 40, 400])
@pytest.mark.parametrize(
    ("names", "row", "likely"),
    [
        ("a,b,c,size\t(mm),e,f", "1,2,3,4,5,6", ","),
        ("a\tb, total\tc\td", "1\t2\t3\t4", "\t"),
        ("Fall;Name, Vorname;Geb", "1;Vogt, Ada;1,5", ";"),
        ("Name, Vorname;Geb", "Vogt, Ada;1970", ";"),
        ("id|site, ward|x", "1|a, b|2", "|"),
    ],
)
def test_the_likelier_delimiter_is_named(tmp_path: Path, rows: int, names: str, row: str, likely: str) -> None:
    (tmp_path / "t.csv").write_text("\n".join([names, *[row] * rows]) + "\n", encoding="utf-8")
    (message,) = _refused(tmp_path)
    declared = yaml.safe_load(message.split("formats: ", 1)[1].split("`", 1)[0])
    assert declared == {"t.csv": {"delimiter": likely}}
    assert len(open_source(tmp_path, (), declared).tables[0].schema.names) == names.count(likely) + 1
