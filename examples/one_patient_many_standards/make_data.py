"""Write the same twelve invented patients as SDTM, FHIR, notes and a VCF: `python make_data.py FOLDER`."""

from __future__ import annotations

import csv
import json
import random
import sys
from datetime import date, timedelta
from pathlib import Path

FAMILY = ("Quillfeather", "Thornbury", "Vandermeulen", "Okonjola", "Marchbanks", "Szabolcsi")
GIVEN = ("Ottoline", "Peregrine", "Leocadia", "Fenwick", "Isaura", "Barnaby")
TERMS = (("Nausea", "422587007"), ("Fatigue", "84229001"), ("Neutropenia", "165517008"))


def patients(seed: int = 11) -> list[dict[str, str]]:
    """Return the people: identifiers, names, birth date, sex, first day of treatment, event."""
    draw = random.Random(seed)
    people = []
    for i in range(12):
        start = date(2021, 3, 1) + timedelta(draw.randint(0, 200))
        term, code = draw.choice(TERMS)
        people.append(
            {
                "USUBJID": f"ONC-{14 + i % 3:03d}-{7 + i * 11:04d}",
                "family": FAMILY[i % len(FAMILY)],
                "given": GIVEN[(i * 5 + i // 6) % len(GIVEN)],
                "born": date(1950 + draw.randint(0, 30), draw.randint(1, 12), draw.randint(1, 28)).isoformat(),
                "SEX": draw.choice(("F", "M")),
                "ARM": draw.choice(("Letrozole", "Placebo")),
                "start": start.isoformat(),
                "event": (start + timedelta(draw.randint(3, 40))).isoformat(),
                "term": term,
                "code": code,
                "sample": f"TUM{draw.randint(100_000, 999_999)}",
            }
        )
    return people


def write(folder: Path) -> None:
    """Write every standard into one folder."""
    folder.mkdir(parents=True)
    people = patients()
    _sdtm(folder, people)
    _fhir(folder, people)
    _vcf(folder, people)


def _table(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _sdtm(folder: Path, people: list[dict[str, str]]) -> None:
    dm, ae, notes, samples = [], [], [], []
    for p in people:
        dm.append({"USUBJID": p["USUBJID"], "RFSTDTC": p["start"], "SEX": p["SEX"], "ARM": p["ARM"]})
        day = (date.fromisoformat(p["event"]) - date.fromisoformat(p["start"])).days + 1
        ae.append({"USUBJID": p["USUBJID"], "AEDECOD": p["term"], "AESTDTC": p["event"], "AESTDY": str(day)})
        text = f"{p['given']} {p['family']} was seen on {p['event']} with {p['term'].lower()}, no fever."
        notes.append({"USUBJID": p["USUBJID"], "FAMILY": p["family"], "GIVEN": p["given"], "NOTE": text})
        samples.append({"USUBJID": p["USUBJID"], "SAMPLE": p["sample"]})
    for name, rows in (("dm", dm), ("ae", ae), ("notes", notes), ("samples", samples)):
        _table(folder / f"{name}.csv", rows)


def _fhir(folder: Path, people: list[dict[str, str]]) -> None:
    """Write a bulk export: one file a type of resource."""
    resources: dict[str, list[dict[str, object]]] = {"Patient": [], "Condition": []}
    for p in people:
        gender = {"F": "female", "M": "male"}[p["SEX"]]
        name = [{"family": p["family"], "given": [p["given"]]}]
        resources["Patient"].append(
            {"resourceType": "Patient", "id": p["USUBJID"], "name": name, "gender": gender, "birthDate": p["born"]}
        )
        coding = [{"system": "http://snomed.info/sct", "code": p["code"], "display": p["term"]}]
        subject = {"reference": f"Patient/{p['USUBJID']}", "display": f"{p['given']} {p['family']}"}
        resources["Condition"].append(
            {
                "resourceType": "Condition",
                "id": f"ae-{p['USUBJID']}",
                "subject": subject,
                "code": {"coding": coding},
                "onsetDateTime": p["event"],
            }
        )
    for kind, rows in resources.items():
        text = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{kind}.ndjson").write_text(text, encoding="utf-8")


def _vcf(folder: Path, people: list[dict[str, str]]) -> None:
    draw = random.Random(3)
    head = [
        "##fileformat=VCFv4.2",
        "##fileDate=20211112",
        '##commandline="call -f /srv/ref/GRCh38.fa *.bam"',
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        "\t".join(
            ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO", "FORMAT", *(p["sample"] for p in people)]
        ),
    ]
    rows = [
        "\t".join(
            [
                *("chr17", str(43_044_295 + i * 97), ".", "A", "G", "50", "PASS", "DP=80", "GT"),
                *(draw.choice(("0/0", "0/1", "1/1")) for _ in people),
            ]
        )
        for i in range(20)
    ]
    (folder / "tumours.vcf").write_text("\n".join(head + rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
