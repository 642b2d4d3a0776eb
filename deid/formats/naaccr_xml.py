"""Reads NAACCR XML as a stream: no document types, no entities, nothing fetched, one patient in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from deid.errors import DataError, problem_kind
from deid.formats.naaccr_items import items, names_by_number

MALFORMED = problem_kind(
    "D360",
    "not as NAACCR writes XML",
    remedy="export the file again as NAACCR XML 1.x, UTF-8, without a document type",
    meaning="The root is NaaccrData, which holds Items and Patients, which hold Items and Tumors, which hold Items.",
)
NAMESPACE = "http://naaccr.org/naaccrxml"
ELEMENTS = ("NaaccrData", "Patient", "Tumor")
_BLOCK = 1 << 20
_CELL_LIMIT = 10 * 1024 * 1024


@dataclass
class Record:
    """The items of one tumour with those of its patient and of the file, by element and identifier."""

    cells: Mapping[tuple[str, str], str] = field(repr=False)


@dataclass
class _Reader:
    """The state of the stream. `done` holds the records of patients that are complete."""

    place: str
    root: dict[str, str] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    held: list[dict[tuple[str, str], str]] = field(default_factory=list)
    tumours: list[dict[tuple[str, str], str]] = field(default_factory=list)
    item: str = ""
    text: list[str] = field(default_factory=list, repr=False)
    length: int = 0
    done: list[Record] = field(default_factory=list)
    parser: expat.XMLParserType = field(default_factory=lambda: expat.ParserCreate(namespace_separator=" "))

    def __post_init__(self) -> None:
        parser = self.parser
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refused
        parser.EntityDeclHandler = self._refused
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data

    def problem(self, cause: str) -> DataError:
        return DataError(MALFORMED.at(cause, f"{self.place}:{self.parser.CurrentLineNumber}"))

    def _refused(self, *_: object) -> None:
        raise self.problem("a document type or an entity is declared")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if self.item:
            raise self.problem("an element stands within an Item")
        if space not in ("", NAMESPACE):
            raise self.problem("an element of another namespace stands here")
        if local == "Item" and self.path:
            self.item = self._named(attributes)
            self.text, self.length = [], 0
        elif len(self.path) < len(ELEMENTS) and local == ELEMENTS[len(self.path)]:
            self.path.append(local)
            self.held.append({})
            if local == "NaaccrData":
                self.root = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        else:
            raise self.problem("an element stands where NAACCR has none of that name")

    def _named(self, attributes: Mapping[str, str]) -> str:
        name = attributes.get("naaccrId") or names_by_number().get(attributes.get("naaccrNum", ""), "")
        if not name.isidentifier() or not name.isascii():
            raise self.problem("an Item names no item (naaccrId)")
        known = items().get(name)
        if known is not None and known.element != self.path[-1]:
            raise self.problem(f"item {name} belongs to {known.element}")
        if (self.path[-1], name) in self.held[-1]:
            raise self.problem("an item stands twice in one element")
        return name

    def _data(self, data: str) -> None:
        if self.item:
            self.length += len(data)
            if self.length > _CELL_LIMIT:
                raise self.problem("an Item is longer than 10 MB")
            self.text.append(data)
        elif data.strip():
            raise self.problem("text stands outside an Item")

    def _end(self, name: str) -> None:
        if self.item:
            value = "".join(self.text).strip()
            if value:
                self.held[-1][self.path[-1], self.item] = value
            self.item = ""
            return
        element = self.path.pop()
        cells = self.held.pop()
        if element == "Tumor":
            self.tumours.append(cells)
        elif element == "Patient":
            shared = {**self.held[0], **cells}
            self.done += [Record({**shared, **tumour}) for tumour in self.tumours or [{}]]
            self.tumours = []


def records(path: Path) -> Iterator[Record]:
    """Yield a record for every tumour, and one for a patient without any. Raises DataError with the line."""
    for reader in _read(path):
        yield from reader.done
        reader.done = []


def head(path: Path) -> tuple[dict[str, str], dict[tuple[str, str], None]]:
    """Return the attributes of the root, and every item of the file by element, after reading it once."""
    seen: dict[tuple[str, str], None] = {}
    root: dict[str, str] = {}
    for reader in _read(path):
        root = reader.root
        for record in reader.done:
            seen |= dict.fromkeys(record.cells)
        reader.done = []
    ordered = sorted(seen, key=lambda pair: ELEMENTS.index(pair[0]))
    return root, dict.fromkeys(ordered)


def is_naaccr(path: Path) -> bool:
    """Return whether a file's root is NaaccrData, as far as its beginning tells."""
    with path.open("rb") as file:
        return b"<NaaccrData" in file.read(4096)


def _read(path: Path) -> Iterator[_Reader]:
    reader = _Reader(path.name)
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            _parse(reader, block)
            yield reader
            if not block:
                return


def _parse(reader: _Reader, block: bytes) -> None:
    try:
        reader.parser.Parse(block, not block)
        return
    except expat.ExpatError as error:
        line = error.lineno
    except (ValueError, LookupError):  # an encoding that is not known
        line = reader.parser.CurrentLineNumber
    raise DataError(MALFORMED.at("the XML is not well-formed here", f"{reader.place}:{line}"))
