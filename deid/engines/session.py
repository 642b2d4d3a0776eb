"""A Spark session of ours: nothing listens beyond what Spark needs, nothing is logged, what it spills is enciphered."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from deid.errors import UsageError, problem_kind

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NO_SPARK = problem_kind(
    "U252",
    "Spark is not there",
    remedy="install `deid-toolkit[spark]` and Java 17 on this machine and on every worker",
)
NO_CLUSTER = problem_kind(
    "U253",
    "the cluster cannot be reached",
    remedy="check `--master`, that its workers are up and have memory free, and `SPARK_LOCAL_IP` for their way back",
)
#: What we ask of Spark. What stands here wins over spark-defaults.conf; everything else is the owner's to set there.
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.eventLog.enabled": "false",
    "spark.io.encryption.enabled": "true",  # shuffled rows, cached rows and broadcasts on the disks of the workers
    "spark.driver.maxResultSize": "0",
    "spark.sql.adaptive.coalescePartitions.enabled": "false",  # a part is a task
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    "spark.python.worker.reuse": "true",
}
_LOGGING = Path(__file__).with_name("log4j2.properties")


@contextmanager
def session(master: str) -> Iterator[SparkSession]:
    """Open a session and close it on every exit. Raises UsageError."""
    if find_spec("pyspark") is None:
        raise UsageError(NO_SPARK.at("pyspark is not installed", "--engine spark"))
    if which("java") is None and not os.environ.get("JAVA_HOME"):
        raise UsageError(NO_SPARK.at("no Java is on the path", "--engine spark"))
    spark = _opened(master)
    try:
        yield spark
    finally:
        spark.stop()


def _opened(master: str) -> SparkSession:
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master).appName("deid")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    builder = builder.config("spark.driver.extraJavaOptions", f"-Dlog4j2.configurationFile=file:{_LOGGING}")
    if master.startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    spark = None
    with warnings.catch_warnings(), _speechless():
        warnings.simplefilter("ignore")  # it warns of pandas 3, which we hand to it nowhere
        try:
            spark = builder.getOrCreate()
        except Exception:  # noqa: BLE001 - a gateway, a socket or a Java error; its text may hold anything
            cause = "no session could be opened"
    if spark is None:
        raise UsageError(NO_CLUSTER.at(cause, f"--master {master}"))
    return spark


@contextmanager
def _speechless() -> Iterator[None]:
    """Start Java with its standard error closed off for good: it would print traces, and some before it reads settings.

    Ours is as before when this is left.
    """
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
