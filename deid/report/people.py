"""How many people there are, by the size of the group they are hidden in, and which of these figures may be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from deid.classes import ClassTable
from deid.report.disclosure import Cell, Disclosure, percent, rounded_share
from deid.report.inputs import ReportInputs

#: Upper ends of the bins of class sizes; from 20 on they serve the risk curve only.
BIN_ENDS = (1, 4, 10, 19)
CURVE_ENDS = (*BIN_ENDS, 49, 99, 199, 499, 999, 1999, 4999)
UNBOUNDED = 2**62


@dataclass(frozen=True)
class Totals:
    """People in the input, suppressed, left in the release; `open` says whether the last two may be shown."""

    before: int
    suppressed: int
    after: int
    open: bool

    def cells(self, rules: Disclosure) -> dict[str, Cell]:
        """Return the three totals as cells."""
        before = rules.count(self.before)
        if self.open:
            return {"before": before, "suppressed": rules.count(self.suppressed), "after": rules.count(self.after)}
        small = rules.small(self.suppressed)
        suppressed = rules.count(self.suppressed) if small else rules.derivable()
        return {"before": before, "suppressed": suppressed, "after": rules.derivable()}


def totals(inputs: ReportInputs, rules: Disclosure) -> Totals:
    """Count people before, suppressed and after, and decide whether all three may stand beside each other."""
    before = inputs.people_before
    after = inputs.after.subjects if inputs.after is not None else before
    recoding = inputs.recoding
    searched = inputs.facts.classes if inputs.facts.classes is not None else inputs.before
    if recoding is not None and searched is not None and len(recoding.suppressed) == len(searched):
        suppressed = int(searched.counts[recoding.suppressed].sum())
    else:
        suppressed = max(before - after, 0)
    return Totals(before, suppressed, after, all(rules.nested([before, after, before - suppressed])))


@dataclass(frozen=True)
class ClassSizes:
    """People by the size of their class, at the cut points that may be shown.

    people   number of people in all classes; hidden when `coarse`
    cuts     (largest class size, people in classes up to it), ascending, each safe beside every other
    coarse   whether shares are rounded so that `people` cannot be worked out from them
    """

    people: int
    smallest: int
    cuts: tuple[tuple[int, int], ...]
    coarse: bool
    rules: Disclosure
    all_cuts: tuple[tuple[int, int], ...]

    def share_up_to(self, size: int) -> Cell:
        """Return the share of people in classes of at most `size`."""
        people = next((people for end, people in self.all_cuts if end == size), None)
        if people is None or not self.people:
            return Cell(None, "not computed")
        if any(end == size for end, _ in self.cuts):
            return self.share(people)
        # the smallest class is shown elsewhere: unless it is 1, it would narrow a hidden count from below
        if self.rules.small(people) and self.smallest == 1 and not self.coarse:
            return self.rules.under(self.people)
        return self.rules.derivable()

    def share(self, people: int) -> Cell:
        """Return a share of all people that is safe to show, rounded as the total demands."""
        share = people / self.people
        if self.coarse:
            return rounded_share(share, self.people)
        return Cell(round(share, 4), percent(share))

    def bins(self) -> Iterator[tuple[int, int | None, Cell]]:
        """Yield (smallest, largest class size, share of people) for each bin; bins that would reveal are merged."""
        low, counted = 1, 0
        for end, people in [cut for cut in self.cuts if cut[0] in BIN_ENDS]:
            yield low, end, self.share(people - counted)
            low, counted = end + 1, people
        yield low, None, self.share(self.people - counted)

    def curve(self) -> list[tuple[int, Cell]]:
        """Return (class size, share of people in classes up to it) at the cuts that may be shown, up to all people."""
        points = [(end, people) for end, people in self.cuts if end < UNBOUNDED]
        full = next((i for i, (_, people) in enumerate(points) if people == self.people), len(points))
        return [(end, self.share(people)) for end, people in points[: full + 1]]


def class_sizes(
    table: ClassTable | None, rules: Disclosure, taus: tuple[float, ...], *, coarse: bool
) -> ClassSizes | None:
    """Count people by class size; cut points at the threshold come first, then the small classes."""
    if table is None or not table.variables or table.subjects == 0:
        return None
    ends = tuple(dict.fromkeys((*(cut_of(tau) for tau in taus), 10, 1, 4, 19, *CURVE_ENDS)))
    people = {end: int(table.counts[table.counts <= end].sum()) for end in ends}
    shown = rules.nested([table.subjects, *people.values()])
    cuts = sorted((end, people[end]) for end, fits in zip(ends, shown[1:], strict=True) if fits and shown[0])
    smallest = int(np.min(table.counts))
    return ClassSizes(table.subjects, smallest, tuple(cuts), coarse, rules, tuple(sorted(people.items())))


def cut_of(tau: float) -> int:
    """Return the largest class size whose risk 1/size is strictly above tau."""
    if tau <= 0:
        return UNBOUNDED
    size = max(int(1 / tau) - 2, 0)
    while 1 / (size + 1) > tau:
        size += 1
    return size
