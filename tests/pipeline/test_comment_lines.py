"""Comment lines of clinical files: what describes columns stays, names and days go, and four lines stay four."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.trial import Bench

HEAD = """#Patient Identifier\tSex\tTumor Stage\tOverall Survival (Months)
#Patient identifier\tSex\tStage at diagnosis\tMonths from diagnosis
#STRING\tSTRING\tSTRING\tNUMBER
#1\t1\t1\t20
"""
TOLD = """#Patient Identifier\tSex\tStage (Dr Halloran)\tOverall Survival (Months)
#id, export by desmond kettle 03/05/2021\tSex\tas told by Fiona Larkin
#STRING\tSTRING\tLarkin\tNUMBER
#1\t1\t1\t{known}
"""
SAFE = """#Patient Identifier\tSex\tSTAGE\tOverall Survival (Months)
#PATIENT_ID\tSEX\tSTAGE\tOS_MONTHS
#STRING\tSTRING\tSTRING\tNUMBER
#1\t1\t1\t1
"""


def released(bench: Bench, head: str, rows: int) -> str:
    bench.data.mkdir()
    lines = ["PATIENT_ID\tSEX\tSTAGE\tOS_MONTHS"]
    lines += [
        f"{71000 + 17 * i}\t{['Male', 'Female'][i % 2]}\t{['I', 'II', 'III'][i % 3]}\t{i % 60}.5" for i in range(rows)
    ]
    Path(bench.data / "data_clinical_patient.txt").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    result = bench.command("run", bench.data, "--policy", "cbioportal", "--out", bench.out)
    assert result.exit_code == 0, result.output
    return (bench.out / "data" / "data_clinical_patient.txt").read_text("utf-8")


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_what_describes_columns_stays_word_for_word(bench: Bench, rows: int) -> None:
    assert released(bench, HEAD, rows).startswith(HEAD)
    assert "gave way" not in (bench.out / "report.html").read_text("utf-8")


@pytest.mark.parametrize("rows", [6, 40, 400])
def test_what_speaks_of_somebody_or_has_not_the_form_is_made_anew(bench: Bench, rows: int) -> None:
    assert released(bench, TOLD.format(known=71000), rows).startswith(SAFE)
    assert "gave way" in (bench.out / "report.html").read_text("utf-8")


def test_known_identifiers_go_though_nothing_else_tells_of_them(bench: Bench) -> None:
    head = HEAD.replace("Stage at diagnosis", "Stage, 71 000").replace("Tumor Stage", "Stage 71017")
    assert released(bench, head, 40).startswith(
        HEAD.replace("Stage at diagnosis", "STAGE").replace("Tumor Stage", "STAGE")
    )


def test_of_other_files_only_lines_with_a_cell_a_column_stay(bench: Bench) -> None:
    bench.data.mkdir()
    head = "#written for the review of desmond kettle\n#Weight (kg),Sex\n#Larkin,Sex\n"
    rows = "".join(f"{50 + i % 30}.5,{'FM'[i % 2]}\n" for i in range(40))
    (bench.data / "weights.csv").write_text(head + "WEIGHT,SEX\n" + rows, encoding="utf-8")
    policy = bench.folder / "sh.yaml"
    formats = 'formats: {"weights.csv": {comment: "#", comments: keep}}'
    policy.write_text(f"deid: 1\nname: sh\nextends: [hipaa-safe-harbor]\n{formats}\n", encoding="utf-8")
    result = bench.command("run", bench.data, "--policy", policy, "--out", bench.out)
    assert result.exit_code == 0, result.output
    text = (bench.out / "data" / "weights.csv").read_text("utf-8")
    assert text.startswith("#Weight (kg),Sex\n#WEIGHT,Sex\nWEIGHT,SEX\n")
