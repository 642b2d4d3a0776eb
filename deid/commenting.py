"""Comment lines and labels of a table: what describes its columns passes, all else gives way to their names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from deid.contracts import TableInfo
from deid.decisions import TablePlan
from deid.facts import Facts
from deid.formats.header import Preamble
from deid.naming import bears_identifier, is_known_in, reads_like_a_person
from deid.profiling.remarks import describe_columns, speak_of_somebody

#: The lines of a clinical file of cBioPortal, of which the last two hold types and priorities.
_LINES, _TYPES, _PRIORITIES = 4, 2, 3
_LABEL = b"label"
_TYPE = re.compile(r"STRING|NUMBER|BOOLEAN")
_PRIORITY = re.compile(r"\d{1,3}")


@dataclass(frozen=True)
class Commented:
    """A table whose comment lines are safe, and how many of their cells were replaced."""

    table: TableInfo
    replaced: int = 0


def safely_commented(info: TableInfo, plan: TablePlan, names: Mapping[str, str], facts: Facts) -> Commented:
    """Return a table whose comment lines hold what describes its columns and nothing else.

    names  the new names of columns that were renamed

    A cell that speaks of somebody or of a day, or that nothing proves harmless, becomes the released name of its
    column. A line that has another number of cells than the table goes, or, where four lines are asked for, is made
    anew: the release stays one that cBioPortal imports.
    """
    label = str(info.options.get("table_label", ""))
    if label and _names_somebody([label], [plan.released_name], facts)[0]:
        info = replace(info, options={**info.options, "table_label": plan.released_name})
    preamble = info.options.get("preamble")
    if not isinstance(preamble, Preamble) or info.options.get("comments") != "keep":
        return Commented(info)
    mark = str(info.options.get("comment") or "#")
    lines = _Lines(mark, str(info.options["delimiter"]), _released(plan, names), facts, set(names.values()))
    fixed = info.options.get("comment_lines", 0) == _LINES
    given = [line for line in preamble.text.splitlines() if line.startswith(mark)]
    made = [lines.made(line, number if fixed else 0, always=fixed) for number, line in enumerate(given)]
    text = "".join(line + "\n" for line, _ in made if line is not None)
    return Commented(
        replace(info, options={**info.options, "preamble": Preamble(text)}), sum(count for _, count in made)
    )


def safely_labelled(schema: pa.Schema, facts: Facts) -> pa.Schema:
    """Return a released schema in which no label speaks of somebody: such a label becomes the name of its column.

    A label that holds a known identifier stays and lets the release be refused.
    """
    labels = [(field.metadata or {}).get(_LABEL, b"").decode("utf-8", "replace") for field in schema]
    if not any(labels):
        return schema
    unsafe = _names_somebody(labels, schema.names, facts)
    return pa.schema(
        [
            field.with_metadata({**field.metadata, _LABEL: field.name.encode()}) if bad else field
            for field, bad in zip(schema, unsafe, strict=True)
        ],
        schema.metadata,
    )


def _names_somebody(labels: Sequence[str], names: Sequence[str], facts: Facts) -> list[bool]:
    found = speak_of_somebody(labels, names)
    return [
        bool(label) and (said or reads_like_a_person(label)) and not is_known_in(label, facts)
        for label, said in zip(labels, found, strict=True)
    ]


def commenting_notes(replaced: int) -> tuple[str, ...]:
    """Say how many cells of comment lines were replaced."""
    said = f"{replaced} cell(s) or line(s) of comments above the column names gave way: not known to describe columns"
    return (said,) if replaced else ()


def _released(plan: TablePlan, names: Mapping[str, str]) -> tuple[str, ...]:
    """Return for every column of the input the name under which it is released, '' where it is not."""
    return tuple(names.get(step.column, step.column) if step.released else "" for step in plan.steps)


@dataclass(frozen=True)
class _Lines:
    """How the comment lines of one table are made: their mark, their delimiter, and a name for every cell."""

    mark: str
    delimiter: str
    names: Sequence[str]
    facts: Facts
    renamed: set[str]

    def made(self, line: str, number: int, *, always: bool) -> tuple[str | None, int]:
        """Return a line that is safe, or None for one that describes no columns, and how many cells were replaced."""
        bare = line[len(line) - len(line.lstrip(self.mark)) :]
        cells = bare.split(self.delimiter)
        if len(cells) != len(self.names):
            if not always:
                return None, 1
            cells = ["\0"] * len(self.names)
        if always and number in (_TYPES, _PRIORITIES):
            shape, usual = (_TYPE, "STRING") if number == _TYPES else (_PRIORITY, "1")
            safe = [cell if shape.fullmatch(cell) else usual for cell in cells]
        else:
            passing = self._passing(cells)
            safe = [cell if ok else name for cell, ok, name in zip(cells, passing, self.names, strict=True)]
        replaced = sum(a != b and bool(name) for a, b, name in zip(cells, safe, self.names, strict=True))
        return line[: len(line) - len(bare)] + self.delimiter.join(safe), replaced

    def _passing(self, cells: Sequence[str]) -> list[bool]:
        described = describe_columns(cells, [name for name in self.names if name])
        return [
            ok and name not in self.renamed and cell.isprintable() and not bears_identifier(cell, self.facts)
            for ok, cell, name in zip(described, cells, self.names, strict=True)
        ]
