"""Attachments: base64 in the file, text in the table where they hold text.

A leaf of base64 becomes one of three columns: `data` (plain text), `data(html)`, or `data(binary)` (whatever is no
text, left in base64). How it was encoded stands in the structure, so that the writer can encode the changed text again.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

_MARK = "~"
_PLAIN = frozenset({"", "text/plain", "text/markdown", "text/csv", "text/tab-separated-values"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BOMS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def is_base64(path: str, key: str) -> bool:
    """Whether the leaf of that name holds base64; the data of SampledData are numbers."""
    return key.endswith("Base64Binary") or (key == "data" and not path.endswith("SampledData"))


def opened(text: str, beside: Mapping[str, Any]) -> tuple[str, str]:
    """Return the mark for the structure and the cell: the decoded text, or the base64 as it stands.

    beside  the leaves of the same object, of which contentType says what the data are
    """
    kind, _, parameters = str(beside.get("contentType", "")).partition(";")
    kind = kind.strip().lower()
    form = "html" if kind in _HTML else "plain" if kind in _PLAIN else ""
    raw = _decoded(text) if form else None
    if raw is None:
        return f"{_MARK}binary:", text
    for charset in _charsets(raw, parameters, declared=bool(kind)):
        found = _text(raw, charset)
        if found is not None:
            return f"{_MARK}{form}:{charset}", found
    return f"{_MARK}binary:", text


def is_mark(leaf: object) -> bool:
    """Whether a leaf of a structure says that base64 stood there."""
    return isinstance(leaf, str) and leaf.startswith(_MARK)


def suffix(mark: str) -> str:
    """Return what the column's name ends with."""
    form = mark.removeprefix(_MARK).partition(":")[0]
    return "" if form == "plain" else f"({form})"


def closed(mark: str, cell: str) -> str:
    """Return the cell in base64 again; what the charset cannot write is written in UTF-8."""
    form, _, charset = mark.removeprefix(_MARK).partition(":")
    if form == "binary":
        return cell
    try:
        raw = cell.encode(charset)
    except (UnicodeEncodeError, LookupError):
        raw = cell.encode()
    return base64.b64encode(raw).decode("ascii")


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def _charsets(raw: bytes, parameters: str, *, declared: bool) -> list[str]:
    """Return the charsets to try: by byte order mark, as declared, UTF-8, and Windows-1252 for what is said to be text.

    Windows-1252 reads nearly all bytes, which is why nothing undeclared is taken for it.
    """
    found = _CHARSET.search(parameters)
    marked = [charset for bom, charset in _BOMS if raw.startswith(bom)]
    return [*marked, *([found[1].lower()] if found else []), "utf-8", *(["windows-1252"] if declared else [])]


def _text(raw: bytes, charset: str) -> str | None:
    """Return the text if it is one and can be written back byte for byte."""
    try:
        text = raw.decode(charset)
        same = text.encode(charset) == raw
    except (UnicodeError, LookupError):
        return None
    return text if same and not _CONTROL.search(text) else None
