"""Kept columns that nobody declared: how many subjects their values single out, alone and with the declared ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from deid.classes import Codes, numbered, tally, unshared
from deid.collecting.tuples import Narrow, Owners, Universe
from deid.decisions import Step
from deid.facts import Hashes, Subjects
from deid.model import Role
from deid.report.inputs import ColumnRisk
from deid.runs import Runs, Spill
from deid.values import canonical_text, distinct, encoded, hash64, positions, used_up

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


#: Pairs of subject and value that are held in memory, of all columns together, before it is asked whether they must be.
MOST_HELD = 1_000_000
#: Pairs of a column that stay in memory in any case.
FEW = 10_000
Place = tuple[str, str]
Part = tuple[Hashes, Hashes, Narrow]


@dataclass
class ColumnRisks:
    """Subjects and values by column: for each batch its subjects, the hashes of its distinct values, their codes.

    The code behind the last is a blank cell.

    Nearly every row of a batch shares its value with others, so that it takes a byte or two. Where a column comes to
    hold several pairs a subject, so that they grow with the rows and not with the people, they go to `spill`.
    """

    secret: bytes
    parts: dict[Place, list[Part]] = field(default_factory=dict)
    accepted: dict[Place, bool] = field(default_factory=dict)
    spill: Spill | None = None
    runs: dict[Place, Runs] = field(default_factory=dict)
    held: int = 0
    most: int = MOST_HELD

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
        hashes = owners.hashes
        if not owners.once:
            fresh = np.append(True, hashes[1:] != hashes[:-1])
            pairs = distinct((np.cumsum(fresh) - 1) * (len(known) + 1) + codes)
            hashes, codes = hashes[fresh][pairs // (len(known) + 1)], pairs % (len(known) + 1)
        part = (hashes, known, codes.astype(np.min_scalar_type(len(known))))
        self.parts.setdefault((table, column), []).append(part)
        self.accepted[table, column] = "singling_out" in step.accept
        self.held += len(codes)

    def shed(self, people: Callable[[], int]) -> None:
        """Let go of what grows with the rows, once much is held; `people` counts the subjects so far."""
        if self.spill is None or self.held <= self.most:
            return
        number = people()
        for place, parts in self.parts.items():
            if place in self.runs or sum(len(own) for _, _, own in parts) > 2 * number + FEW:
                self._put(place)
        self.held = sum(len(own) for parts in self.parts.values() for _, _, own in parts)
        self.most = max(MOST_HELD, 2 * self.held)

    def _put(self, place: Place) -> None:
        assert self.spill is not None
        parts, self.parts[place] = self.parts[place], []
        if parts:
            cells = [own < len(known) for _, known, own in parts]
            values = [known[own[cell]] for (_, known, own), cell in zip(parts, cells, strict=True)]
            owners = [hashes[cell] for (hashes, _, _), cell in zip(parts, cells, strict=True)]
            self.runs.setdefault(place, Runs(self.spill)).put(np.concatenate(values), np.concatenate(owners))

    def measured(self, universe: Universe, subjects: Subjects | None) -> tuple[ColumnRisk, ...]:
        """Return the risk of every column, most telling first; `subjects` gives the released class of each subject.

        What was gathered of a column is let go of once the column is measured.
        """
        classes, number = None, 0
        if subjects is not None and len(subjects):
            classes = subjects.classes if len(subjects) == len(universe.hashes) else subjects.class_of(universe.hashes)
            number = int(classes.max()) + 2
        risks = []
        for place in sorted(self.parts):
            if place in self.runs:
                self._put(place)
                del self.parts[place]
                counts = _of_runs(self.runs.pop(place), universe, classes, number)
            else:
                counts = _of_parts(self.parts.pop(place), universe, classes, number)
            risks.append(ColumnRisk(*place, *counts, self.accepted[place]))
        return tuple(
            sorted(risks, key=lambda risk: (-risk.unique_alone / max(risk.subjects, 1), risk.table, risk.column))
        )


def _of_parts(parts: list[Part], universe: Universe, classes: Codes | None, number: int) -> tuple[int, int, int]:
    """Return how many subjects hold a value, and how many their value singles out, alone and with their class."""
    at, codes, size = _gathered(parts, universe)
    there = np.zeros(len(universe.hashes), np.bool_)
    there[at] = True
    total = int(np.count_nonzero(there))
    once = total == len(at)
    alone = joint = _singled_out(at, codes, size, once=once)
    if classes is not None and once:
        own = classes[at]
        own += np.int32(1)
        del at, there
        joint = unshared([own, codes], [number, size])
    elif classes is not None:
        mixed = _mixed(classes, at, codes, number, size)
        del codes
        joint = _singled_out(at, mixed, int(mixed.max()) + 1, once=False)
    return total, alone, joint


def _of_runs(runs: Runs, universe: Universe, classes: Codes | None, number: int) -> tuple[int, int, int]:
    """Return the same from pairs on the disk, some values after the other."""
    there, alone, joint = (np.zeros(len(universe.hashes), np.bool_) for _ in range(3))
    for values, owners in runs.parts():
        at = positions(universe.hashes, owners).astype(np.int32)
        every, found = np.unique(values, return_inverse=True)
        codes = found.astype(np.int32)
        there[at] = True
        alone[_alone(at, codes, len(every))] = True
        if classes is not None and len(at):
            mixed = _mixed(classes, at, codes, number, len(every))
            joint[_alone(at, mixed, int(mixed.max()) + 1)] = True
    counted = [int(np.count_nonzero(marks)) for marks in (there, alone, joint)]
    return counted[0], counted[1], counted[2] if classes is not None else counted[1]


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
    if once:
        return int(np.count_nonzero(tally(codes, size) == 1))
    return len(np.unique(_alone(at, codes, size)))


def _alone(at: Codes, codes: Narrow, size: int) -> Codes:
    """Return the subjects that hold a value which nobody else holds, one as often as it has such values."""
    cells = used_up(at.astype(np.int64) * size + codes)
    at, codes = (cells // size).astype(np.int32), (cells % size).astype(np.int32)
    singled: Codes = at[(tally(codes, size) == 1)[codes]]
    return singled


def worst(risks: tuple[ColumnRisk, ...]) -> float:
    """Return the largest share of subjects that a column singles out by itself, accepted columns left out."""
    shares = [risk.unique_alone / max(risk.subjects, 1) for risk in risks if not risk.accepted]
    return max(shares, default=0.0)
