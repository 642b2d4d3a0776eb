"""Stages that are spread over parts of the data give the release that they give in one process."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

from deid.engines.secret import sealed
from deid.errors import ReleaseRefused, UsageError
from deid.formats.frames import tables_from_frames
from deid.keys import Key
from deid.pipeline import run
from deid.policy import load as load_policy
from deid.source import Source
from deid.spreading.put import Wanted
from tests.conftest import KEY
from tests.pipeline.test_determinism import EVERYTHING, comparable
from tests.pipeline.trial import Bench, files_of, frames, policy, write_policy, write_tables


@dataclass(frozen=True)
class Travelling:
    """An engine in this process whose work and results are pickled as if they went to workers, and come twice."""

    def workers(self) -> int:
        return 3

    def each(self, work: Callable[[Any, Any], Any], tasks: Sequence[Any], shared: Any) -> Iterator[Any]:
        packed = sealed((list(tasks), shared))
        for number in range(len(tasks)):
            every, given = packed.opened()
            pickle.dumps(work(every[number], given))  # a worker that was lost after it had done its part
            if isinstance(given, Wanted):  # and one that was lost while it wrote
                (given.folder / f"part-{number:06d}.half").write_bytes(b"half of the rows")
            every, given = packed.opened()
            yield pickle.loads(pickle.dumps(work(every[number], given)))


def both(bench: Bench, wanted: Any, form: str = "", batch_rows: int = 5) -> None:
    decided = load_policy(write_policy(bench.folder / "policy.yaml", wanted))
    key = Key.from_hex(KEY)
    outs = bench.folder / "one", bench.folder / "many"
    common = {"key": key, "output_format": form, "run_facts": {"finished": "now"}}
    run(bench.data, decided, outs[0], **common)
    run(bench.data, decided, outs[1], **common, batch_rows=batch_rows, engine=Travelling())
    assert comparable(outs[1]) == comparable(outs[0])
    assert not [name for name in files_of(outs[1]) if "part-" in name]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_parts_give_the_same_release(bench: Bench, form: str) -> None:
    write_tables(bench.data, frames(), form)
    both(bench, EVERYTHING)


def test_missing_quasi_identifiers(bench: Bench) -> None:
    tables = frames()
    patients: pd.DataFrame = tables["patients"]
    patients["AGE"] = patients["AGE"].astype("object")
    patients.loc[patients.index[::6], "AGE"] = None
    patients.loc[patients.index[::9], "SEX"] = None
    tables["visits"] = tables["visits"].drop(columns="AGE")
    write_tables(bench.data, tables)
    both(bench, EVERYTHING)


def test_notes_know_what_other_parts_hold(bench: Bench) -> None:
    tables = frames()
    patients = tables["patients"]
    texts = [f"{given} {family}, record {number}, felt well." for given, family, number in zip(
        patients["GIVEN"], patients["FAMILY"], patients["MRN"], strict=True)]  # fmt: skip
    tables["notes"] = pd.DataFrame({"SUBJID": patients["SUBJID"], "NOTE": texts})
    write_tables(bench.data, tables)
    wanted = policy(
        columns={"NOTE": {"role": "free_text", "do": "redact"}}, drop_tables=["events"], exclude_subjects="gone.txt"
    )
    (bench.folder / "gone.txt").write_text(f"{patients['SUBJID'][3]}\nCRX-99-99999\n", encoding="utf-8")
    both(bench, wanted, batch_rows=11)
    text = (bench.folder / "many" / "data" / "notes.csv").read_text("utf-8")
    assert not [name for name in patients["FAMILY"] if name in text]


def test_tables_in_memory_are_refused(bench: Bench) -> None:
    wanted = load_policy(write_policy(bench.folder / "policy.yaml", EVERYTHING))
    tables, reader = tables_from_frames(frames())
    source = Source(tables, dict.fromkeys((table.name for table in tables), reader))
    with pytest.raises(UsageError) as caught:
        run(source, wanted, bench.folder / "out", key=Key.from_hex(KEY), engine=Travelling())
    assert caught.value.problems[0].code == "U251"
    assert not (bench.folder / "out").exists()


@pytest.mark.parametrize("option", ["recipe", "freeze"])
def test_recipes_are_of_the_local_engine(bench: Bench, option: str) -> None:
    wanted = load_policy(write_policy(bench.folder / "policy.yaml", EVERYTHING))
    write_tables(bench.data, frames(), "csv")
    given: dict[str, Any] = {option: bench.folder / "one.recipe", "jobs": 2}
    with pytest.raises(UsageError) as caught:
        run(bench.data, wanted, bench.out, key=Key.from_hex(KEY), engine=Travelling(), **given)
    assert [(p.code, p.place) for p in caught.value.problems] == [("U260", f"--{option}"), ("U260", "--jobs")]
    assert not bench.out.exists()


def test_what_one_process_refuses_is_refused_by_parts_too(bench: Bench) -> None:
    """Every kind of needle travels: long identifiers, short ones and single words."""
    tables = frames()
    kept = {"role": "insensitive", "do": "keep", "accept": ["singling_out"]}
    family, record = tables["patients"]["FAMILY"][0], tables["patients"]["MRN"][0]
    for remark in (f"as {family} said", f"record {record}"):
        tables["visits"]["REMARK"] = ["stable", "better", remark] * (len(tables["visits"]) // 3)
        write_tables(bench.data, tables)
        decided = load_policy(write_policy(bench.folder / "policy.yaml", policy(columns={"REMARK": kept})))
        causes = []
        for engine in (None, Travelling()):
            with pytest.raises(ReleaseRefused) as refused:
                run(bench.data, decided, bench.out, key=Key.from_hex(KEY), batch_rows=5, engine=engine)
            causes.append([(problem.code, problem.place) for problem in refused.value.problems])
            assert not bench.out.exists()
        assert causes[0] == causes[1]
        assert ("R103", "visits.REMARK") in causes[0]
