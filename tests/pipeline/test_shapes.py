"""Odd shapes and types of tables: empty, one row, all missing, two formats, typed columns, many spellings of an id."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pyreadstat
import pytest

from tests.pipeline.trial import SUBJECTS, Bench, frames, policy, refused, write_tables

KEEP = {"role": "insensitive", "do": "keep", "accept": ["singling_out"]}


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl", "xpt"])
def test_table_with_a_header_only(bench: Bench, form: str) -> None:
    tables = frames()
    tables["events"] = tables["events"].head(0)
    result = bench.put(tables).run(None, "--format", form)
    assert result.exit_code == 0, result.output
    path = bench.out / "data" / f"events.{form}"
    if form == "csv":
        assert path.read_text() == "SUBJID,TERM,ONSET,ENDDT\n"
    elif form == "parquet":
        assert pq.read_table(path).num_rows == 0
    elif form == "xpt":
        assert list(pyreadstat.read_xport(path)[0].columns) == ["SUBJID", "TERM", "ONSET", "ENDDT"]


def test_all_tables_with_a_header_only(bench: Bench) -> None:
    """Nobody is in the data: refused with a reason, never a table of nobody that passed."""
    result = bench.put({name: table.head(0) for name, table in frames().items()}).run()
    assert result.exit_code in (4, 5), result.output
    refused(result, bench, result.exit_code)


def test_one_row(bench: Bench) -> None:
    tables = {name: table[table["SUBJID"] == "CRX-01-01000"] for name, table in frames().items()}
    tables["visits"] = tables["visits"].head(1)
    result = bench.put(tables).run()
    assert result.exit_code in (4, 5), result.output
    refused(result, bench, result.exit_code)
    out = bench.release(policy(anonymise=None, columns={"AGE": "drop", "SEX": "drop"}))
    assert len(out["patients"]) == 1


def test_quasi_identifier_that_is_missing_throughout(bench: Bench) -> None:
    tables = frames()
    tables["patients"]["RACE"] = None
    race = {"role": "quasi_identifier", "do": "generalise", "hierarchy": "race_us"}
    out = bench.put(tables).release(policy(columns={"RACE": race}))
    assert set(out["patients"]["RACE"]) == {""}
    assert len(out["patients"]) == SUBJECTS


def test_quasi_identifier_that_is_missing_for_some(bench: Bench) -> None:
    tables = frames()
    tables["patients"].loc[::3, "SEX"] = None
    out = bench.put(tables).release()
    filled = out["patients"][out["patients"]["AGE"] != ""]
    assert filled.groupby(["AGE", "SEX"]).size().min() >= 4
    assert "nan" not in {value.lower() for value in out["patients"]["SEX"]}


def test_two_formats_in_one_folder(bench: Bench) -> None:
    tables = frames()
    bench.put({"patients": tables["patients"]}, "parquet").put({"visits": tables["visits"]})
    write_tables(bench.data, {"events": tables["events"]}, "jsonl")
    assert bench.run().exit_code == 0
    assert sorted(path.name for path in (bench.out / "data").iterdir()) == [
        "events.jsonl",
        "patients.parquet",
        "visits.csv",
    ]
    ids = set(pq.read_table(bench.out / "data" / "patients.parquet").column("SUBJID").to_pylist())
    assert ids == set(pd.read_csv(bench.out / "data" / "visits.csv")["SUBJID"])


def test_single_file_is_a_table(bench: Bench) -> None:
    tables = frames()
    bench.put({"patients": tables["patients"]})
    parts = policy()
    parts["columns"] = {name: parts["columns"][name] for name in tables["patients"]}
    from tests.pipeline.trial import write_policy

    path = write_policy(bench.folder / "policy.yaml", parts)
    result = bench.command("run", bench.data / "patients.csv", "--policy", path, "--out", bench.out)
    assert result.exit_code == 0, result.output


def test_parquet_types_survive(bench: Bench) -> None:
    tables = frames()
    visits = tables["visits"]
    n = len(visits)
    arrays = {
        "SUBJID": pa.array(visits["SUBJID"]),
        "WEIGHT": pa.array([None if i % 10 == 0 else i for i in range(n)], pa.int16()),
        "DONE": pa.array([None if i % 7 == 0 else i % 2 == 0 for i in range(n)], pa.bool_()),
        "SCORE": pa.array([i / 8 for i in range(n)], pa.float32()),
        "VISDT": pa.array([dt.date(2015, 1, 1) + dt.timedelta(i) for i in range(n)], pa.date32()),
        "SEENAT": pa.array([dt.datetime(2015, 1, 1, 8, i % 60) for i in range(n)], pa.timestamp("ms")),
        "ZIP": pa.array([f"0{2100 + i % 3}" for i in range(n)]),
        "GRADE": pa.array([["low", "high"][i % 2] for i in range(n)]).dictionary_encode(),
    }
    bench.put({name: tables[name] for name in ("patients", "events")}, "parquet")
    pq.write_table(pa.table(arrays), bench.data / "visits.parquet")
    shift = {"role": "insensitive", "do": "shift_date", "max_days": 182}
    columns = {"DONE": KEEP, "SCORE": KEEP, "SEENAT": shift, "ZIP": KEEP, "GRADE": KEEP}
    columns = {**columns, "VISIT": KEEP} if "VISIT" in arrays else columns
    parts = policy(columns=columns)
    del parts["columns"]["VISIT"]
    assert (result := bench.put({}).run(parts)).exit_code == 0, result.output
    out = pq.read_table(bench.out / "data" / "visits.parquet")
    kinds = {field.name: field.type for field in out.schema}
    assert kinds["WEIGHT"] == pa.int16()
    assert kinds["DONE"] == pa.bool_()
    assert kinds["SCORE"] == pa.float32()
    assert kinds["VISDT"] == pa.date32()
    assert pa.types.is_timestamp(kinds["SEENAT"])
    assert kinds["SUBJID"] == kinds["ZIP"] == pa.string()
    assert kinds["GRADE"] == pa.dictionary(pa.int32(), pa.string())
    assert set(out.column("GRADE").chunk(0).dictionary.to_pylist()) == {"low", "high"}
    for name in ("WEIGHT", "DONE", "SCORE", "ZIP", "GRADE"):
        before = pd.Series(pa.array(arrays[name]).to_pylist()).value_counts(dropna=False).sort_index()
        after = pd.Series(out.column(name).to_pylist()).value_counts(dropna=False).sort_index()
        assert before.equals(after), name
    for group in range(pq.ParquetFile(bench.out / "data" / "visits.parquet").num_row_groups):
        metadata = pq.ParquetFile(bench.out / "data" / "visits.parquet").metadata.row_group(group)
        assert not any(metadata.column(i).is_stats_set for i in range(metadata.num_columns))


def test_spellings_of_one_subject_are_one_subject(bench: Bench) -> None:
    """An id as a whole number in one table, as a float in another, with blanks in a third."""
    tables = frames()
    numbers = {subject: 1000 + i for i, subject in enumerate(tables["patients"]["SUBJID"])}
    for table in tables.values():
        table["SUBJID"] = table["SUBJID"].map(numbers)
    tables["visits"]["SUBJID"] = tables["visits"]["SUBJID"].astype(float)
    tables["events"]["SUBJID"] = [f" {subject} " for subject in tables["events"]["SUBJID"]]
    out = bench.put(tables, "parquet").release()
    ids = set(out["patients"]["SUBJID"])
    assert len(ids) == SUBJECTS
    assert set(out["visits"]["SUBJID"]) == ids
    assert set(out["events"]["SUBJID"]) <= ids


def test_leading_zeros_tell_subjects_apart(bench: Bench) -> None:
    tables = frames()
    width = {subject: f"{i:04d}" for i, subject in enumerate(tables["patients"]["SUBJID"])}
    for table in tables.values():
        table["SUBJID"] = table["SUBJID"].map(width)
    assert bench.put(tables).release()["patients"]["SUBJID"].nunique() == SUBJECTS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_encodings_that_say_what_they_are(bench: Bench, encoding: str) -> None:
    tables = frames()
    tables["events"].loc[0, "TERM"] = "Übelkeit"
    bench.put(tables)
    path = bench.data / "events.csv"
    path.write_text(path.read_text("utf-8"), encoding=encoding)
    result = bench.run()
    assert result.exit_code == 0, result.output
    raw = (bench.out / "data" / "events.csv").read_bytes()
    assert "Übelkeit" in raw.decode("utf-8" if not raw.startswith(b"\xff\xfe") else "utf-16")


def test_declared_encoding(bench: Bench) -> None:
    tables = frames()
    tables["events"].loc[0, "TERM"] = "Übelkeit"
    bench.put(tables)
    path = bench.data / "events.csv"
    path.write_text(path.read_text("utf-8"), encoding="cp1252")
    refused(bench.run(), bench, 4, "events.csv")
    assert bench.run(policy(formats={"events.csv": {"encoding": "windows-1252"}})).exit_code == 0


def test_gzip_in_is_handled_or_refused(bench: Bench) -> None:
    tables = frames()
    bench.put({name: tables[name] for name in ("patients", "visits")})
    with gzip.open(bench.data / "events.csv.gz", "wt", encoding="utf-8") as handle:
        tables["events"].to_csv(handle, index=False)
    result = bench.run()
    if result.exit_code == 0:
        [path] = (bench.out / "data").glob("events*")
        raw = path.read_bytes()
        assert path.name.endswith(".gz") == raw.startswith(b"\x1f\x8b")
    else:
        refused(result, bench, 4, "events.csv.gz")


def test_dropped_table_leaves_nothing(bench: Bench) -> None:
    tables = frames()
    out = bench.put(tables).release(policy(drop_tables=["ev*"], columns={}))
    assert set(out) == {"patients", "visits"}


def test_table_name_of_capitals_and_policy_lines(bench: Bench) -> None:
    out = bench.put(frames()).release(policy(tables={"VISITS": {"WEIGHT": "drop"}}))
    assert "WEIGHT" not in out["visits"]


@pytest.mark.parametrize(
    "name", ["=1+1", "-cmd", "@x", "a\tb", 'q"uote', "comma,name", "new\nline", "<b>bold</b>", "Größe"]
)
def test_hostile_column_names(bench: Bench, name: str) -> None:
    """Such a name is released under itself, made harmless, or refused; the report shows no markup."""
    tables = frames()
    tables["visits"][name] = "x"
    result = bench.put(tables).run(policy(columns={name: KEEP}))
    if result.exit_code != 0:
        refused(result, bench, result.exit_code)
        return
    header = list(pd.read_csv(bench.out / "data" / "visits.csv", nrows=0).columns)
    assert len(header) == 6
    assert header[-1][0] not in "=+-@\t\r"
    assert "<b>bold" not in (bench.out / "report.html").read_text("utf-8")


def test_formulas_in_cells_are_defused(bench: Bench) -> None:
    tables = frames()
    terms = ["=1+1", "+SUM(A1)", "@x", "-2+3", "\t=1", "-5.5", "+3", "Nausea"]
    tables["events"]["TERM"] = [terms[i % len(terms)] for i in range(len(tables["events"]))]
    out = bench.put(tables).release()["events"]["TERM"]
    dangerous = [cell for cell in out if cell[:1] in "=+-@\t\r" and not cell.lstrip("+-").replace(".", "").isdigit()]
    assert dangerous == []
    assert {"-5.5", "+3", "Nausea"} <= set(out)


def test_input_is_not_touched(bench: Bench) -> None:
    bench.put()
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path(bench.data).iterdir()}
    assert bench.run().exit_code == 0
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in Path(bench.data).iterdir()} == before
