"""What the plan says of columns that nothing decides: rows of their own, words, and lines that can be pasted."""

from __future__ import annotations

import csv
import io
import json
import string
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

import deid
from deid.cli import main
from deid.errors import PolicyError
from deid.policy import load_text
from deid.undecided import pasted

ODD = [
    *("Result: value, text", "{brace}", "- dash", "a: b", "*star", "# hash", "  led by blanks", "née", "2020", "1.5"),
    *("yes", "No", "null", "~", "", "?", '"quoted"', "it's", "back\\slash", "x\ny", "tab\there", "!tag", "&anchor"),
    *("| bar", "> fold", "%dir", "@at", "`tick`", "[list]", "a #b", "---", "...", "=", "<<", "\u2028", "\x85", "😀"),
]
NAMES = st.text(st.characters(codec="utf-8"), max_size=20) | st.text(string.punctuation + " \n\t", max_size=8)


def _loaded(text: str) -> dict[str, set[str]]:
    head = "" if text.lstrip("#").find("\ndeid: 1") > 0 else "deid: 1\nname: mine\n"
    policy = load_text(head + text)
    for lines in policy.tables.values():
        assert all(decision.do == "drop" for decision in lines.values())
    return {table: set(lines) for table, lines in policy.tables.items()}


@pytest.mark.parametrize("ready", [True, False])
def test_the_block_loads_with_every_odd_header(ready: bool) -> None:
    lines = [(table, column, "a # comment: {x}\ny") for table in ("visits", "my: table") for column in ODD]
    text = pasted("hipaa-safe-harbor.yaml", lines, ready=ready)
    assert _loaded(text) == {"visits": set(ODD), "my: table": set(ODD)}


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=5))
def test_the_block_loads_back_for_any_header(lines: list[tuple[str, str, str]]) -> None:
    tables: dict[str, set[str]] = {}
    for table, column, _ in lines:
        tables.setdefault(table, set()).add(column)
    assert _loaded(pasted("mine.yaml", lines, ready=False)) == tables


HEADER = ["SUBJID", "SEX", "Result: value, text", "{brace}", "Trop"]
LEAK = "06/26/2021"


def _data(folder: Path) -> Path:
    rows = [
        [f"S{i:04d}", "FM"[i % 2], f"q{i * 7919}z", f"w{i * 104729 % 99991:05d}", f"{i % 3}.{i * 7 % 97:02d}"]
        for i in range(20)
    ]
    rows[17][4] = LEAK
    (folder / "labs.csv").write_text(
        "\n".join(",".join(f'"{cell}"' for cell in row) for row in [HEADER, *rows]) + "\n", encoding="utf-8"
    )
    return folder / "labs.csv"


def _plan(data: Path, policy: str | Path, *more: str) -> Result:
    return CliRunner().invoke(main, ["plan", str(data), "--policy", str(policy), *more])


def _rows(text: str, form: str) -> list[dict[str, str]]:
    if form == "json":
        return list(json.loads(text))
    if form == "csv":
        return list(csv.DictReader(io.StringIO(text)))
    lines = [[cell.strip() for cell in line.split(" | ")] for line in text.splitlines() if line.startswith("|")]
    lines = [[cell.removeprefix("| ") for cell in line] for line in lines]
    return [dict(zip(lines[0], line, strict=False)) for line in lines[2:]]


@pytest.mark.parametrize("form", ["json", "csv", "markdown"])
def test_the_plan_shows_decided_and_undecided_columns_in_their_order(tmp_path: Path, form: str) -> None:
    result = _plan(_data(tmp_path), "hipaa-safe-harbor", "--format", form)
    assert result.exit_code == 3
    rows = _rows(result.stdout, form)
    assert [row["column"] for row in rows] == HEADER
    assert [row["do"] for row in rows][:4] == ["pseudonym", "keep", "undecided", "undecided"]
    assert "P201 labs.{brace}" in result.stderr
    assert LEAK not in result.output


def test_the_text_form_shows_them_too_and_the_block_once(tmp_path: Path) -> None:
    result = _plan(_data(tmp_path), "hipaa-safe-harbor")
    assert result.exit_code == 3
    assert "labs.SEX" in result.stdout
    assert "undecided" in result.stdout
    assert result.stderr.count("\ntables:\n") == 1
    assert "the values are all letters and digits in one piece" in result.stderr


def test_one_paste_leads_to_a_plan_that_passes(tmp_path: Path) -> None:
    data = _data(tmp_path)
    stderr = _plan(data, "hipaa-safe-harbor").stderr
    assert "P204 labs.Trop: as a whole it reads as" in stderr
    block = stderr[stderr.index("# A policy of your own") : stderr.rindex("\n\n")]
    (tmp_path / "own.yaml").write_text(block + "\n", encoding="utf-8")
    assert set(yaml.safe_load(block)["tables"]["labs"]) == {"Result: value, text", "{brace}", "Trop"}
    assert _plan(data, tmp_path / "own.yaml").exit_code == 0


def test_leaving_out_what_is_unlisted_and_pasting_what_is_kept_passes(tmp_path: Path) -> None:
    data, own = _data(tmp_path), tmp_path / "own.yaml"
    text = "deid: 1\nname: mine\nextends: [hipaa-safe-harbor]\nunlisted: drop\n"
    own.write_text(text, encoding="utf-8")
    refused = _plan(data, own)
    assert refused.exit_code == 3
    assert "P201" not in refused.stderr
    block = refused.stderr[refused.stderr.index("# For own.yaml") : refused.stderr.rindex("\n\n")]
    own.write_text(text + block + "\n", encoding="utf-8")
    assert _plan(data, own).exit_code == 0


def test_a_second_block_is_merged_as_it_says_and_pasting_it_whole_is_refused_with_the_way(tmp_path: Path) -> None:
    data, own = _data(tmp_path), tmp_path / "own.yaml"
    first = _plan(data, "hipaa-safe-harbor").stderr
    block = first[first.index("# A policy of your own") : first.rindex("\n\n")]
    lines = block.splitlines()
    shorter = "\n".join(line for line in lines if "{brace}" not in line) + "\n"
    own.write_text(shorter, encoding="utf-8")
    second = _plan(data, own).stderr
    assert "# For own.yaml, which has `tables:` already: leave out that line here" in second
    more = second[second.index("# For own.yaml") : second.rindex("\n\n")]
    own.write_text(shorter + more + "\n", encoding="utf-8")
    twice = _plan(data, own)
    assert "P104" in twice.stderr
    assert "their tables go below the `tables:` that is there already" in twice.stderr
    below = [line for line in more.splitlines() if line.startswith("    ")]
    own.write_text(shorter + "\n".join(below) + "\n", encoding="utf-8")
    assert _plan(data, own).exit_code == 0


def test_a_policy_without_tables_takes_the_block_whole(tmp_path: Path) -> None:
    data, own = _data(tmp_path), tmp_path / "own.yaml"
    head = 'deid: 1\nname: mine\nextends: [hipaa-safe-harbor]\nformats: {"labs.csv": {delimiter: ","}}\n'
    own.write_text(head, encoding="utf-8")
    refused = _plan(data, own).stderr
    assert "# For own.yaml, which has no `tables:` yet: paste all of this at its end." in refused
    own.write_text(head + refused[refused.index("# For own.yaml") : refused.rindex("\n\n")] + "\n", encoding="utf-8")
    assert _plan(data, own).exit_code == 0


def test_a_pasted_line_says_why_its_column_goes(tmp_path: Path) -> None:
    data, own = _data(tmp_path), tmp_path / "own.yaml"
    stderr = _plan(data, "hipaa-safe-harbor").stderr
    own.write_text(stderr[stderr.index("# A policy of your own") : stderr.rindex("\n\n")] + "\n", encoding="utf-8")
    rows = _rows(_plan(data, own, "--format", "json").stdout, "json")
    assert {row["why"] for row in rows if row["column"] in ("{brace}", "Trop")} == {
        "left out as deid proposed; nobody said what it holds"
    }


def test_the_library_gets_the_lines_too(tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        deid.dry_run(_data(tmp_path), "hipaa-safe-harbor")
    assert "\ntables:\n" in str(caught.value)
    assert LEAK not in str(caught.value)


def test_yaml_that_does_not_parse_is_told_from_a_file_that_is_not_there() -> None:
    with pytest.raises(PolicyError) as caught:
        load_text("deid: 1\ncolumns:\n  Result: value, text: drop\n")
    assert "mend the YAML at this line" in str(caught.value)
    assert "path" not in str(caught.value)
    assert ":3: " in str(caught.value)


def test_a_draft_shows_its_decided_and_its_open_lines(tmp_path: Path) -> None:
    data = _data(tmp_path)
    draft = tmp_path / "draft.yaml"
    assert CliRunner().invoke(main, ["init", str(data), "--name", "drafted", "--out", str(draft)]).exit_code == 0
    result = _plan(data, str(draft), "--format", "json")
    assert result.exit_code == 3
    rows = _rows(result.stdout, "json")
    assert [row["column"] for row in rows] == HEADER
    assert {"pseudonym", "undecided"} <= {row["do"] for row in rows}
    assert result.stderr.count("P112 draft.yaml:") == sum(row["do"] == "undecided" for row in rows)
    assert LEAK not in result.output
