"""Longitudinal risk: what an attacker learns who knows m events of a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from math import comb

import numpy as np

from deid.model import Measure, Status
from deid.risk.outcome import figure, unavailable

#: Subsets of events that may be examined for one m.
BUDGET = 2_000_000


@dataclass(frozen=True)
class Power:
    """Highest risk by person for an attacker who knows m events; None for persons that were too costly to examine."""

    m: int
    risks: Mapping[str, float | None]

    def measures(self) -> tuple[Measure, Measure]:
        """Return `longitudinal.max_risk.m<N>` (highest over persons) and `longitudinal.unicity.m<N>`."""
        names = (f"longitudinal.max_risk.m{self.m}", f"longitudinal.unicity.m{self.m}")
        if not self.risks:
            nobody = "there is no person"
            return unavailable(names[0], nobody), unavailable(names[1], nobody)
        known = [risk for risk in self.risks.values() if risk is not None]
        left = len(self.risks) - len(known)
        if left:
            reason = f"some persons have too many subsets of {self.m} events"
            alone = sum(risk == 1.0 for risk in known)
            low, high = alone / len(self.risks), (alone + left) / len(self.risks)
            return unavailable(names[0], reason), unavailable(names[1], reason, at_least=low, at_most=high)
        mean = float(np.mean(known))
        alone = sum(risk == 1.0 for risk in known)
        return figure(names[0], max(known), mean=mean), figure(names[1], alone / len(known), persons=alone)


def power(events: Mapping[str, Sequence[str]], m: int, *, ordered: bool = False, budget: int = BUDGET) -> Power:
    """Return for each person 1 / min over subsets S of min(m, all) events of the number of persons who have S.

    Events are distinct (k^m-anonymity, Terrovitis, Mamoulis, Kalnis 2008; El Emam and Arbuckle 2013); with `ordered`
    the attacker knows their order, repeats included, and S must stand in it. A person without events is found by
    nothing that an attacker knows: risk 1 / all persons. Every subset is examined or the person has no figure.
    """
    if m < 1:
        raise ValueError("m counts known events: at least 1")
    sequences = {person: list(had) if ordered else sorted(set(had)) for person, had in events.items()}
    holders: dict[str, int] = {}
    for bit, had in enumerate(sequences.values()):
        for event in set(had):
            holders[event] = holders.get(event, 0) | (1 << bit)
    lists = list(sequences.values())
    seen: dict[tuple[str, ...], int] = {}
    risks: dict[str, float | None] = {}
    for person, had in sequences.items():
        cost = comb(len(had), min(m, len(had)))
        if not had:
            risks[person] = 1 / len(sequences)
        elif cost > budget:
            risks[person] = None
        else:
            budget -= cost
            risks[person] = 1 / _fewest(had, min(m, len(had)), holders, lists if ordered else None, seen)
    return Power(m, risks)


def _fewest(
    had: Sequence[str],
    m: int,
    holders: Mapping[str, int],
    sequences: Sequence[Sequence[str]] | None,
    seen: dict[tuple[str, ...], int],
) -> int:
    """Return the smallest number of persons who have some m of these events (in this order, given sequences)."""
    if sequences is None:
        had = sorted(had, key=lambda event: (holders[event].bit_count(), event))
    fewest = -1
    for known in combinations(had, m):
        if known not in seen:
            seen[known] = _support(known, holders, sequences)
        if fewest < 0 or seen[known] < fewest:
            fewest = seen[known]
        if fewest == 1:
            break
    return fewest


def _support(known: tuple[str, ...], holders: Mapping[str, int], sequences: Sequence[Sequence[str]] | None) -> int:
    shared = -1
    for event in known:
        shared &= holders[event]
    if sequences is None:
        return shared.bit_count()
    return sum(1 for bit, sequence in enumerate(sequences) if shared >> bit & 1 and _stands_in(known, sequence))


def _stands_in(known: Sequence[str], sequence: Sequence[str]) -> bool:
    rest = iter(sequence)
    return all(event in rest for event in known)


def curve(events: Mapping[str, Sequence[str]], largest: int, *, ordered: bool = False) -> tuple[Measure, ...]:
    """Return highest risk and unicity for m = 1 .. largest."""
    return tuple(
        measure for m in range(1, largest + 1) for measure in power(events, m, ordered=ordered).measures()
    ) or (unavailable("longitudinal.max_risk.m1", "no number of events is asked for", Status.NOT_APPLICABLE),)


def shift_proof_views(days: Mapping[str, Sequence[int]]) -> dict[str, dict[str, list[str]]]:
    """Return what of each person's dates (as day numbers) survives a constant shift.

    visits     the number of different days
    intervals  days between one day and the next, each an event for `power`
    weekdays   days of the week, unless shifts are no whole weeks; they survive only shifts by a multiple of 7
    """
    views: dict[str, dict[str, list[str]]] = {"visits": {}, "intervals": {}, "weekdays": {}}
    for person, when in days.items():
        ordered = sorted(set(when))
        views["visits"][person] = [str(len(ordered))]
        views["intervals"][person] = [str(later - day) for day, later in pairwise(ordered)]
        views["weekdays"][person] = [str(day % 7) for day in ordered]
    return views
