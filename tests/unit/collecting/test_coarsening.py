"""The levels that a class table is counted at where it would outgrow its budget."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid import hierarchies
from deid.collecting.coarsening import Levels, _from, finest, within

AGES = (None, *map(str, range(20, 60)))
DAYS = (None, *(f"19{year}-0{month}-1{day}" for year in range(30, 34) for month in range(1, 6) for day in range(4)))


def ladders() -> list[hierarchies.Hierarchy]:
    return [
        hierarchies.build({"interval": 5}, AGES, folder=Path(), name="AGE"),
        hierarchies.build({"dates": ["month", "year", "decade"]}, DAYS, folder=Path(), name="BIRTH"),
        hierarchies.build({"suppress_only": True, "max_level": 0}, (None, "F", "M"), folder=Path(), name="SEX"),
    ]


def counted(columns: list[np.ndarray], own: list[hierarchies.Hierarchy], at: tuple[int, ...]) -> int:
    """Count the distinct tuples of labels one by one."""
    return len(
        {
            tuple(
                ladder.labels[level][ladder.maps[level][code]] for ladder, level, code in zip(own, at, row, strict=True)
            )
            for row in zip(*(column.tolist() for column in columns), strict=True)
        }
    )


@given(seed=st.integers(0, 2**32 - 1), rows=st.integers(1, 300), budget=st.integers(1, 250))
@settings(max_examples=60, deadline=None)
def test_levels_fit_and_none_of_them_could_be_one_finer(seed: int, rows: int, budget: int) -> None:
    rng, own = np.random.default_rng(seed), ladders()
    columns = [rng.integers(0, len(words), rows).astype(np.uint8) for words in (AGES, DAYS, (None, "F", "M"))]
    found = finest(Levels(columns, own, [0, 0, 0]), budget)
    tops = [ladder.height - 1 if ladder.highest is None else ladder.highest for ladder in own]
    if found is None:
        assert counted(columns, own, tuple(tops)) > budget
        return
    assert counted(columns, own, found) <= budget
    assert all(level <= top for level, top in zip(found, tops, strict=True))
    for i, level in enumerate(found):
        if level:
            assert counted(columns, own, (*found[:i], level - 1, *found[i + 1 :])) > budget


@pytest.mark.parametrize("level", [1, 2])
def test_a_hierarchy_from_a_level_on_says_of_its_labels_what_the_whole_one_says_of_its_values(level: int) -> None:
    whole = ladders()[1]
    part = _from(whole, level)
    words = (None, *sorted({str(whole.labels[level][at]) for at in whole.maps[level][1:]}))
    assert part.lowest == level
    assert part.maps.shape[1] == len(words)
    for above, value in product(range(level, whole.height + 1), range(len(DAYS))):
        label = whole.labels[level][whole.maps[level][value]]
        assert part.maps[above][words.index(label)] == whole.maps[above][value]
    assert [part.labels[level][at] for at in part.maps[level]] == list(words)


def test_few_subjects_or_few_values_need_no_counting() -> None:
    assert within([1000, 1000], 50, 50)
    assert within([3, 4], 10**9, 12)
    assert not within([3, 4], 10**9, 11)
