"""Throughput beside hand-written scripts: `python benchmarks/throughput.py --rows 1000000 [--json OUT.json] [--only release]`.

Everything is measured in one run, every job in a process of its own: CPU seconds (user and system), wall seconds, peak
memory. On a machine that others use too, CPU seconds are to be compared. Questions: a whole release against polars,
DuckDB and pandas; CSV in and out against pandas; classes of six quasi-identifiers against three group-bys; comments of
which 5 % are distinct against Presidio (2,000 rows, scaled).
"""

# ruff: noqa: E501 - tables are read as lines

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
from make_table import write_table

from deid.demo import words

HERE = Path(__file__).resolve().parent
RELEASE = ("ours", "ours_two", "polars", "duckdb", "pandas")
CSV = ("csv_ours", "csv_pandas", "csv_pandas_text")
COUNT = ("count_ours", "count_pandas", "count_polars", "count_duckdb")
TEXT = ("text_ours", "text_presidio", "text_structured")
#: Distinct values of the six quasi-identifiers that are counted: age, sex, race, marital status, education, country.
WIDTHS = {"age": 73, "sex": 2, "race": 5, "marital": 7, "education": 16, "country": 41}
TEXT_ROWS, DISTINCT_TEXTS = 100_000, 5_000


def measure(name: str, data: Path, folder: Path) -> dict[str, Any]:
    """Run one job in a process of its own and return what it says and what it cost."""
    target = folder / f"out-{name}"
    out = folder / f"{name}.json"
    with out.open("w") as sink:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, str(HERE / "throughput_jobs.py"), name, str(data), str(target)], stdout=sink
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        wall = time.perf_counter() - started
    said = json.loads(out.read_text() or "{}")
    cost = {
        "cpu": round(usage.ru_utime + usage.ru_stime, 2),
        "wall": round(wall, 2),
        "peak_mb": usage.ru_maxrss // 1024,
    }
    print(
        f"{name:16} {cost['cpu']:9.2f} CPU s {cost['wall']:9.2f} s {cost['peak_mb']:6} MB  {'' if not status else 'FAILED'}",
        flush=True,
    )
    return {**said, **cost, "failed": bool(status)}


def quasi_table(path: Path, rows: int, seed: int) -> None:
    """Write six text columns whose values are as uneven as people are."""
    rng = np.random.default_rng(seed)
    columns = {}
    for name, width in WIDTHS.items():
        shares = 1 / np.arange(1, width + 1)
        codes = rng.choice(width, rows, p=shares / shares.sum()).astype(np.int32)
        columns[name] = pa.array([f"{name} {i}" for i in range(width)]).take(pa.array(codes))
    feather.write_feather(pa.table(columns), path, compression="uncompressed", chunksize=65_536)


def comments(path: Path, seed: int) -> None:
    """Write rows of subject, comment and the identifiers planted in it; 5 % of the comments are distinct."""
    rng = np.random.default_rng(seed)

    def one(values: tuple[str, ...]) -> str:
        return str(values[int(rng.integers(len(values)))])

    made = []
    for i in range(DISTINCT_TEXTS):
        woman, family = one(words.WOMEN), one(words.FAMILIES)
        doctor, phone = one(words.CLINICIAN_FAMILIES), f"(207) 555-01{i % 100:02d}"
        date = f"{rng.integers(1, 12)}/{rng.integers(1, 28)}/20{rng.integers(10, 24)}"
        kinds = (
            (f"Seen by Dr. {doctor} on {date}, tolerating treatment well.", [doctor, date]),
            (f"Daughter {woman} {family} rang from {phone} about nausea.", [woman, family, phone]),
            (f"Dose {rng.integers(2, 90)} mg delayed one week for neutropenia, grade {rng.integers(1, 4)}.", []),
            (
                f"ECOG {rng.integers(0, 3)}, weight {rng.integers(45, 110)} kg, haemoglobin {rng.integers(7, 16)}.{i % 10}.",
                [],
            ),
            (f"Next visit {date}; call {phone} to confirm.", [date, phone]),
        )
        made.append(kinds[i % len(kinds)])
    rows = [(f"S{i:06d}", *made[int(at)]) for i, at in enumerate(rng.integers(0, len(made), TEXT_ROWS))]
    path.write_text(json.dumps(rows), "utf-8")


def summary(found: dict[str, dict[str, Any]], rows: int) -> dict[str, float]:
    """Return the ratios that the questions ask for."""
    ratios = {}
    others = [found[name]["cpu"] for name in ("polars", "duckdb") if name in found]
    if others and "ours" in found:
        ratios["release: our CPU over the faster of polars and DuckDB"] = found["ours"]["cpu"] / min(others)
        ratios["release: our wall time over the faster of polars and DuckDB"] = found["ours"]["wall"] / min(
            found[name]["wall"] for name in ("polars", "duckdb") if name in found
        )
        ratios["release: microseconds of CPU a row"] = found["ours"]["cpu"] / rows * 1e6
    if "csv_ours" in found:
        ratios["CSV: CPU of plain pandas over ours"] = found["csv_pandas"]["cpu"] / found["csv_ours"]["cpu"]
        ratios["CSV: wall time of plain pandas over ours"] = found["csv_pandas"]["wall"] / found["csv_ours"]["wall"]
        ratios["CSV: CPU of pandas reading text over ours"] = found["csv_pandas_text"]["cpu"] / found["csv_ours"]["cpu"]
    if "count_ours" in found:
        counts = [found[name] for name in COUNT[1:] if name in found]
        fastest = min(other["best_wall"] for other in counts)
        ratios["classes: our wall time over the fastest group-by"] = found["count_ours"]["best_wall"] / fastest
        ratios["classes: our CPU over the least of the group-bys"] = found["count_ours"]["best_cpu"] / min(
            other["best_cpu"] for other in counts
        )
    if "text_ours" in found:
        own = found["text_ours"]["best_cpu"] / found["text_ours"]["rows"]
        for name in TEXT[1:]:
            if found[name].get("rows"):
                ratios[f"comments: CPU a row of {name} over ours"] = found[name]["best_cpu"] / found[name]["rows"] / own
    return {name: round(ratio, 3) for name, ratio in ratios.items()}


def main() -> None:
    """Read the arguments, measure, print, write JSON."""
    parser = argparse.ArgumentParser(description="Throughput beside hand-written scripts.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument(
        "--only", nargs="*", choices=("release", "csv", "count", "text"), default=["release", "csv", "count", "text"]
    )
    parser.add_argument("--skip", nargs="*", default=[], help="jobs to leave out, such as pandas")
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory(prefix="throughput-") as name:
        folder = Path(name)
        inputs = {
            group: folder / f"{group}.{'csv' if group in ('release', 'csv') else 'data'}" for group in options.only
        }
        for group, jobs in (("release", RELEASE), ("csv", CSV), ("count", COUNT), ("text", TEXT)):
            if group not in inputs:
                continue
            path = inputs[group]
            if group in ("release", "csv"):
                write_table(path, options.rows, options.seed)
            elif group == "count":
                quasi_table(path, options.rows, options.seed)
            else:
                comments(path, options.seed)
            for job in jobs:
                if job not in options.skip:
                    found[job] = measure(job, path, folder)
            path.unlink()
    ratios = summary(found, options.rows)
    for what, ratio in ratios.items():
        print(f"{what}: {ratio:g}")
    if options.json:
        content = {"rows": options.rows, "processors": os.cpu_count(), "jobs": found, "ratios": ratios}
        options.json.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
