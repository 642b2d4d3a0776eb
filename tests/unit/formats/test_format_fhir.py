"""FHIR as a table and back: the same JSON, columns by path, patients, clear refusals."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from deid.errors import DataError
from deid.formats import format_for
from deid.formats.fhir import Fhir
from tests.fhir_people import ADA, BRUNO, coded, everything, patient, write_bundle, write_ndjson

BY_URN, BY_TYPE = "urn:uuid:{1}", "{0}/{1}"


def table(path: Path, **options: Any) -> pa.Table:
    info = Fhir().inspect(path, options)[0]
    return pa.Table.from_batches(Fhir().read(info), info.schema)


def again(path: Path, target: Path, rows: int = 3) -> Path:
    info = Fhir().inspect(path, {"labels": []})[0]
    writer = Fhir().open(target, info)
    for batch in Fhir().read(info, rows):
        for start in range(batch.num_rows):  # rows of one resource may come in several batches
            writer.write(batch.slice(start, 1))
    writer.close()
    return target


def write(path: Path, content: Any) -> Path:
    path.write_text(json.dumps(content), "utf-8")
    return path


def test_a_bundle_is_written_as_it_was_read(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b.json", everything(BY_URN))
    out = again(tmp_path / "b.json", tmp_path / "again.json")
    assert json.loads(out.read_text()) == json.loads((tmp_path / "b.json").read_text())
    assert '"value": 12.50' in out.read_text(), "decimals keep their digits"


def test_ndjson_is_written_as_it_was_read(tmp_path: Path) -> None:
    write_ndjson(tmp_path / "bulk", everything(BY_TYPE))
    for path in sorted((tmp_path / "bulk").iterdir()):
        out = again(path, tmp_path / path.name)
        assert [json.loads(line) for line in out.open()] == [json.loads(line) for line in path.open()]


def test_paths_are_columns_and_siblings_stand_in_one_row(tmp_path: Path) -> None:
    found = patient(ADA)
    found["identifier"] = [{"value": "1"}, {"system": "urn:x", "value": "2"}]
    rows = table(write(tmp_path / "p.json", found)).to_pylist()
    assert [(row["Patient.identifier.system"], row["Patient.identifier.value"]) for row in rows] == [
        (None, "1"),
        ("urn:x", "2"),
    ]
    assert [row["Patient.name.given"] for row in rows] == ["Ada", "Marigold"]
    race = "Patient.extension(http://hl7.org/fhir/us/core/StructureDefinition/us-core-race)"
    assert rows[0][f"{race}.extension(ombCategory).valueCoding.code"] == "2106-3"
    assert {row["_patient"] for row in rows} == {ADA}
    assert not any("Quillfeather" in (row["_structure"] or "") for row in rows)


@pytest.mark.parametrize("style", [BY_URN, BY_TYPE, "http://server.example.org/fhir/{0}/{1}"])
def test_every_resource_knows_its_patient(tmp_path: Path, style: str) -> None:
    write_bundle(tmp_path / "b.json", everything(style))
    found = table(tmp_path / "b.json").to_pylist()
    owners = {row["Encounter.id"]: row["_patient"] for row in found if row["Encounter.id"]}
    assert set(owners.values()) == {ADA, BRUNO}
    assert all(owner[:8] == name[2:10] for name, owner in owners.items())
    assert [row["_patient"] for row in found if row["Practitioner.id"]] == [None]


def test_contained_resources_are_named_by_their_own_type(tmp_path: Path) -> None:
    inner = {"resourceType": "Practitioner", "id": "p1", "name": [{"family": "Person"}]}
    found = {"resourceType": "Condition", "id": "c", "contained": [inner], "asserter": {"reference": "#p1"}}
    path = write(tmp_path / "c.json", found)
    assert table(path)["Practitioner.name.family"].to_pylist() == ["Person"]
    assert json.loads(again(path, tmp_path / "out.json").read_text()) == found


@pytest.mark.parametrize(
    ("kind", "raw", "column", "cell"),
    [
        ("text/plain", "Grüße".encode(), "data", "Grüße"),
        ("text/plain; charset=iso-8859-1", "Grüße".encode("latin-1"), "data", "Grüße"),
        ("text/plain", "Grüße".encode("cp1252"), "data", "Grüße"),
        ("text/plain; charset=utf-16", "Grüße".encode("utf-16"), "data", "Grüße"),
        ("text/html", b"<p>Hello</p>", "data(html)", "<p>Hello</p>"),
        ("application/pdf", b"%PDF-1.7 secret", "data(binary)", None),
        ("text/plain", b"\x00\x01\x02", "data(binary)", None),
    ],
)
def test_attachments_are_opened(tmp_path: Path, kind: str, raw: bytes, column: str, cell: str | None) -> None:
    import base64

    data = base64.b64encode(raw).decode()
    found = {"resourceType": "Media", "status": "completed", "content": {"contentType": kind, "data": data}}
    path = write(tmp_path / "m.json", found)
    assert table(path)[f"Media.content.{column}"].to_pylist() == [cell if cell is not None else data]
    assert json.loads(again(path, tmp_path / "out.json").read_text()) == found


def test_what_is_left_of_dropped_leaves_is_pruned(tmp_path: Path) -> None:
    path = write(tmp_path / "p.json", patient(ADA))
    info = Fhir().inspect(path, {})[0]
    batch = next(Fhir().read(info))
    kept = [
        name
        for name in batch.schema.names
        if "name.given" not in name and "xtension" not in name and "text" not in name
    ]
    schema = pa.schema([info.schema.field(name) for name in kept])
    from dataclasses import replace

    writer = Fhir().open(tmp_path / "out.json", replace(info, schema=schema))
    writer.write(batch.select(kept))
    writer.close()
    out = json.loads((tmp_path / "out.json").read_text())
    assert "extension" not in out
    assert "text" not in out
    assert out["name"] == [{"use": "official", "family": "Quillfeather", "_given": [{"id": "g2"}]}]
    assert [label["code"] for label in out["meta"]["security"]] == ["PSEUDED", "REDACTED"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('{"resourceType": "Patient", "id": ', "D335"),
        ('{"resourceType": "Patient", "id": "a", "id": "SECRET"}', "D336"),
        ('{"resourceType": "SECRET"}', "D370"),
        ('{"resourceType": "Bundle", "entry": [{"resource": {"id": "SECRET"}}]}', "D371"),
        ('{"resourceType": "Patient", "extension": [{"valueString": "SECRET"}]}', "D371"),
        ('{"resourceType": "Patient", "SECRET NAME": "x"}', "D371"),
        ('{"resourceType": "Patient", "name": [["SECRET"]]}', "D371"),
        ('{"resourceType": "Condition", "asserter": {"reference": "#SECRET"}}', "D372"),
    ],
)
def test_what_is_no_fhir_is_refused_without_showing_it(tmp_path: Path, content: str, code: str) -> None:
    for name, text in (("f.json", content), ("f.ndjson", '{"resourceType": "Basic"}\n' + content)):
        (tmp_path / name).write_text(text, "utf-8")
        with pytest.raises(DataError, match=code) as caught:
            Fhir().inspect(tmp_path / name, {})
        assert "SECRET" not in str(caught.value)
        assert name in str(caught.value)


def test_a_bundle_that_says_it_is_closed_must_hold_what_it_refers_to(tmp_path: Path) -> None:
    write_bundle(tmp_path / "b.json", [part for part in everything(BY_URN) if part["resourceType"] != "Practitioner"])
    Fhir().inspect(tmp_path / "b.json", {})
    with pytest.raises(DataError, match="D372"):
        Fhir().inspect(tmp_path / "b.json", {"closed": True})


def test_ndjson_is_fhir_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.ndjson").write_text('{"id": 1}\n')
    (tmp_path / "b.ndjson").write_text('{"resourceType": "Basic", "id": "1"}\n')
    write(tmp_path / "c.json", {"resourceType": "Basic"})
    assert [format_for(tmp_path / name) for name in ("a.ndjson", "b.ndjson", "c.json")] == ["jsonl", "fhir", "fhir"]


def test_types_of_other_versions_are_read_when_asked(tmp_path: Path) -> None:
    path = write(tmp_path / "p.json", {"resourceType": "ProcessRequest", "id": "1"})
    assert table(path, types=["ProcessRequest"]).num_rows == 1


def test_base64_that_no_charset_can_write_again_is_utf_8() -> None:
    from deid.formats.fhir_base64 import closed

    assert closed("~plain:iso-8859-1", "Łódź") == coded("Łódź")
