"""A real standalone cluster on loopback: a master and two workers, each in a process group of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"


@dataclass
class Cluster:
    """The processes, and the URL of the master."""

    folder: Path
    port: int = 0
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"spark://{HOST}:{self.port}"

    def start(self) -> None:
        """Start the master, wait until it listens, then two workers of one core."""
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.port = free.getsockname()[1]
        self._start("master", "master.Master", "--host", HOST, "--port", str(self.port), "--webui-port", "0")
        self._await_log("master", "I have been elected leader")
        for name in ("one", "two"):
            work = str(self.folder / f"work-{name}")
            options = ("--host", HOST, "--webui-port", "0", "-c", "1", "-m", "1g", "--work-dir", work, self.url)
            self._start(name, "worker.Worker", *options)
        for name in ("one", "two"):
            self._await_log(name, "Successfully registered with master")

    def kill(self, number: int) -> None:
        """Kill a worker (1 or 2) with all that it has started."""
        os.killpg(self.processes[number].pid, signal.SIGKILL)

    def stop(self) -> None:
        """Stop what is left."""
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)

    def written(self) -> bytes:
        """Return everything that master and workers have written, logs and work folders."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.rglob("*")) if path.is_file())

    def _start(self, name: str, kind: str, *options: str) -> None:
        spec = find_spec("pyspark")
        assert spec is not None
        assert spec.origin is not None
        home = Path(spec.origin).parent
        env = {**os.environ, "SPARK_HOME": str(home), "SPARK_LOCAL_IP": HOST, "PYTHONPATH": str(ROOT)}
        env |= {"SPARK_LOCAL_DIRS": str(self.folder / "local")}
        env.pop("DEID_KEY", None)
        with (self.folder / f"{name}.log").open("wb") as log:
            command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", *options]
            started = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(started)

    def _await_log(self, name: str, words: str) -> None:
        for _ in range(600):
            if words in (self.folder / f"{name}.log").read_text("utf-8", "replace"):
                return
            time.sleep(0.2)
        raise TimeoutError(f"{name} did not come up")
