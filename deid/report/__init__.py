"""The disclosure-risk report: HTML for people, JSON for machines, Markdown for review systems."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from deid.report.document import Explain, build_document
from deid.report.inputs import ReportInputs
from deid.report.manifest import manifest
from deid.report.markdown import render_markdown
from deid.report.page import render_html

__all__ = [
    "build_document",
    "json_text",
    "manifest",
    "private_file",
    "render_html",
    "render_markdown",
    "report_schema",
    "write_internal",
    "write_report",
]


def write_internal(
    folder: Path, inputs: ReportInputs, *, run: Mapping[str, Any], explain: Explain | None = None
) -> None:
    """Write report-internal.html and report-internal.json, with exact counts, for the owner's eyes alone.

    The folder gets mode 0700 and each file 0600, from the moment that it exists.
    """
    built = build_document(inputs, run=run, explain=explain, internal=True)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    texts = {"report-internal.json": json_text(built), "report-internal.html": render_html(built)}
    for name, text in texts.items():
        private_file(folder / name, text.encode("utf-8"))


def private_file(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read; one that is there already is replaced."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as handle:
        handle.write(content)


def write_report(folder: Path, inputs: ReportInputs, *, run: Mapping[str, Any], explain: Explain | None = None) -> None:
    """Write report.html and report.json, the shareable report, into an existing folder.

    `run` holds facts about the run (times, command), which stand apart; everything else depends on the inputs alone.
    `explain` looks up what a measure means; the risk room is asked unless one is given.
    """
    built = build_document(inputs, run=run, explain=explain)
    texts = {"report.json": json_text(built), "report.html": render_html(built)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema that report.json and report-internal.json follow."""
    text = files("deid").joinpath("schemas", "report.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def json_text(value: Mapping[str, Any]) -> str:
    """Return data as JSON with sorted keys, the same for the same data."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True, indent=1) + "\n"
