"""A folder of OMOP tables as CSV files through the ready policy: the invented one, and the public sample."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from deid.cli import main
from tests.conftest import KEY
from tests.omop.cdm import Tables, everything, orphans, source_values, visits_in_order, write_csv


def release(data: Path, out: Path, policy: str = "omop-cdm54") -> Result:
    arguments = ["run", str(data), "--policy", policy, "--out", str(out)]
    return CliRunner().invoke(main, arguments, env={"DEID_KEY": KEY})


def read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    tables = {}
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            tables[path.stem.lower()] = list(csv.DictReader(handle))
    return tables


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tables, Path]:
    base = tmp_path_factory.mktemp("omop")
    tables = everything()
    result = release(write_csv(tables, base / "data"), base / "release")
    assert result.exit_code == 0, result.output
    return tables, base


def test_keys_join_as_before_and_are_others(invented: tuple[Tables, Path]) -> None:
    before, base = invented
    after = read(base / "release" / "data")
    assert orphans(after) == {}
    assert {table: len(rows) for table, rows in after.items()} == {table: len(rows) for table, rows in before.items()}
    old = {str(row["person_id"]) for row in before["person"]} | {str(row["note_id"]) for row in before["note"]}
    assert not old & {row[name] for rows in after.values() for row in rows for name in row if name.endswith("_id")}
    events = {row["visit_occurrence_id"] for row in after["visit_occurrence"]}
    assert {row["cost_event_id"] for row in after["cost"]} <= events
    assert {row["event_id"] for row in after["episode_event"]} <= events
    assert {row["fact_id_1"] for row in after["fact_relationship"]} == {row["person_id"] for row in after["person"]}


def test_visits_keep_their_order_and_their_predecessors(invented: tuple[Tables, Path]) -> None:
    before, base = invented
    after = read(base / "release" / "data")
    old, new = visits_in_order(before), visits_in_order(after)
    assert sorted(map(len, old.values())) == sorted(map(len, new.values()))
    chains = {row["visit_occurrence_id"]: row["preceding_visit_occurrence_id"] for row in after["visit_occurrence"]}
    for visits in new.values():
        assert [chains[visit] for visit in visits] == ["", *visits[:-1]]


def test_intervals_stay_and_no_date_stays(invented: tuple[Tables, Path]) -> None:
    from datetime import date

    before, base = invented
    after = read(base / "release" / "data")

    def gaps(tables: Any) -> list[list[int]]:
        by_person: dict[str, list[int]] = {}
        for row in tables["visit_occurrence"]:
            day = date.fromisoformat(str(row["visit_start_date"])).toordinal()
            by_person.setdefault(str(row["person_id"]), []).append(day)
        return sorted([day - min(days) for day in sorted(days)] for days in by_person.values())

    assert gaps(before) == gaps(after)
    for row in after["visit_occurrence"]:
        assert row["visit_start_datetime"] == f"{row['visit_start_date']} 09:30:00"
    births = {row["person_id"]: int(row["year_of_birth"]) for row in after["person"]}
    assert all(int(row["visit_start_date"][:4]) > births[row["person_id"]] for row in after["visit_occurrence"])
    assert all(year % 5 == 0 for year in births.values())


def test_no_byte_holds_a_source_value(invented: tuple[Tables, Path]) -> None:
    before, base = invented
    written = b"".join(path.read_bytes() for path in (base / "release").rglob("*") if path.is_file())
    assert len(source_values(before)) > 100
    assert not [value for value in source_values(before) if value.encode() in written]
    assert b"Wexcombe" not in written
    people = read(base / "release" / "data")["person"]
    assert {row[name] for row in people for name in ("birth_datetime", "month_of_birth", "race_source_value")} == {""}
    assert not any(row["unique_device_id"] for row in read(base / "release" / "data")["device_exposure"])


def test_vocabulary_is_copied_untouched(invented: tuple[Tables, Path]) -> None:
    _, base = invented
    for name in ("CONCEPT.csv", "VOCABULARY.csv"):
        before = (base / "data" / name).read_bytes().replace(b"\r\n", b"\n")
        assert (base / "release" / "data" / name).read_bytes().replace(b"\r\n", b"\n") == before


def wrong_version(tables: Tables) -> None:
    tables["cdm_source"][0]["cdm_version"] = "5.3.1"


def orphan(tables: Tables) -> None:
    tables["measurement"][3]["visit_occurrence_id"] = 77_777


def text_key(tables: Tables) -> None:
    tables["note"][0]["note_id"] = "A-17"
    tables["note_nlp"][0]["note_id"] = "A-17"


@pytest.mark.parametrize(
    ("spoil", "code", "says"),
    [
        (wrong_version, "D231", "CDM_SOURCE.cdm_version"),
        (orphan, "D230", "measurement.visit_occurrence_id"),
        (text_key, "D420", "NOTE.note_id"),
    ],
)
def test_refused_with_place_and_remedy(tmp_path: Path, spoil: Callable[[Tables], None], code: str, says: str) -> None:
    tables = everything(people=3)
    spoil(tables)
    result = release(write_csv(tables, tmp_path / "data"), tmp_path / "release")
    assert result.exit_code == 4, result.output
    assert code in result.output
    assert says in result.output
    assert "remedy:" in result.output
    assert not [value for value in ("77777", "5.3.1", "A-17") if value in result.output]
    assert not (tmp_path / "release").exists()


def test_unknown_table_and_column_are_refused_by_name(tmp_path: Path) -> None:
    data = write_csv(everything(people=3), tmp_path / "data")
    (data / "VISIT_EXTRA.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (data / "COST.csv").write_text("cost_id,admitting_source_value\n1,2\n", encoding="utf-8")
    result = release(data, tmp_path / "release")
    assert result.exit_code == 3, result.output
    assert result.output.count("P211") == 2
    assert "VISIT_EXTRA: 'omop-cdm-5.4' has no such table" in result.output
    assert "COST.admitting_source_value" in result.output


def test_orphans_may_be_counted_instead(tmp_path: Path) -> None:
    tables = everything(people=3)
    orphan(tables)
    policy = tmp_path / "policy.yaml"
    line = "deid: 1\nname: counted\nextends: [omop-cdm54]\norphans: count\ngates: {orphan_keys: {max: 5}}\n"
    policy.write_text(line, encoding="utf-8")
    result = release(write_csv(tables, tmp_path / "data"), tmp_path / "release", str(policy))
    assert result.exit_code == 0, result.output
    report = (tmp_path / "release" / "report.json").read_text(encoding="utf-8")
    assert "a few cell(s) with keys that have no row" in report


@pytest.mark.slow
def test_public_sample(shared: Path, tmp_path: Path) -> None:
    """OMOP-01 and OMOP-02 of the expected outcomes: Synthea27Nj, 28 people."""
    data = shared / "data" / "omop_synthea27nj"
    if not data.is_dir():
        pytest.skip("the public sample is not here")
    before = read(data)
    result = release(data, tmp_path / "release")
    assert result.exit_code == 0, result.output
    after = read(tmp_path / "release" / "data")
    written = b"".join(path.read_bytes() for path in (tmp_path / "release").rglob("*") if path.is_file())
    searched = {
        name: {row[name] for row in before[table]}
        for table, name in (
            ("person", "person_source_value"),
            ("provider", "provider_name"),
            ("provider", "provider_source_value"),
            ("visit_occurrence", "visit_source_value"),
        )
    }
    assert {name: len(values) for name, values in searched.items()} == {
        "person_source_value": 28,
        "provider_name": 67,
        "provider_source_value": 67,
        "visit_source_value": 1791,
    }
    assert sum(not name.isascii() for name in searched["provider_name"]) == 3
    assert not [value for values in searched.values() for value in values if value.encode() in written]
    assert orphans({**after, "concept_relationship": []}) == {}
    assert order_of(before) == order_of(after)
    assert sorted(map(tuple, (row.values() for row in after["concept"]))) == sorted(
        map(tuple, (row.values() for row in before["concept"]))
    )
    assert len(after["concept"]) == 2294
    assert before["device_exposure"][0]["unique_device_id"]
    assert [row["unique_device_id"] for row in after["device_exposure"]] == [""]


def order_of(tables: dict[str, list[dict[str, Any]]]) -> list[list[int]]:
    """Return, person by person, how far back in the person's order of days each visit's predecessor stands."""
    before = {row["visit_occurrence_id"]: row["preceding_visit_occurrence_id"] for row in tables["visit_occurrence"]}
    days = {row["visit_occurrence_id"]: row["visit_start_date"] for row in tables["visit_occurrence"]}
    result = []
    for visits in visits_in_order(tables).values():
        dates = sorted({days[visit] for visit in visits})
        rank = {visit: dates.index(days[visit]) for visit in visits}
        result.append(sorted(rank[visit] - rank[before[visit]] if before[visit] else 0 for visit in visits))
    return sorted(result)


def test_an_excluded_person_leaves_no_row_behind(tmp_path: Path) -> None:
    """Tables whose rows name their person through a key alone are refused as orphans, until they are dropped."""
    tables = everything(people=3)
    data = write_csv(tables, tmp_path / "data")
    (tmp_path / "excluded.txt").write_text("1002\n", encoding="utf-8")
    policy = tmp_path / "policy.yaml"
    quick = "rules:\n  - {match: {classed: note}, role: free_text, do: suppress, why: quick}\n"
    text = f"deid: 1\nname: excluded\nextends: [omop-cdm54]\nexclude_subjects: excluded.txt\n{quick}"
    policy.write_text(text, encoding="utf-8")
    result = release(data, tmp_path / "release", str(policy))
    assert result.exit_code == 4, result.output
    assert "D230 note_nlp.note_id" in result.output
    assert "D230 episode_event.episode_id" in result.output
    dropped = "drop_tables: [NOTE_NLP, EPISODE_EVENT, COST, FACT_RELATIONSHIP]\n"
    policy.write_text(text + dropped, encoding="utf-8")
    result = release(data, tmp_path / "release", str(policy))
    assert result.exit_code == 0, result.output
    after = read(tmp_path / "release" / "data")
    assert len(after["person"]) == 2
    assert len(after["visit_occurrence"]) == 6
