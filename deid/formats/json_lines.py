"""Lines of JSON, one flat object each, with numbers in the spelling in which they stand."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

from deid.errors import DataError, Problem, problem_kind
from deid.formats.records import RECORD_LIMIT
from deid.formats.refusals import TOO_LONG, UNDECODABLE

INVALID = problem_kind(
    "D335",
    "line is no JSON object",
    remedy='correct the line: each must be one object such as {"id": "007", "age": 54}',
)
KEY_TWICE = problem_kind(
    "D336",
    "key stands twice in an object",
    remedy="correct the line: readers differ in which of two equal keys they take",
)
NESTED = problem_kind(
    "D337",
    "object or list inside an object",
    remedy="flatten the file: every key must hold a text, a number, true, false or null",
    meaning="What is nested could hide identifiers from decisions that are made by column.",
)


class Number(str):
    """A JSON number as it is spelt."""

    __slots__ = ()


class _Twice(ValueError):
    """A key stands twice."""


def lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (line number, object). Values are text, `Number`, bool, None, or, where nested, dict and list.

    Raises DataError at the first line that is no object, repeats a key, or is not UTF-8. Blank lines are passed over.
    """
    number = 0
    with path.open("rb") as file:
        while raw := file.readline(RECORD_LIMIT + 1):
            number += 1
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            if not raw.strip():
                continue
            found = parsed(raw)
            if isinstance(found, str):
                raise DataError(problem(found, raw, f"{path.name}:{number}"))
            yield number, found


def paths(key: str, value: Any, depth: int = 20) -> Iterator[str]:
    """Yield the path of every leaf under a key that holds an object or list: `name[].family`; deeper ones are cut."""
    if isinstance(value, dict) and value and depth:
        for inner, each in value.items():
            yield from paths(f"{key}.{inner}", each, depth - 1)
    elif isinstance(value, list) and depth:
        yield from sorted({path for each in value for path in paths(f"{key}[]", each, depth - 1)} or {f"{key}[]"})
    else:
        yield key


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Twice
    return found


def _constant(_: str) -> NoReturn:
    raise ValueError


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_int=Number, parse_float=Number, parse_constant=_constant)


def parsed(raw: bytes) -> dict[str, Any] | str:
    """Return the object of a line, or what is wrong with it. Errors of the parser hold the line and end here."""
    try:
        found = _DECODER.decode(raw.decode())
        if b"\\u" in raw:
            json.dumps(found, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        return "encoding"
    except UnicodeEncodeError:
        return "surrogate"
    except _Twice:
        return "twice"
    except (ValueError, RecursionError):
        return "invalid"
    return found if isinstance(found, dict) and "" not in found else "invalid"


def problem(fault: str, raw: bytes, place: str) -> Problem:
    """Return what `parsed` found wrong as a problem at a place."""
    if len(raw) > RECORD_LIMIT:
        return TOO_LONG.at("a line is longer than 64 MB", place)
    if fault == "encoding":
        return UNDECODABLE.at("bytes that are not UTF-8", place)
    if fault == "twice":
        return KEY_TWICE.at("a key stands twice", place)
    if fault == "surrogate":
        return INVALID.at("half of a surrogate pair, which is no character", place)
    return INVALID.at("no JSON object, or an empty key", place)
