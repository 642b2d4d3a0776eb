"""The benchmark table: the same bytes for the same seed, and a policy that decides every column."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deid.policy import load

ROOT = Path(__file__).parents[3]


def make(path: Path, rows: int, seed: int) -> bytes:
    script = ROOT / "benchmarks" / "make_table.py"
    arguments = ["--rows", str(rows), "--seed", str(seed), "--out", str(path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, str(script), *arguments], check=True, env=environment, capture_output=True)
    return path.read_bytes()


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "table.csv"
    make(path, 500, 3)
    return path


def test_seed_decides_the_bytes(table: Path, tmp_path: Path) -> None:
    assert make(tmp_path / "again.csv", 500, 3) == table.read_bytes()
    assert make(tmp_path / "other.csv", 500, 4) != table.read_bytes()


def test_twenty_columns_and_one_row_a_subject(table: Path) -> None:
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 500
    assert len(rows[0]) == 20
    assert len({row["patient_id"] for row in rows}) == len({row["ssn"] for row in rows}) == 500
    assert all(row["ssn"].startswith("9") for row in rows)
    assert all(row["admit_date"] < row["discharge_date"] for row in rows)
    assert any(row["zip"].startswith("0") and len(row["zip"]) == 5 for row in rows)


def test_policy_decides_every_column(table: Path) -> None:
    policy = load(ROOT / "benchmarks" / "policies" / "table20.yaml")
    with table.open(encoding="utf-8", newline="") as file:
        assert set(next(csv.reader(file))) == set(policy.columns)
