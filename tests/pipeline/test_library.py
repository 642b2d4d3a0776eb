"""The library: the same code path as the command, with frames at both ends."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import get_type_hints

import pandas as pd
import pytest

import deid
from deid.errors import DataError, PolicyError, ReleaseRefused, UsageError
from tests.conftest import KEY
from tests.pipeline.trial import SUBJECTS, files_of, frames, policy, released, write_policy, write_tables


@pytest.fixture
def key() -> deid.Key:
    return deid.Key.from_hex(KEY)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_policy(tmp_path / "policy.yaml", policy())


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for temporary files."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_frames_in_frames_and_report_out(path: Path, key: deid.Key, temporary: Path) -> None:
    tables, report = deid.deidentify(frames(), path, key=key)
    assert sorted(tables) == ["events", "patients", "visits"]
    assert len(tables["patients"]) == SUBJECTS
    assert report["verdict"]["outcome"] == "released"
    assert files_of(temporary) == {}
    assert list(temporary.iterdir()) == []


def test_frames_and_files_give_one_release(path: Path, key: deid.Key, tmp_path: Path) -> None:
    tables, _ = deid.deidentify(frames(), path, key=key)
    data = write_tables(tmp_path / "data", frames())
    deid.run(data, path, tmp_path / "out", key=key)
    for name, table in released(tmp_path / "out").items():
        assert table.equals(tables[name].astype(object).fillna("").astype(str).astype(table.dtypes.iloc[0])), name


def test_callers_frames_are_untouched(path: Path, key: deid.Key) -> None:
    given = frames()
    given["visits"].attrs["note"] = "mine"
    before = {name: table.copy(deep=True) for name, table in given.items()}
    deid.deidentify(given, path, key=key)
    for name, table in given.items():
        pd.testing.assert_frame_equal(table, before[name])
    assert given["visits"].attrs == {"note": "mine"}


@pytest.mark.parametrize("index", ["duplicated", "named", "gapped", "of several levels"])
def test_index_is_ignored(path: Path, key: deid.Key, index: str) -> None:
    plain, _ = deid.deidentify(frames(), path, key=key)
    given = frames()
    patients = given["patients"]
    given["patients"] = {
        "duplicated": lambda: patients.set_index(pd.Index([0] * len(patients))),
        "named": lambda: patients.set_index(patients["NAME"].rename("person")),
        "gapped": lambda: patients.set_index(pd.RangeIndex(7, 7 + 3 * len(patients), 3)),
        "of several levels": lambda: patients.set_index(pd.MultiIndex.from_frame(patients[["MRN", "NAME"]])),
    }[index]()
    odd, _ = deid.deidentify(given, path, key=key)
    pd.testing.assert_frame_equal(odd["patients"], plain["patients"])


def test_types_survive(tmp_path: Path, key: deid.Key) -> None:
    given = frames()
    visits = given["visits"]
    visits["WEIGHT"] = visits["WEIGHT"].astype("Int16").mask(visits["VISIT"] == 2)
    visits["DONE"] = pd.array([True, False, None] * SUBJECTS, dtype="boolean")
    visits["ZIP"] = "02134"
    visits["GRADE"] = pd.Categorical(["low", "high", "low"] * SUBJECTS, categories=["low", "high", "Ottoline"])
    visits["VISDT"] = pd.to_datetime(visits["VISDT"])
    keep = {"role": "insensitive", "do": "keep"}
    path = write_policy(tmp_path / "p.yaml", policy(columns={"DONE": keep, "ZIP": keep, "GRADE": keep}))
    out = deid.deidentify(given, path, key=key)[0]["visits"]
    assert str(out["WEIGHT"].dtype) == "Int16"
    assert str(out["DONE"].dtype) == "boolean"
    assert out["WEIGHT"].isna().sum() == SUBJECTS
    assert set(out["ZIP"]) == {"02134"}
    assert pd.api.types.is_datetime64_any_dtype(out["VISDT"])
    assert set(out["GRADE"]) == {"low", "high"}
    assert out["GRADE"].dtype == pd.CategoricalDtype(["high", "low"])


def test_categories_stay_categories(tmp_path: Path, key: deid.Key) -> None:
    given = frames()
    visits, patients = given["visits"], given["patients"]
    grades = pd.CategoricalDtype(["mild", "grave", "Ottoline", "acute"], ordered=True)
    visits["GRADE"] = pd.Series(["grave", "mild", None] * SUBJECTS).astype(grades)
    visits["SCORE"] = pd.Categorical([3, 1, 3] * SUBJECTS, categories=[3, 2, 1])
    patients["AGE"] = pd.Categorical(patients["AGE"])
    keep = {"role": "insensitive", "do": "keep"}
    path = write_policy(tmp_path / "p.yaml", policy(columns={"GRADE": keep, "SCORE": keep}))
    out, _ = deid.deidentify(given, path, key=key)
    assert out["visits"]["GRADE"].dtype == pd.CategoricalDtype(["mild", "grave"], ordered=True)
    assert out["visits"]["SCORE"].dtype == pd.CategoricalDtype([1, 3])
    ages = out["patients"]["AGE"]
    assert list(ages.cat.categories) == sorted(set(ages.dropna()))
    assert not ages.cat.ordered
    deid.run(given, path, tmp_path / "out", key=key)
    stored = pd.read_parquet(tmp_path / "out" / "data" / "visits.parquet")["GRADE"]
    assert set(stored.cat.categories) == {"mild", "grave"}


def test_failures_are_raised_whole_and_leave_nothing(tmp_path: Path, key: deid.Key, temporary: Path) -> None:
    given = frames()
    with pytest.raises(ReleaseRefused) as refusal:
        deid.deidentify(given, write_policy(tmp_path / "a.yaml", policy(gates={"k": {"min": 40}})), key=key)
    assert [problem.code for problem in refusal.value.problems] == ["R101"]
    with pytest.raises(PolicyError) as missing:
        deid.deidentify(given, write_policy(tmp_path / "b.yaml", policy(columns={"AEG": "drop"})), key=key)
    assert "AEG" in str(missing.value)
    given["visits"].loc[0, "VISDT"] = "Zugzwang"
    with pytest.raises(DataError) as data:
        deid.deidentify(given, write_policy(tmp_path / "c.yaml", policy()), key=key)
    assert "Zugzwang" not in repr(data.value)
    assert data.value.__cause__ is None
    assert list(temporary.iterdir()) == []


def test_frames_that_cannot_be_tables_are_refused(path: Path, key: deid.Key) -> None:
    given = frames()
    given["visits"] = pd.concat([given["visits"], given["visits"][["AGE"]]], axis=1)
    with pytest.raises(DataError):
        deid.deidentify(given, path, key=key)
    given = frames()
    given["patients"]["ARM"] = [1, "A"] * (SUBJECTS // 2)
    with pytest.raises(DataError) as mixed:
        deid.deidentify(given, path, key=key)
    assert "D346" in str(mixed.value)


def test_policy_as_text_and_dry_run(tmp_path: Path, path: Path) -> None:
    plan = deid.dry_run(frames(), path.read_text(encoding="utf-8"))
    assert {step.column for step in plan.steps if step.do == "pseudonym"} == {"SUBJID"}
    assert plan == deid.dry_run(frames(), deid.load_policy(path.read_text(encoding="utf-8")))


def test_output_exists(path: Path, key: deid.Key, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(UsageError, match="U205"):
        deid.run(frames(), path, tmp_path / "out", key=key)


def test_everything_public_is_typed_and_documented() -> None:
    for name in deid.__all__:
        thing = getattr(deid, name)
        if callable(thing):
            assert thing.__doc__, name
    for name in ("run", "deidentify", "dry_run", "load_policy"):
        hints = get_type_hints(getattr(deid, name), localns={"Frames": object}, globalns=vars(deid.face) | {"pd": pd})
        assert "return" in hints


def test_key_is_hidden(key: deid.Key) -> None:
    import pickle

    assert KEY not in repr(key)
    assert KEY[:8] not in repr(key)
    with pytest.raises(TypeError):
        pickle.dumps(key)


def test_import_is_quick_and_quiet() -> None:
    code = "import deid, sys, logging; assert 'pandas' not in sys.modules; assert not logging.getLogger().handlers"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
