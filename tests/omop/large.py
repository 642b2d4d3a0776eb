"""Many measurements of a few invented people, in a database; and what a run over them costs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyarrow as pa

from tests.conftest import KEY
from tests.omop.cdm import columns_of, everything
from tests.omop.loading import create, load_duckdb, load_postgresql

_TYPES = {"integer": pa.int32(), "date": pa.date32(), "datetime": pa.timestamp("us"), "float": pa.float64()}
MEASURED = (
    "import sys, time; from deid.cli import main; main(sys.argv[1:], standalone_mode=False); "
    "print('COST', time.process_time(), "
    "next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
)
POLICY = """deid: 1
name: large
extends: [omop-cdm54]
rules:
  - {match: {classed: note}, role: free_text, do: suppress, why: detection is measured elsewhere}
"""


def measurements(number: int) -> pa.Table:
    """Return measurements of the 120 people of the database that `load` makes, at their visits."""
    visits = everything(people=120, measurements=0)["visit_occurrence"]
    known = columns_of("measurement")
    at = [visits[i % len(visits)] for i in range(number)]
    cells: dict[str, list[object]] = {
        "measurement_id": list(range(1, number + 1)),
        "person_id": [visit["person_id"] for visit in at],
        "visit_occurrence_id": [visit["visit_occurrence_id"] for visit in at],
        "visit_detail_id": [1_000_000 + visit["visit_occurrence_id"] for visit in at],
        "provider_id": [visit["provider_id"] for visit in at],
        "measurement_date": [visit["visit_start_date"] + timedelta(i % 7) for i, visit in enumerate(at)],
        "measurement_concept_id": [3_000_000 + i % 400 for i in range(number)],
        "measurement_source_value": [f"2{i % 400:04d}-7" for i in range(number)],
        "value_as_number": [round(40 + (i * 7919 % 6000) / 100, 2) for i in range(number)],
        "unit_concept_id": [9529] * number,
        "unit_source_value": ["kg"] * number,
    }
    columns = {name: cells.get(name, [None] * number) for name in known}
    return pa.table({name: pa.array(cells, _TYPES.get(known[name], pa.string())) for name, cells in columns.items()})


def load(kind: str, place: str, number: int) -> str:
    """Load a database with so many measurements and return its URL."""
    import duckdb

    small, large = everything(people=120, measurements=0), measurements(number)
    if kind == "duckdb":
        load_duckdb(place, small)
        connection = duckdb.connect(place)
        connection.register("large", large)
        connection.execute("INSERT INTO measurement SELECT * FROM large")
        connection.close()
        return f"duckdb:///{place}"
    from deid.database.address import Address
    from deid.database.postgresql_target import PostgreSqlPlace, engine_for

    schema = f"cdm_{number}"
    load_postgresql(place, schema, {name: rows for name, rows in small.items() if name != "measurement"})
    address = Address.given(f"{place}&schema=x", "source")
    with engine_for(address).connect() as connection:
        connection.exec_driver_sql(create("measurement", schema))
        target = PostgreSqlPlace(address, connection)
        copy = target.copying(f'"{schema}"."measurement"')
        for batch in large.to_batches(50_000):
            copy(batch)
        connection.commit()
    return f"{place}&schema={schema}"


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, seconds of the processor in the process, and its largest resident set in MB.

    The high-water mark of the process begins anew with its program; `ru_maxrss` would count what its parent held.
    """

    seconds: float
    processor: float
    memory: float


def cost(data: str, to: str, folder: Path) -> Cost:
    """Release a database in a process of its own and return what it cost. Raises where it is refused."""
    policy = folder / "large.yaml"
    policy.write_text(POLICY, encoding="utf-8")
    arguments = ["run", data, "--policy", str(policy), "--out", str(folder / "release"), "--to", to]
    environment = {**os.environ, "DEID_KEY": KEY, "PYTHONPATH": str(Path(__file__).parents[2])}
    start = time.monotonic()
    command = [sys.executable, "-c", MEASURED, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError("the release was refused")
    processor, memory = done.stdout.split("COST")[1].split()
    return Cost(time.monotonic() - start, float(processor), int(memory) / 1024)
