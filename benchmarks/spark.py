"""The Spark engine beside the local one: `python benchmarks/spark.py --rows 1000000 --master 'local[2]'`.

Makes an invented table (`make_table.py`), releases it with both engines, alternating, each in a process of its own, and
prints JSON: wall seconds of every run, without and with the start of the session, the ratio of the best ones, and
whether the released files are the same to the byte. Memory: the peak of the driver's Python process, and the largest
sum over it, Java and all workers (pages they share counted once), looked at every second.

`--master standalone` starts a master and two workers of one core on loopback, as the tests do, and stops them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
POLICY = HERE / "policies" / "table20_scale.yaml"


def tree(roots: set[int]) -> set[int]:
    """Return processes with all that descend from them."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:  # ended meanwhile
                continue
    found = set(roots)
    while more := {own for own, parent in parents.items() if parent in found and own not in found}:
        found |= more
    return found


def held_mb(processes: set[int]) -> int:
    """Return the memory of processes; of pages that several share each counts its part."""
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total // 1024


@contextmanager
def watched(roots: set[int]) -> Iterator[list[int]]:
    """Look at the memory of processes and their descendants every second; the list holds the largest sum."""
    peak, done = [0], threading.Event()

    def look() -> None:
        while not done.wait(1):
            peak[0] = max(peak[0], held_mb(tree(roots)))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


@contextmanager
def standalone(master: str) -> Iterator[tuple[str, set[int]]]:
    """Return the address of a master and its processes; one that is asked for is started, and stopped again."""
    if master != "standalone":
        yield master, set()
        return
    sys.path.insert(0, str(HERE.parent))
    from tests.pipeline.standalone import HOST, Cluster

    os.environ["SPARK_LOCAL_IP"] = HOST
    with tempfile.TemporaryDirectory() as name:
        cluster = Cluster(Path(name))
        try:
            cluster.start()
            yield cluster.url, {process.pid for process in cluster.processes}
        finally:
            cluster.stop()


def released(data: Path, out: Path, master: str) -> dict[str, Any]:
    """Release the table with one engine, in this process."""
    from deid.engines.session import session
    from deid.engines.spark import Spark
    from deid.keys import Key
    from deid.pipeline import run
    from deid.policy import load

    with ExitStack() as stack:
        url, processes = stack.enter_context(standalone(master))
        peak = stack.enter_context(watched({os.getpid(), *processes}))
        began = time.perf_counter()
        opened = stack.enter_context(session(url) if url else nullcontext())
        up = time.perf_counter()
        engine = Spark(opened) if opened is not None else None
        run(data, load(str(POLICY)), out, key=Key(bytes(range(32))), output_format="parquet", engine=engine)
        done = time.perf_counter()
    return {
        "engine": master or "local",
        "seconds": round(done - up, 1),
        "with_session": round(done - began, 1),
        "driver_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "whole_peak_mb": peak[0],
        "digests": sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in (out / "data").iterdir()),
    }


def compared(rows: int, master: str, rounds: int) -> dict[str, Any]:
    """Run both engines in turn and return what was measured."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data = folder / "big.csv"
        make = [sys.executable, str(HERE / "make_table.py"), "--rows", str(rows), "--out", str(data)]
        subprocess.run(make, check=True, capture_output=True)
        runs = []
        for number in range(rounds):
            for chosen in ("", master):
                command = [sys.executable, __file__, "--data", str(data), "--out", str(folder / f"{number}{chosen}")]
                done = subprocess.run([*command, "--master", chosen], check=True, capture_output=True, text=True)
                runs.append(json.loads(done.stdout))
    best = {each["engine"]: min(r["seconds"] for r in runs if r["engine"] == each["engine"]) for each in runs}
    return {
        "rows": rows,
        "runs": [{name: value for name, value in each.items() if name != "digests"} for each in runs],
        "spark_over_local": round(best[master] / best["local"], 2),
        "same_bytes": len({str(each["digests"]) for each in runs}) == 1,
    }


def main() -> None:
    """Measure, or do one run of the measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    found = (
        released(given.data, given.out, given.master)
        if given.data
        else compared(given.rows, given.master, given.rounds)
    )
    sys.stdout.write(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
