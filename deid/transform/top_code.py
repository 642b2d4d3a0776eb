"""Replace high numbers by one category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from deid.coding import Bound
from deid.registry import register


@register("transform", "top_code")
@dataclass(frozen=True)
class TopCode(Bound):
    """Shows numbers below a bound as they are and all others as the bound or as a label.

    at        the bound: it and all above are one category
    label     text of that category, such as '90+'; without one the number `at` itself stands for it
    missing   codes that mean 'not known'; they become missing
    on_error  suppress empties cells that are no numbers, instead of refusing the column
    """

    summary: ClassVar[str] = "high numbers as one category"
    example: ClassVar[Mapping[str, Any]] = {"at": 90, "label": "90+"}
    example_cells: ClassVar[tuple[str, ...]] = ("12", "89.5", "90", "140", "7")
    side: ClassVar[str] = "more"

    def beyond(self, number: float) -> bool:
        """Return whether a number reaches the bound."""
        return number >= self.at
