"""Published reference tables that ready hierarchies are made from: files in `deid/data` with their sources.

zip3_census2020.csv   ZIP3 areas with the people counted in them, US census 2020 (45 CFR 164.514(b)(2)(i)(B))
zip3_states.csv       first three digits of ZIP codes by state or territory, US Postal Service
icd10_chapters.csv    chapters of ICD-10 (WHO, 2019) with the further categories of ICD-10-CM
country_regions.csv   ISO 3166-1 codes with sub-region and region of UN standard M49
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

SAFE_HARBOR_PEOPLE = 20_000  # 45 CFR 164.514(b)(2)(i)(B): an area must hold MORE than this


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the lines of a reference table, '#' lines left out."""
    text = (files("deid") / "data" / name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@cache
def open_zip3() -> frozenset[str]:
    """Return the ZIP3 areas of more than 20,000 people."""
    return frozenset(
        row["prefix"] for row in table("zip3_census2020.csv") if int(row["population"]) > SAFE_HARBOR_PEOPLE
    )


@cache
def state_of_zip3() -> dict[str, str]:
    """Return the state or territory of each ZIP3 area."""
    return {
        f"{number:03d}": row["state"]
        for row in table("zip3_states.csv")
        for number in range(int(row["first"]), int(row["last"]) + 1)
    }


def icd10_chapter(category: str) -> str | None:
    """Return the chapter of a three-character category, None outside all chapters."""
    for row in table("icd10_chapters.csv"):
        if row["first"] <= category <= row["last"]:
            return row["chapter"]
    return None


@cache
def regions() -> dict[str, tuple[str, str]]:
    """Return sub-region and region by lower-case country name, alpha-2 and alpha-3 code."""
    found = {}
    for row in table("country_regions.csv"):
        for key in ("alpha2", "alpha3", "name"):
            found[row[key].casefold()] = (row["subregion"], row["region"])
    return found
