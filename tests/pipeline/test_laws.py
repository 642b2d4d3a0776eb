"""What a release promises, counted again from its files by other means than deid's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.pipeline.trial import SUBJECTS, Bench, Frames, K, frames, policy, refused

SHIFTED = {"patients": ["ENROLDT"], "visits": ["VISDT"], "events": ["ONSET", "ENDDT"]}


def joined(out: Frames, quasi: tuple[str, ...] = ("AGE", "SEX")) -> pd.DataFrame:
    """Return what a recipient gets by joining all tables on the pseudonym: one row a subject, its cells as sets."""
    parts = [
        table[["SUBJID", name]].rename(columns={name: "cell"}).assign(name=name)
        for table in out.values()
        for name in quasi
        if name in table
    ]
    cells = pd.concat(parts).fillna("").astype(str)
    return (
        cells.groupby(["SUBJID", "name"])["cell"].agg(lambda cell: "|".join(sorted(set(cell)))).unstack(fill_value="")
    )


def smallest_class(out: Frames, quasi: tuple[str, ...] = ("AGE", "SEX")) -> tuple[int, int]:
    """Return k over the subjects that are not blanked, and how many are."""
    table = joined(out, quasi)
    blank = (table == "").all(axis=1)
    return int(table[~blank].groupby(list(table.columns)).size().min()), int(blank.sum())


def rare(tables: Frames) -> Frames:
    """Give one subject an age and a sex that nobody shares."""
    subject = tables["patients"].loc[0, "SUBJID"]
    for table in (tables["patients"], tables["visits"]):
        table.loc[table["SUBJID"] == subject, "AGE"] = 12
    return tables


def identity(tables: Frames, out: Frames) -> dict[str, str]:
    """Return pseudonym -> subject, recognised by the arm and the interval of visits; input order must not help."""

    def marks(table: Frames) -> dict[str, tuple[Any, ...]]:
        visits = table["visits"].assign(VISDT=pd.to_datetime(table["visits"]["VISDT"]))
        first = visits.groupby("SUBJID")["VISDT"].transform("min")
        visits["since"] = (visits["VISDT"] - first).dt.days
        return {
            str(subject): tuple(zip(own["VISIT"].astype(int), own["since"], own["WEIGHT"].astype(int), strict=True))
            for subject, own in visits.groupby("SUBJID")
        }

    subjects = {mark: subject for subject, mark in marks(tables).items()}
    assert len(subjects) == tables["patients"]["SUBJID"].nunique()
    return {pseudonym: subjects[mark] for pseudonym, mark in marks(out).items()}


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("k", [2, 4, 9])
def test_k_holds_over_all_tables_joined(bench: Bench, k: int, form: str) -> None:
    parts = policy(anonymise={"k": k, "suppress_at_most": 0.2})
    out = bench.put().release(parts, "--format", form)
    smallest, blank = smallest_class(out)
    assert smallest >= k
    assert blank <= 0.2 * SUBJECTS


@pytest.mark.parametrize("recoding", ["global", "local"])
def test_k_holds_for_a_variable_that_is_only_kept(bench: Bench, recoding: str) -> None:
    parts = policy(
        columns={"ARM": {"role": "quasi_identifier", "do": "keep"}},
        anonymise={"k": 3, "suppress_at_most": 0.5, "recoding": recoding},
    )
    smallest, _ = smallest_class(bench.put().release(parts), ("AGE", "SEX", "ARM"))
    assert smallest >= 3


def test_k_holds_for_a_variable_whose_rare_values_are_pooled(bench: Bench) -> None:
    tables = frames()
    tables["patients"]["SITE"] = [f"N{i % 20 if i < 20 else i % 3}" for i in range(SUBJECTS)]
    pool = {"role": "quasi_identifier", "do": "pool_rare", "at_least": 5}
    out = bench.put(tables).release(
        policy(columns={"SITE": pool, "AGE": "drop"}, anonymise={"k": 3, "suppress_at_most": 0.1})
    )
    assert smallest_class(out, ("SEX", "SITE"))[0] >= 3
    assert {"N0", "N1", "N2", "OTHER"} == set(out["patients"]["SITE"]) - {""}


def test_suppressed_are_blank_in_every_table(bench: Bench) -> None:
    tables = rare(frames())
    parts = policy(
        columns={"AGE": {"role": "quasi_identifier", "do": "keep"}, "SEX": "drop"},
        anonymise={"k": 2, "suppress_at_most": 0.1},
    )
    out = bench.put(tables).release(parts)
    assert len(out["patients"]) == SUBJECTS
    blank = {name: set(table.loc[table["AGE"] == "", "SUBJID"]) for name, table in out.items() if "AGE" in table}
    assert len(blank["patients"]) == 1
    assert blank["visits"] == blank["patients"]
    assert "12" not in {*out["patients"]["AGE"], *out["visits"]["AGE"]}


def test_suppressed_are_removed_from_every_table(bench: Bench) -> None:
    tables = rare(frames())
    parts = policy(
        columns={"AGE": {"role": "quasi_identifier", "do": "keep"}, "SEX": "drop"},
        anonymise={"k": 2, "suppress_at_most": 0.1, "suppressed": "remove"},
    )
    out = bench.put(tables).release(parts)
    assert len(out["patients"]) == SUBJECTS - 1
    assert len(out["visits"]) == 3 * (SUBJECTS - 1)
    everybody = set(out["patients"]["SUBJID"])
    assert set(out["visits"]["SUBJID"]) == everybody
    assert set(out["events"]["SUBJID"]) <= everybody


def test_copies_that_disagree_are_released_as_one(bench: Bench) -> None:
    """`take_first` counts one value of a subject; the other ones must not stay in the release."""
    tables = frames()
    visits = tables["visits"]
    visits.loc[visits["VISIT"] == 3, "AGE"] += 1
    tables["patients"]["SITE"] = ["N", "S"] * (SUBJECTS // 2)
    tables["visits"]["SITE"] = ["N", "S", "S"] * SUBJECTS
    keep = {"role": "quasi_identifier", "do": "keep"}
    for step in (keep, {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"suppress_only": True}}):
        parts = policy(
            columns={"SITE": step}, disagreeing_copies="take_first", anonymise={"k": 2, "suppress_at_most": 0.2}
        )
        out = bench.put(tables).release(parts, out=bench.folder / f"out-{step['do']}")
        quasi = ("AGE", "SEX", "SITE")
        assert not joined(out, quasi).stack().str.contains(r"[^|]\|[^|]").any()
        assert smallest_class(out, quasi)[0] >= 2


def test_subjects_have_one_pseudonym_and_one_delta(bench: Bench) -> None:
    tables = frames()
    out = bench.put(tables).release()
    who = identity(tables, out)
    assert len(set(who.values())) == SUBJECTS
    deltas: dict[str, set[int]] = {}
    for name, columns in SHIFTED.items():
        for column in columns:
            for pseudonym, own in out[name].groupby("SUBJID"):
                before = tables[name].loc[tables[name]["SUBJID"] == who[str(pseudonym)], column]
                days = pd.to_datetime(own[column]).to_numpy() - pd.to_datetime(before).to_numpy()
                deltas.setdefault(str(pseudonym), set()).update(days.astype("timedelta64[D]").astype(int))
    assert len(deltas) == SUBJECTS
    assert all(len(own) == 1 for own in deltas.values()), "dates of a subject moved differently"
    moves = {delta for own in deltas.values() for delta in own}
    assert 0 not in moves
    assert max(map(abs, moves)) <= 182
    assert len(moves) > SUBJECTS / 2


def test_written_forms_and_partial_dates_keep_their_precision(bench: Bench) -> None:
    tables = frames()
    forms = ["2015", "2015-03", "2015-03-04", "2015-03-04T08:30", "2015-03-04T08:30:15", ""]
    tables["visits"]["VISDT"] = [forms[i % len(forms)] for i in range(len(tables["visits"]))]
    out = bench.put(tables).release()
    assert sorted(map(len, out["visits"]["VISDT"])) == sorted(map(len, tables["visits"]["VISDT"]))
    times = out["visits"].loc[out["visits"]["VISDT"].str.len() > 10, "VISDT"].str[10:]
    assert set(times) == {"T08:30", "T08:30:15"}


def test_excluded_subjects_are_gone_and_counted(bench: Bench) -> None:
    import json

    tables = frames()
    gone = list(tables["patients"]["SUBJID"].head(12))
    (bench.folder / "leave.txt").write_text("\n".join([*gone, "", " " + gone[0], "unknown-1"]), encoding="utf-8")
    out = bench.put(tables).release(policy(exclude_subjects="leave.txt"))
    assert len(out["patients"]) == SUBJECTS - 12
    assert len(out["visits"]) == 3 * (SUBJECTS - 12)
    assert len(out["events"]) == int((~tables["events"]["SUBJID"].isin(gone)).sum())
    assert smallest_class(out)[0] >= K
    text = (bench.out / "report.json").read_text("utf-8")
    assert json.loads(text)
    assert not [subject for subject in gone if subject in text]
    assert "left out of every table" in text


def test_everybody_excluded_is_no_release(bench: Bench) -> None:
    tables = frames()
    (bench.folder / "leave.txt").write_text("\n".join(tables["patients"]["SUBJID"]), encoding="utf-8")
    result = bench.put(tables).run(policy(exclude_subjects="leave.txt"))
    refused(result, bench, result.exit_code)
    assert result.exit_code in (4, 5)


def test_rows_are_ordered_by_the_key_and_stay_together(bench: Bench) -> None:
    tables = frames()
    out = bench.put(tables).release()
    order = list(dict.fromkeys(out["visits"]["SUBJID"]))
    assert len(order) == SUBJECTS
    runs = (out["visits"]["SUBJID"] != out["visits"]["SUBJID"].shift()).sum()
    assert runs == SUBJECTS, "the rows of a subject stand together"
    assert all(list(own) == ["1", "2", "3"] for _, own in out["visits"].groupby("SUBJID")["VISIT"])
    assert order == list(out["patients"]["SUBJID"])
    who = identity(tables, out)
    assert [who[pseudonym] for pseudonym in order] != list(tables["patients"]["SUBJID"])


def test_rows_keep_their_order_where_the_policy_says_so(bench: Bench) -> None:
    tables = frames()
    out = bench.put(tables).release(policy(row_order="keep"))
    who = identity(tables, out)
    assert [who[pseudonym] for pseudonym in out["patients"]["SUBJID"]] == list(tables["patients"]["SUBJID"])


def test_derived_columns_follow_their_source(bench: Bench) -> None:
    tables = frames()
    ages = tables["patients"]["AGE"]
    tables["patients"]["AGEGR"] = np.where(ages < 50, "<50", ">=50")
    tables["patients"]["AGEGRN"] = np.where(ages < 50, 1, 2)
    derive = {"role": "quasi_identifier", "do": "derive", "source": "AGE"}
    out = bench.put(tables).release(policy(columns={"AGEGR": derive, "AGEGRN": derive}))["patients"]
    assert list(out["AGEGR"]) == list(out["AGE"])
    assert (out.groupby("AGE")["AGEGRN"].nunique() == 1).all()
    assert out["AGEGRN"].nunique() == out["AGE"].nunique()


def test_long_table_is_treated_by_the_name_in_each_row(bench: Bench) -> None:
    tables = frames()
    subjects = tables["patients"]["SUBJID"]
    rows = [(s, name, value) for s in subjects for name, value in (("ARM", "A"), ("MRN", "99887766"), ("AGE", "63"))]
    tables["supp"] = pd.DataFrame(rows, columns=["SUBJID", "QNAM", "QVAL"])
    cases = [{"match": "ARM", "do": "keep"}, {"match": "MRN", "do": "pseudonym"}, {"match": "AGE", "do": "suppress"}]
    by_name = {
        "role": "insensitive",
        "do": "by_name",
        "name_column": "QNAM",
        "cases": cases,
        "accept": ["singling_out"],
    }
    keep = {"role": "insensitive", "do": "keep"}
    out = bench.put(tables).release(policy(columns={"QNAM": keep, "QVAL": by_name}))["supp"]
    assert set(out.loc[out["QNAM"] == "ARM", "QVAL"]) == {"A"}
    assert set(out.loc[out["QNAM"] == "AGE", "QVAL"]) == {""}
    assert "99887766" not in set(out["QVAL"])
    bench.out.rename(bench.folder / "first")
    uncovered = {"QNAM": keep, "QVAL": {**by_name, "cases": cases[:2]}}
    refused(bench.run(policy(columns=uncovered)), bench, 4, "supp.QVAL")


def test_pooling_counts_subjects_not_rows(bench: Bench) -> None:
    """A term of one subject in many rows is rare; one of many subjects in one row each is not."""
    tables = frames()
    subjects = list(tables["patients"]["SUBJID"])
    rows = [(subjects[0], "Quincke oedema")] * 30 + [(subject, "Nausea") for subject in subjects[:9]]
    tables["events"] = pd.DataFrame(rows, columns=["SUBJID", "TERM"]).assign(ONSET="2015-03-04", ENDDT="2015-03-05")
    pool = {"role": "sensitive_attribute", "do": "pool_rare", "at_least": 5}
    out = bench.put(tables).release(policy(columns={"TERM": pool}))["events"]
    assert out["TERM"].value_counts().to_dict() == {"OTHER": 30, "Nausea": 9}


def test_sensitive_values_are_counted_once_a_subject(bench: Bench) -> None:
    tables = frames()
    out = bench.put(tables).release(policy(gates={"l.distinct.TERM": {"min": 1}}))
    from deid.face import load_policy
    from deid.keys import Key
    from deid.pipeline import run
    from tests.conftest import KEY

    finished = run(bench.data, load_policy(bench.folder / "policy.yaml"), bench.folder / "again", key=Key.from_hex(KEY))
    after = finished.verified.after
    assert after is not None
    histogram = after.sensitive["TERM"]
    held = {histogram.values[code]: 0 for code in histogram.codes}
    for code, count in zip(histogram.codes, histogram.counts, strict=True):
        held[histogram.values[code]] += int(count)
    blank = set(out["patients"].loc[out["patients"]["AGE"] == "", "SUBJID"])  # suppressed subjects are no class
    counted = out["events"][~out["events"]["SUBJID"].isin(blank)].drop_duplicates(["SUBJID", "TERM"])
    assert held == counted["TERM"].value_counts().to_dict()


def test_columns_that_single_out_are_measured_and_gated(bench: Bench) -> None:
    tables = frames()
    tables["patients"]["HEIGHT"] = [150 + i for i in range(SUBJECTS)]
    keep = {"role": "insensitive", "do": "keep"}
    gate = {"singling_out": {"max": 0.5}}
    refused(bench.put(tables).run(policy(columns={"HEIGHT": keep}, gates=gate)), bench, 5, "R101", "singling_out")
    accepted = {**keep, "accept": ["singling_out"]}
    assert bench.run(policy(columns={"HEIGHT": accepted}, gates=gate)).exit_code == 0


def test_rows_are_subjects_where_no_column_names_them(bench: Bench) -> None:
    patients = frames(60)["patients"][["AGE", "SEX", "ARM"]]
    parts = policy(subject="none")
    parts["columns"] = {name: parts["columns"][name] for name in patients}
    out = bench.put({"patients": patients}).release(parts)["patients"]
    assert out[out["AGE"] != ""].groupby(["AGE", "SEX"]).size().min() >= K
    assert len(out) == 60
    assert list(out["ARM"]) != list(patients["ARM"]), "the order of the rows is information"
    assert out["ARM"].value_counts().to_dict() == patients["ARM"].value_counts().to_dict()


def test_tables_without_subjects_pass_beside_the_others(bench: Bench) -> None:
    tables = frames()
    tables["units"] = pd.DataFrame({"TEST": ["ALT", "AST"], "UNIT": ["U/L", "U/L"]})
    keep = {"role": "insensitive", "do": "keep"}
    out = bench.put(tables).release(policy(columns={"TEST": keep, "UNIT": keep}))
    assert out["units"].to_dict("list") == {"TEST": ["ALT", "AST"], "UNIT": ["U/L", "U/L"]}
