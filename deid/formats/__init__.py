"""The room of formats: each reads, and most write, one kind of table file."""

from __future__ import annotations

from pathlib import Path

from deid.contracts import Format
from deid.registry import plugins


def formats() -> dict[str, type[Format]]:
    """Return every known format by name, sorted."""
    return plugins("format")


def format_for(path: Path) -> str | None:
    """Return the name of the format that the end of a file's name stands for, or None. Case does not matter.

    Where several formats share an ending, one that has a method `claims` looks into the file first; one that says
    `must_claim` never takes a file that it did not claim.
    """
    sharing = {name: kind for name, kind in formats().items() if ending(path, kind)}
    claiming = [name for name, kind in sharing.items() if hasattr(kind, "claims")]
    for name in claiming:
        if sharing[name]().claims(path):  # type: ignore[attr-defined]
            return name
    others = [name for name in sharing if name not in claiming]
    lenient = [name for name in claiming if not getattr(sharing[name], "must_claim", False)]
    return next(iter([*others, *lenient]), None)


def ending(path: Path, kind: type[Format]) -> str:
    """Return the longest suffix of a format with which a file's name ends, in lower case, or ''."""
    name = path.name.lower()
    fits = [suffix for suffix in kind.suffixes if name.endswith(suffix) and len(name) > len(suffix)]
    return max(fits, key=len, default="")
