"""Addresses of object stores, tried with the file systems of fsspec that need no network."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pipeline.trial import Bench, policy, write_policy

fsspec = pytest.importorskip("fsspec")


@pytest.fixture
def memory() -> Iterator[object]:
    store = fsspec.filesystem("memory")
    yield store
    store.store.clear()
    store.pseudo_dirs[:] = [""]


def test_data_come_from_a_store_and_the_release_goes_to_one(bench: Bench, memory: object) -> None:
    bench.put()
    for file in bench.data.iterdir():
        fsspec.filesystem("memory").pipe_file(f"/bucket/trial/{file.name}", file.read_bytes())
    assert bench.run(out=bench.folder / "one").exit_code == 0
    arguments = (
        "--policy",
        bench.folder / "policy.yaml",
        "--out",
        bench.folder / "two",
        "--deliver",
        "memory://bucket/release",
    )
    result = bench.command("run", "memory://bucket/trial", *arguments)
    assert result.exit_code == 0, result.output
    store = fsspec.filesystem("memory")
    manifest = json.loads(store.cat("/bucket/release/manifest.json"))
    assert manifest["files"] == json.loads((bench.folder / "one" / "manifest.json").read_text())["files"]
    assert {name.rsplit("/", 1)[1] for name in store.find("/bucket/release")} >= {"report.html", "report.json"}
    assert not [path for path in bench.folder.iterdir() if "deid-input" in path.name]


def test_nothing_in_a_store_is_overwritten(bench: Bench, memory: object) -> None:
    bench.put()
    fsspec.filesystem("memory").pipe_file("/bucket/release/old", b"x")
    result = bench.run(None, "--deliver", "memory://bucket/release", out=bench.folder / "out")
    assert result.exit_code == 2
    assert "U273" in result.output


def test_what_is_not_there_and_what_holds_a_secret_is_refused(bench: Bench, memory: object, tmp_path: Path) -> None:
    write_policy(bench.folder / "policy.yaml", policy())
    for address, code in (("memory://bucket/nothing", "U270"), ("s3://key:secret@bucket/x", "U272")):
        arguments = ("--policy", bench.folder / "policy.yaml", "--out", tmp_path / "out")
        result = bench.command("run", address, *arguments)
        assert result.exit_code == 2
        assert code in result.output
        assert "secret" not in result.output.replace("could be a secret", "")


@pytest.mark.parametrize("asked", ["plan", "risk", "spec", "init"])
def test_other_commands_ask_for_a_copy(bench: Bench, asked: str) -> None:
    """Only a run fetches data: it knows where to put the private copy, and removes it."""
    path = write_policy(bench.folder / "policy.yaml", policy())
    options = {"init": (), "spec": ("--policy", path, "--out", bench.folder / "spec.md")}
    result = bench.command(asked, "memory://bucket/trial", *options.get(asked, ("--policy", path)), key=None)
    assert (result.exit_code, "U274" in result.output) == (2, True), result.output
