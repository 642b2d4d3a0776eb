"""What pass one learnt of the whole, frozen before anything is written."""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.classes import ClassTable, Codes
from deid.hierarchy import Hierarchy
from deid.model import FirstDay, Known, Measure
from deid.values import Hashes, hash64, positions

__all__ = ["Facts", "Hashes", "Needles", "Subjects", "Taken"]


@dataclass(frozen=True)
class Subjects:
    """Which class each subject belongs to: sorted 64-bit hashes of canonical subjects, and their class."""

    hashes: Hashes
    classes: Codes

    def class_of(self, hashes: Hashes) -> Codes:
        """Return the class of each subject, -1 where it is unknown."""
        at = positions(self.hashes, hashes)
        if len(self.hashes) == 0:
            return at.astype(np.int32)
        return np.where(at >= 0, self.classes[at], np.int32(-1)).astype(np.int32)

    def __len__(self) -> int:
        return len(self.hashes)


@dataclass(frozen=True)
class Needles:
    """The direct identifiers of the input as sorted keyed hashes, for the residual scan.

    `long_kinds`, in any integer type, indexes `kinds`: what the identifier is, and the field of its pseudonyms.

    `long` identifiers (6 letters or digits and more, no single words) are searched for everywhere; `words`, surnames
    and logins of 6 letters and more that are no words of the language, in every cell but those of redacted notes; and
    `short` ones, by kind, only in columns of the same kind and in id columns.
    """

    long: Hashes
    long_kinds: npt.NDArray[Any]
    short: Mapping[str, Hashes] = field(default_factory=dict)
    kinds: tuple[tuple[str, str], ...] = ()
    not_searched: Mapping[str, int] = field(default_factory=dict)
    words: Hashes = field(default_factory=lambda: np.zeros(0, np.uint64))


@dataclass(frozen=True)
class Taken:
    """The words and values that identify somebody in the input, asked one by one: no surrogate may equal one."""

    needles: Needles
    secret: bytes = field(repr=False)
    asked: dict[str, bool] = field(default_factory=dict, repr=False)

    def __contains__(self, word: object) -> bool:
        text = str(word).casefold()
        if text not in self.asked:
            words = filter(str.isalpha, re.findall(r"[^\W_]+", text))
            parts = ["".join(filter(str.isalnum, text)), *words]
            hashed = hash64(pa.array(parts), self.secret)
            places = (self.needles.long, *self.needles.short.values())
            self.asked[text] = any(bool(np.isin(hashed, hashes).any()) for hashes in places)
        return self.asked[text]


@dataclass(frozen=True)
class Register:
    """The people of an identified file that the release is attacked with.

    known    value by variable of each person, as the search sees those of the data
    classes  class of each person in the class table of the data, -1 for people who are not in the data
    """

    known: Mapping[str, tuple[str | None, ...]] = field(repr=False)
    classes: Codes


@dataclass(frozen=True)
class Facts:
    """Class table, subjects, identifiers by subject, vocabularies of pooled columns, hashes of the inputs.

    `classes` holds the values that the search starts from; `raw` those of the input, where a transform changed them
    before the search. `coarsened` holds, for variables that were counted at a coarser level because there were too many
    distinct tuples, the hierarchy from that level on; `uncounted` says why the data as they came have no class table.
    """

    classes: ClassTable | None
    subjects: Subjects
    needles: Needles
    hash_secret: bytes = field(repr=False)
    known: Mapping[str, tuple[Known, ...]] = field(default_factory=dict, repr=False)
    pools: Mapping[str, Container[str]] = field(default_factory=dict, repr=False)
    rows: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    excluded_subjects: int = 0
    excluded_rows: int = 0
    dropped_rows: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    population: ClassTable | None = None
    raw: ClassTable | None = None
    events: Mapping[str, Measure] = field(default_factory=dict)
    first_days: Mapping[str, FirstDay] = field(default_factory=dict, repr=False)
    register: Register | None = None
    coarsened: Mapping[str, Hierarchy] = field(default_factory=dict, repr=False)
    uncounted: str = ""

    @property
    def before(self) -> ClassTable | None:
        """The class table of the data as they came."""
        if self.uncounted:
            return None
        return self.classes if self.raw is None else self.raw

    def without_subjects(self) -> Facts:
        """Return the facts once every row was treated: nobody's class has to be looked up any more."""
        return replace(self, subjects=Subjects(np.zeros(0, np.uint64), np.zeros(0, np.int32)))
