"""Notes written by hand with their identifiers marked in the text: reading them into text, spans and records.

A file holds notes one after another, each under a header line. Marks in the text are `[[TYPE|identifier]]`,
`{{kind|clinical words that must stay}}` and `((KIND|neither right nor wrong to cover))`:

    === letter | known: first_name=Marit; dob=1957-03-02
    [[NAME_PATIENT|Marit]] rang about her {{drug|bisoprolol}} on ((WEEKDAY|Tuesday)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_HEADER = re.compile(r"^=== ?(.*)\n", re.MULTILINE)
_MARK = re.compile(
    r"\[\[(?P<span>[A-Z_0-9]+)\|(?P<identifier>[^\[\]|]+)\]\]"
    r"|\{\{(?P<trap>\w+)\|(?P<clinical>[^{}|]+)\}\}"
    r"|\(\((?P<neutral>[A-Z_0-9]+)\|(?P<either>(?:(?!\)\)).)+)\)\)",
    re.DOTALL,
)


def read_marked(path: Path) -> list[dict[str, Any]]:
    """Return the notes of a file: id, note_type, text, spans, traps, neutral and, where it is given, known."""
    parts = _HEADER.split(path.read_text(encoding="utf-8"))
    headers = zip(parts[1::2], parts[2::2], strict=True)
    return [
        _note(f"{path.stem}-{number:04d}", header, body.strip("\n")) for number, (header, body) in enumerate(headers)
    ]


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """Return the notes of all files of a folder, in the order of their names."""
    return [note for path in sorted(folder.glob("*.txt")) for note in read_marked(path)]


def _note(name: str, header: str, body: str) -> dict[str, Any]:
    kind, _, record = header.partition("| known:")
    marks: dict[str, list[dict[str, Any]]] = {"spans": [], "traps": [], "neutral": []}
    text, at = "", 0
    for match in _MARK.finditer(body):
        text += body[at : match.start()]
        at = match.end()
        listed, label, name_of, written = _meaning(match)
        marks[listed].append({"start": len(text), "end": len(text) + len(written), label: name_of})
        text += written
    text += body[at:]
    return {"id": name, "note_type": kind.strip(), "text": text, **marks, "known": dict(_fields(record))}


def _meaning(match: re.Match[str]) -> tuple[str, str, str, str]:
    """Return of a mark the list that it belongs to, the name of its label, the label and what is written."""
    if match["span"]:
        return "spans", "type", match["span"], match["identifier"]
    if match["trap"]:
        return "traps", "kind", match["trap"], match["clinical"]
    return "neutral", "kind", match["neutral"], match["either"]


def _fields(record: str) -> Iterator[tuple[str, str]]:
    for part in record.split(";"):
        name, joint, value = part.partition("=")
        if joint and value.strip():
            yield name.strip(), value.strip()
