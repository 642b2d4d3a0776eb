"""Hierarchies that the policy lists: groups of values, orders, prefixes, or nothing but '*'."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deid.errors import DataError, problem_kind
from deid.hierarchies.ladder import Ladder, from_labels

NO_LEAF = problem_kind(
    "D501",
    "values without a place in the hierarchy",
    remedy="add the missing values to the hierarchy, or give the group that takes all others (`other:`)",
    meaning="A value that the hierarchy does not hold cannot be generalised and would be released as it is.",
)


@dataclass(frozen=True)
class Groups:
    """The raw value, then the name of its group, then '*'. Values of no group go to `other`, else they are refused."""

    groups: Mapping[str, Sequence[str]] = field(default_factory=dict)
    other: str | None = None

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        if not isinstance(self.groups, Mapping) or not self.groups:
            yield "groups maps the name of each group to the list of its values"
            return
        if not all(isinstance(members, list | tuple) for members in self.groups.values()):
            yield "each group is a list of values"
            return
        listed = [str(value) for members in self.groups.values() for value in members]
        if len(listed) != len(set(listed)):
            yield f"{len(listed) - len(set(listed))} values stand in several groups"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value. Raises DataError for values without a group."""
        group = {str(value): str(name) for name, members in self.groups.items() for value in members}
        if self.other is None:
            refuse_unplaced(values, group, place)
        return from_labels([(value, group.get(value, str(self.other))) for value in values])


@dataclass(frozen=True)
class Order:
    """Values in their order, then 2 (or `fanout`) neighbours together, then twice as many, up to '*'."""

    order: Sequence[str] = field(default_factory=list)
    fanout: int = 2

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        if not isinstance(self.order, list | tuple) or not self.order:
            yield "order is the list of all values, lowest first"
        elif len({str(value) for value in self.order}) != len(self.order):
            yield "a value stands in the order twice"
        if not isinstance(self.fanout, int) or self.fanout < 2:
            yield "fanout is a whole number of at least 2"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value: 'low or mid' for neighbours. Raises DataError for values not listed."""
        listed = [str(value) for value in self.order]
        at = {value: i for i, value in enumerate(listed)}
        refuse_unplaced(values, at, place)
        sizes = []
        size = self.fanout
        while size < len(listed):
            sizes.append(size)
            size *= self.fanout
        rows = []
        for i, value in enumerate(listed):
            wider = (" or ".join(listed[i // size * size : (i // size + 1) * size]) for size in sizes)
            rows.append((value, *wider))
        return Ladder(rows, [at[value] for value in values], ordered=True)


@dataclass(frozen=True)
class Prefix:
    """The first characters of a value: `[5, 3, 1]` for five, then three, then one, then '*'."""

    prefix: Sequence[int] = field(default_factory=list)

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        lengths = self.prefix
        if not isinstance(lengths, list | tuple) or not lengths:
            yield "prefix is a list of numbers of characters"
        elif not all(isinstance(n, int) and not isinstance(n, bool) and n > 0 for n in lengths):
            yield "numbers of characters are whole and above zero"
        elif any(b >= a for a, b in itertools.pairwise(lengths)):
            yield "numbers of characters must fall from level to level"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value."""
        return from_labels([tuple(value[:length] for length in self.prefix) for value in values])


@dataclass(frozen=True)
class SuppressOnly:
    """The value as it is, or '*'."""

    suppress_only: bool = True

    def problems(self) -> Iterator[str]:
        """Return what is wrong with the options."""
        if self.suppress_only is not True:
            yield "suppress_only is true or absent"

    def ladder(self, values: Sequence[str], folder: Path, place: str) -> Ladder:
        """Return the labels of each value."""
        return from_labels([(value,) for value in values])


def refuse_unplaced(values: Sequence[str], known: Mapping[str, object], place: str) -> None:
    """Raise DataError with the number of values that a hierarchy does not hold."""
    missing = sum(1 for value in values if value not in known)
    if missing:
        raise DataError(NO_LEAF.at(f"{missing} of {len(values)} distinct values have no place in the hierarchy", place))
