"""Time and memory of OMOP databases: `python benchmarks/omop.py [MEASUREMENTS ...]`.

Releases invented databases of 120 people in DuckDB and, where a server is installed, PostgreSQL by the ready policy,
the notes emptied. Seconds by the clock and of the processor (the server's own not among them), largest resident set.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.omop import server
from tests.omop.large import cost, load


def measure(kind: str, place: str, number: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        data = load(kind, place or f"{folder}/in.db", number)
        to = f"{place}&schema=released_{number}" if place else f"duckdb:///{folder}/out.db"
        found = cost(data, to, Path(folder))
    print(f"| {kind} | {number:,} | {found.seconds:.1f} | {found.processor:.1f} | {found.memory:.0f} |", flush=True)


def main() -> None:
    numbers = [int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    print("| database | measurements | seconds | processor | MB |\n|---|---|---|---|---|")
    for number in numbers:
        measure("duckdb", "", number)
    if server.programs() is not None:
        with server.running() as url:
            for number in numbers:
                measure("postgresql", url, number)


if __name__ == "__main__":
    main()
