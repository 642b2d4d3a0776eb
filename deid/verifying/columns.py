"""Kept columns that nobody declared: how many subjects their values single out, alone and with the declared ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.classes import Codes, group_columns
from deid.collecting.tuples import Narrow, Owners, Universe
from deid.decisions import Step
from deid.facts import Hashes, Subjects
from deid.model import Role
from deid.report.inputs import ColumnRisk
from deid.values import canonical_text, distinct, encoded, hash64

#: Transforms that leave a value as telling as it was.
TELLING = frozenset(
    {
        "keep",
        "round",
        "noise",
        "pool_rare",
        "pool_terms",
        "top_code",
        "bottom_code",
        "age",
        "date_part",
        "published_code",
    }
)


def is_undeclared(step: Step) -> bool:
    """Return whether a column is kept without being declared as something that an attacker may know."""
    return step.role in (Role.INSENSITIVE, Role.SENSITIVE) and step.do in TELLING


@dataclass
class ColumnRisks:
    """Subjects and values by column: for each batch its subjects, the hashes of its distinct values, their codes.

    Nearly every row of a batch shares its value with others, so that it takes a byte or two.
    """

    secret: bytes
    parts: dict[tuple[str, str], list[tuple[Hashes, Hashes, Narrow]]] = field(default_factory=dict)
    accepted: dict[tuple[str, str], bool] = field(default_factory=dict)

    def add(self, step: Step, table: str, column: str, values: pa.Array, owners: Owners) -> None:
        """Take in one column of one batch of the release."""
        cells = encoded(values)
        texts = canonical_text(cells.dictionary)
        missing = np.append(np.asarray(texts.is_null()), True)
        codes = np.asarray(cells.indices.fill_null(len(texts)))[owners.order]
        blank = missing[codes]
        if blank.all():
            return
        known, renumber = np.unique(hash64(texts, self.secret), return_inverse=True)
        hashes, codes = owners.hashes, np.append(renumber, 0)[codes]
        if blank.any():
            hashes, codes = hashes[~blank], codes[~blank]
        part = (hashes, known, codes.astype(np.min_scalar_type(len(known))))
        self.parts.setdefault((table, column), []).append(part)
        self.accepted[table, column] = "singling_out" in step.accept

    def measured(self, universe: Universe, subjects: Subjects | None) -> tuple[ColumnRisk, ...]:
        """Return the risk of every column, most telling first; `subjects` gives the released class of each subject."""
        classes = None
        if subjects is not None and len(subjects):
            classes = subjects.classes if len(subjects) == len(universe.hashes) else subjects.class_of(universe.hashes)
        risks = []
        for (table, column), parts in sorted(self.parts.items()):
            at = np.concatenate([universe.at(hashes) for hashes, _, _ in parts])
            every = distinct(np.concatenate([known for _, known, _ in parts]))
            codes = np.concatenate([np.searchsorted(every, known).astype(np.int32)[own] for _, known, own in parts])
            held = np.bincount(at, minlength=len(universe.hashes))
            alone = _singled_out(at, codes, len(every), held)
            joint = alone
            if classes is not None:
                _, mixed = group_columns([classes[at] + 1, codes], [int(classes.max()) + 2, len(every)])
                joint = _singled_out(at, mixed, int(mixed.max()) + 1, held)
            total = int(np.count_nonzero(held))
            risks.append(ColumnRisk(table, column, total, alone, joint, self.accepted[table, column]))
        return tuple(
            sorted(risks, key=lambda risk: (-risk.unique_alone / max(risk.subjects, 1), risk.table, risk.column))
        )


def _singled_out(at: Codes, codes: Codes, size: int, held: npt.NDArray[np.int64]) -> int:
    """Count the subjects that hold a value which nobody else holds; `held` says how many cells each subject has."""
    if held.max() > 1:
        cells = distinct(at.astype(np.int64) * size + codes)
        at, codes = (cells // size).astype(np.int32), (cells % size).astype(np.int32)
    rare = np.bincount(codes, minlength=size) == 1
    if held.max() <= 1:
        return int(np.count_nonzero(rare))
    return len(np.unique(at[rare[codes]]))


def worst(risks: tuple[ColumnRisk, ...]) -> float:
    """Return the largest share of subjects that a column singles out by itself, accepted columns left out."""
    shares = [risk.unique_alone / max(risk.subjects, 1) for risk in risks if not risk.accepted]
    return max(shares, default=0.0)
