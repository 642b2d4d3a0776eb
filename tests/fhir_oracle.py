"""What tests of FHIR releases look for: identifiers of patients, references, dates. Knows nothing of deid."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

Resource = dict[str, Any]
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2}))?")


def resources(folder: Path) -> list[Resource]:
    """Return the resources of all Bundles and NDJSON files of a folder; a Bundle itself is none of them."""
    found: list[Resource] = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".ndjson":
            found += [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        elif path.suffix == ".json":
            whole = json.loads(path.read_text("utf-8-sig"))
            entries = whole.get("entry", []) if whole["resourceType"] == "Bundle" else [{"resource": whole}]
            found += [entry["resource"] for entry in entries if "resource" in entry]
    return found


def by_type(folder: Path) -> Counter[str]:
    """Count the resources of a folder by type."""
    return Counter(resource["resourceType"] for resource in resources(folder))


def leaves(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (path, value) of every leaf, list indices left out."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(part, list):
        for value in part:
            yield from leaves(value, path)
    else:
        yield path, part


def identifiers(patients: list[Resource]) -> set[str]:
    """Return what identifies the patients: ids, names, numbers, telephone, street, ZIP, birth date, maiden names."""
    found: set[str] = set()
    wanted = re.compile(
        r"id|name\.(family|given)|identifier\.value|telecom\.value|address\.(line|postalCode|city)|birthDate"
        r"|extension\.valueString"
    )
    for patient in patients:
        cells = [(path, str(value)) for path, value in leaves(patient) if value is not None]
        found |= {value for path, value in cells if wanted.fullmatch(path)}
        for path, value in cells:
            if path == "extension.valueString":
                found |= set(value.split())
    return {value for value in found if len(value) >= 4}


def texts(folder: Path) -> Iterator[str]:
    """Yield every byte of a folder as text: names of files, what they hold, and what base64 in them holds."""
    for path in sorted(folder.rglob("*")):
        yield path.name
        if path.is_file():
            whole = path.read_bytes().decode("utf-8")
            yield whole
            for run in re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", whole):
                try:
                    yield base64.b64decode(run, validate=True).decode("latin-1")
                except (binascii.Error, ValueError):
                    continue


def found_in(folder: Path, needles: set[str]) -> Counter[str]:
    """Count the places of each identifier in a folder, as whole words, in any case."""
    counts: Counter[str] = Counter()
    wanted = {needle.casefold() for needle in needles}
    pattern = re.compile(
        "|".join(rf"(?<![^\W_]){re.escape(needle)}(?![^\W_])" for needle in sorted(wanted, key=len, reverse=True))
    )
    for text in texts(folder):
        counts.update(pattern.findall(text.casefold()))
    return counts


def targets(folder: Path) -> dict[str, Any]:
    """Return what can be referred to: full urls, and Type/id."""
    found: dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            for entry in json.loads(path.read_text("utf-8-sig")).get("entry", []):
                if "resource" in entry and "fullUrl" in entry:
                    found[entry["fullUrl"]] = entry["resource"]
    for resource in resources(folder):
        if "id" in resource:
            found[f"{resource['resourceType']}/{resource['id']}"] = resource
            found.setdefault(f"urn:uuid:{resource['id']}", resource)
    return found


def resolution(folder: Path) -> list[tuple[str, str, str]]:
    """Return, for every reference in file order sorted, (from type, path, type it leads to or '')."""
    there = targets(folder)
    found = []
    for resource in resources(folder):
        inner = {f"#{part.get('id')}": part for part in resource.get("contained", [])}
        for path, value in leaves(resource):
            if path.split(".")[-1] == "reference":
                target = inner.get(value) or there.get(value)
                found.append((resource["resourceType"], path, target["resourceType"] if target else ""))
    return sorted(found)


def moments(resource: Resource) -> dict[str, datetime]:
    """Return every full date of a resource by its path and number; a day is its midnight."""
    found: dict[str, datetime] = {}
    number: Counter[str] = Counter()
    for path, value in leaves(resource):
        if isinstance(value, str) and _DATE.fullmatch(value):
            number[path] += 1
            moment = datetime.fromisoformat(value)
            found[f"{path}#{number[path]}"] = moment.replace(tzinfo=None)
    return found
