"""JSON of FHIR: documents of one object, numbers in the digits in which they stand."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from json.encoder import encode_basestring
from pathlib import Path
from typing import Any

from deid.errors import DataError
from deid.formats.json_lines import INVALID, Number, parsed, problem
from deid.formats.refusals import TOO_LONG

LARGEST = 512 * 1024 * 1024
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_INDENT = 2


def document(path: Path) -> dict[str, Any]:
    """Return the object that a file holds. Raises DataError with the line where it is no JSON."""
    if path.stat().st_size > LARGEST:
        raise DataError(TOO_LONG.at("a document over 512 MB; export it as NDJSON, a resource a line", path.name))
    raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    found = parsed(raw)
    if isinstance(found, dict):
        return found
    if found == "invalid":
        raise DataError(INVALID.at("no JSON object, or an empty key", _place(path, raw)))
    raise DataError(problem(found, b"", path.name))


def _place(path: Path, raw: bytes) -> str:
    """Return the file and the line at which it stops being JSON."""
    try:
        json.loads(raw)
    except json.JSONDecodeError as error:
        return f"{path.name}:{error.lineno}"
    except (ValueError, RecursionError):
        return path.name
    return path.name


def written(value: Any, depth: int | None = None) -> str:
    """Return a value as JSON: on one line, or, with the depth at which it stands, indented."""
    return "".join(_parts(value, depth))


def _parts(value: Any, depth: int | None) -> Iterator[str]:
    if isinstance(value, dict | list) and value:
        opening, closing = "{}" if isinstance(value, dict) else "[]"
        inner = None if depth is None else depth + 1
        apart = "" if inner is None else "\n" + " " * (_INDENT * inner)
        yield opening
        for number, item in enumerate(value.items() if isinstance(value, dict) else value):
            yield f",{apart}" if number else apart
            if isinstance(value, dict):
                yield encode_basestring(item[0]) + (":" if depth is None else ": ")
                item = item[1]
            yield from _parts(item, inner)
        yield ("" if depth is None else "\n" + " " * (_INDENT * depth)) + closing
    elif isinstance(value, Number) and _NUMBER.fullmatch(value):
        yield str(value)
    elif isinstance(value, str):
        yield encode_basestring(value)
    else:
        yield {None: "null", True: "true", False: "false"}.get(value, "{}" if isinstance(value, dict) else "[]")
