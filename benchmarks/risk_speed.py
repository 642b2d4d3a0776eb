"""Time of the class-table measures: Adult, and a million rows beside one pandas group-by. Prints JSON.

python benchmarks/risk_speed.py [adult.csv]
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as csv

from deid.contracts import Evidence
from deid.registry import plugins
from deid.risk import measure_all
from deid.risk.tables import class_table

ROWS, SEED = 1_000_000, 20_260_101


def measured(columns: dict[str, pa.Array]) -> tuple[float, int]:
    """Return seconds for building the class table and taking every measure, and the number of classes."""
    start = time.perf_counter()
    table, _ = class_table(columns, list(columns))
    measure_all(Evidence(table, fraction=0.01))
    return time.perf_counter() - start, len(table)


def million() -> dict[str, pa.Array]:
    """Return six made-up quasi-identifiers: age, sex, race, area (skewed), marital status, education."""
    rng = np.random.default_rng(SEED)
    area = 1 / np.arange(1, 501)
    sizes = {"age": 90, "sex": 2, "race": 6, "area": 500, "marital": 7, "education": 16}
    columns = {}
    for name, size in sizes.items():
        words = np.array([f"{name}{i}" for i in range(size)], dtype=object)
        columns[name] = pa.array(words[rng.choice(size, ROWS, p=area / area.sum() if name == "area" else None)])
    return columns


def main() -> None:
    """Print seconds and ratios."""
    plugins("metric")
    result: dict[str, object] = {}
    if len(sys.argv) > 1:
        parse = csv.ParseOptions(delimiter=";")
        table = csv.read_csv(sys.argv[1], parse_options=parse)
        columns = {name: table[name].cast(pa.string()).combine_chunks() for name in table.column_names}
        result["adult_seconds"], result["adult_classes"] = measured(columns)
    columns = million()
    frame = pd.DataFrame({name: column.to_pandas() for name, column in columns.items()})
    times = []
    for _ in range(3):
        start = time.perf_counter()
        frame.groupby(list(columns), dropna=False, observed=True).size()
        group = time.perf_counter() - start
        ours, classes = measured(columns)
        times.append({"pandas_groupby": group, "ours": ours, "ratio": ours / group})
    print(json.dumps({**result, "million_classes": classes, "million": times}, indent=2))


if __name__ == "__main__":
    main()
