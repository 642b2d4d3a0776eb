"""How time and memory of a whole release grow with the rows: `python benchmarks/release_growth.py --rows 100000`.

Each size is measured in a process of its own and entered into `--json` (sizes measured before stay there, so that large
ones can be measured by themselves); `--svg` draws everything in that file. CPU seconds are to be compared, wall seconds
only where nothing else runs.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from math import log10
from pathlib import Path
from typing import Any

from make_table import write_table
from throughput import measure

WIDTH, HEIGHT, EDGE = 640, 320, 60
#: What is drawn: title, unit, and the figure of a measurement.
PANELS = (("CPU time", "s", "cpu"), ("Peak memory", "MB", "peak_mb"), ("Distinct tuples", "", "classes"))
COLOUR = "#1b6ca8"


def measured(rows: int, job: str, seed: int) -> dict[str, Any]:
    """Release a table of so many rows and return what it cost."""
    with tempfile.TemporaryDirectory(prefix="growth-") as name:
        data = Path(name) / "table.csv"
        write_table(data, rows, seed)
        said = measure(job, data, Path(name))
    classes = int(said["classes"]["classes"])
    return {"rows": rows, "classes": classes, **{key: said[key] for key in ("cpu", "wall", "peak_mb", "stages")}}


def plot(found: list[dict[str, Any]], path: Path) -> None:
    """Draw every figure against the rows, both on logarithmic axes."""
    text = '<text x="{:.0f}" y="{:.0f}" font-size="11" font-family="sans-serif" fill="#444" text-anchor="{}">{}</text>'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">']
    lines.append("<title>Time, memory and distinct tuples of a release by rows</title>")
    width = (WIDTH - EDGE) / len(PANELS)
    low, high = log10(min(one["rows"] for one in found)), log10(max(one["rows"] for one in found))
    for i, (title, unit, name) in enumerate(PANELS):
        values = [log10(max(one[name], 1)) for one in found]
        bottom, top = min(values), max(max(values), min(values) + 0.1)
        left = EDGE / 2 + i * width + 22
        points = []
        for one, value in zip(found, values, strict=True):
            x = left + (log10(one["rows"]) - low) / max(high - low, 0.1) * (width - 70)
            y = HEIGHT - EDGE - (value - bottom) / (top - bottom) * (HEIGHT - 2 * EDGE)
            points.append((x, y))
            shown = f"{one[name]:,.0f} {unit}".strip()
            lines.append(text.format(x, y - 8, "middle", shown))
            lines.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{COLOUR}"/>')
            lines.append(text.format(x, HEIGHT - EDGE + 20, "middle", _short(one["rows"])))
        way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        lines.append(f'<polyline points="{way}" stroke="{COLOUR}" stroke-width="2" fill="none"/>')
        lines.append(text.format(left + (width - 70) / 2, 24, "middle", f"{title} by rows"))
    path.write_text("\n".join([*lines, "</svg>", ""]), "utf-8")


def _short(rows: int) -> str:
    return f"{rows / 1e6:g} M" if rows >= 1_000_000 else f"{rows / 1e3:g} k"


def main() -> None:
    """Read the arguments, measure, write JSON and the plot."""
    parser = argparse.ArgumentParser(description="Time and memory of a release by rows.")
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--job", choices=("ours", "ours_two"), default="ours")
    parser.add_argument("--json", type=Path, required=True)
    parser.add_argument("--svg", type=Path)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    found = json.loads(options.json.read_text("utf-8")) if options.json.exists() else []
    new = [measured(rows, options.job, options.seed) for rows in options.rows]
    found = sorted([one for one in found if one["rows"] not in options.rows] + new, key=lambda one: one["rows"])
    options.json.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")
    for one in found:
        each = one["cpu"] / one["rows"] * 1e6
        print(
            f"{one['rows']:>11,} rows {one['cpu']:8.1f} CPU s ({each:5.1f} us a row) {one['wall']:8.1f} s "
            f"{one['peak_mb']:6,} MB {one['classes']:>10,} tuples"
        )
    if options.svg:
        plot(found, options.svg)


if __name__ == "__main__":
    main()
