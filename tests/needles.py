"""Every value of an input searched for in the shareable report made of it, and the rule of what may be found there.

The allow rule: a value of the input may stand in the report only as
1. a figure: numbers are looked for from five digits on, and then never as part of a hash or a coordinate;
2. a word of the report itself: of its page, of the methods, of the policy's own sentences, a name of a released column;
3. a released label that at least `cell_min` people of the release hold.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

import deid

PACKAGE = Path(deid.__file__).parent
_WORD = re.compile(r"\w+")


def report_text(folder: Path) -> str:
    """Return what a reader sees of both reports, without hashes, coordinates and facts about the run."""
    page = (folder / "report.html").read_text("utf-8")
    page = page[: page.index('<section id="run"')] if '<section id="run"' in page else page
    page = re.sub(r"<style>.*?</style>", " ", page, flags=re.DOTALL)
    seen = html.unescape(re.sub(r"<[^>]+>", " ", page))
    document = json.loads((folder / "report.json").read_text("utf-8"))
    document.pop("run")
    return re.sub(r"\b[0-9a-f]{64}\b", " ", f"{seen} {json.dumps(document, ensure_ascii=False)}")


def own_words(policies: Iterable[Path], columns: Iterable[str]) -> str:
    """Return the texts whose words the report may use whatever the data hold."""
    ours = [
        *PACKAGE.glob("report/*"),
        *PACKAGE.glob("risk/**/*.py"),
        *PACKAGE.glob("*.py"),
        *PACKAGE.glob("transform/*.py"),
    ]
    ours += [*PACKAGE.glob("verifying/*.py"), *PACKAGE.glob("profiling/*.py"), *PACKAGE.glob("anonymise/**/*.py")]
    ours += [PACKAGE / "data" / "threshold_profiles.yaml", *policies]
    texts = [path.read_text("utf-8") for path in ours if path.is_file()]
    return " ".join([*texts, *columns]).casefold()


def labels(document: Mapping[str, Any]) -> set[str]:
    """Return the released labels that the report shows."""
    found = {label for variable in document["generalisation"]["variables"] for label in variable["labels"]}
    found |= {row["group"] for burden in document["suppressed"]["burden"] for row in burden["groups"]}
    found |= {group["group"] for group in (document["survival"] or {"groups": []})["groups"]}
    return {label.casefold() for label in found}


def met(tables: Mapping[str, pd.DataFrame], folder: Path, policies: Iterable[Path]) -> dict[str, list[str]]:
    """Return the values of the input, by column, that stand in the shareable report against the rule."""
    text = report_text(folder).casefold()
    document = json.loads((folder / "report.json").read_text("utf-8"))
    names = [name for name, table in tables.items() for name in (name, *table.columns)]
    allowed = own_words(policies, names)
    public = labels(document)
    words = set(_WORD.findall(text))
    found: dict[str, list[str]] = {}
    for name, table in tables.items():
        for column in table.columns:
            for value in table[column].dropna().astype(str).str.strip().unique():
                needle = value.casefold()
                said = _worth_it(needle) and _stands_in(needle, text, words) and needle not in public
                if said and not _stands_in(needle, allowed, None):
                    found.setdefault(f"{name}.{column}", []).append(value)
    return found


def _worth_it(needle: str) -> bool:
    if re.fullmatch(r"[+-]?[\d.,]+(?:e[+-]?\d+)?", needle):
        return len(re.sub(r"\D", "", needle.removesuffix(".0"))) >= 5
    return len(needle) >= 3


def _stands_in(needle: str, text: str, words: set[str] | None) -> bool:
    if needle not in text:
        return False
    parts = _WORD.findall(needle)
    if words is not None and any(part not in words for part in parts):
        return False
    return re.search(rf"(?<!\w){re.escape(needle)}(?!\w)", text) is not None
