"""Published naming conventions: CDISC SDTM and ADaM, OMOP CDM, mutation annotation files, REDCap, HL7 v2 fields.

Which convention a table follows is read from its set of names; `deid/data/column_conventions.csv` says what a name
means in it. The first pattern that matches a whole name counts. Sources: SDTM Implementation Guide 3.4, ADaM
Implementation Guide 1.3, OMOP CDM 5.4, GDC MAF format 2.4, REDCap data export, HL7 v2.5.1 chapters 3, 4, 6 and 7.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files

from deid.profiling.words import word_set

#: Points of a name that a convention defines.
CONVENTION = 6.5


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    with files("deid").joinpath("data/column_conventions.csv").open(encoding="utf-8") as lines:
        return tuple(
            (row["dialect"], re.compile(row["pattern"], re.IGNORECASE), row["kind"]) for row in csv.DictReader(lines)
        )


_FIELD = re.compile(r"([A-Z][A-Z0-9]{2})([-_. ]?)(\d{1,2}(?:[-_. ]\d{1,2}){0,2})", re.IGNORECASE)
_SEGMENTS = word_set("hl7_segment")


def _field(name: str) -> str:
    """Return the field of an HL7 v2 message that a name speaks of, as `PID-5-1`; '' where it speaks of none."""
    match = _FIELD.fullmatch(name.strip())
    if match is None or match[1].upper() not in _SEGMENTS:
        return ""
    return "-".join((match[1].upper(), *(str(int(part)) for part in re.split(r"\D", match[3]))))


def dialects(names: Collection[str]) -> frozenset[str]:
    """Return the conventions that a table with these column names follows, 'any' among them."""
    folded = {name.casefold() for name in names}
    found = {"any"}
    sdtm = {"usubjid", "domain", "rdomain"} & folded
    if sdtm and ("studyid" in folded or "usubjid" in folded):
        found.add("cdisc")
    if any(name.endswith("_concept_id") for name in folded) or {"vocabulary_id", "concept_id"} <= folded:
        found.add("omop")
    if folded & {"hugo_symbol", "tumor_sample_barcode"} or {"chrom", "loc.start"} <= folded:
        found.add("genomics")
    fields = [name for name in folded if _field(name)]
    if len(fields) >= 2 or any(re.search(r"[-.]", name) for name in fields):
        found.add("hl7")
    if "entity_stable_id" in folded:
        found.add("cbioportal")
    return frozenset(found)


def convention(name: str, spoken: frozenset[str]) -> tuple[str, str] | None:
    """Return the kind that a convention gives a name, and the convention; None where none does.

    `unspoken` is the kind of a field that the convention numbers and we do not know: its name says nothing at all.
    """
    field = _field(name) if "hl7" in spoken else ""
    if field:
        known = (kind for dialect, pattern, kind in _rules() if dialect == "hl7" and pattern.fullmatch(field))
        return next(known, "unspoken"), "hl7"
    for dialect, pattern, kind in _rules():
        if dialect in spoken and pattern.fullmatch(name.strip()):
            return kind, dialect
    return None
