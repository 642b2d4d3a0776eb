"""The release stage: stage beside the target, sync to the disk, rename last; nothing without a passed Verdict."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deid.errors import UsageError, problem_kind

EXISTS = problem_kind("U205", "output exists", remedy="name a folder that does not exist; nothing is ever overwritten")
CANNOT_WRITE = problem_kind(
    "U206", "output cannot be written", remedy="name a folder on a writable disk with enough free space"
)
BUSY = problem_kind("U207", "another run writes there", remedy="wait for it, or name another folder")


@dataclass
class Staging:
    """A private folder beside the target, on the same file system; removed on every exit but a successful one."""

    folder: Path
    target: Path

    def commit(self) -> None:
        """Make the staged files the release: sync everything, then rename as the last act. Raises UsageError."""
        for path in sorted(self.folder.rglob("*")):
            _sync(path)
        _sync(self.folder)
        if self.target.exists():
            raise UsageError(EXISTS.at("the folder has come into being during the run"))
        self.folder.rename(self.target)
        _sync(self.target.parent)


@contextmanager
def staging(target: Path) -> Iterator[Staging]:
    """Open a staging folder for a target that must not exist. Raises UsageError."""
    target = target.absolute()
    if target.exists() or target.is_symlink():
        raise UsageError(EXISTS.at("the output folder is there already"))
    folder = target.parent / f".{target.name}.deid-staging"
    lock_file = target.parent / f".{target.name}.deid-lock"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = lock_file.open("w")
    except OSError:
        raise UsageError(CANNOT_WRITE.at("the place of the output folder cannot be written")) from None
    try:
        _lock(lock)
        shutil.rmtree(folder, ignore_errors=True)  # left behind by a run that was killed
        folder.mkdir(mode=0o700)
        yield Staging(folder, target)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "unknown"
        raise UsageError(CANNOT_WRITE.at(f"writing failed: {reason.lower()}")) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock_file.unlink(missing_ok=True)
        lock.close()


def _lock(lock: IO[str]) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UsageError(BUSY.at("its staging folder is locked")) from None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
