"""Kept columns that nobody declared: how many subjects their values single out, alone and with the declared ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from deid.classes import Codes
from deid.decisions import Step
from deid.facts import Hashes, Subjects
from deid.model import Role
from deid.report.inputs import ColumnRisk
from deid.values import canonical_text, hash64

#: Transforms that leave a value as telling as it was.
TELLING = frozenset(
    {"keep", "round", "noise", "pool_rare", "pool_terms", "top_code", "bottom_code", "age", "date_part"}
)


def is_undeclared(step: Step) -> bool:
    """Return whether a column is kept without being declared as something that an attacker may know."""
    return step.role in (Role.INSENSITIVE, Role.SENSITIVE) and step.do in TELLING


@dataclass
class ColumnRisks:
    """Pairs of subject and value by column, as hashes."""

    secret: bytes
    pairs: dict[tuple[str, str], list[tuple[Hashes, Hashes]]] = field(default_factory=dict)
    accepted: dict[tuple[str, str], bool] = field(default_factory=dict)

    def add(self, step: Step, table: str, column: str, values: pa.Array, subjects: Hashes) -> None:
        """Take in one column of one batch of the release."""
        encoded = canonical_text(values).dictionary_encode()
        codes = np.asarray(encoded.indices.fill_null(-1))
        present = codes >= 0
        if not present.any():
            return
        hashed = hash64(encoded.dictionary, self.secret)[codes[present]]
        pairs = np.unique(np.column_stack([subjects[present], hashed]), axis=0)
        self.pairs.setdefault((table, column), []).append((pairs[:, 0], pairs[:, 1]))
        self.accepted[table, column] = "singling_out" in step.accept

    def measured(self, subjects: Subjects | None) -> tuple[ColumnRisk, ...]:
        """Return the risk of every column, most telling first; `subjects` gives the released class of each subject."""
        risks = []
        for (table, column), parts in sorted(self.pairs.items()):
            owners = np.concatenate([part[0] for part in parts])
            values = np.concatenate([part[1] for part in parts])
            alone = _singled_out(owners, values)
            classes = subjects.class_of(owners) if subjects is not None and len(subjects) else None
            joint = alone if classes is None else _singled_out(owners, _mixed(values, classes))
            total = len(np.unique(owners))
            risks.append(ColumnRisk(table, column, total, alone, joint, self.accepted[table, column]))
        return tuple(
            sorted(risks, key=lambda risk: (-risk.unique_alone / max(risk.subjects, 1), risk.table, risk.column))
        )


def _singled_out(owners: Hashes, values: Hashes) -> int:
    """Count the subjects that hold a value which nobody else holds."""
    pairs = np.unique(np.column_stack([values, owners]), axis=0)
    _, first, counts = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    return len(np.unique(pairs[first[counts == 1], 1]))


def _mixed(values: Hashes, classes: Codes) -> Hashes:
    with np.errstate(over="ignore"):
        mixed: Hashes = values ^ (classes.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    return mixed


def worst(risks: tuple[ColumnRisk, ...]) -> float:
    """Return the largest share of subjects that a column singles out by itself, accepted columns left out."""
    shares = [risk.unique_alone / max(risk.subjects, 1) for risk in risks if not risk.accepted]
    return max(shares, default=0.0)
