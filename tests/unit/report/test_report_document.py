"""The document: complete, by the schema, and safe to share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from invented import HOSTILE, RUN, Plain, explain, gate, hostile, refused, step, table_of, trial
from jsonschema import Draft202012Validator

from deid.decisions import Plan, TablePlan
from deid.errors import ReleaseRefused
from deid.model import GateOutcome, Measure, Role, Status
from deid.report import build_document, json_text, report_schema, write_report
from deid.report.inputs import Burden, ColumnRisk, ReportInputs

SCHEMA = report_schema()
CASES = {"trial": trial, "refused": refused, "hostile": hostile, "few_suppressed": lambda: trial(320, 0, 5)}


def built(inputs: ReportInputs) -> dict[str, Any]:
    return build_document(inputs, run=RUN, explain=explain)


def cells(value: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every cell of the document with its path."""
    if isinstance(value, dict):
        if {"value", "text", "hidden"} <= set(value):
            yield path, value
        for name, inner in value.items():
            yield from cells(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from cells(inner, path)


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_document_follows_its_schema(name: str) -> None:
    document = json.loads(json_text(built(CASES[name]())))
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator(SCHEMA).validate(document)


def test_the_command_prints_the_schema_which_describes_every_part(command: Callable[..., Result]) -> None:
    said = command("schema", "--of", "report", key=None)
    assert said.exit_code == 0
    assert json.loads(said.output) == SCHEMA
    assert all(part["description"].endswith(".") for part in SCHEMA["properties"].values())
    assert json.loads(command("schema", key=None).output)["$id"] == "deid/policy-1"


def test_the_schema_refuses_what_it_does_not_know() -> None:
    document = json.loads(json_text(built(trial())))
    document["rows"] = [1]
    assert not Draft202012Validator(SCHEMA).is_valid(document)


@pytest.mark.parametrize("name", sorted(CASES))
def test_no_cell_holds_a_small_count(name: str) -> None:
    allowed = (".risk.measures", ".gates", ".attribute", ".utility", ".dates")  # k, l and windows in days
    for path, cell in cells(built(CASES[name]())):
        value = cell["value"]
        if value is not None and value == int(value) and 1 < value < 11:
            assert path.startswith(allowed), (path, cell)
        assert (cell["hidden"] == "") or value is None


def test_the_order_is_that_of_the_inputs_alone(tmp_path: Path) -> None:
    texts = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        run = {"started": name}
        write_report(tmp_path / name, trial(), run=run, explain=explain)
        page = (tmp_path / name / "report.html").read_text("utf-8")
        document = json.loads((tmp_path / name / "report.json").read_text("utf-8"))
        assert document.pop("run") == run
        texts.append((page[: page.index('id="run"')], json_text(document)))
    assert texts[0] == texts[1]


def test_json_is_sorted_and_ends_with_a_line() -> None:
    text = json_text(built(trial()))
    assert text == json_text(json.loads(text))
    assert text.endswith("}\n")


def test_dropped_columns_are_never_named() -> None:
    text = json_text(built(trial()))
    assert "PATNAME" not in text
    assert "XNOTE" not in text
    entry = next(c for c in built(trial())["columns"] if c["name"] == "column 2 of dm")
    assert (entry["role"], entry["what"], entry["why"]) == (
        "direct_identifier",
        "removed",
        "[this column] names the person",
    )


def test_unclassified_columns_stand_first() -> None:
    first = built(trial())["columns"][0]
    assert (first["name"], first["role"]) == ("column 7 of dm", "unclassified")


def test_renamed_columns_carry_their_new_name() -> None:
    inputs = replace(trial(), released_names={"dm": {"RFSTDTC": "P-77"}})
    names = [c["name"] for c in built(inputs)["columns"]]
    assert "P-77" in names
    assert "RFSTDTC" not in names


def test_few_suppressed_people_cannot_be_worked_out() -> None:
    inputs = trial(320, 0, 5)
    document = built(inputs)
    suppressed = round(inputs.verdict.gates[3].measure.value * 320)
    assert 1 <= suppressed <= 10
    assert document["suppressed"]["people"]["text"] == "<11"
    assert document["suppressed"]["burden"] == []
    assert document["risk"]["people"]["after"]["value"] is None
    assert document["generalisation"]["loss_with_suppressed"]["value"] is None
    by_name = {row["name"]: row["loss"]["value"] for row in document["generalisation"]["variables"]}
    assert by_name["SEX"] == 0.0  # its loss is that of the suppressed people alone
    assert str(320 - suppressed) not in json_text(document)
    rounded = {m["id"]: m["after"]["text"] for m in document["risk"]["measures"]}
    assert rounded["prosecutor.rc"].startswith("about ")
    assert rounded["k"] == "5" or int(rounded["k"]) > 5


def test_rows_of_a_table_are_not_set_against_people() -> None:
    inputs = trial(320, 0, 5)
    suppressed = round(inputs.verdict.gates[3].measure.value * 320)
    rows = {**inputs.rows_after, "dm": 320 - suppressed}
    entry = built(replace(inputs, rows_after=rows))["inputs"][0]
    assert (entry["rows_before"]["value"], entry["rows_after"]["value"]) == (320, None)


def test_burden_hides_small_groups_and_their_complements() -> None:
    inputs = trial()
    groups = (("F", 200, 20), ("M", 100, 3), ("X", 12, 11), ("U", 4, 0), ("V", 4, 0))
    document = built(replace(inputs, burden=(Burden("SEX", groups),)))
    rows = {
        r["group"]: (r["people"]["text"], r["suppressed"]["text"])
        for r in document["suppressed"]["burden"][0]["groups"]
    }
    assert "U" not in rows
    assert "V" not in rows
    assert rows["all other groups"] == ("20", "not shown")  # X was pooled too: 1 kept there would follow
    assert rows["M"][1] != "3"
    assert "PACIFIC" not in json_text(document)


def test_burden_hides_what_tells_how_few_were_kept() -> None:
    groups = (("F", 200, 20), ("M", 30, 25))
    rows = built(replace(trial(), burden=(Burden("SEX", groups),)))["suppressed"]["burden"][0]["groups"]
    assert [r["suppressed"]["value"] for r in rows] == [None, None]
    assert [r["share"]["value"] for r in rows] == [None, None]


def test_labels_held_by_few_are_not_shown() -> None:
    rows = [("50-64", "F", "White")] * 40 + [("80+", "F", "Rarelandic")] * 10
    inputs = replace(trial(), after=table_of(rows, ("AGE", "SEX", "RACE"), {}))
    document = built(inputs)
    labels = {row["name"]: (row["labels"], row["labels_unsaid"]) for row in document["generalisation"]["variables"]}
    assert labels == {"AGE": (["50-64"], True), "SEX": (["F"], False), "RACE": (["White"], True)}
    assert "Rarelandic" not in json_text(document)


def test_a_refused_release_names_what_failed_first() -> None:
    document = built(refused())
    assert document["verdict"]["outcome"] == "refused"
    assert [g["outcome"] for g in document["gates"]] == ["fail", "fail", "not_evaluated", "pass"]
    assert document["verdict"]["summary"][0].startswith("Nothing may be shared: 3 of 4 conditions are not met")
    assert [f["count"]["text"] for f in document["residual"]["findings"]] == ["40", "<11"]
    assert document["residual"]["findings"][0]["column"] == "column 2"


def test_findings_refuse_even_where_every_gate_passed() -> None:
    inputs = trial()
    found = refused().verdict.findings
    document = built(replace(inputs, verdict=replace(inputs.verdict, findings=found)))
    assert document["verdict"]["outcome"] == "refused"
    assert "identifiers were found" in document["verdict"]["summary"][0]


@pytest.mark.parametrize("measure", [Measure("k", None, Status.NOT_COMPUTED), Measure("k", float("nan"))])
def test_a_gate_that_passed_without_a_figure_is_refused(measure: Measure) -> None:
    inputs = trial()
    gates = (GateOutcome("k", measure, ">=", 11.0, True),)
    with pytest.raises(ReleaseRefused) as caught:
        built(replace(inputs, verdict=replace(inputs.verdict, gates=gates)))
    assert [problem.code for problem in caught.value.problems] == ["R501"]


def test_figures_never_look_as_if_they_met_a_threshold_that_they_miss() -> None:
    inputs = trial()
    gates = (gate("x", Measure("prosecutor.rb", 0.090001), "<=", 0.09),)
    entry = built(replace(inputs, verdict=replace(inputs.verdict, gates=gates)))["gates"][0]
    assert entry["outcome"] == "fail"
    assert entry["value"] > 0.09


def test_no_risk_is_shown_without_quasi_identifiers() -> None:
    document = built(hostile())
    assert document["risk"]["measures"] == []
    assert "no quasi-identifier" in document["risk"]["withheld"]
    assert document["verdict"]["summary"][1] == document["risk"]["withheld"]


def test_no_risk_is_shown_while_a_direct_identifier_stays() -> None:
    inputs = trial()
    kept = TablePlan("x", "", (step("x", 0, "MRN", "keep", Role.DIRECT),), "x")
    document = built(replace(inputs, plan=Plan(inputs.plan.policy, (*inputs.plan.tables, kept))))
    assert document["risk"]["measures"] == []
    assert document["attribute"] == []
    assert document["risk"]["class_sizes"] == {"before": [], "after": []}
    assert "direct identifier stays" in document["risk"]["withheld"]


def test_options_show_settings_but_no_lists() -> None:
    inputs = trial()
    rare = Plain(days=30, labels=("Itai-itai", "Kuru"), text="/home/somebody/maps/race.csv")
    steps = (step("dm", 0, "DX", "keep", Role.INSENSITIVE, transform=rare),)
    plan = Plan(inputs.plan.policy, (*inputs.plan.tables, TablePlan("x", "", steps, "x")))
    entry = built(replace(inputs, plan=plan))["columns"][-1]
    assert entry["options"] == {"days": "30", "labels": "2 entries", "text": "race.csv"}


def test_methods_give_each_definition_once() -> None:
    methods = built(trial())["methods"]
    assert [m["id"] for m in methods] == sorted({m["id"] for m in methods})
    assert next(m for m in methods if m["id"] == "k")["source"] == "El Emam 2013"


def test_hostile_text_keeps_no_control_character() -> None:
    text = json_text(built(hostile()))
    assert "\u202e" not in text
    assert "\\u001b" not in text
    assert HOSTILE not in text


def test_distances_do_not_tell_how_rare_a_value_is() -> None:
    inputs = trial()
    after = {
        **inputs.verdict.after,
        "beta.basic.AEDECOD": Measure("beta.basic.AEDECOD", 1 / (4 / 320) - 1),  # 4 people hold the value
        "t.equal.AEDECOD": Measure("t.equal.AEDECOD", 1 - 4 / 320),
        "delta_disclosure.ln.AEDECOD": Measure("delta_disclosure.ln.AEDECOD", 4.38),
        "alpha_k.AEDECOD": Measure("alpha_k.AEDECOD", 0.75),
    }
    document = built(replace(inputs, verdict=replace(inputs.verdict, after=after)))
    rows = {row["id"]: row["after"]["text"] for row in document["attribute"][0]["measures"]}
    assert rows["beta.basic.AEDECOD"] == "over 25"
    assert rows["t.equal.AEDECOD"] == "over 0.96"
    assert rows["delta_disclosure.ln.AEDECOD"] == "over 3.3"
    assert rows["alpha_k.AEDECOD"] == "0.75"


def test_figures_of_sample_uniques_are_hidden_with_their_number() -> None:
    inputs = trial()
    before = {**inputs.verdict.before, "suda.uniques": Measure("suda.uniques", 66.0)}
    before["popuniq.zayatz"] = Measure("popuniq.zayatz", 3.2)
    changed = replace(inputs, verdict=replace(inputs.verdict, before=before))
    rows = {m["id"]: m["before"]["text"] for g in built(changed)["risk"]["further"] for m in g["measures"]}
    assert rows == {"suda.uniques": "66", "popuniq.zayatz": "<11"}
    few = [("30", "F", "WHITE")] * 100 + [(str(age), "F", "WHITE") for age in range(40, 45)]
    changed = replace(changed, before=table_of(few, ("AGE", "SEX", "RACE"), {}), recoding=None, after=None)
    rows = {m["id"]: m["before"]["text"] for g in built(changed)["risk"]["further"] for m in g["measures"]}
    assert (rows["suda.uniques"], rows["popuniq.zayatz"]) == ("not shown", "not shown")


def test_the_weights_of_evidence_are_left_out() -> None:
    inputs = trial()
    evidence = ("the name says sex (5.5 points)", "3 of 40 distinct values are dates (+7 for date)")
    steps = (step("dm", 0, "DX", "keep", Role.INSENSITIVE, evidence=evidence),)
    plan = Plan(inputs.plan.policy, (*inputs.plan.tables, TablePlan("x", "", steps, "x")))
    entry = built(replace(inputs, plan=plan))["columns"][-1]
    assert entry["evidence"] == ["the name says sex", "<11 of about 40 distinct values are dates"]


def test_kept_columns_that_single_out_nearly_everybody() -> None:
    risks = (ColumnRisk("ae", "AESTDTC", 320, 200, 317, False), ColumnRisk("ae", "AEDECOD", 320, 5, 320, True))
    entries = built(replace(trial(), column_risks=risks))["kept_columns"]
    assert [(e["alone"]["text"], e["with_quasi"]["text"]) for e in entries] == [
        ("62.5 %", "all but <11 people"),
        ("<11 people", "100 %"),
    ]
