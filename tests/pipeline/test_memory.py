"""Memory of a release against the length of its files, the same people in both: NDJSON of FHIR, and VCF."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.conftest import KEY
from tests.pipeline.test_scale import MEASURE

PEOPLE, SAMPLES = 100, 4


def peak(data: Path, policy: str) -> float:
    """Return the most that was resident while a folder was released, in MB: the lesser of two runs.

    Threads hold their arrays at times that differ from run to run, by up to a tenth; what rows need is in both.
    """
    return min(once(data, Path(f"{data}-out{number}"), policy) for number in range(2))


def once(data: Path, out: Path, policy: str) -> float:
    """Release a folder in a process of its own; return the most that was resident, in MB."""
    command = [sys.executable, "-c", MEASURE, "run", str(data), "--policy", policy, "--out", str(out)]
    environment = {**os.environ, "DEID_KEY": KEY}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split("PEAK")[1]) / 1024


def resources(folder: Path, number: int) -> Path:
    """Write measurements of a hundred people; every hundredth has a note, with a word that stands nowhere else."""
    draw = random.Random(11)
    new = lambda: str(uuid.UUID(int=draw.getrandbits(128), version=4))  # noqa: E731
    people = [new() for _ in range(PEOPLE)]
    folder.mkdir()
    with (folder / "Patient.ndjson").open("w") as file:
        for who in people:
            name = [{"family": draw.choice(("Quillfeather", "Ostrander")), "given": ["Ada"]}]
            file.write(json.dumps({"resourceType": "Patient", "id": who, "name": name}) + "\n")
    with (folder / "Observation.ndjson").open("w") as file:
        for i in range(number):
            found = {
                "resourceType": "Observation",
                "id": new(),
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]},
                "subject": {"reference": f"Patient/{people[i % PEOPLE]}"},
                "effectiveDateTime": f"20{draw.randrange(10, 24)}-0{draw.randrange(1, 10)}-1{draw.randrange(10)}",
                "valueQuantity": {"value": round(draw.uniform(1, 200), 1), "unit": "g/dL"},
            }
            if i % 100 == 0:
                word = "".join(draw.choice("abcdefghiklmnoprst") for _ in range(9)).capitalize()
                found["note"] = [{"text": f"Seen with {word} on the ward; no fever."}]
            file.write(json.dumps(found) + "\n")
    return folder


def variants(folder: Path, number: int) -> Path:
    draw = random.Random(13)
    folder.mkdir()
    names = "\t".join(f"TUM-{i:04d}" for i in range(SAMPLES))
    with (folder / "calls.vcf").open("w") as file:
        file.write('##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n')
        file.write(f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}\n")
        for i in range(number):
            calls = "\t".join(draw.choice(("0/0", "0/1", "1/1")) for _ in range(SAMPLES))
            file.write(f"20\t{60_000 + i}\trs{100_000 + i}\tA\tG\t50\tPASS\tDP={i % 90}\tGT\t{calls}\n")
    return folder


@pytest.mark.slow
def test_ndjson(tmp_path: Path) -> None:
    """Both are longer than what is sorted at once; ids take 8 octets a resource, whatever else would grow shows."""
    small, large = (peak(resources(tmp_path / str(number), number), "fhir-r4") for number in (25_000, 75_000))
    assert large < 1.1 * small, (small, large)


@pytest.mark.slow
def test_vcf(tmp_path: Path) -> None:
    """Both have more than the million cells of which at most are held at once."""
    small, large = (
        peak(variants(tmp_path / str(number), number), "vcf-controlled-access") for number in (250_000, 1_000_000)
    )
    assert large < 1.1 * small, (small, large)
