"""Supplemental tables: each cell is treated by the name beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pytest

from deid.contracts import Context, Transform
from deid.dates import delta_days, shifted
from deid.errors import DataError
from deid.keys import Key
from deid.pseudonyms import pseudonyms
from deid.transform import build
from deid.transform.by_name import ByName, Case, resolve_by_name
from deid.transform.constant import Constant
from deid.transform.drop import Drop
from deid.transform.keep import Keep
from deid.transform.pool_rare import PoolRare
from deid.transform.pseudonym import Pseudonym
from deid.transform.shift_date import ShiftDate
from deid.transform.surrogate import Surrogate

KEY = Key.from_hex("3b7f0c2d9e8a4156b0c1d2e3f4051627a8b9cadbecfd0e1f2031425364758697")


def context(names: list[Any], subjects: list[Any] | None = None) -> Context:
    subject = pa.array(subjects) if subjects else None
    return Context("suppae", "QVAL", "qval", KEY, subject=subject, others={"QNAM": pa.array(names)})


def built(**options: Any) -> ByName:
    transform = build("by_name", {"name_column": "QNAM", **options})
    assert isinstance(transform, ByName), transform
    return transform


def test_each_cell_by_its_own_case() -> None:
    transform = built(
        cases=[
            {"match": "*dtc", "do": "shift_date"},
            {"match": "AESOSP", "do": "constant", "value": "text"},
            {"match": "AESPID?", "do": "pseudonym", "field": "aespid"},
            {"match": "AES*", "do": "keep"},
        ]
    )
    values = ["2014-07-02  ", "seen by a doctor", "E09", "Y   ", None, "2013-02-01"]
    names = ["AEDTC", "AESOSP", "aespid2", "AESER", "AEDTC", "AESTDTC "]
    subjects = ["S-1", "S-1", "S-1", "S-1", "S-2", "S-2"]
    out = transform.apply(pa.array(values), context(names, subjects))
    one, two = (delta_days(KEY, subject) for subject in ("S-1", "S-2"))
    assert out.to_pylist() == [
        shifted("2014-07-02", one),
        "text",
        pseudonyms(KEY, "aespid", ["E09"])[0],
        "Y",
        None,
        shifted("2013-02-01", two),
    ]
    assert transform.needs_subject
    assert transform.needs_key
    assert transform.columns() == ("QNAM",)


def test_names_without_a_case_are_refused_or_suppressed() -> None:
    cases = [{"match": "SAFETY", "do": "keep"}]
    column = pa.array(["Y", "Jane", "Doe", None])
    names = ["SAFETY", "SAFETYX", None, "NOTE"]
    with pytest.raises(DataError, match=r"D413 suppae\.QVAL: 2 cell") as refused:
        built(cases=cases).apply(column, context(names))
    assert "SAFETYX" not in str(refused.value)
    assert built(cases=cases, otherwise="suppress").apply(column, context(names)).to_pylist() == ["Y", None, None, None]
    assert not built(cases=cases).needs_subject
    with pytest.raises(DataError, match="D413"):
        built(cases=cases).apply(column, Context("t", "c", "c", KEY))


def test_all_problems_of_all_cases_at_once() -> None:
    problems = build(
        "by_name",
        {
            "cases": [
                {"match": "a", "do": "shift_date", "max_days": 1},
                {"do": "keep"},
                "keep",
                {"match": "b", "do": "drop"},
                {"match": "c", "do": "keeep"},
                {"match": "d", "do": "keep", "colour": 1},
            ],
            "otherwis": "refuse",
        },
    )
    assert isinstance(problems, list)
    starts = [
        "case 1: max_days",
        "case 2: needs",
        "case 3: needs",
        "case 4: 'drop'",
        "case 5: there is no",
        "case 6: unk",
    ]
    assert [sentence.startswith(start) for sentence, start in zip(problems, starts, strict=False)] == [True] * 6
    assert problems[6:] == ["unknown option 'otherwis' (did you mean 'otherwise'?)", "option 'name_column' is missing"]
    assert isinstance(build("by_name", {"name_column": "Q", "cases": "keep"}), list)
    assert isinstance(build("by_name", {"name_column": "Q"}), list)


@dataclass(frozen=True)
class Step:
    table: str
    column: str
    do: str
    transform: Transform
    field: str = ""
    holds: tuple[str, ...] = ()


def test_as_column_treats_a_value_as_the_plan_treats_its_column() -> None:
    steps = [
        Step("ae", "AESPID", "pseudonym", Pseudonym(), "aespid", ("record_id",)),
        Step("adae", "AESPID", "pseudonym", Pseudonym(), "aespid", ("subject_id",)),
        Step("ae", "AESEQ", "keep", Keep(), "aeseq", ("sequence_number",)),
        Step("adae", "AESEQ", "keep", Keep(), "aeseq", ("number",)),
        Step("ae", "VISIT", "keep", Keep(), "visit"),
        Step("lb", "VISIT", "constant", Constant("x"), "visit"),
        Step("ae", "AETERM", "drop", Drop(), "aeterm"),
        Step("ae", "AEDECOD", "pool_rare", PoolRare(11), "aedecod"),
        Step("ae", "AESTDTC", "shift_date", ShiftDate(), "aestdtc"),
        Step("ae", "INVNAM", "surrogate", Surrogate(), "invnam", ("clinician_name",)),
        Step("suppae", "IDVARVAL", "by_name", ByName("IDVAR", as_column=True), "idvarval"),
    ]
    treated = {(step.table, step.column): step for step in steps}
    asked = built(as_column=True)
    resolved = resolve_by_name(asked, treated, {step.column: step for step in steps})
    values = ["E09", " 12", "2014-07-02", "Headache", "Nausea", None, "Lee"]
    names = ["AESPID", "AESEQ", "AESTDTC", "AETERM", "AEDECOD", None, "INVNAM"]
    out = resolved.apply(pa.array(values), context(names, ["S-1"] * 7)).to_pylist()
    assert out[:6] == [
        pseudonyms(KEY, "aespid", ["E09"])[0],
        "12",
        shifted("2014-07-02", delta_days(KEY, "S-1")),
        None,
        None,
        None,
    ]
    assert out[6] not in (None, "Lee")
    with pytest.raises(DataError, match="D413"):  # VISIT is treated in two ways
        resolved.apply(pa.array(["WEEK 2"]), context(["VISIT"], ["S-1"]))
    with pytest.raises(DataError, match="D413"):  # asked of the plan, and not resolved
        asked.apply(pa.array(["E09"]), context(["AESPID"], ["S-1"]))
    plain = ByName("QNAM", (Case("*", Keep()),))
    assert resolve_by_name(plain, treated, {}) is plain


def test_rows_keep_their_order_whatever_the_cases() -> None:
    transform = built(cases=[{"match": f"N{i}", "do": "keep"} for i in range(5)])
    values = [f"v{i}" for i in range(50)]
    names = [f"N{i * 7 % 5}" for i in range(50)]
    assert transform.apply(pa.array(values), context(names)).to_pylist() == values
