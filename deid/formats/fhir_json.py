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
from deid.formats.json_lines import Number, parsed, problem
from deid.formats.refusals import TOO_LONG

LARGEST = 512 * 1024 * 1024
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}:]|-?[A-Za-z]+')
_NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
_INDENT = 2


def document(path: Path) -> dict[str, Any]:
    """Return the object that a file holds. Raises DataError with the line where it is no JSON."""
    if path.stat().st_size > LARGEST:
        raise DataError(TOO_LONG.at("a document over 512 MB; export it as NDJSON, a resource a line", path.name))
    raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    found = parsed(raw)
    if isinstance(found, dict):
        return found
    raise DataError(problem(found, b"", _place(path, raw, found)))


def _place(path: Path, raw: bytes, fault: str) -> str:
    """Return the file and the line of what `parsed` found wrong, the file alone where no line can be told."""
    text = raw.decode("utf-8", "replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return f"{path.name}:{error.lineno}"
    except (ValueError, RecursionError):
        return path.name
    position = next(_faults(text, fault), None)
    return path.name if position is None else f"{path.name}:{text.count(chr(10), 0, position) + 1}"


def _faults(text: str, fault: str) -> Iterator[int]:
    """Yield where JSON that Python reads says NaN or Infinity, or where an object has a key again."""
    keys: list[set[str]] = []
    last = ""
    for token in _TOKEN.finditer(text):
        found = token[0]
        if found == "{":
            keys.append(set())
        elif found == "}":
            keys.pop()
        elif found == ":" and fault == "twice":
            if last in keys[-1]:
                yield token.start()
            keys[-1].add(last)
        elif found in _NO_NUMBERS and fault != "twice":
            yield token.start()
        last = json.loads(found) if found.startswith('"') else ""


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
