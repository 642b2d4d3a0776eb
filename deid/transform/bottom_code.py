"""Replace low numbers by one category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from deid.coding import Bound
from deid.registry import register


@register("transform", "bottom_code")
@dataclass(frozen=True)
class BottomCode(Bound):
    """Shows numbers above a bound as they are and all others as the bound or as a label.

    at        the bound: it and all below are one category
    label     text of that category, such as '18 or less'; without one the number `at` itself stands for it
    missing   codes that mean 'not known'; they become missing
    on_error  suppress empties cells that are no numbers, instead of refusing the column
    """

    summary: ClassVar[str] = "low numbers as one category"
    example: ClassVar[Mapping[str, Any]] = {"at": 18, "label": "18 or less"}
    example_cells: ClassVar[tuple[str, ...]] = ("12", "89.5", "90", "140", "7")
    side: ClassVar[str] = "less"

    def beyond(self, number: float) -> bool:
        """Return whether a number reaches the bound."""
        return number <= self.at
