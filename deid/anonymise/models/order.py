"""The natural order of a sensitive attribute's values, and trees over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from deid.anonymise.task import Floats, Keys
from deid.errors import PolicyError, problem_kind

NO_PATH = problem_kind(
    "P515",
    "the model's hierarchy does not hold all values",
    remedy="give every value of the sensitive attribute its path to the root, all of the same length",
)


def ranks(values: Sequence[str | None], overall: Floats) -> Keys:
    """Return the codes in use in their order: missing first, then numbers by size, else text by alphabet."""
    used = [code for code in range(len(values)) if overall[code] > 0]
    texts = {code: str(values[code]) for code in used if values[code] is not None}
    try:
        order = {code: float(text) for code, text in texts.items()}
    except ValueError:
        place = {text: float(i) for i, text in enumerate(sorted(texts.values()))}
        order = {code: place[text] for code, text in texts.items()}
    return np.array(sorted(used, key=lambda code: order.get(code, -np.inf)), dtype=np.int64)


def tree(values: Sequence[str | None], paths: Mapping[str, Sequence[str]], overall: Floats) -> Keys:
    """Return (heights x values) the node above each value; values that do not occur stand anywhere.

    The missing value, where it occurs, has a branch of its own below the root. Raises PolicyError with a count.
    """
    height = max((len(path) for path in paths.values()), default=0)
    whole = {value: tuple(path) for value, path in paths.items() if len(path) == height}
    needed = [value for code, value in enumerate(values) if value is not None and overall[code] > 0]
    lacking = sum(1 for value in needed if value not in whole)
    roots = {path[-1] for path in whole.values() if path}
    if lacking or len(roots) != 1:
        raise PolicyError(NO_PATH.at(f"{lacking} of {len(needed)} values lack a path of {height} nodes to one root"))
    root = roots.pop()
    levels = np.zeros((height, len(values)), np.int64)
    for level in range(height):
        place: dict[tuple[str | None, ...], int] = {}
        for code, value in enumerate(values):
            missing = (*[None] * (height - 1 - level), root)
            path = missing if value is None else whole.get(value, missing)[level:]
            levels[level, code] = place.setdefault(tuple(path), len(place))
    return levels
