"""Every mistake has its exit code, a place and a remedy; nothing that looks like a release is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from tests.conftest import KEY
from tests.pipeline.trial import SUBJECTS, Bench, frames, policy, refused, without

GENERALISE = {"role": "quasi_identifier", "do": "generalise"}


@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "U201"),
        ("ab" * 32, "U202"),
        ("1234", "U202"),
        ("z" * 64, "U202"),
        (KEY[:-1], "U202"),
        (KEY + "0", "U202"),
    ],
)
def test_key_missing_or_weak(bench: Bench, key: str | None, code: str) -> None:
    result = bench.put().run(key=key)
    refused(result, bench, 2, code)
    assert key is None or key not in result.output


def test_key_file_is_read_and_its_absence_named(bench: Bench) -> None:
    file = bench.folder / "key.txt"
    refused(bench.put().run(None, "--key-file", file, key=None), bench, 2, "U201", "key.txt")
    file.write_text(KEY + "\n", encoding="ascii")
    assert bench.run(None, "--key-file", file, key=None).exit_code == 0


POLICIES: dict[str, tuple[dict[str, Any], int, tuple[str, ...]]] = {
    "misspelt column": (
        policy(columns={"AEG": {**GENERALISE, "hierarchy": {"interval": 5}}}),
        3,
        ("P202", "policy.yaml:", "did you mean 'AGE'?"),
    ),
    "unknown option": (
        policy(columns={"AGE": {**GENERALISE, "hirarchy": {"interval": 5}}}),
        3,
        ("P108", "policy.yaml:", "did you mean 'hierarchy'?"),
    ),
    "unknown key": (policy(anonymize={"k": 4}), 3, ("P103", "policy.yaml:", "did you mean 'anonymise'?")),
    "unknown table": (policy(tables={"visit": {"ARM": "drop"}}), 3, ("P203", "policy.yaml:", "did you mean 'visits'?")),
    "unknown transform": (policy(columns={"ARM": {"do": "hide"}}), 3, ("P107", "policy.yaml:")),
    "undecided line": (policy(columns={"ARM": "undecided"}), 3, ("P112", "policy.yaml:")),
    "column without a line": (without(policy(), "WEIGHT"), 3, ("P201", "visits.WEIGHT")),
    "direct identifier kept": (
        policy(columns={"MRN": {"role": "direct_identifier", "do": "keep"}}),
        3,
        ("P204", "MRN"),
    ),
    "no quasi-identifier": (policy(columns={"AGE": "drop", "SEX": "drop"}), 3, ("P206", "policy.yaml")),
    "gate fails": (policy(gates={"prosecutor_risk": {"max": 0.01}}), 5, ("R101", "prosecutor")),
    "gate not evaluated": (policy(gates={"journalist_risk": {"max": 0.5}}), 5, ("R102", "journalist")),
    "gate on an unknown measure": (policy(gates={"prosecutor_rik": {"max": 0.5}}), 3, ("P111", "policy.yaml:")),
    "k above the subjects": (policy(anonymise={"k": SUBJECTS + 1}), 4, ("D510", str(SUBJECTS))),
    "k of one": (policy(anonymise={"k": 1}), 3, ("P105", "policy.yaml:")),
    "exclude list missing": (policy(exclude_subjects="nobody.txt"), 2, ("U204", "nobody.txt")),
    "no subject column of that name": (policy(subject="PATIENT"), 3, ("P209", "patients.ENROLDT")),
}


@pytest.mark.parametrize("case", POLICIES)
def test_policy_or_gate(bench: Bench, case: str) -> None:
    parts, code, texts = POLICIES[case]
    refused(bench.put().run(parts), bench, code, *texts)


def test_all_problems_are_named_at_once(bench: Bench) -> None:
    parts = without(policy(columns={"AEG": "drop"}, tables={"visit": {"ARM": "drop"}}), "ARM", "WEIGHT")
    refused(bench.put().run(parts), bench, 3, "AEG", "'visit'", "patients.ARM", "visits.WEIGHT", "4 problem(s)")


BROKEN = {
    "open quote": (b'SUBJID,TERM,ONSET,ENDDT\nA1,"Nausea,2015-01-01,2015-01-02\n', "events.csv:2"),
    "too many cells": (b"SUBJID,TERM,ONSET,ENDDT\nA1,Zugzwang,2015-01-01,2015-01-02,5\n", "events.csv:2"),
    "too few cells": (b"SUBJID,TERM,ONSET,ENDDT\nA1,Zugzwang\n", "events.csv:2"),
    "no UTF-8": (b"SUBJID,TERM,ONSET,ENDDT\nA1,Zugzwang\xff\xfe,2015-01-01,2015-01-02\n", "events.csv"),
    "no byte": (b"", "events.csv"),
    "no text": (b"SUBJID,TERM\x00,ONSET\nA1,Zug\x00zwang,3\n", "events.csv"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_csv(bench: Bench, case: str) -> None:
    raw, place = BROKEN[case]
    bench.put()
    (bench.data / "events.csv").write_bytes(raw)
    result = bench.run()
    refused(result, bench, 4, place)
    assert "Zug" not in result.output


def test_file_that_is_no_table(bench: Bench) -> None:
    bench.put()
    (bench.data / "define.xml").write_text("<ODM/>", encoding="utf-8")
    refused(bench.run(), bench, 4, "D101", "define.xml")
    assert bench.run(policy(ignore=["*.xml"])).exit_code == 0


def test_two_tables_of_one_name(bench: Bench) -> None:
    bench.put()
    bench.put({"events": frames()["events"]}, "parquet")
    refused(bench.run(), bench, 4, "D102")


def test_rows_without_a_subject(bench: Bench) -> None:
    tables = frames()
    tables["visits"].loc[[3, 7], "SUBJID"] = None
    refused(bench.put(tables).run(), bench, 4, "D202", "visits.SUBJID", "2 row(s)")
    out = bench.release(policy(missing_subject="drop_rows"))
    assert len(out["visits"]) == len(tables["visits"]) - 2


def test_copies_that_disagree(bench: Bench) -> None:
    tables = frames()
    tables["visits"].loc[4, "AGE"] = 34 if tables["visits"].loc[4, "AGE"] != 34 else 74
    refused(bench.put(tables).run(), bench, 4, "D201", "AGE", "1 subject(s)")
    assert bench.run(policy(counts_from={"AGE": "patients"})).exit_code == 0


def test_dates_that_are_none(bench: Bench) -> None:
    tables = frames()
    tables["visits"].loc[[2, 5], "VISDT"] = "Zugzwang"
    result = bench.put(tables).run()
    refused(result, bench, 4, "visits.VISDT", "2 cell(s)")
    assert "Zugzwang" not in result.output


def test_output_exists(bench: Bench) -> None:
    bench.out.mkdir(parents=True)
    (bench.out / "mine.txt").write_text("mine", encoding="utf-8")
    result = bench.put().run()
    assert result.exit_code == 2
    assert "U205" in result.output
    assert "remedy:" in result.output
    assert bench.left() == ["release", "release/mine.txt"]


def test_output_is_a_dangling_link(bench: Bench) -> None:
    bench.out.parent.mkdir()
    bench.out.symlink_to(bench.folder / "elsewhere")
    assert bench.put().run().exit_code == 2
    assert bench.left() == ["release"]
    assert not (bench.folder / "elsewhere").exists()


@pytest.mark.parametrize("where", ["file/release", "file/deeper/release", "x" * 300, "/proc/nowhere/release"])
def test_output_cannot_be_made(bench: Bench, where: str) -> None:
    (bench.folder / "file").write_text("a file, no folder", encoding="utf-8")
    result = bench.put().run(out=bench.folder / where)
    refused(result, bench, 2, "U206")
    assert sorted(path.name for path in bench.folder.iterdir()) == ["data", "file", "policy.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_output_may_not_be_made(bench: Bench) -> None:
    bench.out.parent.mkdir(mode=0o500)
    refused(bench.put().run(), bench, 2, "U206")


def test_refusal_takes_the_folders_away_that_it_made(bench: Bench) -> None:
    deep = bench.folder / "a" / "b" / "release"
    assert bench.put().run(policy(gates={"k": {"min": 40}}), out=deep).exit_code == 5
    assert not (bench.folder / "a").exists()
    assert bench.run(out=deep).exit_code == 0


@pytest.mark.parametrize("form", ["sas7bdat", "excle", "pdf"])
def test_format_that_is_not_written(bench: Bench, form: str) -> None:
    refused(bench.put().run(None, "--format", form), bench, 2, "U211", form)


def test_private_folder_is_no_part_of_the_release(bench: Bench) -> None:
    refused(bench.put().run(None, "--private", bench.out / "private"), bench, 2, "U212")


def test_private_folder_holds_the_report_of_a_refused_run(bench: Bench) -> None:
    private = bench.folder / "private"
    result = bench.put().run(policy(gates={"k": {"min": 40}}), "--private", private)
    refused(result, bench, 5, "R101")
    assert {"report.html", "report.json"} <= {path.name for path in private.iterdir()}


def test_no_data(bench: Bench) -> None:
    refused(bench.run(), bench, 2, "U203", "data")
    bench.data.mkdir()
    refused(bench.run(), bench, 2, "U203", "data")


def test_policy_that_is_not_there(bench: Bench, command: Callable[..., Result]) -> None:
    bench.put()
    refused(command("run", bench.data, "--policy", "nowhere", "--out", bench.out), bench, 3, "P101", "nowhere")
    near = command("run", bench.data, "--policy", "hipaa-safe-harbour", "--out", bench.out)
    refused(near, bench, 3, "P101", "did you mean 'hipaa-safe-harbor'")


def test_defect_of_ours_is_told_without_a_value(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ValueError("Ottoline Quillfeather")

    monkeypatch.setattr("deid.pipeline.verify", fail)
    result = bench.put().run()
    refused(result, bench, 70, "X901")
    assert "Ottoline" not in result.output


def test_interrupt_releases_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("deid.pipeline.verify", interrupt)
    result = bench.put().run()
    assert result.exit_code == 130
    assert bench.left() == []


def test_command_as_a_process_of_its_own(bench: Bench) -> None:
    """The same through the shell: exit code, message on stderr, nothing on stdout."""
    assert bench.put().run(policy(gates={"k": {"min": 40}})).exit_code == 5
    arguments = ["run", str(bench.data), "--policy", str(bench.folder / "policy.yaml"), "--out", str(bench.out)]
    code = "import sys; from deid.cli import main; main(sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], env={**os.environ, "DEID_KEY": KEY}, capture_output=True, text=True
    )
    assert done.returncode == 5
    assert done.stdout == ""
    assert "R101" in done.stderr
    assert "Traceback" not in done.stderr


def test_input_that_changes_during_the_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    import deid.pipeline

    collect = deid.pipeline.collect

    def changed(*arguments: Any, **options: Any) -> Any:
        facts = collect(*arguments, **options)
        _touch(bench.data / "events.csv")
        return facts

    monkeypatch.setattr(deid.pipeline, "collect", changed)
    refused(bench.put().run(), bench, 4, "D103")


def _touch(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join([*lines, lines[-1]]), encoding="utf-8")


def test_more_tuples_than_the_budget(bench: Bench) -> None:
    """The class table is refused with its size and the columns to blame; a budget that suffices changes nothing."""
    local = {"anonymise": {"k": 4, "suppress_at_most": 0.1, "recoding": "local"}}  # a global one would start coarser
    result = bench.put().run(policy(class_budget=3, **local))
    refused(result, bench, 4, "D211", "class table", "distinct tuples, 3 allowed", "AGE has ", "class_budget")
    tuples = int(result.output.split(" distinct tuples")[0].rsplit(" ", 1)[1])
    assert tuples > 3
    assert bench.release(policy(class_budget=tuples, **local))
    shutil.rmtree(bench.out)
    refused(bench.run(policy(class_budget=tuples - 1, **local)), bench, 4, "D211")
