"""The resources of a file, one after the other, each as a group of rows: patient, structure and cells."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deid.errors import DataError, problem_kind
from deid.fhir_types import RESOURCE_TYPES
from deid.formats.fhir_json import document
from deid.formats.fhir_layout import RESOURCE
from deid.formats.fhir_left_out import LeftOut, types_by_url
from deid.formats.fhir_patient import patient_of, patients_by_url
from deid.formats.fhir_skeleton import MALFORMED, UNKNOWN_TYPE, Cell, TakingApart
from deid.formats.json_lines import lines

BROKEN = problem_kind(
    "D372",
    "reference to nothing",
    remedy="add the resource that is referred to, or remove the reference",
    meaning="A reference within a resource (`#id`), or within a Bundle that says it is complete, must be resolved.",
)
BUNDLE, NDJSON, RESOURCE_FILE = "bundle", "ndjson", "resource"
#: The whole structure of a resource that is left out.
LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Group:
    """The rows of one resource: `cells` holds (column, row, text)."""

    patient: str | None
    structure: str
    cells: list[Cell]
    rows: int


@dataclass(frozen=True)
class Reading:
    """How a file is read.

    layout  Bundle, NDJSON, or one resource
    types   further resource types
    closed  whether references of a Bundle must be within it
    drop    types that are left out: their cells are read, so that what identifies somebody there is looked for
    """

    layout: str
    types: frozenset[str] = frozenset()
    closed: bool = False
    drop: frozenset[str] = frozenset()

    def groups(self, path: Path) -> Iterator[Group]:
        """Yield the resources in file order. Raises DataError with file, line or entry, never with a value."""
        if self.layout == NDJSON:
            for number, found in lines(path):
                yield self._resource(found, {}, f"{path.name}:{number}")
            return
        found = document(path)
        if self.layout == BUNDLE:
            yield from self._bundle(found, path.name)
        else:
            yield self._resource(found, {}, path.name)

    def _resource(self, found: dict[str, Any], known: Mapping[str, str], place: str) -> Group:
        self._check(found, place)
        apart = TakingApart(place, self.types, LeftOut(self.drop).within(found))
        structure = {"resource": apart.skeleton(found, found[RESOURCE])}
        return _group(patient_of(found, known), {LEFT_OUT: True} if apart.leaves_out(found) else structure, apart)

    def _bundle(self, found: dict[str, Any], name: str) -> Iterator[Group]:
        """Yield the Bundle without its entries, then each entry; the Bundle of one patient is about that patient."""
        entries = found.get("entry", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise DataError(MALFORMED.at("`entry` must be a list of objects", name))
        known = patients_by_url(entries)
        people = {patient for patient in known.values() if patient}
        only = next(iter(people)) if len(people) == 1 else None
        apart = TakingApart(name, self.types)
        shell = apart.skeleton({key: value for key, value in found.items() if key != "entry"}, "Bundle")
        yield _group(only, {"shell": shell}, apart)
        left_out = LeftOut(self.drop, types_by_url(entries) if self.drop else {})
        for number, entry in enumerate(entries):
            yield self._entry(entry, number, known, left_out, f"{name}: entry {number + 1}")

    def _entry(
        self, entry: dict[str, Any], number: int, known: Mapping[str, str], left_out: LeftOut, place: str
    ) -> Group:
        resource = entry.get("resource")
        apart = TakingApart(place, self.types, left_out.within(resource) if isinstance(resource, dict) else left_out)
        structure: dict[str, Any] = {"at": number}
        rest = {key: value for key, value in entry.items() if key != "resource"}
        if rest:
            structure["entry"] = apart.skeleton(rest, "Bundle.entry")
        if resource is None:
            return _group(None, structure, apart)
        self._check(resource, place)
        if self.closed:
            _resolved(resource, known, place)
        structure["resource"] = apart.skeleton(resource, resource[RESOURCE])
        structure = {LEFT_OUT: True} if apart.leaves_out(resource) else structure
        patient = patient_of(resource, known)
        if patient is None and resource[RESOURCE] == "Patient":
            patient = known.get(str(entry.get("fullUrl")), "") or None
        return _group(patient, structure, apart)

    def _check(self, resource: Any, place: str) -> None:
        """Refuse what is no resource, and references to contained resources that are not there."""
        if not isinstance(resource, dict) or not isinstance(resource.get(RESOURCE), str):
            raise DataError(MALFORMED.at("a resource without `resourceType`", place))
        if resource[RESOURCE] not in RESOURCE_TYPES | self.types:
            raise DataError(UNKNOWN_TYPE.at("neither R4 nor R4B has it", place))
        contained = resource.get("contained", [])
        inner = [part for part in contained if isinstance(part, dict)] if isinstance(contained, list) else []
        ids = {"", *(str(part.get("id")) for part in inner)}
        if any(text[1:] not in ids for text in references(resource) if text.startswith("#")):
            raise DataError(BROKEN.at("a contained resource is referred to that is not there", place))


def references(part: Any) -> Iterator[str]:
    """Yield every reference of a resource, at any depth."""
    if isinstance(part, dict):
        text = part.get("reference")
        if isinstance(text, str):
            yield text
        for value in part.values():
            if isinstance(value, dict | list):
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def _resolved(resource: dict[str, Any], known: Mapping[str, str], place: str) -> None:
    if any(text.startswith("urn:") and text not in known for text in references(resource)):
        raise DataError(BROKEN.at("a resource is referred to that the Bundle does not hold", place))


def _group(patient: str | None, structure: dict[str, Any], apart: TakingApart) -> Group:
    text = json.dumps(structure, ensure_ascii=False, separators=(",", ":"))
    return Group(patient, text, apart.cells, apart.layout.rows)
