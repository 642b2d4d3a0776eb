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
