"""The survival analysis that a policy declares, made on the input and again on what was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from deid.decisions import Plan, Survival
from deid.model import Measure, Status
from deid.risk.survival import hazard_ratio, kaplan_meier, survival_gap
from deid.source import Source
from deid.values import as_text
from deid.verifying.repeated import columns_again

Floats = npt.NDArray[np.float64]
IDS = ("util.survival_gap", "util.hazard_ratio")
_POINTS = 8
_MOST_GROUPS = 6


@dataclass(frozen=True)
class Observed:
    """Time, whether the event was seen, and group of each row that counts."""

    time: Floats
    event: npt.NDArray[np.bool_]
    group: npt.NDArray[np.object_]

    def of(self, label: str) -> Observed:
        """Return the rows of one group."""
        own = self.group == label
        return Observed(self.time[own], self.event[own], self.group[own])


def compare(plan: Plan, source: Source, released: Source) -> tuple[dict[str, Measure], dict[str, Measure]]:
    """Return the measures of the survival analysis before and after; none where the policy declares none."""
    asked = plan.policy.survival
    if asked is None:
        return {}, {}
    columns = [asked.time, asked.event, *([asked.by] if asked.by else []), *asked.where]
    again = columns_again(plan, released, asked.table, columns)
    if isinstance(again, str):
        return {}, _nothing(again)
    table, new = again
    renamed = replace(
        asked,
        time=new[asked.time.casefold()],
        event=new[asked.event.casefold()],
        by=new[asked.by.casefold()] if asked.by else "",
        where={new[name.casefold()]: value for name, value in asked.where.items()},
    )
    before = _observed(source.batches(source.table(table.table)), asked)
    after = _observed(released.batches(released.table(table.released_name)), renamed)
    return _measures(before, after)


def _nothing(why: str) -> dict[str, Measure]:
    return {name: Measure(name, None, Status.NOT_COMPUTED, why) for name in IDS}


def _observed(batches: Iterable[pa.RecordBatch], asked: Survival) -> Observed:
    times, events, groups = [np.zeros(0)], [np.zeros(0, np.bool_)], [np.zeros(0, np.object_)]
    for batch in batches:
        there = {name.casefold(): i for i, name in enumerate(batch.schema.names)}

        def text(name: str, batch: pa.RecordBatch = batch, there: dict[str, int] = there) -> npt.NDArray[np.object_]:
            cells = as_text(batch.column(there[name.casefold()])).to_pylist()
            return np.array(["" if cell is None else cell for cell in cells], np.object_)

        counts = np.ones(batch.num_rows, np.bool_)
        for name, value in asked.where.items():
            counts &= text(name) == value
        times.append(np.array([_number(cell) for cell in text(asked.time)], np.float64)[counts])
        seen = np.array([_same(cell, asked.event_is) for cell in text(asked.event)], np.bool_)
        events.append(seen[counts])
        groups.append((text(asked.by) if asked.by else np.array([""] * batch.num_rows, np.object_))[counts])
    return Observed(np.concatenate(times), np.concatenate(events), np.concatenate(groups))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _same(cell: str, wanted: str) -> bool:
    return cell == wanted or (cell != "" and _number(cell) == _number(wanted))


def _measures(before: Observed, after: Observed) -> tuple[dict[str, Measure], dict[str, Measure]]:
    labels = sorted({str(label) for label in after.group.tolist()})
    if not labels or not len(before.time):
        return {}, _nothing("no row counts")
    labels = labels if len(labels) <= _MOST_GROUPS else []
    pairs = [(before.of(label), after.of(label)) for label in labels] or [(before, after)]
    gaps = [survival_gap((a.time, a.event), (b.time, b.event)) for a, b in pairs]
    known = [gap.value for gap in gaps if gap.value is not None]
    grid = _grid(before.time)
    curves = [
        {"group": label, "people": len(b.time), "before": _curve(a, grid), "after": _curve(b, grid)}
        for label, (a, b) in zip(labels or [""], pairs, strict=True)
    ]
    gap = Measure(IDS[0], max(known), detail={"curves": curves}) if len(known) == len(gaps) else gaps[0]
    return {IDS[1]: _ratio(before, labels)}, {IDS[0]: gap, IDS[1]: _ratio(after, labels)}


def _ratio(rows: Observed, labels: list[str]) -> Measure:
    if len(labels) != 2:
        return Measure(IDS[1], None, Status.NOT_APPLICABLE, "a hazard ratio needs exactly two groups")
    own = np.isin(rows.group, labels)
    return hazard_ratio(rows.time[own], rows.event[own], (rows.group[own] == labels[1]).astype(np.float64))


def _grid(time: Floats) -> Floats:
    """Return round times from 0 on; the last observed one is never given."""
    longest = float(np.nanmax(time)) if np.isfinite(time).any() else 0.0
    if longest <= 0:
        return np.zeros(1)
    size = 10.0 ** np.floor(np.log10(longest / _POINTS))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor * _POINTS >= longest)
    return np.arange(0, longest, step)


def _curve(rows: Observed, grid: Floats) -> list[tuple[float, float, int]]:
    """Return time, share that survives and people at risk at each time of the grid."""
    share = kaplan_meier(rows.time, rows.event).at(grid)
    at_risk = [int((rows.time >= when).sum()) for when in grid.tolist()]
    return list(zip(grid.tolist(), share.tolist(), at_risk, strict=True))
