"""Rare identifiers: every value of a text column is searched for the five shapes that hardly anything else has."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IP_V4 = rf"{_OCTET}(?:\.{_OCTET}){{3}}"
EMAIL = r"[\pL\pN._%+'-]+@[\pL\pN-]+(?:\.[\pL\pN-]+)*\.\pL{2,}"
SSN = r"\d{3}-\d{2}-\d{4}"
#: North American with separators, any number with its country code, French pairs.
PHONE = (
    r"(?:(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"
    r"|\+\d{1,3}[ .()/-]{0,2}\d(?:[ .()/-]{0,2}\d){6,12}|0\d(?:[ .]\d\d){4})"
)
#: Hosts of code systems, profiles and tools: an address there names no person.
PUBLISHED_HOSTS = (
    r"(?i)(snomed\.info|loinc\.org|hl7\.org|nlm\.nih\.gov|nci\.nih\.gov|nih\.gov/|who\.int|cdisc\.org|unitsofmeasure\.org"
    r"|obolibrary\.org|ohdsi\.org|w3\.org|iso\.org|fhir\.org|cms\.gov|cdc\.gov|ama-assn\.org|whocc\.no|dicom\.nema\.org"
    r"|genenames\.org|ensembl\.org|ebi\.ac\.uk|meddra\.org|bioontology\.org|fda\.gov|healthit\.gov|mcg\.com|icd10data\.com"
    r"|nubc\.org|ncpdp\.org|orpha\.net|omim\.org|identifiers\.org|cbioportal\.org|ihtsdo\.org)"
)
#: Shape by kind. A part of a longer run of digits, dots or letters does not count.
SHAPES: Mapping[str, str] = {
    "email": EMAIL,
    "url": r"(?i)(?:\bhttps?://|\bftp://|\bwww\.)[^\s]{3,}",
    "ip_address": rf"(?:^|[^\w.]){IP_V4}(?:$|[^\w.]|\.(?:$|\s))",
    "ssn": rf"(?:^|[^\w.-]){SSN}(?:$|[^\w-])",
    "phone": rf"(?:^|[^\w.+-]){PHONE}(?:$|[^\w-]|-$)",
}
#: What every one of the shapes has: most values of most columns are done with after this one search.
_CANDIDATE = r"@|://|(?i:www\.)|\d{3}[-. ]\d|\d\)|\.\d{1,3}\.\d|\+\d|\d \d\d \d\d "


def screen(values: pa.Array) -> dict[str, pa.Array]:
    """Return for each kind seen a mask over the values: whether the value holds an identifier of that kind."""
    candidates = pc.match_substring_regex(values, _CANDIDATE)
    if not pc.any(candidates, min_count=0).as_py():
        return {}
    found = {}
    for kind, pattern in SHAPES.items():
        hits = pc.and_(candidates, pc.match_substring_regex(values, pattern))
        if kind == "url" and pc.any(hits, min_count=0).as_py():
            hits = pc.and_(hits, pc.invert(pc.match_substring_regex(values, PUBLISHED_HOSTS)))
        if pc.any(hits, min_count=0).as_py():
            found[kind] = hits
    return found
