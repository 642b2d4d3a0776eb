"""Notes that name the next of kin of the record in small letters, with the real pipeline and a ready policy."""

from __future__ import annotations

import random
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from deid.cli import main
from tests.conftest import KEY

#: Next of kin as a hurried clerk types them; most are words of the language too.
KIN = ("raj", "len", "stan", "will", "mark", "may", "Rose", "su mei", "art", "pat")
NOTES = (
    "{g} happy to go home w {k}. tta ready",
    "rang {g} re bloods, no ans. left msg w {k}",
    "{k} present. {g} will return on the ward round, may need {k} to drive",
    "reviewed, no change. {k} aware, mark on heel healing",
)


def people(rows: int) -> pd.DataFrame:
    draw = random.Random(5)
    table = []
    for row in range(rows):
        given, kin = draw.choice(["Rowena", "Dilip", "Mercy", "Angus"]), KIN[row % len(KIN)]
        note = draw.choice(NOTES).format(g=given, k=kin)
        table.append((f"RX{31000 + 19 * row}", given, draw.choice(["Wimple", "Frobisher", "Adeyemi"]), kin, note))
    return pd.DataFrame(table, columns=["hosp_no", "forename", "surname", "nok_name", "note"])


def released(folder: Path, rows: int, text: str = "") -> Result:
    data, policy = folder / "in", folder / "policy.yaml"
    data.mkdir(exist_ok=True)
    people(rows).to_csv(data / "notes.csv", index=False)
    policy.write_text(f"deid: 1\nname: kin\nextends: [hipaa-safe-harbor]\n{text}", "utf-8")
    arguments = ["run", str(data), "--policy", str(policy), "--out", str(folder / "out")]
    return CliRunner().invoke(main, arguments, env={"DEID_KEY": KEY})


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_next_of_kin_in_small_letters_goes(tmp_path: Path, rows: int) -> None:
    result = released(tmp_path, rows)
    assert result.exit_code == 0, result.output
    notes = pd.read_csv(next((tmp_path / "out").rglob("notes.csv")))["note"]
    assert len(notes) == rows
    assert not notes.str.contains("|".join(f"w {kin}|{kin} (?:present|aware)" for kin in KIN)).any()
    assert notes.str.contains("tta ready|no ans|reviewed").any()  # the rest of the notes stands


def test_what_a_policy_makes_stay_is_refused_and_the_remedy_mends_it(tmp_path: Path) -> None:
    result = released(tmp_path, 40, "text: {allow: [raj, will]}\n")
    assert result.exit_code == 5
    assert "R103" in result.output
    assert "`allow:`" in result.output
    mended = released(tmp_path, 40)
    assert mended.exit_code == 0, mended.output


def test_a_record_that_is_not_searched_for_is_refused_and_the_remedy_mends_it(tmp_path: Path) -> None:
    result = released(tmp_path, 40, "text: {known: false}\n")
    assert result.exit_code == 5
    assert "`known: false`" in result.output
