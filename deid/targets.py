"""Where the tables of a release are written and read back: files beside the report, or a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from deid.contracts import TableInfo, Writer
from deid.database.address import Address
from deid.database.refusals import TWO_TARGETS
from deid.decisions import TablePlan
from deid.errors import UsageError
from deid.formats import ending
from deid.formats.header import Preamble
from deid.registry import plugin, plugins
from deid.release import Staging
from deid.source import Reader, Source, file_digest

#: What typed tables that come from no file are written as, unless a format is named.
USUAL = "parquet"


class Target(Protocol):
    """The place of a release: every table is opened once, written and closed, then all are read back."""

    def table(self, info: TableInfo, plan: TablePlan, schema: pa.Schema) -> TableInfo:
        """Return the released table of an input table, under its new name and with its released schema."""

    def open(self, table: TableInfo) -> Writer:
        """Open a table."""

    def released(self, tables: Iterable[TableInfo]) -> Source:
        """Open what was written, as a reader of the release would."""

    def files(self, tables: Iterable[TableInfo]) -> Mapping[str, str]:
        """Return the SHA-256 of what was written, by place within the release."""

    def commit(self, stage: Staging) -> None:
        """Make what was staged the release, as the last act: all of it or nothing."""


@dataclass(frozen=True)
class FileTarget:
    """A file for every table in the folder `data` of the release."""

    stage: Staging
    output_format: str = ""

    @property
    def folder(self) -> Path:
        """Where the files are staged."""
        return self.stage.folder / "data"

    def table(self, info: TableInfo, plan: TablePlan, schema: pa.Schema) -> TableInfo:
        """Return the file of a table: in the format asked for, else in that of the input, else in CSV."""
        own = USUAL if info.format not in plugins("format") else info.format
        form = self.output_format or (
            own if plugin("format", own).writes else getattr(plugin("format", own), "written_as", "csv")
        )
        suffix = plugin("format", form).suffixes[0]
        if form == info.format and info.path.suffix:
            suffix = ending(info.path, plugin("format", form)) or info.path.suffix.lower()
        options = dict(info.options) if form == info.format else {}
        if isinstance(options.get("preamble"), Preamble) and "delimiter" in options:
            kept = [step.position for step in plan.steps if step.released]
            options["preamble"] = options["preamble"].only(kept, len(info.schema), options["delimiter"])
        return TableInfo(plan.released_name, self.folder / f"{plan.released_name}{suffix}", form, schema, options)

    def open(self, table: TableInfo) -> Writer:
        """Open a new file."""
        self.folder.mkdir(exist_ok=True)
        writer: Writer = plugin("format", table.format)().open(table.path, table)
        return writer

    def released(self, tables: Iterable[TableInfo]) -> Source:
        """Open the files; one without a byte holds no row and no header."""
        found: list[TableInfo] = []
        readers: dict[str, Reader] = {}
        for info in tables:
            if info.path.stat().st_size == 0:
                found.append(info)
                readers[info.name] = _nothing
                continue
            kind = plugin("format", info.format)()
            # A format that leaves out columns without a cell says itself which table it wrote.
            seen = kind.reopened(info) if hasattr(kind, "reopened") else kind.inspect(info.path, info.options)[0]
            found.append(replace(seen, name=info.name))
        return Source(tuple(found), readers)

    def files(self, tables: Iterable[TableInfo]) -> Mapping[str, str]:
        """Return the digest of every file."""
        return {str(info.path.relative_to(self.stage.folder)): file_digest(info.path) for info in tables}

    def commit(self, stage: Staging) -> None:
        """Rename the staged folder."""
        stage.commit()


@contextmanager
def open_target(stage: Staging, to: Address | None, output_format: str) -> Iterator[Target]:
    """Open the place of a release; what is not committed in it leaves nothing behind. Raises UsageError."""
    if to is None:
        yield FileTarget(stage, output_format)
        return
    if output_format:
        raise UsageError(TWO_TARGETS.at("a database takes no format", f"--format {output_format}"))
    from deid.database.targets import database_target

    with database_target(to) as target:
        yield target


def _nothing(table: TableInfo, batch_rows: int) -> Iterator[Any]:
    return iter(())
