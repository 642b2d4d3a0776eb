"""Killed, ended, interrupted, out of disk, two at once: either the whole release is there or none of it."""

from __future__ import annotations

import fcntl
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KEY
from tests.pipeline.trial import Bench, frames, policy, refused, write_policy

DRIVER = Path(__file__).with_name("crashing.py")
RUN = "import sys; from deid.cli import main; main(sys.argv[1:])"


def ended(bench: Bench, signal: str, moments: int, seed: int) -> list[dict[str, Any]]:
    """Run the trial many times, end each run at a random moment, and return what became of it."""
    write_policy(bench.put(frames(100)).folder / "policy.yaml", policy())
    draw = random.Random(seed)
    at = [f"{draw.uniform(0.05, 1.0):.3f}" for _ in range(moments)]
    arguments = ["run", str(bench.data), "--policy", str(bench.folder / "policy.yaml"), "--out", str(bench.out)]
    done = subprocess.run(
        [sys.executable, str(DRIVER), signal, str(bench.out), *at, "--", *arguments],
        env={**os.environ, "DEID_KEY": KEY, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


WHOLE = [
    "release",
    "release/data",
    *(f"release/data/{name}.csv" for name in ("events", "patients", "visits")),
    *(f"release/{name}" for name in ("manifest.json", "report.html", "report.json")),
]


@pytest.mark.slow
def test_kill_leaves_no_release_and_the_next_run_cleans_up(bench: Bench) -> None:
    for result in ended(bench, "SIGKILL", 6, seed=20):
        seen = [name for name in result["left"] if not name.startswith(".")]
        assert seen in ([], WHOLE), result
        assert result["again"] == 0, result
        assert result["then"] == WHOLE, result


@pytest.mark.slow
@pytest.mark.parametrize("signal", ["SIGTERM", "SIGINT"])
def test_end_and_interrupt_clean_up_themselves(bench: Bench, signal: str) -> None:
    for result in ended(bench, signal, 3, seed=21):
        complete = result["left"] == WHOLE
        assert complete or result["left"] == [], result
        assert result["ended"] == 0 if complete else result["ended"] != 0, result
        assert result["again"] == 0, result
        assert result["then"] == WHOLE, result


@pytest.mark.slow
@pytest.mark.parametrize("limit", [1_000, 20_000, 60_000])
def test_full_disk(bench: Bench, limit: int) -> None:
    """Files cannot grow beyond the limit: the tables, the staged rows or the report fail to be written."""
    write_policy(bench.put(frames(300)).folder / "policy.yaml", policy())
    code = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit})); " + RUN
    arguments = ["run", str(bench.data), "--policy", str(bench.folder / "policy.yaml"), "--out", str(bench.out)]
    env = {**os.environ, "DEID_KEY": KEY}
    done = subprocess.run([sys.executable, "-c", code, *arguments], env=env, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "U206" in done.stderr
    assert "Traceback" not in done.stderr
    assert bench.left() == []


@pytest.mark.parametrize("name", ["write_report", "manifest", "verify", "write_table"])
def test_disk_that_fills_at_any_stage(bench: Bench, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "Ottoline")

    monkeypatch.setattr(f"deid.pipeline.{name}", full)
    result = bench.put().run()
    refused(result, bench, 2, "U206", "no space left")
    assert "Ottoline" not in result.output


def test_second_run_is_refused_and_leaves_the_first_alone(bench: Bench) -> None:
    from deid.release import staging

    bench.put()
    with staging(bench.out) as stage:
        (stage.folder / "half").write_text("written by the first", encoding="utf-8")
        result = bench.run()
        assert result.exit_code == 2
        assert "U207" in result.output
        assert (stage.folder / "half").exists()
        assert bench.run().exit_code == 2, "the lock is still held after a refusal"
    assert bench.left() == []
    assert bench.run().exit_code == 0


def test_lock_of_a_dead_run_is_taken_over(bench: Bench) -> None:
    bench.out.parent.mkdir()
    (bench.out.parent / ".release.deid-lock").write_text("", encoding="utf-8")
    staged = bench.out.parent / ".release.deid-staging" / "data"
    staged.mkdir(parents=True)
    (staged / "patients.csv").write_text("left by a killed run", encoding="utf-8")
    assert bench.put().run().exit_code == 0
    assert bench.left() == WHOLE


def test_lock_is_never_written_through_a_link(bench: Bench) -> None:
    bench.out.parent.mkdir()
    precious = bench.folder / "precious"
    precious.write_text("precious", encoding="utf-8")
    (bench.out.parent / ".release.deid-lock").symlink_to(precious)
    assert bench.put().run().exit_code == 2
    assert precious.read_text(encoding="utf-8") == "precious"


def test_staging_folder_of_somebody_else_is_not_followed(bench: Bench) -> None:
    bench.out.parent.mkdir()
    theirs = bench.folder / "theirs"
    theirs.mkdir()
    (theirs / "file").write_text("theirs", encoding="utf-8")
    (bench.out.parent / ".release.deid-staging").symlink_to(theirs)
    assert bench.put().run().exit_code == 2
    assert (theirs / "file").exists()
    assert [path.name for path in theirs.iterdir()] == ["file"]


def test_target_that_comes_into_being_is_not_overwritten(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import deid.pipeline

    real = deid.pipeline.manifest

    def late(*arguments: Any, **options: Any) -> Any:
        bench.out.mkdir()
        return real(*arguments, **options)

    monkeypatch.setattr(deid.pipeline, "manifest", late)
    result = bench.put().run()
    assert result.exit_code == 2
    assert "U205" in result.output
    assert bench.left() == ["release"]


def test_interrupt_after_the_rename_says_that_the_release_is_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deid.listing.release_summary", interrupt)
    result = bench.put().run()
    assert result.exit_code == 0
    assert "complete" in result.output
    assert bench.left() == WHOLE


def test_staging_is_private_while_it_is_written(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import deid.pipeline

    real = deid.pipeline.verify
    seen: list[int] = []

    def looked(*arguments: Any, **options: Any) -> Any:
        folder = bench.out.parent / ".release.deid-staging"
        seen.append(folder.stat().st_mode & 0o777)
        handle = os.open(bench.out.parent / ".release.deid-lock", os.O_RDWR)
        with pytest.raises(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(handle)
        return real(*arguments, **options)

    monkeypatch.setattr(deid.pipeline, "verify", looked)
    assert bench.put().run().exit_code == 0
    assert seen == [0o700]
