"""FHIR through `policies/fhir-r4.yaml`: time of 1,000 resources, and memory against the size of an NDJSON file.

    python benchmarks/fhir.py [--resources 1000] [--large 10]

Invented people only. Each run is a process of its own; time is CPU seconds from start to exit, imports and models
included, memory the most that was resident.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
KEY = "3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697"
GIVEN = ("Ada", "Bruno", "Clara", "Dmitri", "Elif", "Farid", "Greta", "Hugo")
FAMILY = ("Quillfeather", "Ostrander", "Umberton", "Larkspur", "Fernhollow", "Marigold", "Thistlewood")
LOINC = (("718-7", "Hemoglobin", "g/dL"), ("2345-7", "Glucose", "mg/dL"), ("8302-2", "Body height", "cm"))


def people(number: int, each: int, seed: int = 7) -> list[dict[str, Any]]:
    """Return patients with `each` further resources: encounters, measurements, conditions, notes."""
    draw = random.Random(seed)
    found: list[dict[str, Any]] = []
    for _ in range(number):
        who, name = str(uuid.UUID(int=draw.getrandbits(128), version=4)), (draw.choice(GIVEN), draw.choice(FAMILY))
        patient = {
            "resourceType": "Patient",
            "id": who,
            "identifier": [{"system": "http://hospital.example.org/mrn", "value": f"M{draw.randrange(10**8):08d}"}],
            "name": [{"use": "official", "family": name[1], "given": [name[0]]}],
            "gender": draw.choice(("female", "male")),
            "birthDate": f"{draw.randrange(1940, 2000)}-0{draw.randrange(1, 10)}-1{draw.randrange(10)}",
        }
        found += [patient, *(_event(draw, who, " ".join(name), i) for i in range(each))]
    return found


def _event(draw: random.Random, who: str, name: str, number: int) -> dict[str, Any]:
    day = f"20{draw.randrange(10, 24)}-0{draw.randrange(1, 10)}-1{draw.randrange(10)}"
    base = {"id": str(uuid.UUID(int=draw.getrandbits(128), version=4)), "subject": {"reference": f"Patient/{who}"}}
    kind = number % 10
    if kind < 6:
        code, words, unit = draw.choice(LOINC)
        value = {"value": round(draw.uniform(1, 200), 1), "unit": unit}
        coding = [{"system": "http://loinc.org", "code": code, "display": words}]
        return {
            "resourceType": "Observation",
            **base,
            "status": "final",
            "code": {"coding": coding, "text": words},
            "effectiveDateTime": f"{day}T08:00:00Z",
            "valueQuantity": value,
        }
    if kind < 8:
        return {
            "resourceType": "Encounter",
            **base,
            "status": "finished",
            "class": {"code": "AMB"},
            "period": {"start": f"{day}T08:00:00Z", "end": f"{day}T08:30:00Z"},
        }
    note = f"{name} was seen on {day}. The cough is better, no fever; return in two weeks."
    return {
        "resourceType": "Observation",
        **base,
        "status": "final",
        "code": {"text": "Progress note"},
        "effectiveDateTime": day,
        "note": [{"text": note}],
    }


def write(folder: Path, found: list[dict[str, Any]], layout: str) -> None:
    """Write a Bundle, or one NDJSON file a type."""
    folder.mkdir()
    if layout == "bundle":
        entries = [{"fullUrl": f"urn:uuid:{part['id']}", "resource": part} for part in found]
        (folder / "b.json").write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
        return
    for kind in sorted({part["resourceType"] for part in found}):
        with (folder / f"{kind}.ndjson").open("w") as file:
            file.writelines(json.dumps(part) + "\n" for part in found if part["resourceType"] == kind)


def measured(data: Path, out: Path) -> dict[str, float]:
    """Run the policy in a process of its own; return CPU seconds and the most memory in MB."""
    code = f"import deid; deid.run({str(data)!r}, 'fhir-r4', {str(out)!r}, key=deid.Key.load())"
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env={**os.environ, "DEID_KEY": KEY})
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"the run failed: {status}")
    assert isinstance(used, resource.struct_rusage)
    return {"cpu_seconds": round(used.ru_utime + used.ru_stime, 1), "memory_mb": round(used.ru_maxrss / 1024)}


def main() -> None:
    """Measure and print JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--resources", type=int, default=1000)
    parser.add_argument("--large", type=int, default=10, help="how many times as large the larger NDJSON is")
    given = parser.parse_args()
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        found = people(given.resources // 100, 99)
        for layout in ("bundle", "ndjson"):
            write(base / layout, found, layout)
            results[f"{layout}_{len(found)}"] = measured(base / layout, base / f"{layout}-out")
        for factor in (1, given.large):
            data = base / f"times{factor}"
            write(data, people(200 * factor, 49), "ndjson")
            size = sum(path.stat().st_size for path in data.iterdir()) / 1e6
            name = f"ndjson_{10_000 * factor}"
            results[name] = {"input_mb": round(size, 1), **measured(data, base / f"times{factor}-out")}
    sys.stdout.write(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
