"""The Spark engine beside the local one: `python benchmarks/spark.py --rows 1000000 --master 'local[2]'`.

Makes an invented table (`make_table.py`), releases it with both engines, alternating, each in a process of its own, and
prints JSON: wall seconds of every run, without and with the start of the session, the ratio of the best ones, and
whether the released files are the same to the byte. The driver's peak memory is that of its Python process; Java and
the workers come on top.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
POLICY = HERE / "policies" / "table20_scale.yaml"


def released(data: Path, out: Path, master: str) -> dict[str, Any]:
    """Release the table with one engine, in this process."""
    from deid.engines.session import session
    from deid.engines.spark import Spark
    from deid.keys import Key
    from deid.pipeline import run
    from deid.policy import load

    began = time.perf_counter()
    with session(master) if master else nullcontext() as opened:
        up = time.perf_counter()
        engine = Spark(opened) if opened is not None else None
        run(data, load(str(POLICY)), out, key=Key(bytes(range(32))), output_format="parquet", engine=engine)
        done = time.perf_counter()
    return {
        "engine": master or "local",
        "seconds": round(done - up, 1),
        "with_session": round(done - began, 1),
        "driver_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
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
