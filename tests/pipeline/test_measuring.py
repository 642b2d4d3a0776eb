"""The commands around `run`: verify, risk, report, plan, explain, init, and no socket anywhere."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from deid.errors import problem_kinds
from deid.registry import plugins
from tests.conftest import KEY
from tests.pipeline.trial import Bench, files_of, frames, policy, refused, write_policy


@pytest.fixture
def done(bench: Bench) -> Bench:
    """Return a bench with a finished release."""
    assert bench.put().run().exit_code == 0
    return bench


def verified(bench: Bench, *options: str) -> tuple[int, str]:
    arguments = ("verify", bench.out, "--against", bench.data, "--policy", bench.folder / "policy.yaml", *options)
    result = bench.command(*arguments, key=None)
    return result.exit_code, result.output


def test_verify_passes_a_release_without_the_key(done: Bench) -> None:
    code, text = verified(done)
    assert (code, "3 file(s)" in text) == (0, True)
    code, text = verified(done, "--json")
    assert json.loads(text)["passed"] is True


def test_verify_passes_a_release_with_surrogates_noise_and_an_empty_table(bench: Bench) -> None:
    tables = frames()
    tables["events"] = tables["events"].head(0)
    columns = {
        "NAME": {"role": "direct_identifier", "do": "surrogate"},
        "MRN": {"role": "direct_identifier", "do": "encrypt"},
        "WEIGHT": {"role": "insensitive", "do": "noise", "sd": 2.0},
    }
    assert bench.put(tables).run(policy(columns=columns), "--format", "jsonl").exit_code == 0
    assert verified(bench)[0] == 0


@pytest.mark.parametrize("change", ["altered", "removed", "added", "identifier"])
def test_verify_finds_what_was_changed(done: Bench, change: str) -> None:
    path = done.out / "data" / "visits.csv"
    text = path.read_text("utf-8")
    subject = frames()["patients"].loc[9, "SUBJID"]
    if change == "altered":
        path.write_text(text.replace("-0", "-1", 1), encoding="utf-8")
    elif change == "removed":
        path.unlink()
    elif change == "added":
        (done.out / "data" / "more.csv").write_text("X\n1\n", encoding="utf-8")
    else:
        path.write_text(text.replace(text.split("\n")[1].split(",")[0], subject), encoding="utf-8")
    code, output = verified(done)
    assert code == 5
    assert "R104" in output
    assert ("R103" in output) is (change == "identifier")
    assert subject not in output


def test_verify_tells_of_a_change_that_breaks_a_table(done: Bench) -> None:
    path = done.out / "data" / "visits.csv"
    path.write_text(path.read_text("utf-8") + '"unbalanced\n', encoding="utf-8")
    code, output = verified(done)
    assert code == 5
    assert "R104" in output
    assert "not searched" in output


def test_verify_wants_the_policy_of_the_release(done: Bench) -> None:
    path = done.folder / "policy.yaml"
    path.write_text(path.read_text("utf-8").replace("name: ", "name: other-", 1), encoding="utf-8")
    code, output = verified(done)
    assert code == 5
    assert "another policy" in output


def test_verify_wants_a_release(done: Bench) -> None:
    shutil.rmtree(done.out)
    code, output = verified(done)
    assert (code, "U209" in output) == (2, True)
    done.out.mkdir()
    (done.out / "manifest.json").write_text("{}", encoding="utf-8")
    assert verified(done)[0] == 2


def test_risk_of_the_data_as_they_are(done: Bench) -> None:
    result = done.command("risk", done.data, "--policy", done.folder / "policy.yaml", "--json", key=None)
    assert result.exit_code == 0, result.output
    measures = json.loads(result.output)
    classes = frames()["patients"].groupby(["AGE", "SEX"]).size()
    assert measures["k"]["value"] == classes.min()
    assert measures["prosecutor.rb"]["value"] == pytest.approx(1 / classes.min())
    assert measures["classes"]["value"] == len(classes)
    text = done.command("risk", done.data, "--policy", done.folder / "policy.yaml", key=None)
    assert "prosecutor.rb" in text.output


def test_risk_without_a_quasi_identifier_is_refused(bench: Bench) -> None:
    parts = policy(columns={"AGE": "drop", "SEX": "drop"}, anonymise=None)
    path = write_policy(bench.put().folder / "policy.yaml", parts)
    refused(bench.command("risk", bench.data, "--policy", path), bench, 3, "P206")


def test_report_as_text_and_json(done: Bench) -> None:
    text = done.command("report", done.out, key=None)
    assert text.exit_code == 0
    assert "RELEASED" in text.output
    content = json.loads(done.command("report", done.out, "--format", "json", key=None).output)
    assert content == json.loads((done.out / "report.json").read_text("utf-8"))
    assert done.command("report", done.data, key=None).exit_code == 2


@pytest.mark.parametrize("form", ["text", "csv", "markdown", "json"])
def test_plan_names_every_column(bench: Bench, form: str) -> None:
    path = write_policy(bench.put().folder / "policy.yaml", policy())
    result = bench.command("plan", bench.data, "--policy", path, "--format", form, key=None)
    assert result.exit_code == 0, result.output
    columns = [(name, column) for name, table in frames().items() for column in table]
    if form == "json":
        rows = [(row["table"], row["column"]) for row in json.loads(result.output)]
        assert sorted(rows) == sorted(columns)
    elif form == "csv":
        rows = [(row["table"], row["column"]) for row in csv.DictReader(io.StringIO(result.output))]
        assert sorted(rows) == sorted(columns)
    else:
        assert len(result.output.splitlines()) == len(columns) + (2 if form == "markdown" else 4)
    for value in ("Quillfeather", "CRX-0", "Nausea"):
        assert value not in result.output
    assert [path.name for path in bench.folder.iterdir() if path.name not in ("data", "policy.yaml")] == []


def test_everything_is_explained(bench: Bench) -> None:
    listed = bench.command("explain", key=None).output
    topics = [*problem_kinds(), *plugins("transform")]
    for topic in topics:
        result = bench.command("explain", topic, key=None)
        assert result.exit_code == 0, topic
        assert len(result.output) > 40, topic
        assert topic in listed
    measures = json.loads(_risk(bench))
    for name in measures:
        assert bench.command("explain", name, key=None).exit_code == 0, name
    unknown = bench.command("explain", "pseudonim", key=None)
    assert unknown.exit_code == 2
    assert "did you mean 'pseudonym'?" in unknown.output


def _risk(bench: Bench) -> str:
    path = write_policy(bench.put().folder / "policy.yaml", policy())
    return bench.command("risk", bench.data, "--policy", path, "--json", key=None).output


def test_draft_keeps_nothing_and_is_refused_until_it_is_confirmed(bench: Bench) -> None:
    bench.put()
    draft = bench.folder / "draft.yaml"
    result = bench.command("init", bench.data, "--name", "drafted", "--out", draft, key=None)
    assert result.exit_code == 0, result.output
    text = draft.read_text("utf-8")
    for value in ("Quillfeather", "CRX-0", "Nausea", "2015-0"):
        assert value not in text
    for table in frames().values():
        assert all(column in text for column in table)
    again = bench.command("init", bench.data, "--name", "drafted", "--out", draft, key=None)
    assert again.exit_code != 0
    assert draft.read_text("utf-8") == text
    released = bench.command("run", bench.data, "--policy", draft, "--out", bench.out)
    if released.exit_code != 0:
        refused(released, bench, 3)
    else:
        assert not (set(pd.read_csv(bench.out / "data" / "patients.csv")) & {"NAME", "MRN", "GIVEN", "FAMILY"})


def test_check_without_data(bench: Bench) -> None:
    path = write_policy(bench.folder / "policy.yaml", policy())
    assert bench.command("check", path, key=None).exit_code == 0
    path.write_text(path.read_text().replace("anonymise:", "anonymize:"), encoding="utf-8")
    refused(bench.command("check", path, key=None), bench, 3, "P103", "policy.yaml:")


def test_effective_policy_is_a_policy_that_does_the_same(done: Bench) -> None:
    effective = done.command("check", done.folder / "policy.yaml", "--effective", key=None)
    assert effective.exit_code == 0
    assert "name: small-trial" in effective.output


def test_json_summary(bench: Bench) -> None:
    result = bench.put().run(None, "--json")
    summary = json.loads(result.output)
    assert summary["gates"]["k"] >= 4
    assert Path(summary["report"]).is_file()


def test_new_keys_differ_and_are_private(bench: Bench) -> None:
    file = bench.folder / "key.txt"
    assert bench.command("key", "new", "--out", file, key=None).exit_code == 0
    assert file.stat().st_mode & 0o777 == 0o600
    assert bench.command("key", "new", "--out", file, key=None).exit_code != 0
    printed = {bench.command("key", "new", key=None).output.strip() for _ in range(3)}
    assert len({*printed, file.read_text().strip()}) == 4


#: urllib3, which spaCy's own commands import, asks once whether a loopback address can be bound; it takes a no.
BLOCKED = """
import socket

def blocked(*_, **__):
    raise OSError("no network in this test")

socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = socket.socket.sendto = blocked
socket.create_connection = socket.getaddrinfo = socket.gethostbyname = blocked
import sys

def watch(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        sys.stderr.write(f"OPENED {event}\\n")
        raise OSError("no network in this test")

sys.addaudithook(watch)
"""


@pytest.mark.slow
def test_no_socket_is_opened(bench: Bench) -> None:
    tables = frames()
    patients = tables["patients"].head(10)
    notes = [
        f"Seen on 3 May 2015, e-mail {i}@example.org, {row.NAME} is well."
        for i, row in enumerate(patients.itertuples())
    ]
    tables["notes"] = pd.DataFrame({"SUBJID": patients["SUBJID"], "NOTE": notes})
    surrogate = {"role": "direct_identifier", "do": "surrogate"}
    parts = policy(columns={"NOTE": {"role": "free_text", "do": "redact", "style": "surrogate"}, "NAME": surrogate})
    write_policy(bench.put(tables).folder / "policy.yaml", parts)
    site = bench.folder / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(BLOCKED, encoding="utf-8")
    run = "import sys; from deid.cli import main; main(sys.argv[1:])"
    arguments = ["run", str(bench.data), "-p", str(bench.folder / "policy.yaml"), "-o", str(bench.out)]
    path = os.pathsep.join([str(site), str(Path(__file__).parents[2])])
    env = {**os.environ, "DEID_KEY": KEY, "PYTHONPATH": path, "HOME": str(bench.folder / "home")}
    done = subprocess.run([sys.executable, "-c", run, *arguments], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "OPENED" not in done.stderr
    assert not any(name in str(files_of(bench.out)) for name in set(patients["NAME"]))
