"""The room of formats: each reads, and most write, one kind of table file."""

from __future__ import annotations

from pathlib import Path

from deid.contracts import Format
from deid.registry import plugins


def formats() -> dict[str, type[Format]]:
    """Return every known format by name, sorted."""
    return plugins("format")


def format_for(path: Path) -> str | None:
    """Return the name of the format that a file's suffix stands for, or None. Case does not matter."""
    suffix = path.suffix.lower()
    for name, kind in formats().items():
        if suffix in kind.suffixes:
            return name
    return None
