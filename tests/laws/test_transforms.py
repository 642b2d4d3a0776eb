"""Every transform keeps the laws of the house, whoever wrote it: input untouched, batches == whole, key hidden ..."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import FrozenInstanceError, fields, replace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deid.contracts import Context, Transform
from deid.errors import DataError, UsageError
from deid.keys import Key
from deid.model import Known, Role, Span
from deid.registry import plugins
from deid.transform import build, describe
from deid.values import on_distinct

SECRET = "3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697"
KEY = Key.from_hex(SECRET).for_release("laws")
OTHER_KEY = Key.from_hex(SECRET[::-1]).for_release("laws")
CELLS = ("Jane Doe", "1015", "A-17", "1015 ", "Zürich", "x")
SUBJECTS = ("S-01", "S-02", "S-03")
#: A column beside the one that is treated holds a date: a name without a case of its own, a date to count ages at.
BESIDE = "2020-01-01"
ALL = [name for name, cls in plugins("transform").items() if cls.__module__.startswith("deid.")]
#: What is left to the pipeline: columns taken out, and columns written anew from the recoding.
NOT_APPLIED = {"drop", "derive"}
APPLIED = [name for name in ALL if name not in NOT_APPLIED]


class Blind:
    """A detector that finds the first letter of every text."""

    def find_all(self, texts: Sequence[str], known: Sequence[tuple[Known, ...]]) -> list[list[Span]]:
        return [[Span(0, 1, "person_name", 1.0, "blind")] if text else [] for text in texts]


def example(name: str) -> Transform:
    built = build(name, plugins("transform")[name].example)
    assert not isinstance(built, list), built
    return built


def cells_of(name: str) -> tuple[str | None, ...]:
    cells = getattr(plugins("transform")[name], "example_cells", CELLS)
    return (*cells, None, *reversed(cells), "", cells[0])


def context_of(transform: Transform, rows: int, first: int = 0, key: Key | None = KEY) -> Context:
    subject = pa.array([SUBJECTS[(first + i) % 3] for i in range(rows)], pa.string())
    return Context(
        table="visits",
        column="c",
        field="c",
        key=key,
        kind="person_name",
        subject=subject,
        position=first,
        others={name: pa.array([BESIDE] * rows, pa.string()) for name in transform.columns()},
        vocabulary=frozenset({"Jane Doe"}),
        detector=Blind(),
    )


def run(name: str, column: pa.Array, first: int = 0, key: Key | None = KEY) -> pa.Array:
    transform = example(name)
    return transform.apply(column, context_of(transform, len(column), first, key))


@pytest.mark.parametrize("name", ALL)
def test_declares_what_the_house_asks(name: str) -> None:
    cls = plugins("transform")[name]
    transform = example(name)
    assert isinstance(cls.summary, str)
    assert cls.implies is None or isinstance(cls.implies, Role)
    line = describe(transform)
    assert line
    assert "\n" not in line
    assert not cls.summary.endswith(".")
    with pytest.raises((FrozenInstanceError, AttributeError)):
        transform.surprise = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ALL)
def test_options_are_documented_and_unknown_ones_refused(name: str) -> None:
    cls = plugins("transform")[name]
    for option in fields(cls):
        assert option.name in (cls.__doc__ or ""), f"{name}: '{option.name}' is not in the docstring"
    refused = build(name, {**cls.example, "no_such_option": 1})
    assert isinstance(refused, list)
    assert any("no_such_option" in sentence for sentence in refused)


@pytest.mark.parametrize("name", APPLIED)
def test_input_untouched_length_and_type_kept(name: str) -> None:
    column = pa.array(cells_of(name), pa.string())
    before = column.to_pylist()
    out = run(name, column)
    assert column.to_pylist() == before
    assert len(out) == len(column)
    assert out.type == example(name).output_type(column.type)
    assert isinstance(out, pa.Array)


@pytest.mark.parametrize("name", APPLIED)
def test_missing_stays_missing(name: str) -> None:
    column = pa.array(cells_of(name), pa.string())
    out = run(name, column)
    assert all(new is None for old, new in zip(column.to_pylist(), out.to_pylist(), strict=True) if old is None)
    for kind in (pa.string(), pa.null(), pa.dictionary(pa.int32(), pa.string()), pa.float64(), pa.date32()):
        nothing = pa.nulls(4, kind)
        assert run(name, nothing).to_pylist() == [None] * 4
        assert run(name, nothing).type == example(name).output_type(kind)


@pytest.mark.parametrize("name", APPLIED)
def test_empty_column(name: str) -> None:
    for kind in (pa.string(), pa.int64(), pa.timestamp("us"), pa.dictionary(pa.int8(), pa.string())):
        out = run(name, pa.nulls(0, kind))
        assert len(out) == 0
        assert out.type == example(name).output_type(kind)


@pytest.mark.parametrize("name", APPLIED)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_batches_equal_whole(name: str, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.sampled_from(cells_of(name)), min_size=1, max_size=12))
    cut = data.draw(st.integers(0, len(rows)))
    column = pa.array(rows, pa.string())
    parts = [run(name, column[:cut], 0), run(name, column[cut:], cut)]
    assert [cell for part in parts for cell in part.to_pylist()] == run(name, column).to_pylist()


@pytest.mark.parametrize("name", APPLIED)
def test_dictionary_and_large_text_are_the_same_as_text(name: str) -> None:
    column = pa.array(cells_of(name), pa.string())
    expected = run(name, column).to_pylist()
    assert run(name, column.dictionary_encode()).to_pylist() == expected
    assert run(name, column.cast(pa.large_string())).to_pylist() == expected


@pytest.mark.parametrize("name", APPLIED)
def test_levels_that_no_row_holds_leave_no_trace(name: str) -> None:
    cell = cells_of(name)[0]
    column = pa.DictionaryArray.from_arrays(pa.array([1, 1]), pa.array(["CANARY-7731", cell]))
    out = run(name, column)
    left = out.dictionary.to_pylist() if pa.types.is_dictionary(out.type) else out.to_pylist()
    assert "CANARY-7731" not in left


@pytest.mark.parametrize("name", APPLIED)
def test_per_value_means_that_distinct_values_suffice(name: str) -> None:
    transform = example(name)
    column = pa.array(cells_of(name), pa.string())
    if not transform.per_value:
        pytest.skip("depends on more than the value")

    def on_values(values: pa.Array) -> pa.Array:
        bare = replace(context_of(transform, len(values)), subject=None, others={})
        return transform.apply(values, bare)

    assert on_distinct(column, on_values).to_pylist() == run(name, column).to_pylist()


@pytest.mark.parametrize("name", APPLIED)
def test_key_is_needed_where_said_and_nowhere_else(name: str) -> None:
    transform = example(name)
    column = pa.array(cells_of(name), pa.string())
    if getattr(transform, "needs_key", False):
        others = [row for row in run(name, column, key=OTHER_KEY).to_pylist() if row is not None]
        assert others != [row for row in run(name, column).to_pylist() if row is not None]
        with pytest.raises(UsageError, match="U201"):
            run(name, column, key=None)
    else:
        assert run(name, column, key=None).to_pylist() == run(name, column, key=OTHER_KEY).to_pylist()


@pytest.mark.parametrize("name", ALL)
def test_pickles_and_shows_without_the_key(name: str) -> None:
    transform = example(name)
    if name in APPLIED:
        run(name, pa.array(cells_of(name), pa.string()))
    again = pickle.loads(pickle.dumps(transform))
    assert again == transform
    assert (again.per_value, again.needs_subject) == (transform.per_value, transform.needs_subject)
    shown = repr(transform) + repr(vars(transform)) + pickle.dumps(transform).hex()
    assert SECRET not in shown
    assert SECRET.encode().hex() not in shown


ODD: tuple[pa.Array, ...] = (
    pa.array([3, None, -7]),
    pa.array([2.5, float("nan"), float("inf")]),
    pa.array([True, None]),
    pa.array([dt.date(2014, 3, 5), None]),
    pa.array([dt.datetime(2014, 3, 5, 11, 45), None]),
    pa.array([b"\x00\xff", None]),
    pa.array([["nested"], None]),
    pa.array(["CANARY-7731", "=cmd()", "9" * 400, "１２", "\U0001f600", " ", "\x00"]),
)


@pytest.mark.parametrize("name", APPLIED)
@pytest.mark.parametrize("column", ODD, ids=lambda column: str(column.type))
def test_odd_input_is_treated_or_refused_without_showing_it(name: str, column: pa.Array) -> None:
    transform = example(name)
    refused = None
    try:
        out = run(name, column)
    except DataError as error:
        refused = error
    if refused is None:
        assert len(out) == len(column)
        assert out.type == transform.output_type(column.type)
        return
    said = str(refused) + repr(refused)
    assert refused.__cause__ is None
    assert refused.__suppress_context__ or refused.__context__ is None
    assert all(problem.place == "visits.c" for problem in refused.problems)
    assert not any(canary in said for canary in ("CANARY-7731", "=cmd()", "9" * 40, "nested", "2014"))


def digest() -> str:
    """Return one hash over the output of every transform."""
    total = hashlib.sha256()
    for name in APPLIED:
        total.update(repr(run(name, pa.array(cells_of(name), pa.string())).to_pylist()).encode())
    return total.hexdigest()


def test_same_bytes_under_every_hash_seed() -> None:
    found = set()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        command = [sys.executable, __file__]
        found.add(subprocess.run(command, env=env, capture_output=True, check=True, text=True).stdout.strip())
    assert found == {digest()}


def test_nothing_is_remembered() -> None:
    once = digest()
    for name in reversed(APPLIED):
        run(name, pa.array([*cells_of(name)][::-1], pa.string()))
    assert digest() == once


if __name__ == "__main__":
    sys.stdout.write(digest())
