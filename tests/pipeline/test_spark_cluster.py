"""A standalone cluster gives the release of the local engine, and a worker that dies midway costs nothing but time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from deid.engines.session import session
from deid.engines.spark import Spark
from deid.errors import DeidError
from deid.keys import Key
from deid.pipeline import run
from deid.policy import load
from deid.spreading.put import put
from tests.conftest import KEY
from tests.pipeline.standalone import HOST, Cluster
from tests.pipeline.test_determinism import EVERYTHING, comparable
from tests.pipeline.trial import Bench, frames, write_policy, write_tables

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed (extra `spark`)"),
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java on the path"),
]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        started.start()
        yield started
    finally:
        started.stop()


@dataclass(frozen=True)
class Killing:
    """Spark, of which one worker dies as soon as rows are being treated."""

    spark: Spark
    cluster: Cluster
    killed: list[str] = field(default_factory=list)

    def workers(self) -> int:
        return 2

    def each(self, work: Callable[[Any, Any], Any], tasks: Sequence[Any], shared: Any) -> Iterator[Any]:
        if work is put:
            self.killed.append("worker one")
            threading.Timer(0.7, self.cluster.kill, [1]).start()
        return self.spark.each(work, tasks, shared)


def test_the_same_release_and_a_worker_that_dies(
    bench: Bench, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_LOCAL_IP", HOST)
    write_tables(bench.data, frames())
    policy = load(write_policy(bench.folder / "policy.yaml", EVERYTHING))
    common: dict[str, Any] = {"key": Key.from_hex(KEY), "run_facts": {"finished": "now"}}
    outs: list[Path] = [bench.folder / name for name in ("local", "cluster", "killed")]
    run(bench.data, policy, outs[0], **common)
    with session(cluster.url) as opened:
        spark = Spark(opened)
        run(bench.data, policy, outs[1], **common, batch_rows=5, engine=spark)
        assert comparable(outs[1]) == comparable(outs[0])
        killing = Killing(spark, cluster)
        try:
            run(bench.data, policy, outs[2], **common, batch_rows=5, engine=killing)
        except DeidError as error:
            assert error.problems[0].code == "U254"  # noqa: PT017 - either end is right, see below
            assert not outs[2].exists()
        else:
            assert comparable(outs[2]) == comparable(outs[0])
        assert killing.killed
        assert cluster.processes[1].wait(30) < 0
    assert not [path for path in bench.folder.iterdir() if "staging" in path.name]
    written = cluster.written()
    assert KEY.encode() not in written
    assert bytes.fromhex(KEY) not in written
    assert not [name for name in frames()["patients"]["MRN"] if name.encode() in written]
