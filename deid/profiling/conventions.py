"""Published naming conventions: CDISC SDTM and ADaM, OMOP CDM, mutation annotation files, REDCap exports.

Which convention a table follows is read from its set of names; `deid/data/column_conventions.csv` says what a name
means in it. The first pattern that matches a whole name counts. Sources: SDTM Implementation Guide 3.4, ADaM
Implementation Guide 1.3, OMOP CDM 5.4, GDC MAF format 2.4, REDCap data export.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from functools import cache
from importlib.resources import files

#: Points of a name that a convention defines.
CONVENTION = 6.5


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    with files("deid").joinpath("data/column_conventions.csv").open(encoding="utf-8") as lines:
        return tuple(
            (row["dialect"], re.compile(row["pattern"], re.IGNORECASE), row["kind"]) for row in csv.DictReader(lines)
        )


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
    if "entity_stable_id" in folded:
        found.add("cbioportal")
    return frozenset(found)


def convention(name: str, spoken: frozenset[str]) -> tuple[str, str] | None:
    """Return the kind that a convention gives a name, and the convention; None where none does."""
    for dialect, pattern, kind in _rules():
        if dialect in spoken and pattern.fullmatch(name.strip()):
            return kind, dialect
    return None
