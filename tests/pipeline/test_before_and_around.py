"""What came in is measured as it came; who is left out is left out; nothing is emptied in silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Command = Callable[..., Result]
POLICY = """deid: 1
name: around
subject: pid
columns:
  pid: {role: direct_identifier, do: pseudonym}
  born: {role: quasi_identifier, do: date_part, to: year, on_error: suppress}
  sex: {role: quasi_identifier, do: keep}
"""


def write(folder: Path, policy: str = POLICY) -> tuple[Path, Path]:
    data = folder / "data"
    data.mkdir()
    rows = "".join(f"{i:05d},19{50 + i % 2}-{1 + i % 12:02d}-{1 + i % 28:02d},{'FM'[i % 2]}\n" for i in range(60))
    (data / "p.csv").write_text("pid,born,sex\n" + rows + "00099,not a date,F\n")
    (folder / "p.yaml").write_text(policy)
    return data, folder / "p.yaml"


def test_risk_before_is_that_of_the_input(command: Command, tmp_path: Path) -> None:
    import pandas as pd

    data, policy = write(tmp_path)
    result = command("risk", data, "--policy", policy, "--json")
    table = pd.read_csv(data / "p.csv", dtype=str)
    assert json.loads(result.output)["classes"]["value"] == table.groupby(["born", "sex"]).ngroups
    assert command("run", data, "--policy", policy, "--out", tmp_path / "out").exit_code == 0
    released = pd.read_csv(tmp_path / "out" / "data" / "p.csv", dtype=str)
    measures = json.loads((tmp_path / "out" / "report.json").read_text())["risk"]["measures"]
    classes = next(row for row in measures if row["id"] == "classes")
    assert classes["after"]["value"] in (released.groupby(["born", "sex"], dropna=False).ngroups, None)


def test_emptied_cells_are_said_and_can_be_a_gate(command: Command, tmp_path: Path) -> None:
    data, policy = write(tmp_path)
    released = command("run", data, "--policy", policy, "--out", tmp_path / "out")
    assert released.exit_code == 0
    assert "cell(s) emptied" in released.output
    assert "cell(s) emptied" in (tmp_path / "out" / "report.json").read_text()
    policy.write_text(POLICY + "gates: {emptied_cells: {max: 0}}\n")
    result = command("run", data, "--policy", policy, "--out", tmp_path / "other")
    assert result.exit_code == 5
    assert "emptied_cells" in result.output


def test_an_exclusion_in_another_spelling_is_refused(command: Command, tmp_path: Path) -> None:
    data, policy = write(tmp_path, POLICY + "exclude_subjects: out.txt\n")
    (tmp_path / "out.txt").write_text("1\n00002\n")
    result = command("run", data, "--policy", policy, "--out", tmp_path / "out")
    assert result.exit_code == 4
    assert "D210" in result.output
    assert not (tmp_path / "out").exists()


def test_an_exclusion_that_meets_nobody_is_said(command: Command, tmp_path: Path) -> None:
    data, policy = write(tmp_path, POLICY + "exclude_subjects: out.txt\n")
    (tmp_path / "out.txt").write_text("00001\nelsewhere\n")
    assert command("run", data, "--policy", policy, "--out", tmp_path / "out").exit_code == 0
    assert "listed for exclusion are not in the data" in (tmp_path / "out" / "report.json").read_text()


@pytest.mark.parametrize("inside", ["out", "deep/out"])
def test_a_release_never_lies_in_its_data(command: Command, tmp_path: Path, inside: str) -> None:
    data, policy = write(tmp_path)
    result = command("run", data, "--policy", policy, "--out", data / inside)
    assert result.exit_code == 2
    assert "U213" in result.output
    assert [path.name for path in data.iterdir()] == ["p.csv"]


def test_supplemental_qualifiers_keep_their_names_and_only_plain_values(command: Command, tmp_path: Path) -> None:
    import pandas as pd

    data = tmp_path / "sdtm"
    data.mkdir()
    head = "STUDYID,RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QLABEL,QVAL,QORIG,QEVAL\n"
    rows = "".join(f"S,DM,S-{i:03d},,,ELIGFL,Eligible,{'Y' if i else 'Town Hospital'},CRF,\n" for i in range(30))
    (data / "suppdm.csv").write_text(head + rows)
    people = "".join(f"S,DM,S-{i:03d},{40 + i % 3},F\n" for i in range(30))
    (data / "dm.csv").write_text("STUDYID,DOMAIN,USUBJID,AGE,SEX\n" + people)
    result = command("run", data, "--policy", "trial-sharing", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    released = pd.read_csv(tmp_path / "out" / "data" / "suppdm.csv", dtype=str)
    assert set(released["QNAM"]) == {"ELIGFL"}
    assert set(released["QVAL"].dropna()) == {"Y"}
