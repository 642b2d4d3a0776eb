"""Kept columns that nobody declared: how many subjects their values single out, alone and with the declared ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from deid.classes import Codes, numbered, tally
from deid.collecting.tuples import Narrow, Owners, Universe
from deid.decisions import Step
from deid.facts import Hashes, Subjects
from deid.model import Role
from deid.report.inputs import ColumnRisk
from deid.values import canonical_text, encoded, hash64, used_up

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

    The code behind the last is a blank cell.

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
        codes = np.append(renumber, 0)[codes]
        codes[blank] = len(known)  # beside the subjects that all columns of the batch share
        part = (owners.hashes, known, codes.astype(np.min_scalar_type(len(known))))
        self.parts.setdefault((table, column), []).append(part)
        self.accepted[table, column] = "singling_out" in step.accept

    def measured(self, universe: Universe, subjects: Subjects | None) -> tuple[ColumnRisk, ...]:
        """Return the risk of every column, most telling first; `subjects` gives the released class of each subject.

        What was gathered of a column is let go of once the column is measured.
        """
        classes, number = None, 0
        if subjects is not None and len(subjects):
            classes = subjects.classes if len(subjects) == len(universe.hashes) else subjects.class_of(universe.hashes)
            number = int(classes.max()) + 2
        risks = []
        for table, column in sorted(self.parts):
            at, codes, size = _gathered(self.parts.pop((table, column)), universe)
            there = np.zeros(len(universe.hashes), np.bool_)
            there[at] = True
            total = int(np.count_nonzero(there))
            once = total == len(at)
            alone = _singled_out(at, codes, size, once=once)
            joint = alone
            if classes is not None:
                mixed = _mixed(classes, at, codes, number, size)
                del codes
                joint = _singled_out(at, mixed, int(mixed.max()) + 1, once=once)
                del mixed
            risks.append(ColumnRisk(table, column, total, alone, joint, self.accepted[table, column]))
        return tuple(
            sorted(risks, key=lambda risk: (-risk.unique_alone / max(risk.subjects, 1), risk.table, risk.column))
        )


def _gathered(parts: list[tuple[Hashes, Hashes, Narrow]], universe: Universe) -> tuple[Codes, Narrow, int]:
    """Return subject and value of every cell of a column, by number, and how many values there are."""
    every = used_up(np.concatenate([known for _, known, _ in parts]))
    narrow = np.min_scalar_type(len(every))
    at = np.concatenate([universe.at(hashes)[own < len(known)] for hashes, known, own in parts])
    codes = [np.searchsorted(every, known).astype(narrow)[own[own < len(known)]] for _, known, own in parts]
    return at, np.concatenate(codes), len(every)


def _mixed(classes: Codes, at: Codes, codes: Narrow, number: int, size: int) -> Codes:
    """Return a number for the released class and the value of every cell; cells alike in both have the same."""
    own = classes[at]
    own += np.int32(1)
    return numbered([own, codes], [number, size])


def _singled_out(at: Codes, codes: Narrow, size: int, *, once: bool) -> int:
    """Count the subjects that hold a value which nobody else holds; `once`: no subject has more than one cell."""
    if not once:
        cells = used_up(at.astype(np.int64) * size + codes)
        at, codes = (cells // size).astype(np.int32), (cells % size).astype(np.int32)
    rare = tally(codes, size) == 1
    if once:
        return int(np.count_nonzero(rare))
    return len(np.unique(at[rare[codes]]))


def worst(risks: tuple[ColumnRisk, ...]) -> float:
    """Return the largest share of subjects that a column singles out by itself, accepted columns left out."""
    shares = [risk.unique_alone / max(risk.subjects, 1) for risk in risks if not risk.accepted]
    return max(shares, default=0.0)
