"""`deid text` and `deid evaluate` as a user runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deid.cli import main

KEY = "c41f09d27be8356aa0479be1f2d6385c9e0b7714d8a3f65520cb81e94d7fa362"
NOTE = "Mr. Walter Quillan, MRN 00482917, was seen on March 3, 2021 by Dr. Oduya.\n"


def run(*arguments: str, given: str | bytes = "", key: str = KEY) -> Result:
    return CliRunner().invoke(main, list(arguments), input=given, env={"DEID_KEY": key})


def test_one_note_from_standard_input_to_standard_output() -> None:
    done = run("text", given=NOTE)
    assert done.exit_code == 0
    assert done.output == "Mr. [NAME_1], MRN [ID_1], was seen on [DATE_1] by Dr. [NAME_2].\n"


def test_a_surrogate_needs_the_key_and_moves_dates_in_their_form() -> None:
    assert run("text", "--style", "surrogate", given=NOTE, key="").exit_code == 2
    done = run("text", "--style", "surrogate", given=NOTE)
    assert done.exit_code == 0
    assert "Quillan" not in done.output
    assert "March 3, 2021" not in done.output
    assert done.output == run("text", "--style", "surrogate", given=NOTE).output


def test_many_notes_keep_ids_and_order_in_any_number_of_processes() -> None:
    lines = "".join(json.dumps({"id": f"n{i}", "text": f"Dr. Oduya saw room {i}."}) + "\n" for i in range(70))
    one, two = run("text", "--jsonl", given=lines), run("text", "--jsonl", "--jobs", "2", given=lines)
    assert one.exit_code == two.exit_code == 0, two.output
    assert one.output == two.output
    written = [json.loads(line) for line in one.output.splitlines()]
    assert [note["id"] for note in written] == [f"n{i}" for i in range(70)]
    assert written[3]["text"] == "Dr. [NAME_1] saw room 3."


def test_the_record_beside_a_note_is_used() -> None:
    plain = {"id": "a", "text": "sizes 77 41 903 mm"}
    known = {**plain, "known": {"mrn": "77-41-903"}}
    without, with_it = (json.loads(run("text", "--jsonl", given=json.dumps(note)).output) for note in (plain, known))
    assert "77 " in without["text"]
    assert with_it["text"] == "sizes [ID_1] mm"


def test_spans_are_for_outside_scorers() -> None:
    done = run("text", "--jsonl", "--spans", given=json.dumps({"id": 7, "text": NOTE}))
    found = json.loads(done.output)
    assert found["id"] == "7"
    assert {(NOTE[s["start"] : s["end"]], s["type"]) for s in found["spans"]} >= {("00482917", "ID"), ("Oduya", "NAME")}
    assert run("text", "--spans", given=NOTE).exit_code == 2


@pytest.mark.parametrize("given", [b"\xff\xfe", b'{"id": 1}\n', b"no json\n", b'["a"]\n', b'{"text": 5}\n'])
def test_what_cannot_be_read_is_refused_without_a_value(given: bytes) -> None:
    done = run("text", "--jsonl", given=given)
    assert done.exit_code == 4
    assert "D642" in done.output
    assert "Traceback" not in done.output


def test_a_note_that_is_too_long_goes_whole() -> None:
    text = "Walter " + "seen well today and yesterday " * 80_000
    assert run("text", given=text).output.strip() == "[REDACTED WHOLE]"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    start = NOTE.index("Walter")
    spans = [{"start": start, "end": start + len("Walter Quillan"), "type": "NAME_PATIENT"}]
    trap = NOTE.index("seen")
    note = {"id": "g1", "text": NOTE, "spans": spans, "traps": [{"start": trap, "end": trap + 4, "kind": "misc"}]}
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(note) + "\n" + json.dumps({"id": "g2", "text": "well today", "spans": []}) + "\n")
    return path


def test_evaluate_prints_shares_with_intervals(gold: Path) -> None:
    done = run("evaluate", str(gold))
    assert done.exit_code == 0
    assert "recall                               1.0000  [0.2065 1.0000]  of 1" in done.output
    assert "NAME_PATIENT" in done.output
    found = json.loads(run("evaluate", str(gold), "--json", "--no-record").output)
    assert found["recall"] == {"share": 1.0, "low": 0.2065, "high": 1.0, "of": 1}
    assert found["notes_without_identifiers_touched"]["share"] == 0.0
    assert found["clinical_terms_touched"]["share"] == 0.0


def test_evaluate_refuses_labels_outside_the_text(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(json.dumps({"text": "short", "spans": [{"start": 0, "end": 99, "type": "NAME"}]}))
    done = run("evaluate", str(path))
    assert done.exit_code == 4
    assert "D641" in done.output
