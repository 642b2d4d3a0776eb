"""An identifier that hides in a column that is kept stops the release; the message names place and kind, no value."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Callable

import pandas as pd
import pytest

from tests.pipeline.trial import SUBJECTS, Bench, Frames, frames, policy, refused

KEPT = {"role": "insensitive", "do": "keep", "accept": ["identifier", "singling_out"]}
HIDINGS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: text,
    "lower case": str.lower,
    "upper case": str.upper,
    "no separators": lambda text: text.replace("-", "").replace(" ", ""),
    "other separators": lambda text: text.replace("-", "/").replace(" ", "_"),
    "blanks": lambda text: " ".join(text.replace("-", " ").split()),
    "full-width": lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text),
    "accents": lambda text: text.replace("o", "ó").replace("1", "1"),
    "invisible characters": "\u200b".join,
    "in a sentence": lambda text: f"transferred from {text}, see there",
    "in JSON": lambda text: json.dumps({"ref": {"id": [text]}, "n": 3}),
    "in XML": lambda text: f"<ref id='{text}'/>",
    "in a path": lambda text: f"/data/scans/{text}/series-3.dcm",
    "in an address": lambda text: f"https://example.org/p?id={text.replace(' ', '%20')}",
    "base64": lambda text: base64.b64encode(f"id is {text}".encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(f"id is {text} ???>>>".encode()).decode(),
    "bare base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base64 of gzip": lambda text: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode(),
    "base64 of zlib": lambda text: base64.b64encode(zlib.compress(text.encode())).decode(),
    "base64 in JSON": lambda text: json.dumps({"blob": base64.b64encode(f"patient {text}".encode()).decode()}),
    "base64 twice": lambda text: base64.b64encode(base64.b64encode(f"patient {text}".encode())).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
}


def hidden(column: str, hide: Callable[[str], str], row: int = 17) -> Frames:
    """Return the trial with one identifier of another patient hidden in a column of visits that is kept."""
    tables = frames()
    notes = ["stable", "better", "worse"] * SUBJECTS
    notes[row] = hide(str(tables["patients"].loc[31, column]))
    tables["visits"]["REMARK"] = notes
    return tables


@pytest.mark.parametrize("hiding", HIDINGS)
@pytest.mark.parametrize("column", ["SUBJID", "MRN", "NAME"])
def test_hidden_identifier_is_found(bench: Bench, hiding: str, column: str) -> None:
    tables = hidden(column, HIDINGS[hiding])
    result = bench.put(tables).run(policy(columns={"REMARK": KEPT}))
    refused(result, bench, 5, "R103", "visits.REMARK", "residual_identifiers")
    assert str(tables["patients"].loc[31, column]) not in result.output


def test_same_column_without_an_identifier_passes(bench: Bench) -> None:
    tables = frames()
    remarks = [hide("nobody at all") for hide in HIDINGS.values()]
    tables["visits"]["REMARK"] = [remarks[i % len(remarks)] for i in range(len(tables["visits"]))]
    assert bench.put(tables).run(policy(columns={"REMARK": KEPT})).exit_code == 0


def test_identifier_of_an_excluded_subject_is_searched_too(bench: Bench) -> None:
    tables = hidden("SUBJID", str)
    (bench.folder / "leave.txt").write_text(tables["patients"].loc[31, "SUBJID"], encoding="utf-8")
    result = bench.put(tables).run(policy(columns={"REMARK": KEPT}, exclude_subjects="leave.txt"))
    refused(result, bench, 5, "R103", "visits.REMARK")


def test_whole_id_column_kept_as_numbers_is_found(bench: Bench) -> None:
    tables = frames()
    numbers = tables["patients"].set_index("SUBJID")["MRN"].astype(int)
    tables["visits"]["REF"] = tables["visits"]["SUBJID"].map(numbers)
    for form in ("csv", "parquet"):
        for path in bench.data.glob("*"):
            path.unlink()
        refused(bench.put(tables, form).run(policy(columns={"REF": KEPT})), bench, 5, "R103", "visits.REF")


def test_measurement_that_meets_an_identifier_by_chance_passes(bench: Bench) -> None:
    """One hit among 144 different numbers is chance; the same number in a column of words is not."""
    tables = frames()
    number = int(tables["patients"].loc[0, "MRN"])
    tables["visits"]["COPIES"] = [number, *(1_000_000 + 13 * i for i in range(1, len(tables["visits"])))]
    assert bench.put(tables).run(policy(columns={"COPIES": KEPT})).exit_code == 0
    bench.out.rename(bench.folder / "first")
    tables["visits"]["COPIES"] = [number, *(f"C50.{i % 9}" for i in range(1, len(tables["visits"])))]
    refused(bench.put(tables).run(policy(columns={"COPIES": KEPT})), bench, 5, "R103", "visits.COPIES")


def test_short_identifier_inside_an_id_is_found(bench: Bench) -> None:
    """A number of four digits is no needle for prose, but one inside an id that is kept is the patient's number."""
    tables = frames()
    patients = tables["patients"]
    patients["SHORT"] = [f"{2001 + i}" for i in range(SUBJECTS)]
    patients["RELID"] = [f"X.{number}.Q" for number in patients["SHORT"]]
    direct = {"role": "direct_identifier", "do": "drop"}
    kept = {"role": "direct_identifier", "do": "keep", "accept": ["identifier", "singling_out"]}
    result = bench.put(tables).run(policy(columns={"SHORT": direct, "RELID": kept}))
    refused(result, bench, 5, "R103", "patients.RELID")


def test_findings_name_every_place(bench: Bench) -> None:
    tables = hidden("MRN", str)
    tables["events"]["CODE"] = [tables["patients"].loc[3, "SUBJID"]] + ["c"] * (len(tables["events"]) - 1)
    result = bench.put(tables).run(policy(columns={"REMARK": KEPT, "CODE": KEPT}))
    refused(result, bench, 5, "visits.REMARK", "events.CODE")


def test_own_name_left_in_a_note_is_counted(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the recognisers miss: a note is held against its own subject's record."""

    class Blind:
        def find_all(self, texts: list[str], known: object) -> list[list[object]]:
            return [[] for _ in texts]

    monkeypatch.setattr("deid.pipeline.detect.build_detector", lambda options: Blind())
    tables = frames()
    patients = tables["patients"]
    notes = [f"Seen today, {name} feels well and has no complaints at all." for name in patients["FAMILY"]]
    tables["notes"] = pd.DataFrame({"SUBJID": patients["SUBJID"], "NOTE": notes})
    parts = policy(columns={"NOTE": {"role": "free_text", "do": "redact"}})
    refused(bench.put(tables).run(parts), bench, 5, "R101", "residual_identifiers", "R103", "notes.NOTE")


def test_identifier_of_a_table_that_is_left_out_is_searched_too(bench: Bench) -> None:
    """Who stands in a table that is not released may still be named in one that is."""
    tables = frames()
    tables["staff"] = pd.DataFrame({"username": [f"quinlan{i}x" for i in range(20)], "ward": ["A", "B"] * 10})
    remarks = ["stable", "better", "worse"] * SUBJECTS
    remarks[17] = "seen by quinlan7x at noon"
    tables["visits"]["REMARK"] = remarks
    result = bench.put(tables).run(policy(columns={"REMARK": KEPT}, drop_tables=["staff"]))
    refused(result, bench, 5, "R103", "visits.REMARK", "username")
    remarks[17] = "seen at noon"
    tables["visits"]["REMARK"] = remarks
    assert bench.put(tables).run(policy(columns={"REMARK": KEPT}, drop_tables=["staff"])).exit_code == 0


@pytest.mark.parametrize("remark", ["as Quillfeather said", "QUILLFEATHER", "quillfeather's daughter"])
def test_surname_alone_is_found_in_any_cell(bench: Bench, remark: str) -> None:
    tables = frames()
    tables["visits"]["REMARK"] = ["stable", "better", remark] * SUBJECTS
    kept = {"role": "insensitive", "do": "keep", "accept": ["singling_out"]}
    result = bench.put(tables).run(policy(columns={"REMARK": kept}))
    refused(result, bench, 5, "R103", "visits.REMARK", "single word")
    vouched = {**kept, "accept": ["singling_out", "identifier"], "why": "the maker of the device bears that name"}
    assert bench.run(policy(columns={"REMARK": vouched})).exit_code == 0


def test_surname_that_is_a_word_or_an_eponym_is_met_by_chance(bench: Bench) -> None:
    tables = frames()
    tables["patients"]["FAMILY"] = ["Waterhouse", "Crohn", "Friday", "Doctor"] * (SUBJECTS // 4)
    tables["visits"]["REMARK"] = ["Crohn disease", "seen on Friday", "doctor called"] * SUBJECTS
    kept = {"role": "insensitive", "do": "keep", "accept": ["singling_out"]}
    assert bench.put(tables).run(policy(columns={"REMARK": kept})).exit_code == 0
