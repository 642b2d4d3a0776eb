"""A PostgreSQL server of the tests' own: made in a temporary folder, on a socket in it, stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "deid_tests"


def programs() -> Path | None:
    """Return the folder of the server's programs, or None where none is installed."""
    found = shutil.which("initdb")
    places = [Path(found).resolve().parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    return next((place for place in places if (place / "initdb").exists() and (place / "pg_ctl").exists()), None)


def unprivileged() -> str:
    """Return whom to run the server as: it refuses root."""
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise RuntimeError("no unprivileged user")


@contextmanager
def running() -> Iterator[str]:
    """Start a server and yield its URL; it listens on a socket that nobody else can reach, and asks for no password."""
    place = programs()
    assert place is not None
    folder = Path(tempfile.mkdtemp(prefix="deid-pg-"))
    data, as_user = folder / "data", []
    if os.geteuid() == 0:
        user = unprivileged()
        shutil.chown(folder, user)
        as_user = ["runuser", "-u", user, "--"]

    def run(*arguments: str) -> None:
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
        done = subprocess.run([*as_user, *arguments], cwd=folder, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off -c shared_buffers=32MB"
    run(str(place / "initdb"), "-D", str(data), "-U", USER, "--auth=trust", "--encoding=UTF8", "--no-sync")
    run(str(place / "pg_ctl"), "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        yield f"postgresql://{USER}@/postgres?unix_sock={folder}/.s.PGSQL.5432"
    finally:
        run(str(place / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)
