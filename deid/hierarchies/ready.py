"""Ready hierarchies, named in a policy by one word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deid.errors import DataError, did_you_mean, problem_kind
from deid.hierarchies.dates import UNITS, Dates
from deid.hierarchies.intervals import Intervals
from deid.hierarchies.ladder import Ladder, from_labels
from deid.hierarchies.listed import NO_LEAF, SuppressOnly
from deid.hierarchies.reference import icd10_chapter, open_zip3, regions, state_of_zip3

WRONG_SHAPE = problem_kind(
    "D508",
    "values do not have the shape that the hierarchy needs",
    remedy="mend the values, or use a hierarchy of prefixes or a file for this column",
    meaning="ZIP codes have 3, 5 or 9 digits; ICD-10 codes begin with a letter and two characters.",
)
RESTRICTED_ZIP3 = "000"
_ZIP = re.compile(r"(\d{3})(?:\*\*|\d{2}(?:-?\d{4})?)?")
_ICD10 = re.compile(r"([A-Z]\d[0-9A-Z])(?:\.?[0-9A-Z]{1,4})?")
#: spellings of the category White of OMB Directive 15, CDC code 2106-3 and OMOP concept 8527 among them
WHITE = frozenset(
    {"white", "w", "caucasian", "white or caucasian", "white/caucasian", "white, caucasian", "2106-3", "8527"}
)


@dataclass(frozen=True)
class Ready:
    """One of the hierarchies that need no options."""

    name: str = ""

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the name."""
        if self.name not in READY:
            hint = did_you_mean(self.name, READY)
            yield f"there is no ready hierarchy of that name {hint or '(' + ', '.join(sorted(READY)) + ')'}"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value. Raises DataError when values do not fit."""
        return READY[self.name](values, folder, place)


def _zip3(values: Sequence[str], folder: Path, place: str) -> Ladder:
    """ZIP code, ZIP3 area where more than 20,000 people live (else 000), state, '*'."""
    prefixes = [match[1] for match in _matches(_ZIP, values, place)]
    states = state_of_zip3()
    rows = []
    for value, prefix in zip(values, prefixes, strict=True):
        area = prefix if prefix in open_zip3() else RESTRICTED_ZIP3
        rows.append((value.strip(), area, states.get(area, RESTRICTED_ZIP3) if area != RESTRICTED_ZIP3 else area))
    return from_labels(rows)


def _icd10(values: Sequence[str], folder: Path, place: str) -> Ladder:
    """Full code, category of three characters, chapter, '*'."""
    categories = [match[1] for match in _matches(_ICD10, [value.upper() for value in values], place)]
    chapters = [icd10_chapter(category) for category in categories]
    outside = sum(1 for chapter in chapters if chapter is None)
    if outside:
        raise DataError(NO_LEAF.at(f"{outside} of {len(values)} distinct codes stand in no chapter", place))
    triples = zip(values, categories, chapters, strict=True)
    return from_labels([(value.strip(), category, str(chapter)) for value, category, chapter in triples])


def _race_us(values: Sequence[str], folder: Path, place: str) -> Ladder:
    """Raw value, White or Other, '*'."""
    return from_labels([(value, "White" if value.strip().casefold() in WHITE else "Other") for value in values])


def _country_region(values: Sequence[str], folder: Path, place: str) -> Ladder:
    """Country (ISO code or name), sub-region and region of UN M49, '*'."""
    known = [regions().get(value.strip().casefold()) for value in values]
    unknown = sum(1 for region in known if region is None)
    if unknown:
        raise DataError(NO_LEAF.at(f"{unknown} of {len(values)} distinct values are no known country", place))
    return from_labels([(value, *region) for value, region in zip(values, known, strict=True) if region])


def _matches(pattern: re.Pattern[str], values: Sequence[str], place: str) -> list[re.Match[str]]:
    found = [pattern.fullmatch(value.strip()) for value in values]
    bad = sum(1 for match in found if match is None)
    if bad:
        raise DataError(WRONG_SHAPE.at(f"{bad} of {len(values)} distinct values have another shape", place))
    return [match for match in found if match]


READY: Mapping[str, Callable[[Sequence[str], Path, str], Ladder]] = {
    "age": Intervals(interval=5, top=90).ladder,
    "calendar": Dates(list(UNITS)).ladder,
    "country_region": _country_region,
    "icd10": _icd10,
    "race_us": _race_us,
    "sex": SuppressOnly().ladder,
    "zip3": _zip3,
}
