"""Whom a resource is about: the id of its patient, the same text as `Patient.id`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deid.formats.fhir_layout import RESOURCE

#: Elements that name the person a resource is about, the surest first.
_ABOUT = ("patient", "subject", "beneficiary", "individual", "for", "who", "source")
#: A reference that does not say what it refers to is taken for one to a patient where only a person can stand.
_PERSONAL = frozenset({"patient", "subject", "beneficiary", "individual"})
_PATIENT = re.compile(r"(?:^|/)Patient/([^/?#]+)(?:/_history/[^/]+)?$")
_UUID = re.compile(r"^urn:(?:uuid|oid):(.+)$")
Known = Mapping[str, str]


def patient_of(resource: Mapping[str, Any], known: Known) -> str | None:
    """Return the patient of a resource, None where it is about nobody, or about several.

    known  patient by full url of the entries of a Bundle, "" for other resources
    """
    if resource.get(RESOURCE) == "Patient" and isinstance(resource.get("id"), str):
        return str(resource["id"])
    for key in _ABOUT:
        found = {_patient(each, key, resource, known) for each in _listed(resource.get(key))} - {None}
        if found:
            return found.pop() if len(found) == 1 else None
    everywhere = set(_mentioned(resource, known))
    return everywhere.pop() if len(everywhere) == 1 else None


def patients_by_url(entries: list[Any]) -> dict[str, str]:
    """Return, by the full url of each entry, the id of the patient that it holds, "" for other resources."""
    found: dict[str, str] = {}
    for entry in entries:
        resource, url = (entry.get("resource"), entry.get("fullUrl")) if isinstance(entry, dict) else (None, None)
        if isinstance(resource, dict) and isinstance(url, str):
            own = resource.get("id") if isinstance(resource.get("id"), str) else _last(url)
            found[url] = str(own) if resource.get(RESOURCE) == "Patient" else ""
    return found


def _patient(reference: Any, key: str, resource: Mapping[str, Any], known: Known) -> str | None:
    """Return the patient that a reference names, if it surely or probably names one."""
    text = reference.get("reference") if isinstance(reference, dict) else None
    if not isinstance(text, str):
        return None
    if text.startswith("#"):
        return _contained(text, resource)
    if text in known:
        return known[text] or None
    named = _PATIENT.search(text) or (_UUID.match(text) if key in _PERSONAL else None)
    return named[1] if named else None


def _contained(text: str, resource: Mapping[str, Any]) -> str | None:
    """Return a name of its own for a patient who stands within the resource only."""
    for inner in _listed(resource.get("contained")):
        if isinstance(inner, dict) and inner.get(RESOURCE) == "Patient" and f"#{inner.get('id')}" == text:
            return f"{resource.get(RESOURCE)}/{resource.get('id', '')}{text}"
    return None


def _mentioned(part: Any, known: Known) -> Iterator[str]:
    if isinstance(part, dict):
        text = part.get("reference")
        if isinstance(text, str) and not text.startswith("#"):
            named = _PATIENT.search(text)
            found = known.get(text, "") or (named[1] if named else "")
            if found:
                yield found
        for value in part.values():
            yield from _mentioned(value, known)
    elif isinstance(part, list):
        for value in part:
            yield from _mentioned(value, known)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _last(url: str) -> str:
    found = _UUID.match(url)
    return found[1] if found else url.rstrip("/").rpartition("/")[2]
