"""Quasi-identifiers and sensitive attributes by subject, gathered batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.classes import ClassTable, Codes, build
from deid.errors import Problem, problem_kind
from deid.facts import Hashes, Subjects
from deid.values import canonical_text

DISAGREE = problem_kind(
    "D201",
    "copies of a quasi-identifier disagree",
    remedy="say under `counts_from:` which table's copy counts, e.g. `counts_from: {AGE: dm}`, treat the column as "
    "another variable with `variable:`, or say `disagreeing_copies: take_first`",
    meaning="A subject has one value of a quasi-identifier over all tables; the class table would be wrong otherwise.",
)


Change = Callable[[pa.Array], pa.Array]


@dataclass
class Vocabulary:
    """Distinct values in order of appearance; code 0 is the missing value."""

    codes: dict[str | None, int] = field(default_factory=lambda: {None: 0})

    def encode(self, column: pa.Array) -> Codes:
        """Return the codes of a text column, adding what is new."""
        encoded = canonical_text(column).dictionary_encode()
        known = np.array([self.codes.setdefault(v, len(self.codes)) for v in encoded.dictionary.to_pylist()] + [0])
        indices = np.asarray(encoded.indices.fill_null(len(encoded.dictionary)))
        codes: Codes = known[indices].astype(np.int32)
        return codes

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


@dataclass
class Variable:
    """One variable over all tables: pairs of subject and code, each once a batch."""

    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    pairs: dict[str, list[tuple[Hashes, Codes]]] = field(default_factory=dict)

    def add(self, table: str, hashes: Hashes, column: pa.Array) -> None:
        """Take in one batch of one table."""
        codes = self.vocabulary.encode(column)
        order = np.lexsort((codes, hashes))
        hashes, codes = hashes[order], codes[order]
        new = np.ones(len(hashes), bool)
        new[1:] = (hashes[1:] != hashes[:-1]) | (codes[1:] != codes[:-1])
        self.pairs.setdefault(table, []).append((hashes[new], codes[new]))

    def all_pairs(self, counts_from: str = "") -> tuple[Hashes, Codes]:
        """Return the distinct pairs, sorted by subject; missing copies give way to values."""
        tables = [counts_from] if counts_from in self.pairs else sorted(self.pairs)
        parts = [part for table in tables for part in self.pairs[table]]
        hashes = np.concatenate([part[0] for part in parts]) if parts else np.zeros(0, np.uint64)
        codes = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, np.int32)
        order = np.lexsort((codes, hashes))
        hashes, codes = hashes[order], codes[order]
        keep = np.ones(len(hashes), bool)
        keep[1:] = (hashes[1:] != hashes[:-1]) | (codes[1:] != codes[:-1])
        hashes, codes = hashes[keep], codes[keep]
        followed = np.zeros(len(hashes), bool)
        followed[:-1] = hashes[1:] == hashes[:-1]
        lone = ~((codes == 0) & followed)  # a missing copy beside a value says nothing
        return hashes[lone], codes[lone]


@dataclass
class Tuples:
    """All variables that the class table needs, and the subjects of all tables."""

    quasi: dict[str, Variable] = field(default_factory=dict)
    sensitive: dict[str, Variable] = field(default_factory=dict)
    subjects: list[Hashes] = field(default_factory=list)

    def add_subjects(self, hashes: Hashes) -> None:
        """Note the subjects of a batch."""
        self.subjects.append(np.unique(hashes))
        if len(self.subjects) > 64:
            self.subjects = [np.unique(np.concatenate(self.subjects))]

    def build(
        self, counts_from: Mapping[str, str], problems: list[Problem], changes: Mapping[str, Change] | None = None
    ) -> tuple[ClassTable | None, Subjects]:
        """Return the class table and the class of each subject.

        `changes` holds, by variable, what can only be done to its values once all of them are known.
        """
        if not self.subjects:
            return None, Subjects(np.zeros(0, np.uint64), np.zeros(0, np.int32))
        hashes = np.unique(np.concatenate(self.subjects))
        if not self.quasi:
            return None, Subjects(hashes, np.zeros(len(hashes), np.int32))
        chosen = {name.upper(): table for name, table in counts_from.items()}
        columns, vocabularies = [], []
        for name, variable in self.quasi.items():
            vocabulary, renumber = variable.vocabulary.sorted((changes or {}).get(name))
            codes, disagreeing = _one_each(variable, chosen.get(name.upper(), ""), hashes, renumber)
            if disagreeing:
                cause = f"{disagreeing} subject(s) have more than one value"
                problems.append(DISAGREE.at(cause, f"variable {name}"))
            columns.append(codes)
            vocabularies.append(vocabulary)
        table, member = build(
            tuple(self.quasi), tuple(vocabularies), np.column_stack(columns).astype(np.int32), self._sensitive(hashes)
        )
        return table, Subjects(hashes, member)

    def _sensitive(self, hashes: Hashes) -> dict[str, tuple[tuple[str | None, ...], Codes, Codes]]:
        result = {}
        for name, variable in self.sensitive.items():
            vocabulary, renumber = variable.vocabulary.sorted()
            owners, codes = variable.all_pairs()
            at = np.searchsorted(hashes, owners).astype(np.int32)
            result[name] = (vocabulary, at, renumber[codes].astype(np.int32))
        return result


def _one_each(
    variable: Variable, counts_from: str, hashes: Hashes, renumber: npt.NDArray[np.int32]
) -> tuple[Codes, int]:
    """Return the code of every subject (0 where none is known) and the number of subjects with several values."""
    owners, codes = variable.all_pairs(counts_from)
    repeated = int((owners[1:] == owners[:-1]).sum()) if len(owners) else 0
    result = np.zeros(len(hashes), np.int32)
    order = np.argsort(renumber[codes], kind="stable")[::-1]  # the first in the order of values is written last
    result[np.searchsorted(hashes, owners[order])] = renumber[codes[order]]
    return result, repeated
