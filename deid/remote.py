"""Data and releases in object stores (s3, gcs, abfs and whatever else fsspec reaches), copied in and out whole.

A run reads its input several times and hashes it twice, so that it works on a private copy beside the output, which is
removed on every exit. Credentials are those of the environment, as fsspec finds them; none may stand in an address.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from deid.errors import UsageError, problem_kind

NOT_REACHED = problem_kind(
    "U270",
    "object store not reached",
    remedy="check address, credentials in the environment and network; install what fsspec needs for this scheme",
)
NO_FSSPEC = problem_kind("U271", "fsspec is not installed", remedy="pip install 'deid-toolkit[cloud]'")
SECRET_IN_ADDRESS = problem_kind(
    "U272",
    "credentials in an address",
    remedy="leave them out; fsspec takes them from the environment",
    meaning="Arguments are seen by other processes and kept in histories.",
)
RUN_ONLY = problem_kind(
    "U274", "address of an object store", remedy="`deid run` takes one; give the other commands a copy of the data"
)
STORE_EXISTS = problem_kind("U273", "folder in the object store exists", remedy="name one that does not exist yet")
_ADDRESS = re.compile(r"(?P<scheme>[a-z][a-z0-9]*)://(?P<rest>.+)")
_LOCAL = frozenset({"sqlite", "duckdb", "postgresql", "postgres", "mysql", "mssql", "oracle"})
LAST = "manifest.json"


@dataclass(frozen=True)
class Remote:
    """An address in an object store."""

    address: str

    @property
    def name(self) -> str:
        """The last part of the address."""
        return PurePosixPath(self.address).name


def is_remote(text: str) -> bool:
    """Return whether a text is an address of an object store, no path and no database."""
    match = _ADDRESS.fullmatch(text)
    return match is not None and match["scheme"] not in _LOCAL


@contextmanager
def fetched(data: Remote, beside: Path) -> Iterator[Path]:
    """Copy data to a private folder beside the output, removed at the end. Raises UsageError."""
    folder = beside.absolute().parent / f".{beside.name}.deid-input"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        target = folder / data.name
        system, path = _opened(data)
        _told(data, lambda: _fetch(system, path, target))
        yield target
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def deliver(release: Path, target: Remote) -> None:
    """Copy a finished release to a new folder, the manifest last: where it stands, the release is whole."""
    system, path = _opened(target)
    if _told(target, lambda: system.exists(path)):
        raise UsageError(STORE_EXISTS.at("nothing is ever overwritten", target.name))
    files = sorted(file.relative_to(release).as_posix() for file in release.rglob("*") if file.is_file())
    try:
        for name in sorted(files, key=lambda name: name == LAST):
            _told(target, lambda name=name: _put(system, release / name, f"{path}/{name}"))
    except UsageError:
        _told(target, lambda: system.rm(path, recursive=True) if system.exists(path) else None)
        raise


def _fetch(system: Any, path: str, target: Path) -> None:
    if system.isfile(path):
        system.get_file(path, str(target))
        return
    found = system.find(path)
    if not found:
        raise FileNotFoundError
    base = system._strip_protocol(path).strip("/")
    for file in found:
        inside = PurePosixPath(file.strip("/")).relative_to(base)
        if ".." in inside.parts:
            raise OSError
        (target / inside).parent.mkdir(parents=True, exist_ok=True)
        system.get_file(file, str(target / inside))


def _put(system: Any, file: Path, path: str) -> None:
    system.makedirs(path.rsplit("/", 1)[0], exist_ok=True)
    system.put_file(str(file), path)


def _opened(data: Remote) -> tuple[Any, str]:
    if "@" in data.address.split("://", 1)[1].split("/", 1)[0] and not data.address.startswith("abfs"):
        raise UsageError(SECRET_IN_ADDRESS.at("what stands before @ could be a secret"))
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise UsageError(NO_FSSPEC.at("addresses need it")) from None
    system, path = _told(data, lambda: url_to_fs(data.address))
    return system, str(path)


def _told(data: Remote, act: Any) -> Any:
    """Do something with a store; its own errors, which may quote names and requests, are let go."""
    try:
        return act()
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001 - every store has exceptions of its own
        reason = type(error).__name__
    raise UsageError(NOT_REACHED.at(f"it answered with {reason}", data.name))
