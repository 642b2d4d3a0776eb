"""Planted identifiers stand in no byte of what a run leaves, prints, logs or throws away."""

from __future__ import annotations

import base64
import gzip
import hashlib
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result

from tests.conftest import KEY
from tests.pipeline.trial import Bench, Frames, files_of, frames, policy, refused, write_policy

RUN = "import sys; from deid.cli import main; main(sys.argv[1:])"
CANARY = "QZXJVKWQP"


def planted() -> Frames:
    """Return the trial with a canary in every cell that identifies; each holds the letters of `CANARY`."""
    tables = frames()
    for table in tables.values():
        table["SUBJID"] = table["SUBJID"].str.replace("CRX", CANARY)
    patients = tables["patients"]
    numbers = [f"{i:03d}" for i in range(len(patients))]
    patients["MRN"] = [f"{CANARY}{n}88" for n in numbers]
    letters = [number.translate(str.maketrans("0123456789", "aeioulmnrs")) for number in numbers]
    patients["GIVEN"] = [f"{CANARY.title()}{n}" for n in letters]
    patients["FAMILY"] = [f"Mc{CANARY.title()}{n}son" for n in letters]
    patients["NAME"] = patients["GIVEN"] + " " + patients["FAMILY"]
    return tables


def spellings(word: str) -> Iterable[bytes]:
    """Return a word as a careless program might let it out."""
    for text in (word, word.lower(), word.title(), word[::-1]):
        yield text.encode()
        yield text.encode("utf-16-le")
        yield text.encode().hex().encode()
    for offset in range(3):  # inside a longer text, in each of the three places of base64
        coded = base64.b64encode(b"\0" * offset + word.encode())
        yield coded[-(-offset * 8 // 6) : (offset + len(word)) * 8 // 6]


def digests(values: Iterable[str]) -> set[bytes]:
    """Return the plain digests of whole identifiers."""
    makers = (hashlib.md5, hashlib.sha1, hashlib.sha256)
    return {maker(value.encode()).hexdigest()[:16].encode() for value in values for maker in makers}


def opened(files: Mapping[str, bytes]) -> Iterable[tuple[str, bytes]]:
    """Yield names and bytes of files, the cells and metadata of Parquet and what gzip holds."""
    for name, raw in files.items():
        yield name, name.encode() + b"\n" + raw
        if raw[:2] == b"\x1f\x8b":
            yield name, gzip.decompress(raw)
        if raw[:4] == b"PAR1":
            file = pq.ParquetFile(pa.BufferReader(raw))
            yield name, str((file.metadata, file.schema, file.schema_arrow.metadata)).encode()
            yield name, str(file.read().to_pydict()).encode()


def assert_absent(files: Mapping[str, bytes], word: str = CANARY, ids: Iterable[str] = ()) -> None:
    wanted = {*spellings(word), *digests(ids)}
    found = [(name, form) for name, raw in opened(files) for form in wanted if form in raw]
    assert found == []


def everything(bench: Bench, result: Result, caplog: pytest.LogCaptureFixture, temporary: Path) -> dict[str, bytes]:
    files = files_of(bench.out.parent) if bench.out.parent.exists() else {}
    files |= {f"tmp/{name}": raw for name, raw in files_of(temporary).items()}
    printed = {"printed": result.output.encode(), "logged": caplog.text.encode()}
    error = repr(result.exception).encode() + repr(getattr(result.exception, "__context__", "")).encode()
    return files | printed | {"exception": error}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> Path:
    """Return the folder for temporary files; logging is at its most talkative."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    caplog.set_level(logging.DEBUG)
    return folder


PSEUDONYMS = policy(
    columns={
        "MRN": {"role": "direct_identifier", "do": "pseudonym"},
        "NAME": {"role": "direct_identifier", "do": "surrogate", "kind": "person_name"},
        "FAMILY": {"role": "direct_identifier", "do": "mask"},
        "GIVEN": {"role": "direct_identifier", "do": "encrypt"},
    }
)
REFUSALS: dict[str, dict[str, Any]] = {
    "a gate fails": policy(gates={"k": {"min": 40}}),
    "a date is none": policy(columns={"ARM": {"role": "insensitive", "do": "shift_date"}}),
    "a number is none": policy(columns={"TERM": {"role": "insensitive", "do": "round", "to": 5}}),
    "an identifier as a date": policy(columns={"NAME": {"role": "direct_identifier", "do": "shift_date"}}),
    "an identifier as an age": policy(columns={"MRN": {"role": "direct_identifier", "do": "age"}}),
    "an identifier generalised as a number": policy(
        columns={"MRN": {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"interval": 10}}}
    ),
    "an identifier in groups": policy(
        columns={"FAMILY": {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"groups": {"one": ["x"]}}}}
    ),
}


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl", "xpt"])
@pytest.mark.parametrize("parts", [policy(), PSEUDONYMS], ids=["dropped", "replaced"])
def test_release_holds_no_canary(
    bench: Bench, temporary: Path, caplog: pytest.LogCaptureFixture, parts: dict[str, Any], form: str
) -> None:
    tables = planted()
    result = bench.put(tables).run(parts, "--format", form, "--verbose")
    assert result.exit_code == 0, result.output
    ids = {*tables["patients"]["SUBJID"], *tables["patients"]["MRN"], *tables["patients"]["NAME"]}
    assert_absent(everything(bench, result, caplog, temporary), ids=ids)
    assert files_of(temporary) == {}


@pytest.mark.parametrize("case", REFUSALS)
def test_refusal_tells_no_canary(bench: Bench, temporary: Path, caplog: pytest.LogCaptureFixture, case: str) -> None:
    result = bench.put(planted()).run(REFUSALS[case], "--verbose")
    assert result.exit_code in (3, 4, 5), result.output
    assert bench.left() == []
    assert_absent(everything(bench, result, caplog, temporary))
    assert files_of(temporary) == {}


def test_identifier_left_is_told_without_it(bench: Bench, temporary: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Neither the refusal nor the owner's own report says which identifier was found."""
    private = bench.folder / "private"
    tables = planted()
    tables["visits"]["REF"] = tables["visits"]["SUBJID"].map(tables["patients"].set_index("SUBJID")["MRN"])
    parts = policy(columns={"REF": {"role": "insensitive", "do": "keep", "accept": ["identifier", "singling_out"]}})
    result = bench.put(tables).run(parts, "--private", private, "--verbose")
    refused(result, bench, 5, "R103", "visits.REF")
    assert_absent({**everything(bench, result, caplog, temporary), **files_of(private)})


def test_broken_files_tell_no_canary(bench: Bench, temporary: Path, caplog: pytest.LogCaptureFixture) -> None:
    bench.put(planted())
    whole = {path: path.read_bytes() for path in bench.data.iterdir()}
    lines = f'SUBJID,TERM,ONSET,ENDDT\n{CANARY},"{CANARY}\n'.encode()
    broken = (lines, lines.replace(b'"', b"\xff"), lines.replace(b'"', b",,,,,"), lines.replace(b'"', b"\0"))
    for raw in broken:
        (bench.data / "events.csv").write_bytes(raw)
        result = bench.run(None, "--verbose")
        assert result.exit_code == 4
        assert_absent(everything(bench, result, caplog, temporary))
    for name in ("events.parquet", "events.xpt", "events.jsonl", "events.sas7bdat", "events.xlsx"):
        (bench.data / "events.csv").unlink(missing_ok=True)
        (bench.data / name).write_bytes(f'{{"{CANARY}": "{CANARY}'.encode() * 50)
        result = bench.run(None, "--verbose")
        assert result.exit_code == 4, result.output
        assert_absent(everything(bench, result, caplog, temporary))
        (bench.data / name).unlink()
    assert {path: path.read_bytes() for path in bench.data.iterdir()}.items() <= whole.items()


def test_names_of_columns_and_files_are_renamed(
    bench: Bench, temporary: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One table is called after a person, one kept column after a subject, one dropped column after a record."""
    tables = planted()
    subject, person, record = (tables["patients"].loc[5, name] for name in ("SUBJID", "NAME", "MRN"))
    wide = pd.DataFrame({"GENE": ["TP53", "KRAS", "EGFR"], subject: [1, 0, 1], record: ["x", "y", "z"]})
    tables[person.replace(" ", "_")] = wide
    keep = {"role": "insensitive", "do": "keep", "why": "results"}
    parts = policy(columns={"GENE": keep, subject: keep, record: "drop"})
    result = bench.put(tables).run(parts, "--verbose")
    assert result.exit_code == 0, result.output
    assert_absent(everything(bench, result, caplog, temporary))
    [odd] = [path for path in (bench.out / "data").iterdir() if path.stem not in frames()]
    released = pd.read_csv(odd)
    pseudonym = released.columns[1]
    assert list(released.columns) == ["GENE", pseudonym]
    assert pseudonym in set(pd.read_csv(bench.out / "data" / "patients.csv")["SUBJID"])


def test_parquet_categories_index_and_metadata_stay_behind(
    bench: Bench, temporary: Path, caplog: pytest.LogCaptureFixture
) -> None:
    tables = planted()
    patients = tables["patients"]
    patients["ARM"] = pd.Categorical(patients["ARM"], categories=["A", "B", f"{CANARY}77 left over"])
    patients.attrs["note"] = f"{CANARY} in attrs"
    bench.put({name: tables[name] for name in ("visits", "events")})
    table = pa.Table.from_pandas(patients, preserve_index=False)
    metadata = {**(table.schema.metadata or {}), b"comment": f"{CANARY} in the file".encode()}
    fields = [field.with_metadata({"comment": f"{CANARY} in a field"}) for field in table.schema]
    pq.write_table(
        pa.Table.from_arrays(table.columns, schema=pa.schema(fields, metadata)), bench.data / "patients.parquet"
    )
    result = bench.run(None, "--verbose")
    assert result.exit_code == 0, result.output
    assert set(pq.read_table(bench.out / "data" / "patients.parquet").column("ARM").to_pylist()) == {"A", "B"}
    assert_absent(everything(bench, result, caplog, temporary))


def test_parquet_index_is_a_column_that_needs_a_line(bench: Bench) -> None:
    tables = planted()
    bench.put({name: tables[name] for name in ("visits", "events")})
    indexed = tables["patients"].assign(ARM="A").set_index("NAME", drop=True)
    pq.write_table(pa.Table.from_pandas(indexed), bench.data / "patients.parquet")
    parts = policy()
    del parts["columns"]["NAME"]
    refused(bench.run(parts), bench, 3, "P201", "patients.NAME")
    assert bench.run().exit_code == 0


def test_label_of_an_xpt_column_that_names_somebody_is_refused(bench: Bench) -> None:
    import pyreadstat

    tables = planted()
    bench.put({name: tables[name] for name in ("visits", "events")})
    labels = dict.fromkeys(tables["patients"].columns, "a column")
    for text, code in (("the arm", 0), (f"arm of {tables['patients'].loc[3, 'NAME']}"[:40], 5)):
        file = str(bench.data / "patients.xpt")
        labels["ARM"] = text
        pyreadstat.write_xport(
            tables["patients"], file, table_name="PATIENTS", column_labels=list(labels.values()), file_format_version=5
        )
        result = bench.run(out=bench.folder / f"out{code}")
        assert result.exit_code == code, result.output
        assert CANARY not in result.output


@pytest.mark.slow
def test_notes_hold_no_canary(bench: Bench, temporary: Path, caplog: pytest.LogCaptureFixture) -> None:
    tables = planted()
    patients = tables["patients"].head(12)
    tables["notes"] = pd.DataFrame(
        {
            "SUBJID": patients["SUBJID"],
            "NOTE": [
                f"{row.NAME} (record {row.MRN}, subject {row.SUBJID}) had nausea after the second course. "
                f"{row.GIVEN.upper()} was seen again on {row.ENROLDT}; Ms {row.FAMILY} feels well."
                for row in patients.itertuples()
            ],
        }
    )
    parts = policy(columns={"NOTE": {"role": "free_text", "do": "redact"}})
    result = bench.put(tables).run(parts, "--verbose")
    assert result.exit_code == 0, result.output
    files = everything(bench, result, caplog, temporary)
    assert_absent(files)
    notes = files["release/data/notes.csv"].decode()
    assert notes.count("had nausea after the second course") == 12


@pytest.mark.slow
@pytest.mark.parametrize("code", [0, 5])
def test_process_leaves_no_canary_anywhere(bench: Bench, code: int) -> None:
    """A process of its own: both streams, its folder for temporary files, its home, its working folder."""
    tables = planted()
    parts = policy() if code == 0 else policy(gates={"k": {"min": 40}})
    write_policy(bench.put(tables).folder / "policy.yaml", parts)
    places = {name: bench.folder / name.lower() for name in ("TMPDIR", "HOME", "XDG_CACHE_HOME")}
    for place in places.values():
        place.mkdir()
    cwd = bench.folder / "cwd"
    cwd.mkdir()
    arguments = ["run", str(bench.data), "-p", str(bench.folder / "policy.yaml"), "-o", str(bench.out), "--verbose"]
    env = {**os.environ, "DEID_KEY": KEY, **{name: str(place) for name, place in places.items()}}
    done = subprocess.run([sys.executable, "-X", "dev", "-c", RUN, *arguments], env=env, cwd=cwd, capture_output=True)
    assert done.returncode == code, done.stderr
    files = {"stdout": done.stdout, "stderr": done.stderr, **files_of(bench.out.parent)} if code == 0 else {}
    for place in (*places.values(), cwd):
        files |= files_of(place)
    assert_absent(files)
    key = {"stdout": done.stdout, "stderr": done.stderr, **files_of(bench.folder)}
    assert not [name for name, raw in key.items() if KEY.encode() in raw or bytes.fromhex(KEY) in raw]
