"""Accuracy on the sample data beside the project, where they are present; every column has a label."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from profile_judge import Score, read_truth
from pyarrow import csv

from deid.profile import profile_table

FOLDERS = ("mcode", "metabric", "cbioportal_study_es_0", "omop_synthea27nj", "notes", "breast_trials")


def tables(folder: Path) -> list[Path]:
    found = [path for path in folder.iterdir() if path.name.startswith("data_") or path.suffix == ".csv"]
    return sorted(found)


def read(path: Path) -> pa.Table:
    delimiter = "," if path.suffix == ".csv" else "\t"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if not line.startswith("#")]
    text = "".join(lines).encode()
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    names = csv.read_csv(pa.py_buffer(text), parse_options=parse).column_names
    convert = csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()))
    return csv.read_csv(pa.py_buffer(text), parse_options=parse, convert_options=convert)


@pytest.mark.parametrize("folder", FOLDERS)
def test_columns_hold_what_their_labels_say(folder: str, shared: Path) -> None:
    score = Score()
    for path in tables(shared / "data" / folder):
        table = read(path)
        names = [name or "Unnamed: 0" for name in table.column_names]
        table = table.rename_columns(names).slice(0, 5_000)
        profile = profile_table(path.name, table.to_batches(), table.schema)
        score.add(profile, read_truth("truth_samples.csv", f"{folder}/{path.name}"))
    assert score.leaks == []
    assert score.accuracy >= (0.8 if score.judged < 15 else 0.97), score.wrong
