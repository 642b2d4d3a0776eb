"""The disclosure-risk report: HTML for people, JSON for machines, Markdown for review systems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deid.report.document import Explain, build_document
from deid.report.inputs import ReportInputs
from deid.report.manifest import manifest
from deid.report.markdown import render_markdown
from deid.report.page import render_html

__all__ = ["build_document", "json_text", "manifest", "render_html", "render_markdown", "write_report"]


def write_report(folder: Path, inputs: ReportInputs, *, run: Mapping[str, Any], explain: Explain | None = None) -> None:
    """Write report.html and report.json into an existing folder.

    `run` holds facts about the run (times, command), which stand apart; everything else depends on the inputs alone.
    `explain` looks up what a measure means; the risk room is asked unless one is given.
    """
    built = build_document(inputs, run=run, explain=explain)
    texts = {"report.json": json_text(built), "report.html": render_html(built)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def json_text(value: Mapping[str, Any]) -> str:
    """Return data as JSON with sorted keys, the same for the same data."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n"
