"""Invented people as FHIR: two patients, their visits, notes and staff, as Bundles and as NDJSON. All are ours."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

ADA = "6f1c2b7e-0d3a-4c55-9b8e-2f70c1d4a911"
BRUNO = "a83e5d10-47b2-4f6c-8e19-55d0b7c3f204"
STAFF = "0b9d4c3e-7a61-4e2f-9d58-13c6e7f8a025"
RACE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-race"
NAMES = {ADA: ("Ada", "Quillfeather"), BRUNO: ("Bruno", "Ostrander")}
NUMBERS = {ADA: "MRN-771204", BRUNO: "MRN-880315"}
VISITS = {ADA: ("2019-03-04", "2019-05-20"), BRUNO: ("2020-01-15", "2020-02-29")}


def coded(text: str) -> str:
    """Return a text in base64."""
    return base64.b64encode(text.encode()).decode("ascii")


def patient(who: str) -> dict[str, Any]:
    """Return a patient with names, number, address, an extension within an extension, and a decimal."""
    given, family = NAMES[who]
    return {
        "resourceType": "Patient",
        "id": who,
        "meta": {"profile": ["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"]},
        "text": {"status": "generated", "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{given} {family}</div>'},
        "extension": [
            {
                "url": RACE,
                "extension": [
                    {
                        "url": "ombCategory",
                        "valueCoding": {"system": "urn:oid:2.16.840.1.113883.6.238", "code": "2106-3"},
                    },
                    {"url": "text", "valueString": "White"},
                ],
            },
            {
                "url": "http://hl7.org/fhir/StructureDefinition/patient-mothersMaidenName",
                "valueString": "Hazel Umberton",
            },
        ],
        "identifier": [{"system": "http://hospital.example.org/mrn", "value": NUMBERS[who]}],
        "name": [{"use": "official", "family": family, "given": [given, "Marigold"], "_given": [None, {"id": "g2"}]}],
        "telecom": [{"system": "phone", "value": "555-0142-7788"}],
        "gender": "female" if who == ADA else "male",
        "birthDate": "1961-07-09",
        "address": [{"line": ["12 Larkspur Lane"], "city": "Fernhollow", "state": "MA", "postalCode": "02139"}],
    }


def visit(who: str, number: int, style: str) -> list[dict[str, Any]]:
    """Return an encounter, a measurement and a note of one visit; `style` says how references are written."""
    day = VISITS[who][number]
    own = f"{who[:-1]}{number}"
    given, family = NAMES[who]
    note = f"{given} {family} ({NUMBERS[who]}) was seen on {day} by Dr. Petra Ostrander. Pain is less."
    return [
        {
            "resourceType": "Encounter",
            "id": f"e-{own}",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": style.format("Patient", who), "display": f"{given} {family}"},
            "participant": [
                {"individual": {"reference": style.format("Practitioner", STAFF), "display": "Dr. Ostrander"}}
            ],
            "period": {"start": f"{day}T09:30:00+01:00", "end": f"{day}T10:00:00+01:00"},
        },
        {
            "resourceType": "Observation",
            "id": f"o-{own}",
            "status": "final",
            "code": {
                "coding": [{"system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin"}],
                "text": "Hb",
            },
            "subject": {"reference": style.format("Patient", who)},
            "effectiveDateTime": day,
            "valueQuantity": {"value": 12.50, "unit": "g/dL", "system": "http://unitsofmeasure.org", "code": "g/dL"},
        },
        {
            "resourceType": "DocumentReference",
            "id": f"d-{own}",
            "status": "current",
            "subject": {"reference": style.format("Patient", who)},
            "date": f"{day}T10:05:00.250Z",
            "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": coded(note)}}],
        },
    ]


def staff() -> dict[str, Any]:
    """Return a practitioner who bears the surname of a patient."""
    return {
        "resourceType": "Practitioner",
        "id": STAFF,
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "9876543210"}],
        "name": [{"family": "Ostrander", "given": ["Petra"]}],
        "gender": "female",
    }


def everything(style: str) -> list[dict[str, Any]]:
    """Return all resources."""
    visits = [part for who in (ADA, BRUNO) for number in (0, 1) for part in visit(who, number, style)]
    return [patient(ADA), patient(BRUNO), staff(), *visits]


def bundle(found: list[dict[str, Any]], kind: str = "collection") -> dict[str, Any]:
    """Return a Bundle with full urls by UUID where an id is one."""
    entries = [
        {
            "fullUrl": f"urn:uuid:{part['id']}"
            if len(part["id"]) == 36
            else f"http://h.example.org/fhir/{part['resourceType']}/{part['id']}",
            "resource": part,
        }
        for part in found
    ]
    return {"resourceType": "Bundle", "id": "b1", "type": kind, "entry": entries}


def write_bundle(path: Path, found: list[dict[str, Any]]) -> None:
    """Write a Bundle; the decimal keeps its digits."""
    text = json.dumps(bundle(found), indent=1)
    path.write_text(text.replace('"value": 12.5,', '"value": 12.50,'), "utf-8")


def write_ndjson(folder: Path, found: list[dict[str, Any]]) -> None:
    """Write one file for each type."""
    folder.mkdir(exist_ok=True)
    for kind in sorted({part["resourceType"] for part in found}):
        lines = [json.dumps(part) for part in found if part["resourceType"] == kind]
        (folder / f"{kind}.ndjson").write_text(
            "\n".join(lines).replace('"value": 12.5,', '"value": 12.50,') + "\n", "utf-8"
        )
