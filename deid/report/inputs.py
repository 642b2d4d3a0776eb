"""Everything that the report is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deid.classes import ClassTable
from deid.decisions import Plan
from deid.facts import Facts
from deid.hierarchy import Recoding
from deid.model import Profile, Verdict


@dataclass(frozen=True)
class Burden:
    """Who was suppressed: subjects and suppressed subjects by released group of one quasi-identifier."""

    variable: str
    groups: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class ColumnRisk:
    """A kept column that nobody declared: how many subjects its values single out, alone and with the declared ones."""

    table: str
    column: str
    subjects: int
    unique_alone: int
    unique_with_quasi: int
    accepted: bool


@dataclass(frozen=True)
class TextCounts:
    """What redaction found in one free-text column: cells, cells changed, cells redacted whole, spans by kind."""

    table: str
    column: str
    cells: int
    changed: int
    redacted_whole: int
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportInputs:
    """Everything that the report is made from; no row and no direct identifier among it.

    before, after  class tables of the input and of what was written (None where no quasi-identifier is declared)
    cell_minimum   counts of persons from 1 to one below it are never shown (11 unless the policy says otherwise)
    rows_before, rows_after  rows by table of the plan
    files          SHA-256 by path within the release
    shifts         dates shifted and the like, by what was counted; names ending in "days" are windows, not counts
    released_names new name of each column that was renamed in the release, by table and column
    key_origin     where the key came from ("environment", "file", "demo"), never a key

    Facts about the run (times, command) are no part of it: they are given to `write_report` apart.
    """

    plan: Plan
    profile: Profile
    facts: Facts
    recoding: Recoding | None
    verdict: Verdict
    before: ClassTable | None
    after: ClassTable | None
    rows_before: Mapping[str, int]
    rows_after: Mapping[str, int]
    files: Mapping[str, str]
    column_risks: tuple[ColumnRisk, ...] = ()
    burden: tuple[Burden, ...] = ()
    text: tuple[TextCounts, ...] = ()
    shifts: Mapping[str, int] = field(default_factory=dict)
    cell_minimum: int = 11
    versions: Mapping[str, str] = field(default_factory=dict)
    key_origin: str = ""
    released_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def people_before(self) -> int:
        """Number of subjects of the input, which are counted even where their values as they came are not."""
        table = self.before if self.before is not None else self.facts.classes
        return table.subjects if table is not None else len(self.facts.subjects)
