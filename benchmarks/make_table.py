"""Write an invented table of 20 columns for benchmarks: `python benchmarks/make_table.py --rows 1000000 --out big.csv`.

One row a subject. The same rows and seed give the same bytes; the first rows of a longer table are not those of a
shorter one. Social security numbers come from areas that are never issued (900 to 999).
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from deid.demo import words

CHUNK = 131_072
STATES = ("CA", "TX", "NY", "FL", "OH", "PA", "IL", "MI", "GA", "WA", "VT", "WY")
ZIP3 = ("900", "770", "100", "331", "432", "191", "606", "482", "303", "981", "054", "820")
CODES = tuple(f"{letter}{number:02d}.{tail}" for letter in "CDEIJ" for number in range(10, 50, 5) for tail in range(3))
COMMENTS = (
    "No concerns.", "Tolerating treatment well.", "Dose delayed one week for neutropenia.",
    "Nausea, better with Zofran.",
    "Virchow node no longer palpable.", "ECOG 1, weight stable.", "Discussed with Dr. Farnsworth on 3/4/2020.",
    "Daughter Harriet rang from (207) 555-0143.", "Raynaud phenomenon in winter.",
    "Transfer to Lakeshore Mercy Hospital.",
)  # fmt: skip


def column(rng: np.random.Generator, values: tuple[str, ...], rows: int, shares: list[float] | None = None) -> pa.Array:
    """Return a text column of some of the values."""
    return pa.array(values, pa.string()).take(pa.array(rng.choice(len(values), rows, p=shares)))


def days(start: str, offsets: npt.NDArray[np.int64]) -> pa.Array:
    """Return ISO dates as text."""
    return pa.array(np.datetime64(start, "D") + offsets).cast(pa.string())


def digits(numbers: npt.NDArray[np.int64], width: int) -> pa.Array:
    """Return numbers as text of that many digits."""
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, padding="0")


def join(*parts: pa.Array | str) -> pa.Array:
    """Return the parts of each row one after another."""
    return pc.binary_join_element_wise(*parts, "")


def batch(rng: np.random.Generator, first: int, rows: int) -> pa.RecordBatch:
    """Return the next rows of the table; `first` is the number of the first."""
    number = np.arange(first, first + rows, dtype=np.int64)
    admitted = rng.integers(0, 1800, rows)
    state = rng.integers(0, len(STATES), rows)
    ssn = 900_000_000 + (number * 7919) % 99_999_989
    age = np.clip(rng.normal(58, 17, rows), 18, 99)
    columns = {
        "patient_id": join("P", digits(number * 48_271 % 2_147_483_647, 10)),
        "name": join(column(rng, words.WOMEN + words.MEN, rows), " ", column(rng, words.FAMILIES, rows)),
        "ssn": join(digits(ssn // 1_000_000, 3), "-", digits(ssn // 10_000 % 100, 2), "-", digits(ssn % 10_000, 4)),
        "birth_date": days("2020-01-01", -(age * 365.25).astype(np.int64)),
        "sex": column(rng, ("F", "M"), rows),
        "race": column(rng, tuple(race for race, _ in words.RACES), rows, [share for _, share in words.RACES]),
        "ethnicity": column(rng, tuple(name for name, _ in words.ETHNICITIES), rows, [0.8, 0.17, 0.03]),
        "state": pa.array(STATES).take(pa.array(state)),
        "zip": join(pa.array(ZIP3).take(pa.array(state)), digits(rng.integers(1, 99, rows), 2)),
        "admit_date": days("2017-01-01", admitted),
        "discharge_date": days("2017-01-01", admitted + rng.integers(1, 30, rows)),
        "diagnosis_code": column(rng, CODES, rows),
        "stage": column(rng, ("I", "II", "III", "IV"), rows),
        "arm": column(rng, ("velotamib", "standard of care"), rows),
        "site": digits(rng.integers(1, 41, rows), 3),
        "haemoglobin": pa.array(np.round(rng.normal(12.4, 1.6, rows), 1)),
        "leukocytes": pa.array(np.round(rng.lognormal(1.8, 0.35, rows), 2)),
        "creatinine": pa.array(np.round(rng.lognormal(-0.1, 0.25, rows), 2)),
        "weight_kg": pa.array(np.round(np.clip(rng.normal(77, 16, rows), 38, 190), 1)),
        "comment": column(rng, COMMENTS, rows),
    }
    return pa.RecordBatch.from_pydict(columns)


def write_table(path: Path, rows: int, seed: int) -> None:
    """Write the table as CSV."""
    rng = np.random.default_rng(seed)
    options = csv.WriteOptions(quoting_style="needed")
    with csv.CSVWriter(path, batch(np.random.default_rng(seed), 0, 1).schema, write_options=options) as writer:
        for first in range(0, rows, CHUNK):
            writer.write_batch(batch(rng, first + 1, min(CHUNK, rows - first)))


def main() -> None:
    """Read the arguments, write the table, say how long it took."""
    parser = argparse.ArgumentParser(description="Write an invented table of 20 columns.")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    started = time.perf_counter()
    write_table(options.out, options.rows, options.seed)
    print(f"{options.rows:,} rows in {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    main()
