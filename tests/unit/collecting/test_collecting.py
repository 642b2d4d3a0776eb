"""What pass one gathers: tuples by subject, needles, known identifiers."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from deid.collecting.needles import NeedleCollector, fold, windows
from deid.collecting.tuples import Owners, Tuples, Variable
from deid.model import Known
from deid.pipeline import OWN_IDENTIFIER, own_kinds
from deid.values import hash64
from deid.verify import Written
from deid.verifying.own import OWN_LEFT, own_left
from deid.verifying.residual import Scan, unpacked

SECRET = b"0123456789abcdef"


def hashes(*subjects: str) -> np.ndarray:
    return hash64(pa.array(subjects), SECRET)


def tuples_of(*parts: tuple[str, tuple[str, ...], list[str | None]]) -> Tuples:
    tuples = Tuples()
    for table, subjects, values in parts:
        tuples.quasi.setdefault("AGE", Variable()).add(table, Owners.of(hashes(*subjects)), pa.array(values))
        tuples.add_subjects(Owners.of(hashes(*subjects)))
    return tuples


def test_subjects_are_counted_once_however_many_rows_they_have() -> None:
    problems: list = []
    table, subjects = tuples_of(("dm", ("a", "b", "c"), ["1", "1", "2"]), ("ae", ("a", "a"), ["1", None])).build(
        {}, problems
    )
    assert not problems
    assert table is not None
    assert table.subjects == 3
    assert sorted(table.counts.tolist()) == [1, 2]
    assert len(subjects) == 3


def test_copies_that_disagree_are_refused_unless_one_counts() -> None:
    parts = (("dm", ("a", "b"), ["1", "2"]), ("ae", ("a",), ["9"]))
    problems: list = []
    tuples_of(*parts).build({}, problems)
    assert [problem.code for problem in problems] == ["D201"]
    problems = []
    table, _ = tuples_of(*parts).build({"age": "dm"}, problems)
    assert not problems
    assert table is not None
    assert table.vocabularies[0] == (None, "1", "2", "9")
    assert sorted(table.codes[:, 0].tolist()) == [1, 2]


def test_a_subject_without_the_value_is_a_class_of_missing() -> None:
    table, _ = tuples_of(("dm", ("a",), ["1"]), ("sv", ("b",), [None])).build({}, [])
    assert table is not None
    assert table.codes[:, 0].tolist() == [0, 1]


def collected(kind: str, *values: str) -> Scan:
    collector = NeedleCollector(SECRET)
    collector.add(kind, "field", pa.array(values))
    return Scan(collector.frozen(), SECRET)


@pytest.mark.parametrize(
    "cell",
    [
        "01-701-1015",
        "<01-701-1015>-E07",
        "subject 01 701 1015 seen",
        "017011015",
        "MDEtNzAxLTEwMTUgaXMgdGhlIHN1YmplY3Q=",
    ],
)
def test_an_identifier_is_found_in_any_spelling(cell: str) -> None:
    scan = collected("subject_id", "01-701-1015")
    scan.column("t", "c", pa.array([cell, "other"]), numeric=False, id_column=False)
    assert sum(finding.count for finding in scan.findings()) == 1


@pytest.mark.parametrize("cell", ["01-701-10150", "9017011015", "701-1015", "fine"])
def test_what_is_no_identifier_is_not_found(cell: str) -> None:
    scan = collected("subject_id", "01-701-1015")
    scan.column("t", "c", pa.array([cell]), numeric=False, id_column=False)
    assert scan.findings() == ()


def test_short_identifiers_are_looked_for_in_id_columns_only() -> None:
    scan = collected("subject_id", "1015", "1023")
    scan.column("t", "c", pa.array(["x-1015"]), numeric=False, id_column=False)
    assert scan.findings() == ()
    scan.column("t", "c", pa.array(["x-1015"]), numeric=False, id_column=True)
    assert scan.findings()[0].count == 1


def test_numbers_meet_numbers_by_chance_but_a_copied_column_is_found() -> None:
    ids = [str(100_000 + i) for i in range(50)]
    scan = collected("record_number", *ids)
    scan.column("t", "lab", pa.array([*map(str, range(1000, 1400)), "100001"]), numeric=True, id_column=False)
    assert scan.findings() == ()
    assert scan.by_chance == 1
    scan.column("t", "copy", pa.array(ids), numeric=True, id_column=False)
    assert scan.findings()[0].column == "copy"


def test_accents_case_and_width_do_not_hide_a_name() -> None:
    assert "zoemuller" in set(windows(fold("ZOË  Müller")))


def test_packed_text_is_opened() -> None:
    assert list(unpacked("H4sIAAAAAAAC/0vOSMxMUQQAAAAAAA==")) is not None


def test_own_identifiers_left_in_a_note_are_counted() -> None:
    known = {"s1": (Known("given_name", "Stacy"), Known("family_name", "House"), Known("phone", "617 555 0101"))}
    assert own_left(["Stacy lives in a house, call 617-555-0101"], ["s1"], known).total() == 2
    assert own_left(["she lives in a house"], ["s1"], known).total() == 0
    assert own_left([None, "Stacy"], ["s1", "s2"], known).total() == 0


def test_fractions_of_a_report_meet_dense_identifiers_by_chance_alone() -> None:
    ids = [str(100_000_000 + i) for i in range(100_000)]
    few, many = collected("ssn", *ids[:10]), collected("ssn", *ids)
    for scan, expected in ((few, 1), (many, 0)):
        assert scan.document("report.json", '"share": 0.100000003, "n": 5') == expected
        assert scan.document("report.json", '"label": "100000003", "n": 5') == 1
        assert scan.document("report.json", '"label": "100-00-0003"') == 1
        assert scan.document("report.json", '"label": "100 00 0003"') == 1
        assert scan.document("report.json", "<td>ssn 100000003</td>") == 1
        assert scan.document("report.json", '"rows": 100000003,\n"of": [\n 100000003\n]') == expected
        assert scan.document("report.html", "100 of 000003, 100,000,003 rows") == expected


def test_numbers_in_the_words_of_a_report_are_nobodys() -> None:
    scan = collected("record_number", "909152016", "909152017")
    assert scan.document("report.html", "EMA/90915/2016") == 0
    assert scan.document("report.html", "EMA/90915/2017") == 1


def test_what_is_left_of_a_texts_own_subject_is_counted_by_kind_and_told_with_a_way_out() -> None:
    known = {"s1": (Known("given_name", "Stacy"), Known("phone", "617-555-0101"), Known("family_name", "Orne"))}
    left = own_left(["Stacy called", "Stacy, 617 555 0101"], ["s1", "s1"], known)
    assert left == {"given_name": 2, "phone": 1}
    counts = {("notes", "TEXT", f"{OWN_LEFT}{kind}"): count for kind, count in left.items()}
    problem = OWN_IDENTIFIER.at(own_kinds(Written({}, {}, counts), "notes", "TEXT"), "notes.TEXT")
    assert str(problem).startswith("R103 notes.TEXT: ")
    assert "2 of kind given_name, 1 of kind phone" in str(problem)
    assert all(way in str(problem) for way in ("allow", "keep", "known: false", "drop the column"))
    assert "Stacy" not in str(problem)
