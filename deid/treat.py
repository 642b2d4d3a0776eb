"""Pass two: a pure function of (batch, Plan, Facts, Recoding); it learns nothing and remembers nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from deid.classes import MISSING, Codes
from deid.collecting.known import EVERYBODY, is_found_anywhere, known_kind
from deid.collecting.rows import Rows
from deid.contracts import Context, Detector
from deid.decisions import Plan, Step, TablePlan
from deid.facts import Facts, Hashes, Taken
from deid.hierarchy import Recoding
from deid.keys import Key
from deid.model import Known, Role
from deid.transform.derive import rank_labels
from deid.values import as_text, canonical_text, hash64, on_distinct
from deid.verifying.own import OWN_LEFT, own_left

#: Transforms after which a column keeps its storage: type, width and display format.
#: Letters of a date that names a day; a year alone may stay the same after a shift.
WHOLE_DATE = 8
KEEPS_STORAGE = frozenset({"keep", "shift_date", "suppress", "round", "noise"})


@dataclass(frozen=True)
class Treated:
    """Rows of the release, what decides their order, and what was counted on the way."""

    batch: pa.RecordBatch
    order: Hashes | None
    counts: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True)
class Treatment:
    """Everything that turns the batches of one table into rows of the release."""

    plan: Plan
    table: TablePlan
    facts: Facts
    recoding: Recoding | None
    key: Key = field(repr=False)
    detector: Detector | None = field(default=None, repr=False)
    names: Mapping[str, str] = field(default_factory=dict)

    def schema(self, source: pa.Schema) -> pa.Schema:
        """Return the released schema: names, types, and the metadata that still hold."""
        fields = []
        for step in self._released():
            before = source.field(step.position)
            kind = pa.string() if self._is_recoded(step) else step.transform.output_type(before.type)
            metadata = dict(before.metadata or {})
            if step.do not in KEEPS_STORAGE or kind != before.type:
                metadata.pop(b"length", None)
                metadata.pop(b"sas_format", None)
                metadata.pop(b"sql_type", None)
            fields.append(pa.field(self.names.get(step.column, step.column), kind, True, metadata or None))
        return pa.schema(fields, _table_metadata(source))

    def __call__(self, rows: Rows) -> Treated:
        """Treat one batch."""
        counts: Counter[tuple[str, str]] = Counter()
        classes = self.facts.subjects.class_of(rows.hashes) if rows.hashes is not None else None
        rows, classes = self._without_removed(rows, classes, counts)
        known = self._known(rows)
        made: dict[Hashable, tuple[pa.Array | None, Any]] = {}
        columns = [self._column(step, rows, classes, known, made, counts) for step in self._released()]
        schema = self.schema(rows.batch.schema)
        batch = pa.RecordBatch.from_arrays(columns, schema=schema) if columns else _no_columns(rows)
        return Treated(batch, self._order(rows), dict(counts))

    def _released(self) -> tuple[Step, ...]:
        return tuple(step for step in self.table.steps if step.released)

    def _is_recoded(self, step: Step) -> bool:
        return self.recoding is not None and step.role is Role.QUASI and step.do == "generalise"

    def _without_removed(
        self, rows: Rows, classes: Codes | None, counts: Counter[tuple[str, str]]
    ) -> tuple[Rows, Codes | None]:
        anonymise = self.plan.policy.anonymise
        if self.recoding is None or classes is None or anonymise is None or anonymise.suppressed != "remove":
            return rows, classes
        gone = self._suppressed(classes)
        if not gone.any():
            return rows, classes
        counts["", "removed"] += int(gone.sum())
        keep = pa.array(~gone)
        subject = None if rows.subject is None else rows.subject.filter(keep)
        hashes = None if rows.hashes is None else rows.hashes[~gone]
        return replace(rows, batch=rows.batch.filter(keep), subject=subject, hashes=hashes), classes[~gone]

    def _suppressed(self, classes: Codes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        assert self.recoding is not None
        result: np.ndarray[tuple[int], np.dtype[np.bool_]] = (classes >= 0) & self.recoding.suppressed[classes]
        return result

    def _column(
        self,
        step: Step,
        rows: Rows,
        classes: Codes | None,
        known: Mapping[str, tuple[Known, ...]],
        made: dict[Hashable, tuple[pa.Array | None, Any]],
        counts: Counter[tuple[str, str]],
    ) -> pa.Array:
        column = rows.batch.column(step.position)
        if step.do == "derive" and self.recoding is not None and classes is not None:
            return self._derived(step, column, classes)
        if self._is_recoded(step) and classes is not None:
            return self._cells(step.variable, column, classes)
        treated = self._transformed(step, column, rows, known, made, counts)
        if step.role is Role.QUASI and self.recoding is not None and classes is not None:
            treated = self._counted(step.variable, treated, classes)
        if getattr(step.transform, "on_error", "") == "suppress" or getattr(step.transform, "only", ""):
            counts[step.column, "emptied"] += max(treated.null_count - canonical_text(column).null_count, 0)
        if step.do == "shift_date":
            counts[step.column, "dates"] += len(column) - column.null_count
            same = pc.fill_null(pc.equal(column, treated), False)
            whole = pc.fill_null(pc.greater_equal(pc.utf8_length(as_text(column)), WHOLE_DATE), False)
            # Whoever started on the common day has nothing to move: part of the PHUSE offset, and said in the report.
            unmoved = "at_start" if getattr(step.transform, "anchored", False) else "unshifted"
            counts[step.column, unmoved] += pc.sum(pc.and_(same, whole)).as_py() or 0
            counts[step.column, "partial_unchanged"] += pc.sum(pc.and_not(same, whole)).as_py() or 0
        return treated

    def _cells(self, variable: str, column: pa.Array, classes: Codes) -> pa.Array:
        """Return the released cell of each row's subject; missing copies stay missing, the suppressed are blank.

        A subject without any value has the cell that was counted for it, which is '*' on the coarsest level.
        """
        assert self.recoding is not None
        assert self.facts.classes is not None
        labels, codes = self.recoding.cells(variable)
        blank = len(labels)
        cells = np.where(self._suppressed(classes) | (classes < 0), blank, codes[classes])
        valued = self.facts.classes.codes[classes, self.recoding.variables.index(variable)] != MISSING
        cells[np.asarray(pc.is_null(canonical_text(column))) & valued] = blank
        return pa.array([*labels, None], pa.string()).take(pa.array(cells))

    def _counted(self, variable: str, treated: pa.Array, classes: Codes) -> pa.Array:
        """Return a variable that is not generalised with the value that was counted, where a copy says another one."""
        cells = self._cells(variable, treated, classes)
        same = pc.fill_null(pc.equal(canonical_text(treated), cells), False)
        others = pc.if_else(same, pa.scalar(None, pa.string()), cells)
        return pc.if_else(same, treated, others.cast(treated.type))

    def _derived(self, step: Step, column: pa.Array, classes: Codes) -> pa.Array:
        source = str(getattr(step.transform, "source", "")).upper()
        variable = next(name for name in self.plan.quasi_identifiers if name.upper() == source)
        cells = self._cells(variable, column, classes)
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            return cells
        assert self.recoding is not None
        ranks = rank_labels(self.recoding.cells(variable)[0])
        kind = step.transform.output_type(column.type)
        return on_distinct(
            cells, lambda labels: pa.array([ranks.get(label) for label in labels.to_pylist()]).cast(kind)
        )

    def _transformed(
        self,
        step: Step,
        column: pa.Array,
        rows: Rows,
        known: Mapping[str, tuple[Known, ...]],
        made: dict[Hashable, tuple[pa.Array | None, Any]],
        counts: Counter[tuple[str, str]],
    ) -> pa.Array:
        transform = step.transform
        context = Context(
            table=step.table,
            column=step.column,
            field=step.field,
            key=self.key,
            kind=step.holds[0] if step.holds else "",
            tags=frozenset(step.tags),
            subject=self._subject(rows) if transform.needs_subject else None,
            position=rows.first,
            others={name: rows.column(name) for name in transform.columns() if name in rows.batch.schema.names},
            vocabulary=self._vocabulary(step),
            known=known,
            detector=self.detector,
            first_days=self.facts.first_days,
            made=made,
        )
        if step.do == "redact":
            treated, found = transform.apply_counted(column, context)  # type: ignore[attr-defined]
            for name, count in found.items():
                counts[step.column, name] += count
            invented = getattr(transform, "style", "") == "surrogate"
            own = own_left(treated.to_pylist(), self._subject(rows).to_pylist(), known, invented=invented)
            counts[step.column, "own_identifier_left"] += own.total()
            for kind, left in own.items():
                counts[step.column, f"{OWN_LEFT}{kind}"] += left
            return treated
        if transform.per_value:
            return on_distinct(column, lambda values: transform.apply(values, context))
        return transform.apply(column, context)

    def _vocabulary(self, step: Step) -> Container[str]:
        """Return the values that stay where rare ones are pooled, and those that no surrogate may equal elsewhere."""
        if getattr(step.transform, "needs_vocabulary", False):
            named = getattr(step.transform, "pool_name", str)
            return self.facts.pools.get(named(step.variable), frozenset())
        return Taken(self.facts.needles, self.facts.hash_secret)

    def _subject(self, rows: Rows) -> pa.Array:
        if rows.subject is not None:
            return rows.subject
        return pa.array([f"row {rows.first + i}" for i in range(rows.batch.num_rows)], pa.string())

    def _known(self, rows: Rows) -> Mapping[str, tuple[Known, ...]]:
        """Return what the tables know of the subjects of this batch, the batch's own columns included."""
        if not any(step.do == "redact" for step in self.table.steps):
            return {}
        subjects = self._subject(rows).to_pylist()
        own: dict[str, dict[Known, None]] = {subject: {} for subject in subjects if subject}
        for step in self.table.steps:
            kind = known_kind(step)
            if kind and step.do != "redact":
                values = canonical_text(rows.batch.column(step.position)).to_pylist()
                for subject, value in zip(subjects, values, strict=True):
                    if subject and value and not is_found_anywhere(kind, value):
                        own[subject][Known(kind, value)] = None
        shared = self.facts.known.get(EVERYBODY, ())
        return {
            subject: tuple(sorted({*known, *self.facts.known.get(subject, ()), *shared}, key=_kind_and_text))
            for subject, known in own.items()
        }

    def _order(self, rows: Rows) -> Hashes | None:
        if self.plan.policy.row_order == "keep":
            return None
        secret = self.key.subkey_bytes("row_order")
        if rows.hashes is not None:
            return hash64(self._subject(rows), secret)
        keys = next((step for step in self.table.steps if step.do == "remap_key"), None)
        if keys is None:
            return None
        return hash64(canonical_text(rows.batch.column(keys.position)), secret)  # else the old order shows the old keys


def _table_metadata(source: pa.Schema) -> dict[bytes, bytes] | None:
    kept = {
        name: value for name, value in (source.metadata or {}).items() if name in (b"table_name", b"label", b"encoding")
    }
    return kept or None


def _kind_and_text(known: Known) -> tuple[str, str]:
    return known.kind, known.text


def _no_columns(rows: Rows) -> pa.RecordBatch:
    return rows.batch.select([])
