"""A YAML document with the line of every key: safe tags only, bounded, each key once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from deid.errors import PolicyError, Problem, problem_kind

UNREADABLE = problem_kind(
    "P101",
    "policy cannot be read",
    remedy="give the path of a YAML file in UTF-8, or the name of a ready policy (`deid policies` lists them)",
)
#: The same, of a file that was found: its path is not what is to be mended.
MALFORMED = replace(
    UNREADABLE,
    remedy="mend the YAML at this line: names with a colon, comma, brace, dash, star, hash or blank in front belong in "
    'quotes ("Result: value"), indents are blanks and never tabs, and every bracket and quote is closed',
)
EMPTY = problem_kind("P102", "policy is empty", remedy="start from a draft: `deid init DATA`")
DUPLICATE_KEY = problem_kind(
    "P104",
    "key given twice",
    remedy="keep one of the two: move what is below the second to the end of what is below the first, and delete the "
    "line of the second; pasted lines: their tables go below the `tables:` that is there already, and the lines of a "
    "table that is there too below its name",
    meaning="YAML would silently take the last one; two decisions about one column are never guessed between.",
)
UNSAFE = problem_kind(
    "P106",
    "policy uses what a policy may not hold",
    remedy="write plain mappings, lists and scalars: no tags, no anchors or aliases, at most 20 levels and 1 MB",
)
MAX_BYTES = 1_000_000
MAX_DEPTH = 20
Path_ = tuple[str | int, ...]


@dataclass
class Document:
    """A policy file as plain values, and the line of every key and list item by its path."""

    file: str
    values: dict[str, Any]
    folder: Path = Path()
    lines: dict[Path_, int] = field(default_factory=dict)

    def place(self, *path: str | int) -> str:
        """Return `file:line` of the nearest known ancestor of a path."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return f"{self.file}:{self.lines[path[:length]]}"
        return self.file


def read(path: Path) -> Document:
    """Read a policy file. Raises PolicyError with all problems of its YAML."""
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise PolicyError(UNREADABLE.at("the file does not exist or is not UTF-8 text", path.name)) from None
    return parse(text, path.name, path.resolve().parent)


def parse(text: str, name: str, folder: Path | None = None) -> Document:
    """Parse the text of a policy; `name` stands in messages, files that it names are looked for in `folder`."""
    if len(text) > MAX_BYTES:
        raise PolicyError(UNSAFE.at("the file is larger than 1 MB", name))
    try:
        problems = _unsafe(text, name)
        node = None if problems else yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        place = f"{name}:{line + 1}" if line is not None else name
        raise PolicyError(MALFORMED.at("the YAML is malformed here", place)) from None
    if problems:
        raise PolicyError(problems)
    if node is None:
        raise PolicyError(EMPTY.at("the file holds nothing", name))
    if not isinstance(node, yaml.MappingNode):
        raise PolicyError(MALFORMED.at("the file is not a mapping of keys to values", f"{name}:1"))
    document = Document(name, {}, folder or Path.cwd())
    builder = _Builder(document)
    document.values = builder.value(node, ())
    if builder.problems:
        raise PolicyError(builder.problems)
    return document


def _unsafe(text: str, name: str) -> list[Problem]:
    """Look at the event stream, before anything is expanded."""
    problems, depth = [], 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        place = f"{name}:{event.start_mark.line + 1 if event.start_mark else 1}"
        if isinstance(event, yaml.AliasEvent):
            problems.append(UNSAFE.at("an alias (*name) stands here", place))
        elif getattr(event, "tag", None) is not None and not isinstance(event, yaml.DocumentStartEvent):
            problems.append(UNSAFE.at("a tag (!name) stands here", place))
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            depth += 1
            if depth > MAX_DEPTH:
                return [UNSAFE.at("the nesting is deeper than 20 levels", place)]
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            depth -= 1
        if len(problems) > 20:
            break
    return problems


class _Builder:
    """Turns nodes into plain values, noting lines and duplicate keys."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.scalars = yaml.constructor.SafeConstructor()

    def value(self, node: yaml.Node, path: Path_) -> Any:
        self.document.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        try:
            return self.scalars.construct_object(node)
        except (yaml.YAMLError, ValueError):
            self.problems.append(MALFORMED.at("this value cannot be read", self._at(node)))
            return None

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node)
            if key in result:
                self.problems.append(DUPLICATE_KEY.at(f"'{key}' stands here for the second time", self._at(key_node)))
            self.document.lines[(*path, key)] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, (*path, key))
        return result

    def _key(self, node: yaml.Node) -> str:
        """Return a key as it was written: a column called NO or 2020 is not a truth value or a number."""
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self.problems.append(MALFORMED.at("a key must be a word", self._at(node)))
        return ""

    def _at(self, node: yaml.Node) -> str:
        return f"{self.document.file}:{node.start_mark.line + 1}"
