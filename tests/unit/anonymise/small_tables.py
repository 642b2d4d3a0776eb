"""Random small tables and exhaustive search: what the search is checked against."""

from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import strategies as st

from deid.classes import ClassTable, build
from deid.hierarchies.ladder import Ladder, assemble
from deid.hierarchy import Hierarchy

LEAVES = 6


def hierarchy(name: str, halvings: int) -> Hierarchy:
    """Return a hierarchy over LEAVES letters: pairs, then threes of pairs, then '*' (as many levels as asked for)."""
    rows = [tuple(f"{'abcdef'[i // 2**level]}{level}" for level in range(halvings)) for i in range(LEAVES)]
    return assemble(Ladder(rows, range(LEAVES)), name, 0, None)


VOCABULARY = (None, *(f"{letter}0" for letter in "abcdef"))
ILLS = (None, "flu", "gout", "lupus")


@st.composite
def tables(draw: st.DrawFn, most: int = 24) -> tuple[ClassTable, dict[str, Hierarchy]]:
    """Return a table of two or three quasi-identifiers with one sensitive value a subject, and its hierarchies."""
    width = draw(st.integers(1, 3))
    people = draw(st.integers(1, most))
    codes = draw(st.lists(st.tuples(*[st.integers(0, LEAVES)] * width), min_size=people, max_size=people))
    ills = draw(st.lists(st.integers(0, len(ILLS) - 1), min_size=people, max_size=people))
    names = [f"q{i}" for i in range(width)]
    sensitive = {"ill": (ILLS, np.arange(people, dtype=np.int32), np.array(ills, np.int32))}
    table, _ = build(names, [VOCABULARY] * width, np.array(codes, np.int32).reshape(people, width), sensitive)
    return table, {name: hierarchy(name, draw(st.integers(1, 3))) for name in names}


def rows(table: ClassTable) -> list[tuple[tuple[int, ...], list[str | None]]]:
    """Return one (codes, sensitive values) a subject; single-valued attributes only."""
    found = []
    histogram = table.sensitive["ill"]
    for c, count in enumerate(table.counts):
        inside = histogram.classes == c
        ills = [
            histogram.values[code]
            for code, many in zip(histogram.codes[inside], histogram.counts[inside], strict=True)
            for _ in range(many)
        ]
        assert len(ills) == count
        found += [(tuple(table.codes[c]), ill) for ill in ills]
    return found


def exhaustive(table, hierarchies, holds, limit, cost_of_levels=None):
    """Return (loss, suppressed) of the best recoding by trying all; `holds` judges a list of sensitive values."""
    people = rows(table)
    chain = [hierarchies[name] for name in table.variables]
    best = (math.inf, 0)
    for levels in itertools.product(*[range(h.height + 1) for h in chain]):
        classes: dict[tuple, list] = {}
        for codes, ill in people:
            key = tuple(h.maps[level][code] for h, level, code in zip(chain, levels, codes, strict=True))
            classes.setdefault(key, []).append(ill)
        loss, suppressed = 0.0, 0
        for key, ills in classes.items():
            if not holds(ills):
                loss += len(ills)
                suppressed += len(ills)
                continue
            cells = [
                (h.leaves[level][code] - 1) / (h.leaves[-1][0] - 1)
                for h, level, code in zip(chain, levels, key, strict=True)
            ]
            loss += len(ills) * sum(cells) / len(cells)
        if suppressed <= limit and loss / len(people) < best[0] - 1e-12:
            best = (loss / len(people), suppressed)
    return best
