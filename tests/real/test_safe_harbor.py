"""`policies/hipaa-safe-harbor.yaml`, no column named by hand, on tables from other sources and on the demo trial."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from deid.cli import main
from deid.demo.trial import write_trial
from deid.transform.zip3 import released_areas
from tests.conftest import KEY, SHARED


def deid(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], env={"DEID_KEY": KEY})
    return result.exit_code, result.output


def release(data: Path, out: Path) -> Path:
    code, output = deid("run", data, "--policy", "hipaa-safe-harbor", "--out", out)
    assert code == 0, output
    return out


def outside(name: str) -> Path:
    if not (SHARED / "data" / name).is_dir():
        pytest.skip("the folder of outside test material is not here")
    return SHARED / "data" / name


def content(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


@pytest.fixture(scope="module")
def mcode(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    base = tmp_path_factory.mktemp("mcode")
    (base / "data").mkdir()
    for path in outside("mcode").glob("sample-client-data__*.csv"):
        shutil.copy(path, base / "data")
    return base / "data", release(base / "data", base / "out")


def test_mcode_names_addresses_and_numbers_are_gone(mcode: tuple[Path, Path]) -> None:
    data, out = mcode
    patients = pd.read_csv(next(data.glob("*patient-information.csv")), dtype=str)
    text = content(out)
    for column in ("familyName", "givenName", "addressLine"):
        assert not [value for value in patients[column].dropna() if value in text], column
    for path in (out / "data").glob("*.csv"):
        table = pd.read_csv(path, dtype=str)
        if "mrn" in table:
            assert not set(table["mrn"]) & set(patients["mrn"])


def test_mcode_keeps_codes_and_joins(mcode: tuple[Path, Path]) -> None:
    data, out = mcode
    name = "sample-client-data__condition-information.csv"
    before, after = pd.read_csv(data / name, dtype=str), pd.read_csv(out / "data" / name, dtype=str)
    assert sorted(before["code"]) == sorted(after["code"])
    patients = pd.read_csv(out / "data" / "sample-client-data__patient-information.csv", dtype=str)
    assert set(after["mrn"]) <= set(patients["mrn"])
    assert set(patients["zip"].dropna()) <= released_areas() | {"000"}
    assert patients["dateOfBirth"].dropna().str.fullmatch(r"\d{4}").all()


def test_metabric_ages_over_89_are_one_group(tmp_path: Path) -> None:
    out = release(outside("metabric"), tmp_path / "out")
    table = pd.read_csv(next((out / "data").glob("*.csv")), dtype=str)
    assert (table["AGE_AT_DIAGNOSIS"] == "90+").sum() == 10
    assert table["AGE_AT_DIAGNOSIS"].str.fullmatch(r"\d{1,2}|90\+").all()
    assert len(table) == 1470


def test_cbioportal_ids_go_from_cells_and_from_headers(tmp_path: Path) -> None:
    source = outside("cbioportal_study_es_0")
    out = release(source, tmp_path / "out")
    clinical = (source / "data_clinical_samples.txt").read_text().splitlines()[5:]
    ids = {cell for line in clinical for cell in line.split("\t")[:2]}
    text = content(out)
    assert not [value for value in ids if value in text]
    patients = pd.read_csv(out / "data" / "data_clinical_patients.txt", sep="\t", dtype=str, comment="#")
    samples = pd.read_csv(out / "data" / "data_clinical_samples.txt", sep="\t", dtype=str, comment="#")
    assert set(samples["PATIENT_ID"]) == set(patients["PATIENT_ID"])
    signatures = pd.read_csv(out / "data" / "data_mutational_signature.txt", sep="\t", dtype=str)
    assert set(signatures.columns[4:]) <= set(samples["SAMPLE_ID"])
    for name in ("data_clinical_patients.txt", "data_clinical_samples.txt"):
        before = (source / name).read_bytes().splitlines()[:4]
        assert (out / "data" / name).read_bytes().splitlines()[:4] == before


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trial") / "trial"
    write_trial(folder, subjects=60, notes=60)
    return folder


def test_demo_trial_loses_every_direct_identifier(trial: Path, tmp_path: Path) -> None:
    out = release(trial, tmp_path / "out")
    patients = pd.read_csv(trial / "patients.csv", dtype=str)
    text = content(out)
    for column in ("mrn", "ssn", "phone", "email", "street", "health_plan_number"):
        assert not [value for value in patients[column].dropna() if value in text], column
    released = pd.read_csv(out / "data" / "patients.csv", dtype=str)
    assert set(released["zip"].dropna()) <= released_areas() | {"000"}
    assert not {"given_name", "family_name", "city"} & set(released.columns)


def test_every_column_is_accounted_for_in_the_plan(trial: Path) -> None:
    code, output = deid("plan", trial, "--policy", "hipaa-safe-harbor", "--format", "json")
    assert code == 0
    planned = {(row["table"], row["column"]) for row in json.loads(output)}
    expected = set()
    for path in trial.glob("*.csv"):
        with path.open(newline="") as handle:
            expected |= {(path.stem, name) for name in next(csv.reader(handle))}
    assert planned == expected


@pytest.mark.parametrize("renamed", [True, False])
def test_an_unknown_column_is_refused_by_name(trial: Path, tmp_path: Path, renamed: bool) -> None:
    data = tmp_path / "data"
    shutil.copytree(trial, data)
    patients = pd.read_csv(data / "patients.csv", dtype=str)
    if renamed:
        patients = patients.rename(columns={"family_name": "xq7"})
    else:
        patients["xq7"] = [f"{i * 7919 % 9973}~{i}q" for i in range(len(patients))]
    patients.to_csv(data / "patients.csv", index=False)
    code, output = deid("run", data, "--policy", "hipaa-safe-harbor", "--out", tmp_path / "out")
    if renamed and code == 0:  # the values themselves may still tell that these are names: then they must be gone
        released = pd.read_csv(tmp_path / "out" / "data" / "patients.csv")
        assert "xq7" not in released
        return
    assert code == 3
    assert "patients.xq7" in output
    assert not (tmp_path / "out").exists()
