"""FHIR through the ready policy: identifiers gone, ids and references alike in all files, one shift a patient."""

from __future__ import annotations

import base64
import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.fhir_oracle import by_type, found_in, identifiers, moments, resolution, resources
from tests.fhir_people import ADA, BRUNO, NAMES, NUMBERS, STAFF, VISITS, everything, write_bundle, write_ndjson

Run = Callable[..., Result]


def released(command: Run, data: Path, out: Path, policy: object = "fhir-r4") -> Path:
    result = command("run", data, "--policy", policy, "--out", out)
    assert result.exit_code == 0, result.output
    return out


@pytest.fixture(params=["bundle", "ndjson"])
def data(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    if request.param == "bundle":
        write_bundle(folder / "all.json", everything("urn:uuid:{1}"))
    else:
        write_ndjson(folder, everything("{0}/{1}"))
    return folder


def test_nobody_is_left_and_everything_resolves(command: Run, data: Path, tmp_path: Path) -> None:
    out = released(command, data, tmp_path / "out")
    patients = [part for part in resources(data) if part["resourceType"] == "Patient"]
    needles = identifiers(patients) | {"Ostrander", "Petra", "9876543210"}
    assert found_in(data, needles)
    assert not found_in(out, needles)
    assert by_type(out / "data") == by_type(data)
    assert resolution(out / "data") == resolution(data)


def test_values_stay_and_dates_of_a_patient_move_together(command: Run, data: Path, tmp_path: Path) -> None:
    out = released(command, data, tmp_path / "out")
    deltas: dict[str, set[float]] = {}
    for old, new in _paired(data, out / "data"):
        if old["resourceType"] == "Observation":
            assert new["valueQuantity"] == old["valueQuantity"]
            assert new["code"]["coding"] == old["code"]["coding"]
        if old["resourceType"] in ("Patient", "Practitioner"):
            continue
        one, two = moments(old), moments(new)
        assert one.keys() == two.keys()
        who = old["subject"]["reference"][-36:]
        deltas.setdefault(who, set()).update((two[key] - one[key]).total_seconds() / 86_400 for key in one)
    assert {who: len(found) for who, found in deltas.items()} == {ADA: 1, BRUNO: 1}
    assert all(delta.is_integer() and delta for found in deltas.values() for delta in found)
    text = "".join(path.read_text() for path in (out / "data").iterdir())
    assert text.count("12.50") == 4


def _paired(data: Path, out: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Pair resources of input and output: each type keeps the order within a patient, visits tell patients apart."""

    def key(part: dict[str, Any], owners: list[str]) -> tuple[str, int, float]:
        who = part.get("subject", {}).get("reference", "")[-36:]
        at = moments(part)
        return (
            part["resourceType"],
            owners.index(who) if who in owners else -1,
            min(at.values()).timestamp() if at else 0,
        )

    old_ids = [part["id"] for part in resources(data) if part["resourceType"] == "Patient"]
    new = resources(out)
    by_sex = {part["gender"]: part["id"] for part in new if part["resourceType"] == "Patient"}
    new_ids = [by_sex["female" if who == ADA else "male"] for who in old_ids]
    rank = lambda owners: lambda part: key(part, owners)  # noqa: E731
    olds, news = sorted(resources(data), key=rank(old_ids)), sorted(new, key=rank(new_ids))
    return list(zip(olds, news, strict=True))


def test_an_unknown_extension_is_refused_or_dropped_as_the_policy_says(command: Run, tmp_path: Path) -> None:
    found = everything("{0}/{1}")
    found[0]["extension"].append({"url": "http://vendor.example.org/nickname", "valueString": "Quilly"})
    (tmp_path / "data").mkdir()
    write_bundle(tmp_path / "data" / "all.json", found)
    result = command("run", tmp_path / "data", "--policy", "fhir-r4", "--out", tmp_path / "out")
    assert result.exit_code == 3
    assert "P201" in result.output
    assert "nickname" in result.output
    assert "Quilly" not in result.output
    (tmp_path / "p.yaml").write_text("deid: 1\nname: x\nextends: [fhir-r4]\nunlisted: drop\n")
    out = released(command, tmp_path / "data", tmp_path / "out", tmp_path / "p.yaml")
    assert not found_in(out, {"Quilly"})


def test_tables_of_the_same_people_share_ids_and_shift(command: Run, data: Path, tmp_path: Path) -> None:
    with (data / "visits.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["patient_id", "visit_date", "note"])
        for who, days in VISITS.items():
            rows.writerows([who, day, f"{NAMES[who][0]} {NAMES[who][1]}, {NUMBERS[who]}, is well."] for day in days)
    (tmp_path / "p.yaml").write_text(
        "deid: 1\nname: both\nextends: [fhir-r4]\nsubject: [patient_id, _patient]\ntables:\n  visits:\n"
        "    patient_id: {do: pseudonym, uuids: true}\n"
        "    visit_date: {do: shift_date, role: insensitive}\n"
        "    note: {do: redact}\n"
    )
    out = released(command, data, tmp_path / "out", tmp_path / "p.yaml") / "data"
    with (out / "visits.csv").open() as file:
        visits = list(csv.DictReader(file))
    dates = {(row["patient_id"], row["visit_date"]) for row in visits}
    observed = {
        (part["subject"]["reference"][-36:], part["effectiveDateTime"])
        for part in resources(out)
        if part["resourceType"] == "Observation"
    }
    assert dates == observed
    assert not any(word in row["note"] for row in visits for word in (*NAMES[ADA], *NAMES[BRUNO], "MRN-"))


def test_bytes_do_not_depend_on_batches(data: Path, tmp_path: Path) -> None:
    from deid.keys import Key
    from deid.pipeline import run
    from deid.policy import load
    from tests.conftest import KEY

    digests = set()
    for rows in (1, 7, 65_536):
        out = tmp_path / f"out{rows}"
        run(data, load("fhir-r4"), out, key=Key.from_hex(KEY), batch_rows=rows)
        digests.add(tuple(path.read_bytes() for path in sorted((out / "data").iterdir())))
    assert len(digests) == 1


def test_every_resource_says_what_was_done(command: Run, data: Path, tmp_path: Path) -> None:
    out = released(command, data, tmp_path / "out") / "data"
    for part in resources(out):
        assert [label["code"] for label in part["meta"]["security"]] == ["PSEUDED", "REDACTED"]
    assert json.dumps(resources(out)).count("v3-ObservationValue") == 2 * len(resources(out))


def test_a_release_that_is_no_valid_fhir_is_refused_when_asked(command: Run, data: Path, tmp_path: Path) -> None:
    pytest.importorskip("fhir.resources")
    asked = 'deid: 1\nname: v\nextends: [fhir-r4]\nformats: {"*.*json": {validate: true}}\n'
    (tmp_path / "good.yaml").write_text(asked)
    released(command, data, tmp_path / "good", tmp_path / "good.yaml")
    drop = "rules:\n  - {match: {name: Observation.status}, role: insensitive, do: drop}\n"
    (tmp_path / "bad.yaml").write_text(asked + drop)
    result = command("run", data, "--policy", tmp_path / "bad.yaml", "--out", tmp_path / "bad")
    assert result.exit_code == 4
    assert "D373" in result.output
    assert "Observation.status in 4 resource(s)" in result.output
    assert not (tmp_path / "bad").exists()


def test_a_second_look_at_the_release_finds_nothing(command: Run, data: Path, tmp_path: Path) -> None:
    out = released(command, data, tmp_path / "out")
    result = command("verify", out, "--against", data, "--policy", "fhir-r4")
    assert result.exit_code == 0, result.output


def test_an_extension_that_is_kept_is_there_and_one_called_after_somebody_is_said_to_be_dropped(
    command: Run, tmp_path: Path
) -> None:
    """The name of a column is the place of its cells: under another name they would be lost without a word."""
    found = everything("{0}/{1}")
    number = NUMBERS[ADA]
    plain, telling = "http://vendor.example.org/score", f"http://vendor.example.org/{number}"
    found[0]["extension"] += [{"url": plain, "valueDecimal": 0.25}, {"url": telling, "valueDecimal": 0.75}]
    (tmp_path / "data").mkdir()
    write_bundle(tmp_path / "data" / "all.json", found)
    lines = [f"      'Patient.extension({url}).valueDecimal': {{role: insensitive, do: keep, accept: [singling_out]}}\n"
             for url in (plain, telling)]  # fmt: skip
    (tmp_path / "p.yaml").write_text(
        f"deid: 1\nname: x\nextends: [fhir-r4]\nunlisted: drop\ntables:\n  all:\n{''.join(lines)}"
    )
    out = released(command, tmp_path / "data", tmp_path / "out", tmp_path / "p.yaml")
    patients = [part for part in resources(out / "data") if part["resourceType"] == "Patient"]
    assert {"url": plain, "valueDecimal": 0.25} in [each for part in patients for each in part.get("extension", [])]
    assert not found_in(out, {number})
    assert "the path itself bears an identifier" in (out / "report.json").read_text()


def with_staff(folder: Path, style: str) -> Path:
    """Write people whose measurements name staff in every way: contained, by reference, by identifier, by display."""
    found = everything(style)
    for part in found:
        if part["resourceType"] == "Observation":
            part["contained"] = [{"resourceType": "Practitioner", "id": "p", "name": [{"family": "Ostrander"}]}]
            licence = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "9876543210"}
            part["performer"] = [
                {"reference": "#p"},
                {"reference": style.format("Practitioner", STAFF), "identifier": licence, "display": "P. Thistlewood"},
            ]
            part["note"] = [{"text": "Reported to P. Thistlewood."}]
    folder.mkdir()
    if "uuid" in style:
        write_bundle(folder / "all.json", found)
    else:
        write_ndjson(folder, found)
    return folder


@pytest.mark.parametrize("style", ["urn:uuid:{1}", "{0}/{1}"])
def test_a_resource_type_is_left_out_with_what_leads_to_it(command: Run, tmp_path: Path, style: str) -> None:
    data = with_staff(tmp_path / "data", style)
    (tmp_path / "p.yaml").write_text(
        "deid: 1\nname: x\nextends: [fhir-r4]\ndrop_tables: [Practitioner]\ncell_minimum: 2\nformats:\n"
        '  "*.json": {drop_types: [Practitioner]}\n  "*.ndjson": {drop_types: [Practitioner]}\n'
    )
    out = tmp_path / "out"
    result = command("run", data, "--policy", tmp_path / "p.yaml", "--out", out)
    assert result.exit_code == 0, result.output
    expected = by_type(data)
    del expected["Practitioner"]
    assert by_type(out / "data") == expected
    left = [part for part in resources(out / "data") if part["resourceType"] in ("Observation", "Encounter")]
    assert not any("contained" in part or "participant" in part for part in left)
    people = [part["performer"] for part in left if part["resourceType"] == "Observation"]
    assert all([set(each) for each in performers] == [{"identifier"}] for performers in people)
    assert len(people) == 4
    assert not found_in(out, {"Ostrander", "Thistlewood", "Petra", "9876543210"})
    assert "12 reference(s) to resources of these types were removed" in result.output
    assert f"{5 if 'uuid' in style else 4} resource(s) of types that are left out" in result.output


def test_a_file_of_which_every_resource_is_left_out_is_empty(command: Run, tmp_path: Path) -> None:
    data = with_staff(tmp_path / "data", "{0}/{1}")
    (tmp_path / "p.yaml").write_text(
        'deid: 1\nname: x\nextends: [fhir-r4]\nformats: {"*.ndjson": {drop_types: [Practitioner]}}\n'
    )
    out = released(command, data, tmp_path / "out", tmp_path / "p.yaml")
    assert (out / "data" / "Practitioner.ndjson").read_bytes() == b""


def test_types_that_fhir_does_not_have_cannot_be_left_out(command: Run, data: Path, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        "deid: 1\nname: x\nextends: [fhir-r4]\nformats:\n"
        '  "*.json": {drop_types: [Practioner]}\n  "*.ndjson": {drop_types: [Practioner]}\n'
    )
    result = command("run", data, "--policy", tmp_path / "p.yaml", "--out", tmp_path / "out")
    assert result.exit_code == 4, result.output
    assert "did you mean 'Practitioner'" in result.output
    assert not (tmp_path / "out").exists()


def test_a_resource_of_an_unknown_type_is_refused_with_its_place_and_what_to_do(command: Run, tmp_path: Path) -> None:
    found = [*everything("{0}/{1}"), {"resourceType": "Quillfeather", "id": "1"}]
    (tmp_path / "data").mkdir()
    write_bundle(tmp_path / "data" / "all.json", found)
    result = command("run", tmp_path / "data", "--policy", "fhir-r4", "--out", tmp_path / "out")
    assert result.exit_code == 4
    assert f"all.json: entry {len(found)}" in result.output
    assert "D370" in result.output
    assert "correct `resourceType`" in result.output
    assert "Quillfeather" not in result.output
    assert not (tmp_path / "out").exists()


def test_the_report_says_how_many_attachments_could_not_be_searched(command: Run, tmp_path: Path) -> None:
    found = everything("{0}/{1}")
    papers = {
        "application/pdf": b"%PDF-1.7 Quillfeather",
        "text/rtf": b"{\\rtf1 Quillfeather}",
        "image/png": b"\x89PNG",
    }
    for part in found:
        if part["resourceType"] == "DocumentReference":
            part["content"] += [
                {"attachment": {"contentType": kind, "data": base64.b64encode(raw).decode()}}
                for kind, raw in papers.items()
            ]
    (tmp_path / "data").mkdir()
    write_bundle(tmp_path / "data" / "all.json", found)
    result = command("run", tmp_path / "data", "--policy", "fhir-r4", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "12 attachment(s) that cannot be searched (PDF, RTF, images ...) were removed" in result.output
    assert not found_in(tmp_path / "out", {"Quillfeather"})
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert any("attachment(s) that cannot be searched" in text for text in report["warnings"])
