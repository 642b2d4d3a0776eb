"""A resource taken apart into its skeleton and its cells, and put together again.

The skeleton is the resource with a sign in place of every leaf: 0 text, 1 number, 2 true or false, `~...` base64. It
holds keys, list indices, resource types, the urls of extensions and labels of what was altered, and no value else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from deid.errors import DataError, ProblemKind, problem_kind
from deid.fhir_types import RESOURCE_TYPES
from deid.formats import fhir_base64
from deid.formats.fhir_labels import is_label
from deid.formats.fhir_layout import EXTENSIONS, RESOURCE, URL, Layout, is_primitive, path_of
from deid.formats.fhir_left_out import SUFFIX, LeftOut
from deid.formats.json_lines import Number

UNKNOWN_TYPE = problem_kind(
    "D370",
    "resource of an unknown type",
    remedy="correct `resourceType`, or list types of other versions: `formats: {'*.json': {types: [ProcessRequest]}}`",
    meaning="Rules are made by type of resource; one that FHIR R4 and R4B do not know could be anything.",
)
MALFORMED = problem_kind(
    "D371",
    "not as FHIR writes resources in JSON",
    remedy="export the resource again, or check it with a FHIR validator",
)
TEXT, NUMBER, FLAG = 0, 1, 2
#: Keys and urls become names of columns: nothing that is a sentence may stand there.
_KEY = re.compile(r"_?[A-Za-z][A-Za-z0-9_]{0,63}")
_URL = re.compile(r"[!-'*-~]{1,200}")
DEEPEST = 100
_HOLDERS = ("Bundle.entry", ".parameter", ".part")
Cell = tuple[str, int, str]


class TakingApart:
    """Takes the objects of one group of rows apart; `cells` gathers (column, row, text)."""

    def __init__(self, place: str, types: frozenset[str] = frozenset(), left_out: LeftOut | None = None) -> None:
        self.layout = Layout()
        self.cells: list[Cell] = []
        self._place = place
        self._types = RESOURCE_TYPES | types
        self._left_out = left_out or LeftOut()

    def skeleton(self, part: dict[str, Any], parent: str, depth: int = 0) -> dict[str, Any]:
        """Return the skeleton of an object that stands at a path. Raises DataError."""
        if depth > DEEPEST:
            raise self._refused(MALFORMED, f"objects nested more than {DEEPEST} deep", parent)
        if parent.endswith(".meta.security") and is_label(part):
            return {key: f"={value}" for key, value in part.items()}
        row = self.layout.place(parent, part)
        result: dict[str, Any] = {}
        leads_nowhere = self._left_out.is_led_to_by(part)
        for key, value in part.items():
            if not _KEY.fullmatch(key):
                raise self._refused(MALFORMED, "a key that is no name of an element", parent)
            if (key == URL and parent.endswith(")")) or key == RESOURCE:
                result[key] = f"={value}"
            elif isinstance(value, dict):
                inner = self._inner(value, parent, key, depth)
                result |= {} if inner is None else {key: inner}
            elif leads_nowhere and key in ("reference", "display"):
                self._cell(f"{parent}.{key}{SUFFIX}", row, str(value))
            elif isinstance(value, list):
                result[key] = list(self._list(value, parent, key, row, depth))
            elif value is not None:
                result[key] = self._leaf(value, parent, key, row, part)
        return result

    def _inner(self, part: dict[str, Any], parent: str, key: str, depth: int) -> dict[str, Any] | None:
        if RESOURCE not in part and (key == "contained" or (key == "resource" and parent.endswith(_HOLDERS))):
            raise self._refused(MALFORMED, "a resource without `resourceType`", f"{parent}.{key}")
        if RESOURCE in part and part[RESOURCE] not in self._types:
            raise self._refused(UNKNOWN_TYPE, "a resource within another", f"{parent}.{key}")
        url = ""
        if key in EXTENSIONS:
            url = part.get(URL) or ""
            if not isinstance(url, str) or not _URL.fullmatch(url):
                raise self._refused(
                    MALFORMED, "an extension without a url, or with one that is none", f"{parent}.{key}"
                )
        inner = self.skeleton(part, path_of(parent, key, part, url), depth + 1)
        return None if self.leaves_out(part) else inner

    def leaves_out(self, part: dict[str, Any]) -> bool:
        """Return whether an object is a resource of a type that is left out, and count it by a cell of its own."""
        out = part.get(RESOURCE) in self._left_out.types
        if out:
            self._cell(f"{part[RESOURCE]}{SUFFIX}", self.layout.place(f"{part[RESOURCE]}{SUFFIX}", {}), "1")
        return out

    def _cell(self, name: str, row: int, text: str) -> None:
        self.layout.use(row)
        self.cells.append((name, row, text))

    def _list(self, values: list[Any], parent: str, key: str, row: int, depth: int) -> Iterator[Any]:
        for index, value in enumerate(values):
            if isinstance(value, list):
                raise self._refused(MALFORMED, "a list within a list", f"{parent}.{key}")
            if isinstance(value, dict):
                yield self._inner(value, parent, key, depth)
            else:
                yield None if value is None else self._leaf(value, parent, key, row + index, {})

    def _leaf(self, value: Any, parent: str, key: str, row: int, beside: dict[str, Any]) -> int | str:
        kind: int | str = TEXT
        name, cell = f"{parent}.{key}", value
        if isinstance(value, bool):
            kind, cell = FLAG, "true" if value else "false"
        elif isinstance(value, Number):
            kind, cell = NUMBER, str(value)
        elif fhir_base64.is_base64(parent, key):
            kind, cell = fhir_base64.opened(value, beside)
            name += fhir_base64.suffix(kind)
        self._cell(name, row, cell)
        return kind

    def _refused(self, kind: ProblemKind, cause: str, path: str) -> DataError:
        return DataError(kind.at(f"{cause}, at {path}", self._place))


Lookup = Callable[[str, int], str | None]


class PuttingTogether:
    """Puts the objects of one group of rows together; `lookup` returns the cell of a column and row, None if missing.

    A leaf without a cell is left out, and so is an object or list that holds none any more. `missing` says whether
    anything was left out.
    """

    def __init__(self, lookup: Lookup) -> None:
        self.layout = Layout()
        self.missing = False
        self._lookup = lookup

    def object(self, skeleton: dict[str, Any], parent: str) -> dict[str, Any] | None:
        """Return the object at a path, or None where nothing of it is left. A resource keeps its type at least."""
        if parent.endswith(".meta.security") and all(isinstance(sign, str) for sign in skeleton.values()):
            return {key: sign.removeprefix("=") for key, sign in skeleton.items()} or None
        row = self.layout.place(parent, skeleton)
        result: dict[str, Any] = {}
        for key, sign in skeleton.items():
            if isinstance(sign, dict):
                result[key] = self._inner(sign, parent, key)
            elif isinstance(sign, list):
                result[key] = [self._item(each, parent, key, row + index) for index, each in enumerate(sign)]
            elif isinstance(sign, str) and sign.startswith("="):
                result[key] = sign.removeprefix("=")
            else:
                result[key] = self._leaf(sign, parent, key, row)
        kept = dict(_kept(result))
        return kept if kept.keys() - {URL} or (kept and not parent.endswith(")")) else None

    def _inner(self, skeleton: dict[str, Any], parent: str, key: str) -> dict[str, Any] | None:
        url = str(skeleton.get(URL, "")).removeprefix("=") if key in EXTENSIONS else ""
        return self.object(skeleton, path_of(parent, key, skeleton, url))

    def _item(self, sign: Any, parent: str, key: str, row: int) -> Any:
        if isinstance(sign, dict):
            return self._inner(sign, parent, key)
        return None if sign is None else self._leaf(sign, parent, key, row)

    def _leaf(self, sign: int | str, parent: str, key: str, row: int) -> Any:
        name = f"{parent}.{key}"
        cell = self._lookup(name + fhir_base64.suffix(str(sign)) if fhir_base64.is_mark(sign) else name, row)
        self.layout.use(row)
        if cell is None:
            self.missing = True
            return None
        if sign == NUMBER:
            return Number(cell)
        if sign == FLAG and cell in ("true", "false"):
            return cell == "true"
        return fhir_base64.closed(str(sign), cell) if fhir_base64.is_mark(sign) else cell


def _kept(result: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield what is not empty. Lists of values and of their extensions (`given`, `_given`) keep in step."""
    for key, value in result.items():
        if not isinstance(value, list):
            if value is not None:
                yield key, value
            continue
        partner = result.get(key.removeprefix("_") if key.startswith("_") else f"_{key}")
        beside = partner if isinstance(partner, list) else []
        held = [
            item
            for index, item in enumerate(value)
            if item is not None or (index < len(beside) and beside[index] is not None)
        ]
        if any(item is not None for item in held):
            yield key, held


def is_leaf(sign: Any) -> bool:
    """Whether a part of a skeleton stands for a leaf."""
    return is_primitive(sign) and not (isinstance(sign, str) and sign.startswith("="))
