"""Quasi-identifiers and sensitive attributes by subject, gathered batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.classes import MISSING, ClassTable, Codes, build
from deid.errors import Problem, problem_kind
from deid.facts import Hashes, Subjects
from deid.values import canonical_text, distinct, encoded, used_up

DISAGREE = problem_kind(
    "D201",
    "copies of a quasi-identifier disagree",
    remedy="say under `counts_from:` which table's copy counts, e.g. `counts_from: {AGE: dm}`, treat the column as "
    "another variable with `variable:`, or say `disagreeing_copies: take_first`",
    meaning="A subject has one value of a quasi-identifier over all tables; the class table would be wrong otherwise.",
)


Narrow = npt.NDArray[Any]
_PENDING = 2_000_000  # subjects that may wait to be sorted in among the others
Change = Callable[[pa.Array], pa.Array]


@dataclass
class Vocabulary:
    """Distinct values in order of appearance; code 0 is the missing value."""

    codes: dict[str | None, int] = field(default_factory=lambda: {None: 0})

    def encode(self, column: pa.Array) -> Narrow:
        """Return the codes of a text column, adding what is new; they take no more octets than so many values need."""
        distinct = encoded(column)
        texts = canonical_text(distinct.dictionary).to_pylist()
        known = [self.codes.setdefault(text, len(self.codes)) for text in texts]
        indices = distinct.indices
        at = np.asarray(indices.fill_null(len(texts)) if indices.null_count else indices)
        return np.array([*known, MISSING], np.min_scalar_type(len(self.codes))).take(at, mode="clip")

    def sorted(self, change: Change | None = None) -> tuple[tuple[str | None, ...], Codes]:
        """Return the values sorted behind None, and the new code of each old one; `change` merges values first."""
        old = [value for value in self.codes if value is not None]
        new = old if change is None else change(pa.array(old, pa.string())).to_pylist()
        values = sorted({value for value in new if value is not None})
        order = {value: i + 1 for i, value in enumerate(values)}
        renumber = np.zeros(len(self.codes), np.int32)
        for value, changed in zip(old, new, strict=True):
            renumber[self.codes[value]] = order.get(changed, 0)
        return (None, *values), renumber


@dataclass(frozen=True)
class Owners:
    """The subjects of a batch: their hashes sorted, what sorts the rows likewise, whether each stands once."""

    hashes: Hashes
    order: npt.NDArray[np.intp]
    once: bool

    @classmethod
    def of(cls, hashes: Hashes) -> Owners:
        """Sort the subjects of a batch."""
        order = np.argsort(hashes, kind="stable")
        ordered = hashes[order]
        return cls(ordered, order, not (ordered[1:] == ordered[:-1]).any())


@dataclass
class Universe:
    """All subjects, sorted, and where those of each batch stand among them (worked out once a batch)."""

    hashes: Hashes
    places: dict[int, tuple[Hashes, Codes]] = field(default_factory=dict)

    def at(self, hashes: Hashes) -> Codes:
        """Return the numbers of the sorted subjects of a batch."""
        known = self.places.get(id(hashes))
        if known is None or known[0] is not hashes:
            known = (hashes, np.searchsorted(self.hashes, hashes).astype(np.int32))
            self.places[id(hashes)] = known
        return known[1]


def stands_once(at: Codes, number: int) -> bool:
    """Return whether each of `number` subjects stands in a list at most once."""
    there = np.zeros(number, np.bool_)
    there[at] = True
    return int(np.count_nonzero(there)) == len(at)


@dataclass
class Variable:
    """One variable over all tables: pairs of subject and code, each once a batch; codes take no more than they need.

    Batches with every subject once share the array of their subjects among all variables.
    """

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    pairs: dict[str, list[tuple[Hashes, Narrow]]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many pairs are held."""
        return sum(len(codes) for parts in self.pairs.values() for _, codes in parts)

    def compact(self) -> None:
        """Hold each pair once."""
        size = len(self.vocabulary.codes)
        for table, parts in self.pairs.items():
            owners, at = np.unique(np.concatenate([hashes for hashes, _ in parts]), return_inverse=True)
            cells = used_up(at.astype(np.int64) * size + np.concatenate([codes for _, codes in parts]))
            self.pairs[table] = [(owners[cells // size], (cells % size).astype(np.min_scalar_type(size)))]

    def add(self, table: str, owners: Owners, column: pa.Array) -> None:
        """Take in one batch of one table."""
        codes: Narrow = self.vocabulary.encode(column)[owners.order]
        hashes = owners.hashes
        if not owners.once:
            fresh = np.append(True, hashes[1:] != hashes[:-1])
            size = len(self.vocabulary.codes)
            cells = distinct((np.cumsum(fresh) - 1).astype(np.int64) * size + codes)
            hashes, codes = hashes[fresh][cells // size], cells % size
        narrow = np.min_scalar_type(len(self.vocabulary.codes))
        self.pairs.setdefault(table, []).append((hashes, codes.astype(narrow)))

    def all_pairs(self, universe: Universe, counts_from: str = "") -> tuple[Codes, Narrow]:
        """Return the distinct pairs of a subject's number and a code; missing copies give way to values."""
        tables = [counts_from] if counts_from in self.pairs else sorted(self.pairs)
        parts = [part for table in tables for part in self.pairs[table]]
        at = np.concatenate([universe.at(hashes) for hashes, _ in parts] or [np.zeros(0, np.int32)])
        codes = np.concatenate([codes for _, codes in parts] or [np.zeros(0, np.int32)])
        if stands_once(at, len(universe.hashes)):
            return at, codes
        size = len(self.vocabulary.codes)
        cells = used_up(at.astype(np.int64) * size + codes)
        at, codes = (cells // size).astype(np.int32), (cells % size).astype(np.int32)
        followed = np.append(at[1:] == at[:-1], False)
        lone = ~((codes == 0) & followed)  # a missing copy beside a value says nothing
        return at[lone], codes[lone]


@dataclass
class Tuples:
    """All variables that the class table needs, and the subjects of all tables."""

    quasi: dict[str, Variable] = field(default_factory=dict)
    sensitive: dict[str, Variable] = field(default_factory=dict)
    subjects: list[Hashes] = field(default_factory=list)
    all: Universe | None = None
    most: int = _PENDING

    def add_subjects(self, owners: Owners) -> None:
        """Note the subjects of a batch."""
        self.subjects.append(owners.hashes if owners.once else distinct(owners.hashes))
        pending = sum(len(part) for part in self.subjects[1:])
        if pending > max(_PENDING, len(self.subjects[0])):
            self.subjects = [used_up(np.concatenate(self.subjects))]

    def number(self) -> int:
        """Return how many subjects there are so far."""
        self.subjects = [used_up(np.concatenate(self.subjects or [np.zeros(0, np.uint64)]))]
        return len(self.subjects[0])

    def shed(self, *others: Variable) -> None:
        """Hold once what stands in many batches, where much is held: pairs then grow with the people, not the rows."""
        variables = [*self.quasi.values(), *self.sensitive.values(), *others]
        if sum(map(len, variables)) <= self.most:
            return
        number = self.number()
        for variable in variables:
            if len(variable) > 2 * number:
                variable.compact()
        self.most = max(_PENDING, 2 * sum(map(len, variables)))

    def universe(self) -> Universe:
        """Return all subjects, sorted."""
        if self.all is None:
            self.all = Universe(used_up(np.concatenate(self.subjects or [np.zeros(0, np.uint64)])))
            self.subjects = [self.all.hashes]
        return self.all

    def let_go(self) -> None:
        """Forget what was gathered, once everything was counted."""
        self.quasi.clear()
        self.sensitive.clear()
        self.subjects.clear()
        self.all = None

    def build(
        self, counts_from: Mapping[str, str], problems: list[Problem], changes: Mapping[str, Change] | None = None
    ) -> tuple[ClassTable | None, Subjects]:
        """Return the class table and the class of each subject.

        `changes` holds, by variable, what can only be done to its values once all of them are known.
        """
        if not self.subjects:
            return None, Subjects(np.zeros(0, np.uint64), np.zeros(0, np.int32))
        universe = self.universe()
        hashes = universe.hashes
        if not self.quasi:
            return None, Subjects(hashes, np.zeros(len(hashes), np.int32))
        vocabularies, columns = self.columns(counts_from, problems, changes)
        table, member = build(tuple(self.quasi), vocabularies, columns, self._sensitive(universe))
        return table, Subjects(hashes, member)

    def columns(
        self, counts_from: Mapping[str, str], problems: list[Problem], changes: Mapping[str, Change] | None = None
    ) -> tuple[tuple[tuple[str | None, ...], ...], list[Narrow]]:
        """Return for each quasi-identifier its vocabulary and the code of every subject."""
        universe = self.universe()
        chosen = {name.upper(): table for name, table in counts_from.items()}
        columns, vocabularies = [], []
        for name, variable in self.quasi.items():
            vocabulary, renumber = variable.vocabulary.sorted((changes or {}).get(name))
            codes, disagreeing = _one_each(variable, chosen.get(name.upper(), ""), universe, renumber)
            if disagreeing:
                cause = f"{disagreeing} subject(s) have more than one value"
                problems.append(DISAGREE.at(cause, f"variable {name}"))
            columns.append(codes)
            vocabularies.append(vocabulary)
        return tuple(vocabularies), columns

    def _sensitive(self, universe: Universe) -> dict[str, tuple[tuple[str | None, ...], Codes, Narrow]]:
        result = {}
        for name, variable in self.sensitive.items():
            vocabulary, renumber = variable.vocabulary.sorted()
            at, codes = variable.all_pairs(universe)
            result[name] = (vocabulary, at, _narrow(renumber, len(vocabulary))[codes])
        return result


def _one_each(
    variable: Variable, counts_from: str, universe: Universe, renumber: npt.NDArray[np.int32]
) -> tuple[Narrow, int]:
    """Return the code of every subject (0 where none is known) and the number of subjects with several values."""
    at, old = variable.all_pairs(universe, counts_from)
    renumber = _narrow(renumber, int(renumber.max(initial=0)) + 1)
    codes = renumber[old]
    result = np.zeros(len(universe.hashes), codes.dtype)
    if stands_once(at, len(result)):
        result[at] = codes
        return result, 0
    order = np.lexsort((codes, at))
    at, codes = at[order], codes[order]
    first = np.append(True, at[1:] != at[:-1])  # the first in the order of values counts
    result[at[first]] = codes[first]
    return result, int((~first).sum())


def _narrow(codes: npt.NDArray[np.int32], size: int) -> Narrow:
    return codes.astype(np.min_scalar_type(size))
