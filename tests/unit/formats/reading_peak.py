"""Memory held while a file is read, measured in a process of its own.

tracemalloc must not be stopped while threads of other libraries allocate: the process may crash.
"""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from pathlib import Path

import pyarrow as pa

from deid.contracts import BATCH_ROWS
from deid.registry import plugin

ROOT = Path(__file__).resolve().parents[3]


def reading_peak(kind: str, path: Path, rows: int = BATCH_ROWS) -> tuple[int, int]:
    """Return the most octets that Python and Arrow held while the first table was read, and its rows."""
    command = [sys.executable, __file__, kind, str(path), str(rows)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT)})
    held, read = done.stdout.split()
    return int(held), int(read)


def measure(kind: str, path: Path, rows: int) -> tuple[int, int]:
    reader = plugin("format", kind)()
    info = reader.inspect(path, {})[0]
    tracemalloc.start()
    held, read = 0, 0
    for batch in reader.read(info, rows):
        held, read = max(held, pa.total_allocated_bytes()), read + batch.num_rows
    return held + tracemalloc.get_traced_memory()[1], read


if __name__ == "__main__":
    sys.stdout.write("{} {}\n".format(*measure(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))))
