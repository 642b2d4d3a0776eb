"""Runs a command in children of this process and ends each with a signal at its moment; reports as JSON.

Called as `crashing.py SIGNAL OUT MOMENTS... -- ARGUMENTS`, the moments as shares of an undisturbed run.
"""

import json
import os
import shutil
import signal
import sys
import time
from pathlib import Path

import deid.pipeline  # noqa: F401 - loaded before the first fork, so that the moments fall into the run itself
from deid.cli import main


def child(arguments: list[str]) -> int:
    """Start the command in a child that says nothing."""
    process = os.fork()
    if process:
        return process
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        main(arguments)
    except SystemExit as end:
        os._exit(int(end.code or 0))
    finally:
        os._exit(99)


def code(process: int) -> int:
    """Wait for a child and return its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def names(place: Path) -> list[str]:
    return sorted(str(path.relative_to(place)) for path in place.rglob("*")) if place.exists() else []


def report(number: int, out: Path, moments: list[float], arguments: list[str]) -> list[dict[str, object]]:
    assert code(child(arguments)) == 0
    shutil.rmtree(out)
    start = time.monotonic()
    assert code(child(arguments)) == 0
    whole = time.monotonic() - start
    results = []
    for moment in moments:
        shutil.rmtree(out)
        process = child(arguments)
        time.sleep(moment * whole)
        os.kill(process, number)
        ended, left = code(process), names(out.parent)
        if out.exists():
            shutil.rmtree(out)
        again = code(child(arguments))
        results.append({"moment": moment, "ended": ended, "left": left, "again": again, "then": names(out.parent)})
    return results


if __name__ == "__main__":
    at = sys.argv.index("--")
    chosen = getattr(signal, sys.argv[1])
    json.dump(report(chosen, Path(sys.argv[2]), [float(m) for m in sys.argv[3:at]], sys.argv[at + 1 :]), sys.stdout)
