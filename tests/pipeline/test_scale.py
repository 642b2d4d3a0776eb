"""The design streams: memory depends on the batch and the class table, not on the number of rows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import KEY

ROOT = Path(__file__).resolve().parents[2]
#: `ru_maxrss` would count what the starting process held; the high-water mark begins anew with the program.
MEASURE = "import sys; from deid.cli import main; main(sys.argv[1:], standalone_mode=False); " + (
    "print('PEAK', next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
)


def peak_megabytes(rows: int, folder: Path) -> float:
    data, out = folder / f"{rows}.csv", folder / f"out{rows}"
    make = [sys.executable, str(ROOT / "benchmarks" / "make_table.py"), "--rows", str(rows), "--out", str(data)]
    subprocess.run([*make, "--seed", "7"], check=True, capture_output=True)
    policy = ROOT / "benchmarks" / "policies" / "table20.yaml"
    command = [sys.executable, "-c", MEASURE, "run", str(data), "--policy", str(policy), "--out", str(out)]
    done = subprocess.run(command, env={**os.environ, "DEID_KEY": KEY}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split("PEAK")[1]) / 1024


@pytest.mark.slow
def test_memory_grows_far_slower_than_the_rows(tmp_path: Path) -> None:
    small, large = peak_megabytes(20_000, tmp_path), peak_megabytes(120_000, tmp_path)
    assert large < 1_200
    assert large - small < 600
