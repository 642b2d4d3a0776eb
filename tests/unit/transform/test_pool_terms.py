"""Terms pooled along a hierarchy: every label left is held by enough subjects, on every level and jointly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.collecting.terms import _cuts
from deid.collecting.tuples import Owners, Universe, Variable
from deid.contracts import Context
from deid.errors import DataError
from deid.transform import build
from deid.transform.pool_terms import PoolTerms
from deid.values import distinct

LEVELS = ("TERM", "GROUP", "ORGAN")


def pooled(frame: pd.DataFrame, least: int, transform: PoolTerms | None = None) -> pd.DataFrame:
    """Return the frame with its columns of terms pooled, as the pipeline would."""
    how = transform or PoolTerms(least, LEVELS)
    names = [name for name in LEVELS if name in frame]
    columns = {name: pa.array(frame[name], pa.string(), from_pandas=True) for name in names}
    variable = Variable()
    hashes = np.asarray(frame["SUBJID"].tolist(), np.uint64)
    owners = Owners.of(hashes)
    variable.add("ae", owners, how.paths(columns[names[0]], columns, "ae"))
    cuts = _cuts(variable, Universe(distinct(hashes)), least)
    out = frame.copy()
    for name in names:
        context = Context("ae", name, "", others=columns, vocabulary=cuts)
        out[name] = pd.Series(how.apply(columns[name], context).to_pylist(), dtype=object)
    return out


rows = st.lists(st.tuples(st.integers(1, 14), st.integers(0, 11)), min_size=1, max_size=60)


@given(rows, st.integers(2, 5))
@settings(max_examples=150, deadline=None)
def test_no_label_of_any_level_is_held_by_fewer_subjects(pairs: list[tuple[int, int]], least: int) -> None:
    frame = pd.DataFrame(
        [{"SUBJID": s, "TERM": f"T{t}", "GROUP": f"G{t // 2}", "ORGAN": f"O{t // 6}"} for s, t in pairs]
    )
    out = pooled(frame, least)
    assert out[list(LEVELS)].notna().all().all()
    if frame["SUBJID"].nunique() < least:
        assert (out[list(LEVELS)] == "OTHER").all().all()
        return
    for name in LEVELS:
        assert out.groupby(name)["SUBJID"].nunique().min() >= least
    assert out.groupby(list(LEVELS))["SUBJID"].nunique().min() >= least


@given(rows, st.integers(2, 5))
@settings(max_examples=100, deadline=None)
def test_a_frequent_term_is_pooled_only_to_hide_others(pairs: list[tuple[int, int]], least: int) -> None:
    frame = pd.DataFrame(
        [{"SUBJID": s, "TERM": f"T{t}", "GROUP": f"G{t // 2}", "ORGAN": f"O{t // 6}"} for s, t in pairs]
    )
    out = pooled(frame, least)
    held = frame.groupby("TERM")["SUBJID"].nunique()
    if (held >= least).all():
        assert (out == frame).all().all()
    shown = set(out["TERM"]) & set(frame["TERM"])
    assert all(held[term] >= least for term in shown)


def test_missing_levels_are_passed_over_and_missing_cells_stay() -> None:
    frame = pd.DataFrame(
        {"SUBJID": [1, 2, 3, 4, 5], "TERM": ["a", "b", "c", "c", None], "ORGAN": ["X", "X", "X", "X", None]}
    )
    out = pooled(frame, 2)
    assert out["TERM"].tolist() == ["X", "X", "c", "c", None]
    assert out["ORGAN"].tolist() == ["X", "X", "X", "X", None]


def test_a_hierarchy_file_of_the_user_serves(tmp_path: Path) -> None:
    (tmp_path / "icd.csv").write_text("C50.1;C50;C;*\nC50.9;C50;C;*\nC34.1;C34;C;*\nE11.9;E11;E;*\n", encoding="utf-8")
    built = build("pool_terms", {"at_least": 2, "hierarchy": {"file": "icd.csv"}, "folder": str(tmp_path)})
    assert isinstance(built, PoolTerms)
    frame = pd.DataFrame({"SUBJID": [1, 2, 3, 4, 5, 6], "TERM": ["C50.1", "C50.9", "C34.1", "C34.1", "E11.9", "E11.9"]})
    assert pooled(frame, 2, built)["TERM"].tolist() == ["C50", "C50", "C34.1", "C34.1", "E11.9", "E11.9"]


def test_what_is_rare_at_the_top_takes_in_the_rarest_group() -> None:
    terms = ["a", "a", "a", "b", "b", "z"]
    frame = pd.DataFrame({"SUBJID": [1, 2, 3, 4, 5, 6], "TERM": terms, "ORGAN": [t.upper() for t in terms]})
    assert pooled(frame, 2)["TERM"].tolist() == ["a", "a", "a", "OTHER", "OTHER", "OTHER"]


def test_a_column_that_is_no_level_is_refused() -> None:
    how = PoolTerms(2, LEVELS)
    cells = pa.array(["a"])
    with pytest.raises(DataError, match="D415"):
        how.apply(cells, Context("ae", "LLT", "", others={"TERM": cells}))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"at_least": 1, "levels": ["A"]}, "at_least"),
        ({"at_least": 3}, "either levels"),
        ({"at_least": 3, "levels": ["A"], "hierarchy": {"prefix": [1]}}, "either levels"),
        ({"at_least": 3, "hierarchy": {"quantiles": [4]}}, "must be one of"),
    ],
)
def test_options_that_pool_nothing_are_refused(options: dict[str, object], words: str) -> None:
    built = build("pool_terms", options)
    assert isinstance(built, list)
    assert any(words in sentence for sentence in built)
