"""FHIR of others through `policies/fhir-r4.yaml`: Synthea Bundles, bulk NDJSON, mCODE, and pairs of another tool."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import deid
from deid.keys import Key
from tests.conftest import KEY, SHARED
from tests.fhir_oracle import by_type, found_in, identifiers, leaves, moments, resolution, resources
from tests.real.fhir_pairs import POLICIES, Same

ROOT = Path(__file__).resolve().parents[2]
POLICY = ROOT / "policies" / "fhir-r4.yaml"


def outside(name: str) -> Path:
    if not (SHARED / "data" / name).is_dir():
        pytest.skip("the folder of outside test material is not here")
    return SHARED / "data" / name


def released(data: Path, out: Path, policy: Path | str = POLICY) -> Path:
    deid.run(data, policy, out, key=Key.from_hex(KEY))
    return out


@pytest.fixture(scope="module")
def bundles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    data = outside("fhir_r4_synthea_ms")
    return data, released(data, tmp_path_factory.mktemp("bundles") / "out")


@pytest.fixture(scope="module")
def bulk(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    data = outside("fhir_r4_ndjson")
    return data, released(data, tmp_path_factory.mktemp("bulk") / "out")


def people(folder: Path) -> list[dict[str, Any]]:
    return [part for part in resources(folder) if part["resourceType"] == "Patient"]


@pytest.mark.slow
@pytest.mark.parametrize("which", ["bundles", "bulk"])
def test_fhir_01_no_identifier_is_left(which: str, request: pytest.FixtureRequest) -> None:
    data, out = request.getfixturevalue(which)
    needles = identifiers(people(data))
    assert len(needles) >= 30
    assert sum(found_in(data, needles).values()) > 1_000, "the oracle finds them in the input"
    assert not found_in(out, needles)


@pytest.mark.slow
@pytest.mark.parametrize(("which", "number"), [("bundles", 768), ("bulk", 792)])
def test_fhir_02_counts_and_references_are_as_before(which: str, number: int, request: pytest.FixtureRequest) -> None:
    data, out = request.getfixturevalue(which)
    assert by_type(out / "data") == by_type(data)
    assert sum(by_type(data).values()) == number
    assert resolution(out / "data") == resolution(data)


@pytest.mark.slow
@pytest.mark.parametrize("which", ["bundles", "bulk"])
def test_fhir_02_every_resource_is_valid_r4b(which: str, request: pytest.FixtureRequest) -> None:
    r4b = pytest.importorskip("fhir.resources.R4B")
    _, out = request.getfixturevalue(which)
    for part in resources(out / "data"):
        r4b.get_fhir_model_class(part["resourceType"]).model_validate_json(json.dumps(part))


def owner(part: dict[str, Any]) -> str:
    for key in ("subject", "patient"):
        if key in part:
            return str(part[key]["reference"]).rpartition(":")[2]
    return str(part["id"]) if part["resourceType"] == "Patient" else ""


@pytest.mark.slow
def test_fhir_03_one_shift_a_patient_over_all_files(bulk: tuple[Path, Path]) -> None:
    data, out = bulk
    numbers = {part["id"]: leaves_of_kept(part) for part in people(data)}
    new_id = {sex_and_state(part): part["id"] for part in people(out / "data")}
    assert len(numbers) == len(new_id) == 3
    shifts: dict[str, set[float]] = {}
    compared = 0
    for old in people(data):
        before = dates_of(data, old["id"])
        after = dates_of(out / "data", new_id[sex_and_state(old)])
        assert before.keys() == after.keys()
        for key, moments_before in before.items():
            assert len(moments_before) == len(after[key])
            pairs = zip(sorted(moments_before), sorted(after[key]), strict=True)
            found = {(two - one).total_seconds() for one, two in pairs}
            shifts.setdefault(old["id"], set()).update(found)
            compared += len(moments_before)
    assert compared > 1_500
    assert all(len(found) == 1 for found in shifts.values()), "every distance between two dates of a patient is kept"
    assert all(next(iter(found)) % 86_400 == 0 and next(iter(found)) for found in shifts.values())
    assert len({next(iter(found)) for found in shifts.values()}) == 3


def leaves_of_kept(part: dict[str, Any]) -> int:
    return sum(1 for _ in leaves(part))


def sex_and_state(part: dict[str, Any]) -> tuple[str, str, str]:
    """Tell the three patients apart by what stays: sex, year of birth, and whether and how they are married."""
    married = part.get("maritalStatus", {}).get("coding", [{}])[0].get("code", "")
    return part["gender"], part.get("birthDate", "")[:4], married


def dates_of(folder: Path, who: str) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for part in resources(folder):
        if owner(part) == who and part["resourceType"] != "Patient":
            for path, moment in moments(part).items():
                found.setdefault((part["resourceType"], path.partition("#")[0]), []).append(moment)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("which", ["bundles", "bulk"])
def test_fhir_05_staff_are_treated_by_their_own_rules(which: str, request: pytest.FixtureRequest) -> None:
    data, out = request.getfixturevalue(which)
    families = {name["family"] for part in people(data) for name in part["name"]}
    shared = [
        part
        for part in resources(data)
        if part["resourceType"] == "Practitioner" and part["name"][0]["family"] in families
    ]
    assert shared, "a practitioner bears the surname of a patient"
    staff = [part for part in resources(out / "data") if part["resourceType"] == "Practitioner"]
    assert len(staff) == by_type(data)["Practitioner"]
    assert all("name" not in part and "telecom" not in part and "address" not in part for part in staff)
    assert all(part["gender"] and part["identifier"][0]["value"] for part in staff)
    assert not found_in(out, families)


@pytest.mark.slow
def test_codes_values_and_units_stay(bundles: tuple[Path, Path]) -> None:
    data, out = bundles
    kept = {"Observation": "valueQuantity", "Condition": "code", "MedicationRequest": "medicationCodeableConcept"}
    for kind, element in kept.items():
        before, after = (
            Counter(
                json.dumps([value for path, value in leaves(part[element]) if not path.endswith("text")])
                for part in resources(folder)
                if part["resourceType"] == kind and element in part
            )
            for folder in (data, out / "data")
        )
        assert before == after
        assert before


def test_mcode_bundles(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for path in outside("mcode").glob("*bundle*.json"):
        if json.loads(path.read_text("utf-8")).get("resourceType") == "Bundle":
            shutil.copy(path, tmp_path / "data")
    assert len(list((tmp_path / "data").iterdir())) >= 15
    (tmp_path / "p.yaml").write_text("deid: 1\nname: mcode\nextends: [fhir-r4]\nunlisted: drop\n")
    out = released(tmp_path / "data", tmp_path / "out", tmp_path / "p.yaml")
    needles = identifiers(people(tmp_path / "data"))
    assert needles
    assert not found_in(out, needles)
    assert by_type(out / "data") == by_type(tmp_path / "data")
    text = json.dumps(resources(out / "data"))
    assert "mcode-histology-morphology-behavior" in text
    assert "mcode-laterality" in text


#: Pairs that are another on purpose, and why (docs/fhir.md).
ON_PURPOSE = {
    **dict.fromkeys(
        ("patient-basic", "patient-special-content", "patient-null-date", "patient-no-partial"),
        "theirs keeps a whole address because its city has a certain name; rules here look at paths, not at values",
    ),
    "patient-generalize": "the input is no valid FHIR (an object where a list must stand), which theirs mends",
    **dict.fromkeys(
        (
            *("patient-substitute-complex", "patient-substitute-conflict-rules", "patient-substitute-multiple"),
            *("patient-substitute-multiple-2", "contained-substitute", "bundle-substitute"),
        ),
        "theirs puts in elements that the resource did not have",
    ),
}


def pairs() -> list[dict[str, str]]:
    path = SHARED / "data" / "fhir_ms_paired" / "pairs.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["configuration"]]


@pytest.mark.slow
def test_fhir_04_pairs_of_another_tool(tmp_path: Path) -> None:
    folder, equal, other = outside("fhir_ms_paired"), [], []
    for number, pair in enumerate(pairs()):
        data = tmp_path / f"in{number}"
        data.mkdir()
        shutil.copy(folder / pair["input"], data)
        deid.run(data, POLICIES[pair["configuration"]], tmp_path / f"out{number}", key=Key.from_hex(KEY))
        (written,) = (tmp_path / f"out{number}" / "data").iterdir()
        theirs = json.loads((folder / pair["target"]).read_text("utf-8-sig"))
        name = pair["target"].removesuffix("-target.json")
        (other if Same().differences(json.loads(written.read_text("utf-8")), theirs) else equal).append(name)
    assert (len(equal), len(other)) == (20, 11)
    assert set(other) == set(ON_PURPOSE)
