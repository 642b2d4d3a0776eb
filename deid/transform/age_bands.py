"""Bands of ages, those of the oldest as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pyarrow as pa

from deid.ages import OLDEST_SHOWN
from deid.cells import Distinct
from deid.contracts import Context
from deid.model import Role
from deid.registry import register

_SHOWN = re.compile(r"\D*(?:[0-8]?\d|90)?(?:\D+[0-8]?\d)?\D*", re.ASCII)
_DOWNWARD = re.compile(r"\s*(?:<|≤|under|up|below|less|unter|bis|jusqu|moins|menos|meno|tot)", re.IGNORECASE)
_BEYOND = re.compile(r"[^\d.,-]*(?:9\d|1[0-2]\d)(?:\D{1,6}(?:9\d|1[0-2]\d))?\D{0,12}", re.ASCII)


@register("transform", "age_bands")
@dataclass(frozen=True)
class AgeBands:
    """Keeps bands that end at 89 or below, open ones as well; bands from 90 on (90-94, 95+, 90s) become one, '90+'.

    A band that reaches from below 90 to above 89 (85-94) says neither, and becomes missing.
    """

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = Role.QUASI
    summary: ClassVar[str] = "bands of ages, 90 and more as one"
    example: ClassVar[Mapping[str, Any]] = {}
    example_cells: ClassVar[tuple[str, ...]] = ("20-39", "85-89", "85-94", "90-94", "95+", "90s")

    def columns(self) -> tuple[str, ...]:
        """Need no other column."""
        return ()

    def problems(self) -> Iterator[str]:
        """Find nothing: there are no options."""
        yield from ()

    def output_type(self, input_type: pa.DataType) -> pa.DataType:
        """Return text, for the label."""
        return pa.string()

    def apply(self, column: pa.Array, context: Context) -> pa.Array:
        """Return the bands."""
        distinct = Distinct.of(column)
        return distinct.spread(distinct.each(_shown), pa.string())

    def describe(self) -> str:
        """Say what is done, in one line."""
        return self.summary


def _shown(text: str) -> str | None:
    if _BEYOND.fullmatch(text) and not _DOWNWARD.match(text):
        return f"{OLDEST_SHOWN + 1}+"
    return text if _SHOWN.fullmatch(text) else None
