"""The release stage: stage beside the target, sync to the disk, rename last; nothing without a passed Verdict."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from deid.errors import UsageError, problem_kind
from deid.registry import plugin, plugins

EXISTS = problem_kind("U205", "output exists", remedy="name a folder that does not exist; nothing is ever overwritten")
CANNOT_WRITE = problem_kind(
    "U206", "output cannot be written", remedy="name a folder on a writable disk with enough free space"
)
BUSY = problem_kind("U207", "another run writes there", remedy="wait for it, or name another folder")
NO_FORMAT = problem_kind("U211", "format is not written", remedy="name csv, tsv, jsonl, parquet or xpt as `--format`")
PRIVATE_INSIDE = problem_kind(
    "U212",
    "private folder inside the release",
    remedy="name a folder elsewhere",
    meaning="What only the owner may see would go wherever the release goes.",
)


@dataclass
class Staging:
    """A private folder beside the target, on the same file system; removed on every exit but a successful one."""

    folder: Path
    target: Path
    committed: bool = False

    def commit(self) -> None:
        """Make the staged files the release: sync everything, then rename as the last act. Raises UsageError."""
        for path in sorted(self.folder.rglob("*")):
            _sync(path)
        _sync(self.folder)
        if self.target.exists():
            raise UsageError(EXISTS.at("the folder has come into being during the run", self.target.name))
        self.folder.rename(self.target)
        self.committed = True
        _sync(self.target.parent)

    def withdraw(self) -> None:
        """Take back a release whose tables could not be given their names in a database."""
        if self.committed:
            shutil.rmtree(self.target)


def check_outputs(target: Path, private: Path | None, output_format: str) -> None:
    """Refuse outputs that no run could write. Raises UsageError with all problems."""
    problems = []
    if output_format and not _writes_tables(output_format):
        problems.append(NO_FORMAT.at("no tables can be written in it", f"--format {output_format}"))
    if private is not None and private.resolve().is_relative_to(target.resolve()):
        problems.append(PRIVATE_INSIDE.at("it would be part of the release", f"--private {private.name}"))
    if problems:
        raise UsageError(problems)


def _writes_tables(name: str) -> bool:
    """Return whether a format can write whatever table there is; VCF, for one, can hold variants only."""
    if name not in plugins("format"):
        return False
    kind = plugin("format", name)
    return bool(kind.writes and getattr(kind, "any_table", True))


@contextmanager
def staging(target: Path) -> Iterator[Staging]:
    """Open a staging folder for a target that must not exist. Raises UsageError; then nothing is left behind."""
    target = target.absolute()
    folder = target.parent / f".{target.name}.deid-staging"
    lock_file = target.parent / f".{target.name}.deid-lock"
    made: list[Path] = []
    try:
        if target.exists() or target.is_symlink():
            raise UsageError(EXISTS.at("the output folder is there already", target.name))
        made = _make_parents(target)
        lock = _locked(lock_file)
    except OSError:
        _remove(made)
        raise UsageError(CANNOT_WRITE.at("the place of the output folder cannot be written", target.name)) from None
    try:
        shutil.rmtree(folder, ignore_errors=True)  # left behind by a run that was killed
        folder.mkdir(mode=0o700)
        yield Staging(folder, target)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else "unknown"
        raise UsageError(CANNOT_WRITE.at(f"writing failed: {reason.lower()}", target.name)) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock_file.unlink(missing_ok=True)
        os.close(lock)
        _remove(made)


def _locked(file: Path) -> int:
    """Return the open lock file, ours alone. Raises UsageError when another run holds it, and then touches nothing."""
    while True:
        handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise UsageError(BUSY.at("its staging folder is locked", file.name)) from None
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), file.stat()):
                return handle
        os.close(handle)  # the run that held it has just ended and taken the file away


def _make_parents(target: Path) -> list[Path]:
    """Make the folders above the target and return those that were missing, the deepest first."""
    missing = [parent for parent in target.parents if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    return missing


def _remove(folders: list[Path]) -> None:
    """Take away the folders that were made for a release that did not come; one that holds anything stays."""
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
