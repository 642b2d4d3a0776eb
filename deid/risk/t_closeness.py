"""t-closeness: how far the sensitive values of a class stray from those of the whole table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from deid.contracts import Evidence
from deid.model import Measure, Status
from deid.registry import register
from deid.risk.distribution import Distribution, Floats, distribution
from deid.risk.outcome import figure, obstacle, unavailable

_CELLS = 2_000_000  # cells of the dense table held at a time


@register("metric", "t_closeness")
@dataclass(frozen=True)
class TCloseness:
    """Earth mover's distance between the values of a class and those of the table, the largest over classes.

    Variants: `equal` moves every value at the same cost; `ordered` uses ranks of the sorted distinct values (numbers
    and ISO dates; missing stands before the first), not magnitudes; `hierarchical` uses a given tree and depends on it.
    Where subjects hold several values, `equal` is at least the largest change in the share of subjects with one value.
    Source: Li, Li, Venkatasubramanian, ICDE 2007.

    hierarchies: for each attribute the path of every value to the root, nearest node first, all of one length
    """

    hierarchies: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    title: ClassVar[str] = "t-closeness"
    formula: ClassVar[str] = (
        "equal: max_j 1/2 sum |q - p|; ordered: max_j 1/(m-1) sum |cumsum(q - p)|; "
        "hierarchical: max_j sum over inner nodes of height/H * min(gain, loss)"
    )
    units: ClassVar[str] = "distance, 0 to 1"
    source: ClassVar[str] = "Li, Li, Venkatasubramanian, t-closeness, ICDE 2007"
    ids: ClassVar[Mapping[str, str]] = {
        "t.equal.<ATTR>": "largest distance of a class from the table, all values equally far apart",
        "t.ordered.<ATTR>": "largest distance of a class from the table by rank of the ordered values",
        "t.hier.<ATTR>": "largest distance of a class from the table along a given hierarchy",
    }

    def measure(self, evidence: Evidence) -> tuple[Measure, ...]:
        """Return equal and ordered distances, and the hierarchical one where a hierarchy is given."""
        nothing = obstacle(evidence.table)
        measures: list[Measure] = []
        for name in evidence.table.sensitive:
            ids = [f"t.equal.{name}", f"t.ordered.{name}"] + [f"t.hier.{name}"] * (name in self.hierarchies)
            if nothing:
                measures += nothing.measures(*ids)
                continue
            spread = distribution(evidence.table, name)
            measures += [figure(ids[0], equal_distance(spread)), _ordered(ids[1], spread)]
            if name in self.hierarchies:
                measures.append(_hierarchical(ids[2], spread, self.hierarchies[name]))
        return tuple(measures)


def equal_distance(spread: Distribution) -> float:
    """Return max_j of the total variation distance, which is the sum of what each value gains."""
    gained = spread.per_class(np.maximum(spread.shares - spread.overall[spread.codes], 0.0))
    one_value = np.abs(spread.held - spread.held_overall[spread.codes])
    return float(min(max(gained.max(), one_value.max()), 1.0))


def _ordered(name: str, spread: Distribution) -> Measure:
    ranks = value_ranks(spread.values)
    if ranks is None:
        return unavailable(name, "the values are neither numbers nor ISO dates", Status.NOT_APPLICABLE)
    return figure(name, ordered_distance(spread, ranks), order="rank of the distinct values")


def value_ranks(values: Sequence[str | None]) -> npt.NDArray[np.int64] | None:
    """Return the rank of each value as number or ISO date, missing first; None where there is no order."""
    words = list(values[1:])
    keys: list[float] = []
    for word in words:
        key = _order_key(word or "")
        if key is None:
            return None
        keys.append(key)
    if len({_is_date(word or "") for word in words}) > 1:
        return None
    _, rank = np.unique(np.array(keys, np.float64), return_inverse=True)
    return np.concatenate([[0], rank.reshape(-1) + 1]).astype(np.int64)


def _is_date(word: str) -> bool:
    return len(word) >= 10 and word[4] == "-" and word[7] == "-"


def _order_key(word: str) -> float | None:
    try:
        if not _is_date(word):
            key = float(word)
            return key if np.isfinite(key) else None
        moment = datetime.fromisoformat(word)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def ordered_distance(spread: Distribution, ranks: npt.NDArray[np.int64]) -> float:
    """Return max_j 1/(m-1) sum_i |Q_i - P_i| over cumulative shares of the m distinct values that occur.

    Q is a step function, so that each stretch between two values of a class is summed in closed form from prefix sums
    of P: the cost grows with the values that occur in classes, not with classes times vocabulary.
    """
    weight = np.bincount(ranks, weights=spread.overall)
    present = np.flatnonzero(weight > 0)
    m = len(present)
    if m < 2:
        return 0.0
    place = np.searchsorted(present, ranks[spread.codes])
    order = np.lexsort((place, spread.classes))
    classes, position, q = spread.classes[order], place[order], spread.shares[order]
    below: Floats = np.asarray(np.cumsum(weight[present])[:-1], np.float64)
    prefix: Floats = np.concatenate([[0.0], np.cumsum(below)])
    first = np.searchsorted(classes, np.arange(len(spread.sizes)))
    running = np.cumsum(q)
    reached = np.clip(running - (running[first] - q[first])[classes], 0.0, 1.0)
    last = np.append(np.diff(classes) > 0, True)
    low = np.minimum(position, m - 1)
    high = np.where(last, m - 1, np.minimum(np.append(position[1:], 0), m - 1))
    ahead = prefix[np.minimum(position[first], m - 1)]
    moved = np.bincount(classes, weights=_gap(reached, low, high, below, prefix), minlength=len(spread.sizes)) + ahead
    return float(min(moved.max() / (m - 1), 1.0))


def _gap(
    level: Floats, low: npt.NDArray[np.int64], high: npt.NDArray[np.int64], below: Floats, prefix: Floats
) -> Floats:
    """Return the sum of |level - P_i| for low <= i < high, P ascending with the given prefix sums."""
    cut = np.clip(np.searchsorted(below, level), low, high)
    under = level * (cut - low) - (prefix[cut] - prefix[low])
    over = (prefix[high] - prefix[cut]) - level * (high - cut)
    return np.asarray(under + over, np.float64)


def _hierarchical(name: str, spread: Distribution, paths: Mapping[str, Sequence[str]]) -> Measure:
    words = [word for word, total in zip(spread.values, spread.totals, strict=True) if total]
    heights = {len(path) for path in paths.values()}
    if any(word is None or word not in paths for word in words) or len(heights) != 1:
        return unavailable(name, "the hierarchy does not cover every value with paths of one length")
    return figure(name, hierarchical_distance(spread, paths), levels=heights.pop())


def hierarchical_distance(spread: Distribution, paths: Mapping[str, Sequence[str]]) -> float:
    """Return max_j of the cost of moving shares along the tree: height/H * min(gain, loss) at each inner node.

    A node is told by its whole path to the root, so that two branches may use one label.
    """
    leaves = np.flatnonzero(spread.totals)
    words = [spread.values[leaf] or "" for leaf in leaves]
    height = len(paths[words[0]])
    column = np.full(len(spread.values), -1)
    column[leaves] = np.arange(len(leaves))
    worst, block = 0.0, max(1, _CELLS // len(leaves))
    for start in range(0, len(spread.sizes), block):
        stop = min(start + block, len(spread.sizes))
        inside = (spread.classes >= start) & (spread.classes < stop)
        extra = np.zeros((stop - start, len(leaves))) - spread.overall[leaves]
        extra[spread.classes[inside] - start, column[spread.codes[inside]]] += spread.shares[inside]
        cost = np.zeros(stop - start)
        below = np.arange(len(leaves))
        for level in range(height):
            tree = {path: i for i, path in enumerate(dict.fromkeys(tuple(paths[word][level:]) for word in words))}
            above = np.array([tree[tuple(paths[word][level:])] for word in words])
            belongs = np.zeros((extra.shape[1], len(tree)))
            belongs[below, above] = 1.0
            moved = np.minimum(np.maximum(extra, 0.0) @ belongs, np.maximum(-extra, 0.0) @ belongs)
            cost += (level + 1) / height * moved.sum(axis=1)
            extra, below = extra @ belongs, above
        worst = max(worst, float(cost.max()))
    return worst
