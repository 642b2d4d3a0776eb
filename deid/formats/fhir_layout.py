"""Where each leaf of a FHIR resource stands in a table: column and row, the same for reader and writer.

A column is a path without list indices, from the innermost resource on: `Patient.name.family`, and
`Practitioner.name.family` for a contained practitioner. An extension is named by its url in brackets. Leaves of one
object stand in one row, so that `coding.system` and `coding.code` of one Coding stay beside each other; the values of
a list of primitives take a row each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RESOURCE, URL = "resourceType", "url"
EXTENSIONS = frozenset({"extension", "modifierExtension"})


@dataclass
class Layout:
    """Hands out rows by path within one group of rows; `rows` is the number of rows needed so far, at least one."""

    next_row: dict[str, int] = field(default_factory=dict)
    rows: int = 1

    def place(self, path: str, part: Mapping[str, Any]) -> int:
        """Return the first row of an object that stands at a path, and keep as many as its lists of primitives need."""
        row = self.next_row.get(path, 0)
        width = 1
        for value in part.values():
            if isinstance(value, list) and len(value) > width and any(map(is_primitive, value)):
                width = len(value)
        self.next_row[path] = row + width
        return row

    def use(self, row: int) -> None:
        """Note that a leaf stands in a row."""
        if row >= self.rows:
            self.rows = row + 1


def is_primitive(value: Any) -> bool:
    """Whether a value is a leaf; null is none."""
    return value is not None and not isinstance(value, dict | list)


def path_of(parent: str, key: str, part: Mapping[str, Any], url: str = "") -> str:
    """Return the path of an object: its resource type, the path of an extension with its url, or parent and key."""
    if RESOURCE in part:
        return str(part[RESOURCE]).removeprefix("=")
    return f"{parent}.{key}({url})" if url else f"{parent}.{key}"
