"""The word lists of the profile stage, read from `deid/data/word_sets.csv`: one set a line, words parted by bars."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def _sets() -> Mapping[str, frozenset[str]]:
    with files("deid").joinpath("data/word_sets.csv").open(encoding="utf-8") as lines:
        return {row["set"]: frozenset(row["words"].split("|")) for row in csv.DictReader(lines)}


def word_set(name: str) -> frozenset[str]:
    """Return one list of words, such as `missing` or `yes_no`. Raises KeyError."""
    return _sets()[name]
