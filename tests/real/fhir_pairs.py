"""Policies with the intent of the configurations of microsoft/Tools-for-Health-Data-Anonymization, and a comparison.

The configurations themselves and the pairs lie outside the project; here are our rules that are to do the same.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

_TECHNICAL = """deid: 1
name: pairs
subject: [_patient]
missing_subject: keep_rows
row_order: keep
formats: {"*.json": {labels: %s, types: [DeviceComponent, ProcessRequest, ProcessResponse]}}
rules:
  - {match: {name: _structure}, role: insensitive, do: keep, accept: [identifier, singling_out]}
"""
#: Ids become others, and ids that stay as they are.
_NEW = "  - {match: {name: _patient}, role: direct_identifier, do: pseudonym, uuids: true}\n"
_OLD = "  - {match: {name: _patient}, role: insensitive, do: keep, accept: [identifier]}\n"
#: A deny-list keeps what it does not name.
_REST = """  - {match: {name: "*"}, role: insensitive, do: keep, accept: [identifier, singling_out]}
"""
_DATES = """  - match:
      name: ["*birthDate", "*DateTime", "*.start", "*.end", "*.created", "*.issued", "*.authoredOn", "*.effectiveDate",
        "*.date", "*Date", "*.signed", "*.when", "*.lastSystemChange"]
    role: insensitive
    do: shift_date
    nobody: together
    on_error: suppress
"""
_NO_DATES = """  - {match: {name: ["*birthDate*", "*DateTime", "*.start", "*.end"]}, role: insensitive, do: drop}
"""
_NO_ZIP = """  - {match: {name: "*address.postalCode"}, role: insensitive, do: drop}
"""
_COMMON = """  - match: {name: ["Patient.name.use", "Patient.*address.state", "Patient.*address.country"]}
    role: insensitive
    do: keep
    accept: [identifier]
  - {match: {name: ["Patient.generalPractitioner.*", "Patient.link.other.*"]}, role: insensitive, do: drop}
"""
_COMMON_ELEMENTS = """  - {match: {name: "*address.postalCode"}, role: quasi_identifier, do: zip3}
  - match: {name: ["*.identifier.*", "*.name.*", "*.address.*", "*.telecom.*", "*.text.*", "Bundle.entry.fullUrl"]}
    role: insensitive
    do: drop
  - {match: {name: "Observation.subject.*"}, role: direct_identifier, do: reference, field: subject}
  - {match: {name: "Patient.id"}, role: direct_identifier, do: pseudonym, uuids: true, field: subject}
"""
#: By type, as far as the resources of the pairs need it.
_SAMPLE = """  - {match: {name: "*.id"}, role: direct_identifier, do: pseudonym, uuids: true, field: subject}
  - {match: {name: "*.reference"}, role: direct_identifier, do: reference, field: subject, types: [DeviceComponent]}
  - match: {name: "Organization*.identifier.value"}
    role: insensitive
    do: keep
    accept: [identifier]
  - match:
      name: ["*extension(*", "*.text.*", "*.text", "*.coding.code", "*.coding.display", "*.type.code",
        "*entifier.value", "*.note.*", "*umber.value", "*.name.family", "*.name.given", "*.valueString", "*.display",
        "Observation.value*", "*.disposition", "*ttachment.url", "*ttachment.title", "Account.name", "*.description",
        "*.businessArrangement"]
    role: insensitive
    do: drop
"""
_NEW_IDS, _OLD_IDS = _TECHNICAL % "[]" + _NEW, _TECHNICAL % "[]" + _OLD
POLICIES = {
    "common-config.json": _NEW_IDS + _COMMON + _DATES + _COMMON_ELEMENTS + _REST,
    "common-no-partial-config.json": _NEW_IDS + _COMMON + _NO_DATES + _NO_ZIP + _COMMON_ELEMENTS + _REST,
    "redact-all-config.json": _TECHNICAL % "[REDACTED]"
    + _OLD
    + '  - {match: {name: "*"}, role: insensitive, do: drop}\n',
    "substitute-primitive.json": _OLD_IDS
    + "  - {match: {name: Patient.name.family}, role: insensitive, do: constant, value: example}\n"
    + _REST,
    "substitute-complex.json": _OLD_IDS
    + "  - {match: {name: Patient.name.family}, role: insensitive, do: constant, value: example}\n"
    + "  - {match: {name: Patient.name.given}, role: insensitive, do: constant, value: test}\n"
    + '  - {match: {name: "Patient.name.*"}, role: insensitive, do: drop}\n'
    + _REST,
    "generalize-patient-config.json": _OLD_IDS
    + '  - {match: {name: "*xtension(*"}, role: insensitive, do: drop}\n'
    + "  - {match: {name: Patient.birthDate}, role: insensitive, do: constant, value: '2000-01-01'}\n"
    + '  - {match: {name: ["*DateTime", "*.start", "*.end"]}, role: insensitive, do: constant, '
    + "value: '2000-01-01T00:00:00Z'}\n"
    + "  - {match: {name: Patient.multipleBirthInteger}, role: insensitive, do: constant, value: '1'}\n"
    + "  - {match: {name: Patient.address.postalCode}, role: quasi_identifier, do: zip3}\n"
    + "  - {match: {name: Patient.contact.address.postalCode}, role: insensitive, do: drop}\n"
    + _REST,
    "r4-configuration-sample.json": _NEW_IDS + _SAMPLE + _DATES + _REST,
    "stu3-configuration-sample.json": _NEW_IDS + _SAMPLE + _DATES + _REST,
}
for _name in ("conflict-rules", "multiple", "multiple-2"):
    POLICIES[f"substitute-{_name}.json"] = POLICIES["substitute-complex.json"]

_ID = re.compile(r"(?:.*\.)?(?:id|reference)")
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T.*)?")


class Same:
    """Compares two documents as JSON, up to what the two tools do differently on purpose.

    Ids may differ by a renaming that is one to one, dates by one number of days (ours keep the time of day and how the
    zone is written, theirs become midnight), and `meta.security` is left aside.
    """

    def __init__(self) -> None:
        self._new: dict[str, str] = {}
        self._old: dict[str, str] = {}
        self._days: set[int] = set()

    def differences(self, ours: Any, theirs: Any, path: str = "") -> list[str]:
        """Return the paths that differ."""
        if isinstance(ours, dict) and isinstance(theirs, dict):
            ours, theirs = _without_labels(ours), _without_labels(theirs)
            found = [f"{path}.{key}".strip(".") for key in sorted(ours.keys() ^ theirs.keys())]
            for key in ours.keys() & theirs.keys():
                found += self.differences(ours[key], theirs[key], f"{path}.{key}".strip("."))
            return sorted(found)
        if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
            return sorted({p for a, b in zip(ours, theirs, strict=True) for p in self.differences(a, b, path)})
        return [] if ours == theirs or self._alike(ours, theirs, path) else [path]

    def _alike(self, ours: Any, theirs: Any, path: str) -> bool:
        if not isinstance(ours, str) or not isinstance(theirs, str):
            return False
        if _ID.fullmatch(path):
            a, b = re.split(r"([/#])", ours), re.split(r"([/#])", theirs)
            same = len(a) == len(b) and a[:-1] == b[:-1]
            return same and self._new.setdefault(a[-1], b[-1]) == b[-1] and self._old.setdefault(b[-1], a[-1]) == a[-1]
        one, two = _DAY.fullmatch(ours), _DAY.fullmatch(theirs)
        if not one or not two or ("T" in ours) != ("T" in theirs):
            return False
        self._days.add((date.fromisoformat(one[1]) - date.fromisoformat(two[1])).days)
        return len(self._days) == 1


def _without_labels(part: dict[str, Any]) -> dict[str, Any]:
    """Return an object without labels in `meta`, and without a `meta` that holds nothing else."""
    meta = part.get("meta")
    if not isinstance(meta, dict) or "security" not in meta:
        return part
    rest = {key: value for key, value in meta.items() if key != "security"}
    kept = {key: value for key, value in part.items() if key != "meta"}
    return {**kept, "meta": rest} if rest else kept
