"""Labels of SAS transport columns: what speaks of somebody gives way to the name of its column, all else stays."""

from __future__ import annotations

from pathlib import Path

import pyreadstat
import pytest

from tests.pipeline.trial import Bench, frames

LABELS = {"SUBJID": "Unique Subject Identifier", "AGE": "Age", "SEX": "Sex", "ARM": "Planned Arm (Dr Halloran)"}
SAFE = {**LABELS, "ARM": "ARM"}


def labels_of(path: Path) -> tuple[dict[str, str], str]:
    _, meta = pyreadstat.read_xport(str(path))
    return dict(zip(meta.column_names, meta.column_labels, strict=True)), meta.file_label


@pytest.mark.parametrize("rows", [6, 40, 400])
@pytest.mark.parametrize(
    ("title", "released"), [("Demographics", "Demographics"), ("List of Fiona Larkin", "PATIENTS")]
)
def test_labels_that_speak_of_somebody_give_way(bench: Bench, rows: int, title: str, released: str) -> None:
    bench.data.mkdir()
    table = frames(rows)["patients"][list(LABELS)]
    pyreadstat.write_xport(
        table,
        str(bench.data / "PATIENTS.xpt"),
        file_label=title,
        table_name="PATIENTS",
        column_labels=list(LABELS.values()),
        file_format_version=5,
    )
    policy = bench.folder / "sh.yaml"
    policy.write_text("deid: 1\nname: sh\nextends: [hipaa-safe-harbor]\n", encoding="utf-8")
    result = bench.command("run", bench.data, "--policy", policy, "--out", bench.out)
    assert result.exit_code == 0, result.output
    assert labels_of(bench.out / "data" / "PATIENTS.xpt") == (SAFE, released)
