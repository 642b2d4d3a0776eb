"""Security labels that say how a resource was altered: HL7 v3 ObservationValue, concept domain alteration integrity.

Source: terminology.hl7.org/CodeSystem/v3-ObservationValue. They say what was done, never about whom, so they are no
data: a label stands in the structure of a resource, not in a column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SYSTEM = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
LABELS: Mapping[str, str] = {
    "ABSTRED": "abstracted",
    "AGGRED": "aggregated",
    "ANONYED": "anonymized",
    "MASKED": "masked",
    "PSEUDED": "pseudonymized",
    "REDACTED": "redacted",
    "SUBSETTED": "subsetted",
}


def is_label(coding: Mapping[str, Any]) -> bool:
    """Whether a Coding is such a label and nothing more."""
    code = coding.get("code")
    display = coding.get("display", LABELS.get(str(code)))
    return (
        coding.keys() <= {"system", "code", "display"}
        and coding.get("system") == SYSTEM
        and code in LABELS
        and display == LABELS[str(code)]
    )


def labelled(resource: dict[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    """Return a resource with the labels added to those it has; `meta` comes behind id, where FHIR puts it."""
    if not codes:
        return resource
    meta = dict(resource.get("meta") or {})
    there = list(meta.get("security") or [])
    held = {str(coding.get("code")) for coding in there if coding.get("system") == SYSTEM}
    new = [{"system": SYSTEM, "code": code, "display": LABELS[code]} for code in codes if code not in held]
    meta["security"] = [*there, *new]
    first = [key for key in ("resourceType", "id") if key in resource]
    rest = [key for key in resource if key not in {*first, "meta"}]
    return {**{key: resource[key] for key in first}, "meta": meta, **{key: resource[key] for key in rest}}
