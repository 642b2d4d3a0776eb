"""Markdown that shows foreign text as it is and nothing else: escaping, tables, paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_ACTING = re.compile(r"([\\`*|~]|\](?=[(\[:]))")
_EDGE_OF_WORD = re.compile(r"(?<!\w)_|_(?!\w)")
_STARTS_BLOCK = re.compile(r"^(\s*)([#+=-]|\d+[.)])")
_LINKS = re.compile(r"(?<=\w)(:)(?=//)|(?<=[wW])(\.)(?=\w)|(@)(?=\w)")


def escape(text: object) -> str:
    """Return foreign text without any character that Markdown or HTML would act on, and no others escaped.

    An underscore within a word, a bracket, a colon or a full stop acts on nothing and stays readable.
    """
    flat = re.sub(r"\s+", " ", str(text)).strip()
    flat = flat.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    flat = _EDGE_OF_WORD.sub(r"\\_", _ACTING.sub(r"\\\1", flat))
    return _LINKS.sub(lambda m: f"&#{ord(m[0])};" if m[3] or m[1] or _is_www(m) else m[0], flat)


def _is_www(match: re.Match[str]) -> bool:
    return match.string[: match.start()].casefold().endswith("www")


def paragraph(*sentences: object) -> list[str]:
    """Return sentences as one paragraph; nothing where there is none."""
    said = " ".join(escape(sentence) for sentence in sentences if str(sentence))
    return [_STARTS_BLOCK.sub(r"\1\\\2", said), ""] if said else []


def bullets(texts: Iterable[object]) -> list[str]:
    """Return texts as a list; nothing where there is none."""
    lines = ["- " + _STARTS_BLOCK.sub(r"\1\\\2", escape(text)) for text in texts]
    return [*lines, ""] if lines else []


def table(head: Sequence[str], rows: Iterable[Sequence[object]], empty: str = "None.") -> list[str]:
    """Return a table whose cells are escaped, or a word where there are no rows."""
    lines = ["| " + " | ".join(escape(cell) for cell in row) + " |" for row in rows]
    if not lines:
        return [empty, ""] if empty else []
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *lines, ""]


def said(side: Mapping[str, Any]) -> str:
    """Return a cell with the reason why it has no figure, if there is one."""
    return f"{side['text']} ({side['reason']})" if side.get("reason") else str(side["text"])


def measured(rows: Iterable[Mapping[str, Any]], empty: str = "") -> list[str]:
    """Return measures with both sides and their ids."""
    return table(
        ("Measure", "Id", "Before", "After"),
        [(row["title"], row["id"], said(row["before"]), said(row["after"])) for row in rows],
        empty,
    )
