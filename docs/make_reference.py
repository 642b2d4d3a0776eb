"""Write `docs/reference.md`: every command, transform, metric, format, recogniser and problem code, from the code.

`python docs/make_reference.py` writes it, `--check` only tells whether it is up to date.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

import deid
from deid.errors import problem_kinds
from deid.model import KINDS, Role
from deid.registry import plugins
from deid.report import report_schema

TARGET = Path(__file__).with_name("reference.md")
CODES = {"U": "usage", "P": "policy", "D": "data", "R": "release", "X": "defects of ours"}


def load_everything() -> None:
    """Import every module, so that every problem code is declared."""
    for module in pkgutil.walk_packages(deid.__path__, "deid."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)


def reference() -> str:
    """Return the whole page."""
    load_everything()
    rooms = (_head(), _commands(), _transforms(), _metrics(), _formats(), _recognisers())
    parts = (*rooms, _vocabulary(), _report(), _problems())
    return "\n".join(line for part in parts for line in part).rstrip() + "\n"


def _head() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Written by `python docs/make_reference.py` from the code. `deid explain NAME` prints the same entries."
    yield ""


def _commands() -> Iterator[str]:
    try:
        commands: dict[str, Any] = importlib.import_module("deid.cli").main.commands
    except (ModuleNotFoundError, AttributeError):
        return
    yield "## Commands"
    yield ""
    for name, command in _leaves(commands):
        yield f"### `deid {name}`"
        yield ""
        yield inspect.cleandoc(command.help or "")
        yield ""
        for parameter in command.params:
            words = ", ".join(f"`{word}`" for word in (*parameter.opts, *parameter.secondary_opts))
            text = getattr(parameter, "help", None)
            yield f"- {words}" + (f": {text}" if text else "")
        yield ""


def _leaves(commands: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the commands by their full name, those of groups included."""
    for name, command in sorted(commands.items()):
        if hasattr(command, "commands"):
            yield from _leaves(command.commands, f"{before}{name} ")
        else:
            yield before + name, command


def _transforms() -> Iterator[str]:
    yield "## Transforms"
    yield ""
    for name, cls in plugins("transform").items():
        yield f"### `{name}`"
        yield ""
        yield _sentence(cls.summary)
        yield ""
        yield from _doc(cls)
        yield from _options(cls)


def _metrics() -> Iterator[str]:
    yield "## Metrics"
    yield ""
    for name, cls in plugins("metric").items():
        yield f"### `{name}`"
        yield ""
        yield _sentence(cls.title)
        yield ""
        yield f"- Formula: {cls.formula}"
        yield f"- Units: {cls.units}"
        yield f"- Source: {cls.source}"
        yield ""
        yield from _options(cls)


def _formats() -> Iterator[str]:
    yield "## Formats"
    yield ""
    yield "| format | endings | written |"
    yield "|---|---|---|"
    for name, cls in plugins("format").items():
        yield f"| `{name}` | {', '.join(f'`{suffix}`' for suffix in cls.suffixes)} | {'yes' if cls.writes else 'no'} |"
    yield ""


def _recognisers() -> Iterator[str]:
    found = plugins("recogniser")
    if not found:
        return
    yield "## Recognisers"
    yield ""
    for name, cls in found.items():
        first = (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")
        yield f"- `{name}`: {first}"
    yield ""


def _vocabulary() -> Iterator[str]:
    yield "## Roles"
    yield ""
    yield ", ".join(f"`{role.value}`" for role in Role)
    yield ""
    yield "## What a column or a span can hold"
    yield ""
    yield "| kind | meaning |"
    yield "|---|---|"
    for kind, meaning in KINDS.items():
        yield f"| `{kind}` | {meaning} |"
    yield ""


def _report() -> Iterator[str]:
    """Yield the parts of report.json as its schema describes them."""
    yield "## `report.json`"
    yield ""
    yield "`deid schema --of report` prints the JSON Schema, which every report follows, shareable or internal."
    yield ""
    yield "| part | what it holds |"
    yield "|---|---|"
    for name, part in sorted(report_schema()["properties"].items()):
        yield f"| `{name}` | {part['description']} |"
    yield ""


def _problems() -> Iterator[str]:
    yield "## Problems"
    yield ""
    for letter, name in CODES.items():
        kinds = [kind for code, kind in problem_kinds().items() if code.startswith(letter)]
        if not kinds:
            continue
        yield f"### {name.capitalize()}"
        yield ""
        for kind in kinds:
            meaning = f" {kind.meaning}" if kind.meaning else ""
            yield f"- **{kind.code}** {kind.title}.{meaning} Remedy: {_sentence(kind.remedy)}"
        yield ""


def _doc(cls: type) -> Iterator[str]:
    """Yield the docstring, its aligned table of options as it stands."""
    doc = inspect.getdoc(cls) or ""
    for paragraph in doc.split("\n\n"):
        aligned = any("  " in line.strip() for line in paragraph.splitlines())
        yield from ("```", paragraph, "```", "") if aligned else (paragraph, "")


def _options(cls: type) -> Iterator[str]:
    if not is_dataclass(cls) or not fields(cls):
        return
    yield "Options: " + ", ".join(_option(item) for item in fields(cls))
    yield ""


def _option(item: Any) -> str:
    if item.default is not MISSING:
        return f"`{item.name}` ({item.default!r})"
    return f"`{item.name}`" if item.default_factory is MISSING else f"`{item.name}` ({item.default_factory()!r})"


def _sentence(text: str) -> str:
    text = text[0].upper() + text[1:] if text else text
    return text if text.endswith((".", "`")) else text + "."


def main(arguments: list[str]) -> int:
    """Write the page, or with --check return 1 when it is out of date."""
    page = reference()
    if "--check" in arguments:
        return int(not TARGET.exists() or TARGET.read_text(encoding="utf-8") != page)
    TARGET.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
