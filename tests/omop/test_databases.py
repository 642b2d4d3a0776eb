"""The invented database in PostgreSQL, DuckDB and SQLite: read there, released there, killed there."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deid.cli import main
from tests.conftest import KEY
from tests.omop import server
from tests.omop.cdm import Row, Tables, everything, orphans, source_values, visits_in_order
from tests.omop.loading import load_duckdb, load_postgresql, load_sqlite, read_all, schemas

pytest.importorskip("sqlalchemy")
pytest.importorskip("duckdb")
ROOT = Path(__file__).parents[2]


def command(*arguments: object, **environment: str) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"DEID_KEY": KEY, **environment})


def released(data: str, out: Path, to: str, policy: str = "omop-cdm54") -> Result:
    return command("run", data, "--policy", policy, "--out", out, "--to", to)


@pytest.fixture(scope="module")
def tables() -> Tables:
    return everything(people=8)


@pytest.fixture(scope="module")
def postgresql(tables: Tables) -> Iterator[str]:
    pytest.importorskip("pg8000")
    if server.programs() is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    with server.running() as url:
        load_postgresql(url, "cdm", tables)
        yield url


@pytest.fixture
def light(tmp_path: Path) -> str:
    """Return the policy without the notes, whose detection takes longer than everything else together."""
    path = tmp_path / "light.yaml"
    rule = "rules:\n  - {match: {classed: note}, role: free_text, do: suppress, why: quick}\n"
    path.write_text(f"deid: 1\nname: light\nextends: [omop-cdm54]\n{rule}", encoding="utf-8")
    return str(path)


def check_release(before: Tables, after: dict[str, list[dict[str, Any]]]) -> None:
    assert orphans(after) == {}
    assert {name: len(rows) for name, rows in after.items()} == {name: len(rows) for name, rows in before.items()}
    assert sorted(map(len, visits_in_order(before).values())) == sorted(map(len, visits_in_order(after).values()))
    chains = {
        str(row["visit_occurrence_id"]): row["preceding_visit_occurrence_id"] for row in after["visit_occurrence"]
    }
    for visits in visits_in_order(after).values():
        assert [str(chains[visit] or "") for visit in visits] == ["", *visits[:-1]]
    cells = [str(cell) for rows in after.values() for row in rows for cell in row.values() if cell is not None]
    assert not [value for value in source_values(before) if any(value in cell for cell in cells)]
    assert {int(row["person_id"]) for row in before["person"]}.isdisjoint(row["person_id"] for row in after["person"])
    names = [row["concept_name"] for row in after["concept"]]
    assert sorted(names) == sorted(row["concept_name"] for row in before["concept"])


def test_postgresql_to_a_new_schema(postgresql: str, tables: Tables, tmp_path: Path) -> None:
    to = f"{postgresql}&schema=shared"
    result = released(f"{postgresql}&schema=cdm", tmp_path / "release", to)
    assert result.exit_code == 0, result.output
    check_release(tables, read_all(postgresql, "shared", tables))
    assert schemas(postgresql) >= {"cdm", "shared"}
    assert not any("staging" in name for name in schemas(postgresql))
    assert sorted(path.name for path in (tmp_path / "release").iterdir()) == [
        "manifest.json",
        "report.html",
        "report.json",
    ]
    written = b"".join(path.read_bytes() for path in (tmp_path / "release").iterdir())
    assert b"unix_sock" not in written
    assert server.USER.encode() not in written
    arguments = ("verify", tmp_path / "release", "--against", f"{postgresql}&schema=cdm", "--policy", "omop-cdm54")
    assert command(*arguments, "--to", to).exit_code == 0
    assert "U228" in command(*arguments).output
    again = released(f"{postgresql}&schema=cdm", tmp_path / "again", to)
    assert again.exit_code == 2
    assert "U224" in again.output
    alter(postgresql, "UPDATE shared.measurement SET value_as_number = 1 WHERE measurement_id > 0")
    changed = command(*arguments, "--to", to)
    assert changed.exit_code == 5
    assert "R104 measurement" in changed.output


def alter(url: str, statement: str) -> None:
    import sqlalchemy as sa

    from deid.database.address import Address

    engine = sa.create_engine(Address.given(url, "source").url)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def test_types_and_keys_of_postgresql_stay(postgresql: str, light: str, tmp_path: Path) -> None:
    import sqlalchemy as sa

    from deid.database.address import Address

    result = released(f"{postgresql}&schema=cdm", tmp_path / "release", f"{postgresql}&schema=typed", light)
    assert result.exit_code == 0, result.output
    engine = sa.create_engine(Address.given(postgresql, "source").url)
    seen = sa.inspect(engine)
    before, after = (
        {column["name"]: str(column["type"]) for column in seen.get_columns("measurement", schema=schema)}
        for schema in ("cdm", "typed")
    )
    assert before == after
    assert seen.get_pk_constraint("measurement", schema="typed")["constrained_columns"] == ["measurement_id"]
    engine.dispose()


@pytest.mark.parametrize("kind", ["duckdb", "sqlite"])
def test_file_databases(kind: str, tables: Tables, light: str, tmp_path: Path) -> None:
    {"duckdb": load_duckdb, "sqlite": load_sqlite}[kind](str(tmp_path / "in.db"), tables)
    before = (tmp_path / "in.db").read_bytes()
    source, to = f"{kind}:///{tmp_path / 'in.db'}", f"{kind}:///{tmp_path / 'new' / 'out.db'}"
    result = released(source, tmp_path / "release", to, light)
    assert result.exit_code == 0, result.output
    check_release(tables, read_all(to, "", tables))
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["out.db"]
    assert (tmp_path / "in.db").read_bytes() == before
    written = (tmp_path / "new" / "out.db").read_bytes()
    assert not [value for value in source_values(tables) if value.encode() in written]
    assert command("verify", tmp_path / "release", "--against", source, "--policy", light, "--to", to).exit_code == 0
    refused = released(source, tmp_path / "again", to, light)
    assert refused.exit_code == 2
    assert "U205" in refused.output


def test_same_release_whatever_the_batches(postgresql: str, light: str, tmp_path: Path) -> None:
    """Rows, order and digests do not depend on how the cursor is read; files are written where no `--to` is given."""
    for rows in (3, 1000):
        arguments = ("run", f"{postgresql}&schema=cdm", "--policy", light, "--out", tmp_path / str(rows))
        assert command(*arguments, "--batch-rows", rows, "--format", "csv").exit_code == 0
    for path in (tmp_path / "3" / "data").iterdir():
        assert path.read_bytes() == (tmp_path / "1000" / "data" / path.name).read_bytes(), path.name


def test_one_state_of_the_database_is_read(postgresql: str) -> None:
    """Rows that somebody adds while a run reads are not seen by a later pass."""
    from deid.database.address import Address
    from deid.source import open_source

    source = open_source(Address.given(f"{postgresql}&schema=cdm", "source"))
    note = source.table("note")
    first = [batch.to_pylist() for batch in source.batches(note)]
    alter(postgresql, "UPDATE cdm.note SET note_title = 'changed meanwhile'")
    assert [batch.to_pylist() for batch in source.batches(note)] == first
    source.close()
    alter(postgresql, "UPDATE cdm.note SET note_title = 'Visit'")


def test_orphans_in_a_database_are_refused(tables: Tables, light: str, tmp_path: Path) -> None:
    broken: dict[str, list[Row]] = {name: [dict(row) for row in rows] for name, rows in tables.items()}
    broken["measurement"][0]["visit_occurrence_id"] = 88_888
    load_duckdb(str(tmp_path / "in.db"), broken)
    to = tmp_path / "out.db"
    result = released(f"duckdb:///{tmp_path / 'in.db'}", tmp_path / "release", f"duckdb:///{to}", light)
    assert result.exit_code == 4
    assert "D230 measurement.visit_occurrence_id: 1 key(s) in 1 cell(s) have no row" in result.output
    assert "remedy:" in result.output
    assert "88888" not in result.output
    assert not to.exists()
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name or "release" in path.name] == []


SECRET = "hunter2-Quillfeather"


@pytest.mark.parametrize("url", ["postgresql://me:{}@localhost/db", "postgresql://me@localhost/db?password={}"])
def test_password_on_the_command_line_is_refused(url: str, light: str, tmp_path: Path) -> None:
    for arguments in (("run", url.format(SECRET)), ("run", tmp_path, "--to", url.format(SECRET))):
        result = command(*arguments, "--policy", light, "--out", tmp_path / "release")
        assert result.exit_code == 2, result.output
        assert "U221" in result.output
        assert "DEID_SOURCE_PASSWORD" in result.output
        assert SECRET not in result.output


def test_no_error_shows_password_or_user(light: str, tmp_path: Path) -> None:
    """Nobody listens there; the URL comes from the environment, with its password."""
    url = f"postgresql://Ostrander:{SECRET}@127.0.0.1:1/db?schema=cdm"
    result = command("run", "env:SOURCE", "--policy", light, "--out", tmp_path / "release", SOURCE=url)
    assert result.exit_code == 2
    assert "U222 postgresql:db/cdm" in result.output
    assert SECRET not in result.output
    assert "Ostrander" not in result.output
    missing = command("run", "env:NOT_SET_HERE", "--policy", light, "--out", tmp_path / "release")
    assert missing.exit_code == 2
    assert "NOT_SET_HERE" in missing.output


@pytest.mark.parametrize("text", ["mysql://h/db", "duckdb:///nowhere.db", "sqlite:///nowhere.db", "postgresql://[/x"])
def test_addresses_that_lead_nowhere(text: str, light: str, tmp_path: Path) -> None:
    result = command("run", text, "--policy", light, "--out", tmp_path / "release")
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output


def test_cells_that_are_not_of_their_type_are_refused_unseen(light: str, tmp_path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "in.db")
    connection.execute("CREATE TABLE person (person_id INTEGER PRIMARY KEY, birth_datetime TIMESTAMP)")
    connection.execute("INSERT INTO person VALUES (1, 'Philippa Vanterpool')")
    connection.commit()
    connection.close()
    result = command("run", f"sqlite:///{tmp_path / 'in.db'}", "--policy", light, "--out", tmp_path / "release")
    assert result.exit_code == 4, result.output
    assert "D240 person" in result.output
    assert "Philippa" not in result.output


def started(data: str, out: Path, to: str, policy: str) -> subprocess.Popen[bytes]:
    code = "import sys; from deid.cli import main; main(sys.argv[1:])"
    arguments = ["run", data, "--policy", policy, "--out", str(out), "--to", to]
    environment = {**os.environ, "DEID_KEY": KEY, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment, stdout=-3, stderr=-3)


@pytest.mark.slow
def test_killed_run_shows_no_release_in_postgresql(postgresql: str, light: str, tmp_path: Path) -> None:
    """kill -9 when the staging schema is there and is being filled; the next run clears it away."""
    data, to, out = f"{postgresql}&schema=cdm", f"{postgresql}&schema=killed", tmp_path / "release"
    staged = 0
    for moment in (0.0, 0.4, 0.8):
        process = started(data, out, to, light)
        deadline = time.monotonic() + 120
        while "killed__deid_staging" not in schemas(postgresql) and time.monotonic() < deadline:
            assert process.poll() is None, "the run ended before it could be killed"
            time.sleep(0.02)
        time.sleep(moment)
        process.kill()
        ended = process.wait()
        staged += "killed__deid_staging" in schemas(postgresql)
        assert ended != 0
        assert "killed" not in schemas(postgresql)
        assert not out.exists()
    assert staged == 3
    result = released(data, out, to, light)
    assert result.exit_code == 0, result.output
    assert "killed" in schemas(postgresql)
    assert "killed__deid_staging" not in schemas(postgresql)


@pytest.mark.slow
def test_killed_run_shows_no_release_in_duckdb(tables: Tables, light: str, tmp_path: Path) -> None:
    load_duckdb(str(tmp_path / "in.db"), tables)
    data, final = f"duckdb:///{tmp_path / 'in.db'}", tmp_path / "out.db"
    staged = tmp_path / ".out.db.deid-staging" / "database"
    process = started(data, tmp_path / "release", f"duckdb:///{final}", light)
    deadline = time.monotonic() + 120
    while not staged.exists() and time.monotonic() < deadline:
        assert process.poll() is None, "the run ended before it could be killed"
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert staged.exists()
    assert not final.exists()
    assert not (tmp_path / "release").exists()
    result = released(data, tmp_path / "release", f"duckdb:///{final}", light)
    assert result.exit_code == 0, result.output
    assert final.exists()
    assert not staged.exists()


def test_a_release_that_cannot_get_its_name_leaves_no_folder(
    postgresql: str, light: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody makes the schema during the run: neither tables nor report folder are left."""
    import deid.pipeline

    real = deid.pipeline.manifest

    def late(*arguments: Any, **options: Any) -> Any:
        alter(postgresql, "CREATE SCHEMA late")
        return real(*arguments, **options)

    monkeypatch.setattr(deid.pipeline, "manifest", late)
    result = released(f"{postgresql}&schema=cdm", tmp_path / "release", f"{postgresql}&schema=late", light)
    assert result.exit_code == 2, result.output
    assert "U224" in result.output
    assert not (tmp_path / "release").exists()
    assert "late__deid_staging" not in schemas(postgresql)


def test_second_run_to_the_same_schema_waits_for_nobody(postgresql: str, light: str, tmp_path: Path) -> None:
    from deid.database.address import Address
    from deid.database.targets import database_target

    to = f"{postgresql}&schema=busy"
    with database_target(Address.given(to, "target")):
        result = released(f"{postgresql}&schema=cdm", tmp_path / "release", to, light)
        assert result.exit_code == 2
        assert "U225" in result.output
    assert "busy__deid_staging" not in schemas(postgresql)


def test_a_file_that_comes_into_being_is_not_overwritten(
    tables: Tables, light: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tables cannot get their name, so the report, which has it already, is taken back."""
    import deid.pipeline

    real = deid.pipeline.manifest
    final = tmp_path / "out.db"

    def late(*arguments: Any, **options: Any) -> Any:
        final.write_bytes(b"theirs")
        return real(*arguments, **options)

    monkeypatch.setattr(deid.pipeline, "manifest", late)
    load_duckdb(str(tmp_path / "in.db"), tables)
    result = released(f"duckdb:///{tmp_path / 'in.db'}", tmp_path / "release", f"duckdb:///{final}", light)
    assert result.exit_code == 2, result.output
    assert final.read_bytes() == b"theirs"
    assert not (tmp_path / "release").exists()
    assert not (tmp_path / ".out.db.deid-staging").exists()
