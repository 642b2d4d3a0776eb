"""Which released class a person's own record stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from deid.classes import ClassTable, Codes
from deid.hierarchy import Recoding
from deid.risk.attacks.features import Released

#: The row of somebody whose record is not in the release.
NOWHERE = -1
_EXACT = 1e-12


@dataclass(frozen=True)
class OwnRows:
    """The released row of each class of the input, looked up one by one.

    `after`, which an attacker sees as `seen`, is over `names`, in their order; `recoding`, if any, is that of `before`.
    """

    seen: Released

    before: ClassTable
    after: ClassTable
    recoding: Recoding | None
    names: Sequence[str]

    def of(self, own: int) -> int:
        """Return the released row of a class of the input; NOWHERE where it was suppressed.

        Where its labels are not found as they were given, a row that fits stands for it: to take out a record too many
        makes the control group's success too small and the excess too large, never too small.
        """
        if self.recoding is not None and self.recoding.suppressed[own]:
            return NOWHERE
        low, high = 0, len(self.after)
        for i, places in enumerate(self._places):
            code = places[self._cells[i][own]]
            column = self.after.codes[low:high, i]  # rows are sorted by the first column, then the second ...
            low, high = (
                low + int(np.searchsorted(column, code, "left")),
                low + int(np.searchsorted(column, code, "right")),
            )
        if high > low:
            return low
        apart = self.seen.distances(self.known(own))
        nearest = int(np.argmin(apart))
        return nearest if apart[nearest] <= _EXACT else NOWHERE

    def known(self, own: int) -> Mapping[str, str | None]:
        """Return what is known of the people of a class of the input."""
        places = [self.before.variables.index(name) for name in self.names]
        codes, words = self.before.codes[own], self.before.vocabularies
        return {name: words[i][codes[i]] for name, i in zip(self.names, places, strict=True)}

    @cached_property
    def _labelled(self) -> list[tuple[tuple[str | None, ...], Codes]]:
        """Return the released labels of each variable, and for each class of the input which one it got."""
        found = []
        for name in self.names:
            if self.recoding is not None and name in self.recoding.variables:
                found.append(self.recoding.cells(name))
            else:
                i = self.before.variables.index(name)
                found.append((self.before.vocabularies[i], self.before.codes[:, i]))
        return found

    @cached_property
    def _cells(self) -> list[Codes]:
        return [cells for _, cells in self._labelled]

    @cached_property
    def _places(self) -> list[list[int]]:
        """Return for each variable and label its code in the release; -1 where no released cell holds it."""
        found = []
        for (labels, _), words in zip(self._labelled, self.after.vocabularies, strict=True):
            place = {word: code for code, word in enumerate(words)}
            found.append([place.get(label, -1) for label in labels])
        return found
