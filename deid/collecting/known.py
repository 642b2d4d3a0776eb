"""What the tables hold about each subject, for the redaction of that subject's notes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from deid.decisions import Plan, Step, TablePlan
from deid.model import DIRECT_KINDS, Known, Role
from deid.values import canonical_text

#: Kinds beyond the direct identifiers that a note may name.
ALSO_KNOWN = frozenset({"birth_date", "death_date", "city", "zip", "postcode"})
#: Kinds that belong to no subject: looked for in every note.
SHARED = frozenset({"clinician_name", "site", "organisation"})
EVERYBODY = "*"
#: Keys of records in a form that is found in any text, so that they need not be kept by subject.
_FOUND_ANYWHERE = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}")
_KEYS = frozenset({"record_id", "uuid"})


def is_found_anywhere(kind: str, text: str) -> bool:
    """Whether a key of a record is found in any text by its form, so that nobody's record has to name it."""
    return kind in _KEYS and _FOUND_ANYWHERE.fullmatch(text) is not None


def text_tables(plan: Plan) -> tuple[str, ...]:
    """Return the tables that hold free text to be redacted."""
    return tuple(table.table for table in plan.tables if any(step.do == "redact" for step in table.steps))


def known_kind(step: Step) -> str:
    """Return the kind under which a column's values are known identifiers, or ''."""
    if step.do == "reference":  # `Patient/1015` stands in no note; the id that it leads to is known by itself
        return ""
    kind = step.holds[0] if step.holds else ""
    if kind == "genotype":
        return ""
    if step.do == "remap_key" and step.role is not Role.DIRECT:
        return ""  # a number that a database counted up names nobody in prose
    if kind in DIRECT_KINDS or kind in ALSO_KNOWN or kind in SHARED:
        return kind
    return "unknown" if step.role is Role.DIRECT else ""


@dataclass
class KnownCollector:
    """Identifiers by canonical subject, and those of everybody."""

    by_subject: dict[str, set[Known]] = field(default_factory=dict)

    def add(self, table: TablePlan, batch: pa.RecordBatch, subject: pa.Array | None) -> None:
        """Take in one batch of a table with subjects."""
        for step in table.steps:
            kind = known_kind(step)
            if not kind or step.do == "redact":
                continue
            column = canonical_text(batch.column(step.position))
            if kind in SHARED:
                everybody = self.by_subject.setdefault(EVERYBODY, set())
                everybody.update(Known(kind, text) for text in pc.unique(column).to_pylist() if text)
            elif subject is not None:
                self._pairs(kind, subject.to_pylist(), column.to_pylist())

    def _pairs(self, kind: str, subjects: Iterable[str | None], values: Iterable[str | None]) -> None:
        for owner, text in zip(subjects, values, strict=True):
            if owner and text and not is_found_anywhere(kind, text):
                self.by_subject.setdefault(owner, set()).add(Known(kind, text))

    def frozen(self) -> dict[str, tuple[Known, ...]]:
        """Return the identifiers in a fixed order."""
        return {
            owner: tuple(sorted(known, key=lambda item: (item.kind, item.text)))
            for owner, known in sorted(self.by_subject.items())
        }
