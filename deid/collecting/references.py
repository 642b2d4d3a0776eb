"""Keys that name rows of other tables, and whether those rows are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.errors import Problem, problem_kind
from deid.facts import Hashes
from deid.values import canonical_text, hash64

ORPHANS = problem_kind(
    "D230",
    "keys without a row",
    remedy="complete the table that is referred to, empty the keys, or say `orphans: count` in the policy",
    meaning="A key that names no row shows data that are incomplete, or taken from another copy; its rows could belong "
    "to people who were left out.",
)
Place = tuple[str, str]
Counts = npt.NDArray[np.int64]
_PARTS = 64


@dataclass
class _Keys:
    """Distinct keys of a column as sorted hashes, and how many cells hold each; memory is bounded by the keys."""

    parts: list[tuple[Hashes, Counts]] = field(default_factory=list)

    def add(self, hashes: Hashes, counts: Counts) -> None:
        self.parts.append((hashes, counts))
        if len(self.parts) > _PARTS:
            self.parts = [self.merged()]

    def merged(self) -> tuple[Hashes, Counts]:
        if not self.parts:
            return np.zeros(0, np.uint64), np.zeros(0, np.int64)
        hashes, at = np.unique(np.concatenate([part[0] for part in self.parts]), return_inverse=True)
        counts = np.bincount(at.reshape(-1), np.concatenate([part[1] for part in self.parts]), len(hashes))
        return hashes, counts.astype(np.int64)


@dataclass
class References:
    """Takes in the key columns of every table, batch by batch. `pairs`: column that refers -> column referred to."""

    pairs: Mapping[Place, Place]
    secret: bytes = field(repr=False)
    keys: dict[Place, _Keys] = field(default_factory=dict)
    wanted: frozenset[Place] = frozenset()

    def __post_init__(self) -> None:
        self.wanted = frozenset(self.pairs) | frozenset(self.pairs.values())

    def add(self, table: str, column: str, values: pa.Array) -> None:
        """Take in one column of one batch; columns that no pair names are passed over."""
        place = (table.casefold(), column.casefold())
        if place not in self.wanted:
            return
        keys = self.keys.setdefault(place, _Keys())
        counted = canonical_text(values).drop_null().value_counts()
        hashes = hash64(counted.field("values"), self.secret)
        order = np.argsort(hashes)
        keys.add(hashes[order], np.asarray(counted.field("counts"), np.int64)[order])

    def orphans(self) -> Iterator[tuple[Place, Place, int, int]]:
        """Yield every pair of columns that were read with keys without a row: how many keys, in how many cells.

        A table that is not in the data at all has no rows: whatever refers to it is an orphan.
        """
        for place, target in sorted(self.pairs.items()):
            if place not in self.keys:
                continue
            held, counts = self.keys[place].merged()
            there, _ = self.keys[target].merged() if target in self.keys else _Keys().merged()
            gone = ~np.isin(held, there)
            if gone.any():
                yield place, target, int(gone.sum()), int(counts[gone].sum())

    def problems(self) -> list[Problem]:
        """Return one problem for every pair of columns with orphans."""
        return [
            ORPHANS.at(f"{keys} key(s) in {cells} cell(s) have no row in {'.'.join(target)}", ".".join(place))
            for place, target, keys, cells in self.orphans()
        ]
