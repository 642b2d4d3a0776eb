"""Cut US ZIP codes to their first three digits where more than 20,000 people live (45 CFR 164.514(b)(2)(i)(B))."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import pyarrow as pa

from deid.cells import Distinct
from deid.contracts import Context
from deid.model import Role
from deid.registry import register

#: Which census says where more than 20,000 people live; stands in the plan, the report and the manifest.
VINTAGE = "US Census 2020, DHC table P1 by ZIP code tabulation area"
SMALL = 20_000
RESTRICTED = "000"
#: Five digits, ZIP+4, and the same after a number lost its leading zero (2148, 21481234, '2148.0').
_CODE = re.compile(r"(?P<zip>\d{4,5})(?:[- ]?\d{4})?(?:\.0+)?", re.ASCII)
_AREA = re.compile(r"(?P<zip>\d{1,3})(?:\.0+)?", re.ASCII)


@register("transform", "zip3")
@dataclass(frozen=True)
class Zip3:
    """Shows the three-digit area of a US ZIP code, '000' for areas of 20,000 people or fewer or without a census.

    What is no US code ('SW1A 1AA') becomes missing. Three digits are no code either, unless the column holds such:

    digits  5 (or more) that the column holds, or 3 where the codes were cut before
    """

    digits: int = 5

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = Role.QUASI
    summary: ClassVar[str] = f"first three digits of the ZIP code, 000 where 20,000 people or fewer live ({VINTAGE})"
    example: ClassVar[Mapping[str, Any]] = {}
    example_cells: ClassVar[tuple[str, ...]] = ("02148-1234", "2148", "03601", "89052", "SW1A 1AA", "09012")

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find a number of digits that no ZIP code has."""
        if self.digits not in (3, 5):
            yield "digits is 5, or 3 where the codes were cut before"

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text: the leading zeros count."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the areas."""
        distinct = Distinct.of(column)
        return distinct.spread(distinct.each(self._area), pa.string())

    def _area(self, text: str) -> str | None:
        match = (_CODE if self.digits == 5 else _AREA).fullmatch(text)
        if match is None:
            return None
        area = match["zip"].zfill(self.digits)[:3]
        return area if area in released_areas() else RESTRICTED


@cache
def released_areas() -> frozenset[str]:
    """Return the areas of more than 20,000 people: only what is listed may be shown."""
    text = files("deid").joinpath("data/zip3_census2020.csv").read_text(encoding="ascii")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(row["prefix"] for row in csv.DictReader(lines) if int(row["population"]) > SMALL)
