"""How many distinct tuples there are as rows and quasi-identifiers grow, and what counting them takes.

`python benchmarks/class_growth.py [--rows 10000 100000 1000000] [--json OUT.json] [--svg OUT.svg]`. The tuples of the
table of `make_table.py` are counted as pass one does: codes, packed, grouped. CPU seconds without reading.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
from make_table import batch

from deid.classes import group_columns
from deid.collecting.tuples import Vocabulary

ORDER = ("sex", "race", "state", "stage", "site", "diagnosis_code", "birth_date", "admit_date")
CHUNK = 65_536
WIDTH, HEIGHT, EDGE = 640, 360, 60
COLOURS = ("#1b6ca8", "#d1495b", "#66a182", "#8d6a9f", "#edae49", "#444444")


def measured(rows: int) -> list[dict[str, float]]:
    """Return for each number of quasi-identifiers the distinct tuples, their octets and the CPU seconds."""
    rng = np.random.default_rng(7)
    vocabularies = {name: Vocabulary() for name in ORDER}
    parts: dict[str, list[np.ndarray]] = {name: [] for name in ORDER}
    spent = 0.0
    for first in range(0, rows, CHUNK):
        made = batch(rng, first + 1, min(CHUNK, rows - first))
        started = time.process_time()
        for name in ORDER:
            parts[name].append(vocabularies[name].encode(made.column(name)))
        spent += time.process_time() - started
    sizes = {name: len(vocabulary.codes) for name, vocabulary in vocabularies.items()}
    columns = {name: np.concatenate(own).astype(np.min_scalar_type(sizes[name])) for name, own in parts.items()}
    found = []
    for number in range(1, len(ORDER) + 1):
        started = time.process_time()
        names = ORDER[:number]
        distinct, _ = group_columns([columns[name] for name in names], [sizes[name] for name in names])
        cpu = time.process_time() - started
        octets = distinct.nbytes + 8 * len(distinct)
        found.append({"rows": rows, "quasi": number, "tuples": len(distinct), "octets": octets, "cpu": round(cpu, 4)})
    print(f"{rows:>11,} rows: encoding {len(ORDER)} columns {spent:.2f} CPU s", flush=True)
    for one in found:
        octets = one["octets"] / 1e6
        print(f"{one['quasi']:>11} QIs: {one['tuples']:>10,} tuples, {octets:8.1f} MB, {one['cpu']:.3f} CPU s")
    return found


def plot(found: list[dict[str, float]], path: Path) -> None:
    """Draw distinct tuples against quasi-identifiers, a line for each number of rows, on a logarithmic axis."""
    top = max(one["tuples"] for one in found)

    def at(quasi: float, tuples: float) -> str:
        x = EDGE + (quasi - 1) / (len(ORDER) - 1) * (WIDTH - 2 * EDGE)
        y = HEIGHT - EDGE - np.log10(max(tuples, 1)) / np.log10(top) * (HEIGHT - 2 * EDGE)
        return f"{x:.1f},{y:.1f}"

    text = '<text x="{}" y="{}" font-size="12" font-family="sans-serif" fill="{}" text-anchor="{}">{}</text>'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">']
    lines.append("<title>Distinct tuples by quasi-identifiers and rows</title>")
    for power in range(int(np.log10(top)) + 1):
        left, right = at(1, 10**power), at(len(ORDER), 10**power)
        lines.append(f'<polyline points="{left} {right}" stroke="#ddd" fill="none"/>')
        lines.append(text.format(EDGE - 6, float(left.split(",")[1]) + 4, "#444", "end", f"{10**power:,}"))
    for quasi, name in enumerate(ORDER, 1):
        x = at(quasi, 1).split(",")[0]
        lines.append(text.format(x, HEIGHT - EDGE + 18 + 14 * (quasi % 2), "#444", "middle", f"{quasi} {name}"))
    for i, rows in enumerate(sorted({one["rows"] for one in found})):
        points = [at(one["quasi"], one["tuples"]) for one in found if one["rows"] == rows]
        lines.append(f'<polyline points="{" ".join(points)}" stroke="{COLOURS[i]}" stroke-width="2" fill="none"/>')
        lines.append(text.format(EDGE + 8, 20 + 16 * i, COLOURS[i], "start", f"{rows:,} rows"))
    path.write_text("\n".join([*lines, "</svg>", ""]), "utf-8")


def main() -> None:
    """Read the arguments, measure, write JSON and the plot."""
    parser = argparse.ArgumentParser(description="Distinct tuples by rows and quasi-identifiers.")
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--json", type=Path)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    found = [one for rows in options.rows for one in measured(rows)]
    if options.json:
        options.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    if options.svg:
        plot(found, options.svg)


if __name__ == "__main__":
    main()
