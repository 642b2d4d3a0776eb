"""The class table: distinct quasi-identifier tuples, how many subjects hold each, and their sensitive values.

Every question about k, l, t, risk and generalisation is a question about this table. It is built by one group-by, the
only one in the house. Missing is a value: code 0 of every vocabulary stands for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int32]
Counts = npt.NDArray[np.int64]

MISSING = 0  # the code of a missing value
PACKED_BITS = 62  # of one integer that stands for a whole tuple
AT_ONCE = 1_000_000  # rows of long arrays that are worked on at once, where a copy of the whole would take memory
_SPAN = 4_000_000  # possible tuples that are counted at once
_IN_CACHE = 32_768  # rows that are packed at once, so that they stay near the processor
DENSE = 4  # up to this many possible tuples for each row they are looked up in a table, else sorted


@dataclass(frozen=True)
class Histogram:
    """How often each value of one sensitive attribute stands in each class, as sparse triples (class, value, subjects).

    `values` is the vocabulary; index 0 is the missing value (None).
    """

    values: tuple[str | None, ...]
    classes: Codes
    codes: Codes
    counts: Counts


@dataclass(frozen=True)
class ClassTable:
    """Distinct tuples of quasi-identifiers with counts of subjects.

    variables     names of the quasi-identifiers, in policy order (q of them)
    vocabularies  for each variable the distinct values as text; index 0 is None, the missing value; the rest is sorted
    codes         (classes x q) int32, indices into the vocabularies, rows sorted lexicographically, each once
    counts        (classes,) int64, number of subjects
    sensitive     histogram by name of the sensitive attribute
    """

    variables: tuple[str, ...]
    vocabularies: tuple[tuple[str | None, ...], ...]
    codes: Codes
    counts: Counts
    sensitive: Mapping[str, Histogram] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def subjects(self) -> int:
        """Number of subjects over all classes."""
        return int(self.counts.sum())

    def without(self, left_out: npt.NDArray[np.bool_]) -> ClassTable:
        """Return the table without some classes, such as the suppressed ones."""
        keep = ~left_out
        renumber = np.cumsum(keep, dtype=np.int32) - 1
        sensitive = {}
        for name, histogram in self.sensitive.items():
            inside = keep[histogram.classes]
            sensitive[name] = Histogram(
                histogram.values,
                renumber[histogram.classes[inside]].astype(np.int32),
                histogram.codes[inside],
                histogram.counts[inside],
            )
        return ClassTable(self.variables, self.vocabularies, self.codes[keep], self.counts[keep], sensitive)

    def project(self, variables: Sequence[str]) -> ClassTable:
        """Return the table over some of the quasi-identifiers: classes that fall together are added up."""
        if tuple(variables) == self.variables and self._is_grouped():
            return self
        columns = [self.variables.index(name) for name in variables]
        return regroup(tuple(variables), tuple(self.vocabularies[i] for i in columns), self.codes[:, columns], self)

    def _is_grouped(self) -> bool:
        """Return whether every tuple stands once and in order, as after a group-by."""
        histograms = ((one.classes, one.codes) for one in self.sensitive.values())
        return _ascending(list(self.codes.T), len(self)) and all(_ascending(pair, len(pair[0])) for pair in histograms)

    def recoded(self, vocabularies: Sequence[tuple[str | None, ...]], maps: Sequence[Codes]) -> ClassTable:
        """Return the table after replacing code c of variable i by maps[i][c] in vocabulary i."""
        codes = np.column_stack([maps[i][self.codes[:, i]] for i in range(len(self.variables))]).astype(np.int32)
        return regroup(self.variables, tuple(vocabularies), codes, self)


def _ascending(columns: Sequence[Codes], rows: int) -> bool:
    """Return whether every row is greater than the one before, by the first column in which they differ."""
    alike = np.ones(max(rows - 1, 0), np.bool_)
    for column in columns:
        if (alike & (column[1:] < column[:-1])).any():
            return False
        alike &= column[1:] == column[:-1]
    return not alike.any()


def regroup(
    variables: tuple[str, ...], vocabularies: tuple[tuple[str | None, ...], ...], codes: Codes, source: ClassTable
) -> ClassTable:
    """Add up the classes of a table whose tuples were replaced row by row by `codes`."""
    distinct, member = group(codes, [len(vocabulary) for vocabulary in vocabularies])
    counts = np.bincount(member, weights=source.counts, minlength=len(distinct)).astype(np.int64)
    sensitive = {name: _merge(histogram, member) for name, histogram in source.sensitive.items()}
    return ClassTable(variables, vocabularies, distinct, counts, sensitive)


def build(
    variables: Sequence[str],
    vocabularies: Sequence[tuple[str | None, ...]],
    codes: Codes | Sequence[npt.NDArray[Any]],
    sensitive: Mapping[str, tuple[tuple[str | None, ...], Codes, npt.NDArray[Any]]] | None = None,
) -> tuple[ClassTable, Codes]:
    """Build the table from one row per subject; also return the class of each subject.

    codes (subjects x q), or its columns in any integer type. `sensitive` maps a name to (vocabulary, subject index,
    value code): a subject may have several values of an attribute (several adverse events); each distinct value counts
    once per subject.
    """
    sizes = [len(vocabulary) for vocabulary in vocabularies]
    distinct, member = group(codes, sizes) if isinstance(codes, np.ndarray) else group_columns(codes, sizes)
    counts = tally(member, len(distinct))
    histograms = {}
    for name, (values, subjects, value_codes) in (sensitive or {}).items():
        once = subjects.astype(np.int64)
        once *= len(values)
        once += value_codes
        once.sort()
        fresh = np.ones(len(once), np.bool_)
        np.not_equal(once[1:], once[:-1], out=fresh[1:])
        if not fresh.all():
            once = once[fresh]
        histograms[name] = _by_class(values, once, member)
    return ClassTable(tuple(variables), tuple(vocabularies), distinct, counts, histograms), member


def group(codes: Codes, sizes: Sequence[int]) -> tuple[Codes, Codes]:
    """Return the distinct rows of a code matrix, sorted, and for each row the index of its group.

    `sizes` holds the number of codes of each column. Tuples are packed into one integer where 63 bits suffice.
    """
    if codes.shape[1] == 0:
        return np.zeros((min(len(codes), 1), 0), np.int32), np.zeros(len(codes), np.int32)
    return group_columns(list(codes.T), sizes)


def group_columns(columns: Sequence[npt.NDArray[Any]], sizes: Sequence[int]) -> tuple[Codes, Codes]:
    """Group rows as `group` does; the columns, one at least, may be of any integer type."""
    sizes = [max(size, 1) for size in sizes]
    space = prod(sizes)
    if space < 2**63:
        keys, member = _ranks(_packed(columns, sizes), space)
        return _unpacked(keys, sizes), member
    half = len(columns) // 2
    left, left_member = group_columns(columns[:half], sizes[:half])
    right, right_member = group_columns(columns[half:], sizes[half:])
    pairs, joint = group_columns([left_member, right_member], [len(left), len(right)])
    return np.ascontiguousarray(np.hstack([left[pairs[:, 0]], right[pairs[:, 1]]])), joint


def numbered(columns: Sequence[npt.NDArray[Any]], sizes: Sequence[int]) -> Codes:
    """Return for each row the index of its group, as `group_columns` does, and no distinct rows."""
    space = prod(sizes)
    return _ranks(_packed(columns, sizes), space)[1] if space < 2**63 else group_columns(columns, sizes)[1]


def unshared(columns: Sequence[npt.NDArray[Any]], sizes: Sequence[int]) -> int:
    """Return how many rows share their tuple with no other row, in little more memory than one number a row."""
    space = prod(sizes)
    if space >= 2**63:
        distinct, member = group_columns(columns, sizes)
        return int(np.count_nonzero(tally(member, len(distinct)) == 1))
    key = _packed(columns, sizes)
    if space > DENSE * len(key):
        key.sort()
        fresh = np.ones(len(key) + 1, np.bool_)
        np.not_equal(key[1:], key[:-1], out=fresh[1:-1])
        return int(np.count_nonzero(fresh[1:] & fresh[:-1]))
    alone = 0
    for low in range(0, space, _SPAN):  # not all of them at once: the counts would take several times the keys
        part = key[(key >= low) & (key < low + _SPAN)]
        part -= low
        alone += int(np.count_nonzero(np.bincount(part) == 1))
    return alone


def _packed(columns: Sequence[npt.NDArray[Any]], sizes: Sequence[int]) -> npt.NDArray[np.int64]:
    packed = np.zeros(len(columns[0]), dtype=np.int64)
    for start in range(0, len(packed), _IN_CACHE):
        part = packed[start : start + _IN_CACHE]
        for column, size in zip(columns, sizes, strict=True):
            part *= size
            part += column[start : start + _IN_CACHE]
    return packed


def ranked(key: npt.NDArray[np.int64], space: int) -> tuple[npt.NDArray[np.int64], int]:
    """Return for each key its place among the distinct keys, and their number; keys are below `space`."""
    keys, member = _ranks(key.copy(), space)
    return member.astype(np.int64), len(keys)


def _ranks(key: npt.NDArray[np.int64], space: int) -> tuple[npt.NDArray[np.int64], Codes]:
    """Return the distinct keys, sorted, and the place of each key among them. The array of keys is used up."""
    if space <= DENSE * len(key):
        return _looked_up(key, space)
    width = max(len(key) - 1, 1).bit_length()
    order: npt.NDArray[Any]
    if space.bit_length() + width <= PACKED_BITS:
        # one sort of (key, place) packed into an integer is several times faster than an argsort
        key <<= width
        for start in range(0, len(key), AT_ONCE):
            part = key[start : start + AT_ONCE]
            part |= np.arange(start, start + len(part))
        key.sort()
        order = np.empty(len(key), np.int32 if width < 31 else np.int64)
        np.bitwise_and(key, (1 << width) - 1, out=order, casting="unsafe")
        key >>= width
    else:
        order = np.argsort(key)
        key = key[order]
    fresh = np.ones(len(key), np.bool_)
    np.not_equal(key[1:], key[:-1], out=fresh[1:])
    key = key[fresh]
    place = np.cumsum(fresh, dtype=np.int32)
    place -= np.int32(1)
    member = np.empty(len(order), np.int32)
    member[order] = place
    return key, member


def _looked_up(key: npt.NDArray[np.int64], space: int) -> tuple[npt.NDArray[np.int64], Codes]:
    """Rank keys by a table of all possible ones."""
    there = np.zeros(space, np.bool_)
    there[key] = True
    place = np.cumsum(there, dtype=np.int32)
    place -= np.int32(1)
    return np.flatnonzero(there), place.take(key, mode="clip")


def tally(codes: npt.NDArray[Any], size: int) -> Counts:
    """Count how often each code below `size` stands in an array, without numpy's copy of it as 64-bit numbers."""
    counts = np.zeros(size, np.int64)
    step = max(AT_ONCE, size)
    for start in range(0, len(codes), step):
        counts += np.bincount(codes[start : start + step], minlength=size)
    return counts


def _by_class(values: tuple[str | None, ...], pairs: npt.NDArray[np.int64], member: Codes) -> Histogram:
    """Return the histogram of pairs of a subject and a value, packed into one number each; the array is used up."""
    width = len(values)
    for start in range(0, len(pairs), AT_ONCE):
        subjects, codes = np.divmod(pairs[start : start + AT_ONCE], width)
        part = pairs[start : start + AT_ONCE]
        np.multiply(member[subjects], width, out=part, dtype=np.int64)
        part += codes
    pairs.sort()
    fresh = np.ones(len(pairs), np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=fresh[1:])
    counts = np.flatnonzero(fresh)
    counts[:-1] = counts[1:] - counts[:-1]
    counts[-1:] = len(pairs) - counts[-1:]
    classes, codes = np.empty(len(counts), np.int32), np.empty(len(counts), np.int32)
    end = 0
    for start in range(0, len(pairs), AT_ONCE):
        part = pairs[start : start + AT_ONCE][fresh[start : start + AT_ONCE]]
        classes[end : end + len(part)], codes[end : end + len(part)] = np.divmod(part, width)
        end += len(part)
    return Histogram(values, classes, codes, counts)


def _unpacked(keys: npt.NDArray[Any], sizes: Sequence[int]) -> Codes:
    codes = np.empty((len(keys), len(sizes)), np.int32)
    keys = keys.astype(np.int32) if prod(sizes) < 2**31 else keys
    for i in range(len(sizes) - 1, -1, -1):
        above = keys // sizes[i]
        np.subtract(keys, above * sizes[i], out=codes[:, i], casting="unsafe")
        keys = above
    return codes


def _merge(histogram: Histogram, member: Codes) -> Histogram:
    return _sum(
        Histogram(histogram.values, member[histogram.classes].astype(np.int32), histogram.codes, histogram.counts)
    )


def _sum(histogram: Histogram) -> Histogram:
    width = len(histogram.values)
    packed = histogram.classes.astype(np.int64) * width + histogram.codes
    classes = int(histogram.classes.max(initial=0)) + 1
    cells, member = _ranks(packed, classes * width)
    counts = np.bincount(member, weights=histogram.counts, minlength=len(cells)).astype(np.int64)
    return Histogram(histogram.values, (cells // width).astype(np.int32), (cells % width).astype(np.int32), counts)
