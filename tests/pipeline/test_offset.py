"""The PHUSE offset: every subject's first day becomes one day, intervals stay, and what is not known is refused."""

from __future__ import annotations

import pandas as pd

from tests.pipeline.trial import Bench, frames, policy, refused

ANCHORED = {"role": "insensitive", "do": "shift_date", "anchored": True}
SOURCES = [{"table": "patients", "column": "ENROLDT"}, {"table": "visits", "column": "VISDT", "where": {"VISIT": "1"}}]


def offset(**changes: object) -> dict[str, object]:
    columns = dict.fromkeys(("ENROLDT", "VISDT", "ONSET", "ENDDT"), ANCHORED) | dict(changes.pop("columns", {}))  # type: ignore[call-overload]
    return policy(anchor={"sources": SOURCES}, columns=columns, **changes)


def test_every_subject_starts_on_the_earliest_day_of_all_and_keeps_its_intervals(bench: Bench) -> None:
    tables = frames()
    tables["patients"].loc[[1, 5], "ENROLDT"] = None  # the first visit is their fallback
    out = bench.put(tables).release(offset())
    first = out["visits"][out["visits"]["VISIT"].astype(int) == 1].groupby("SUBJID")["VISDT"].min()
    enrolled = out["patients"].set_index("SUBJID")["ENROLDT"].replace("", None)
    before = tables["visits"][tables["visits"]["VISIT"] == 1]["VISDT"].tolist() + tables["patients"]["ENROLDT"].tolist()
    start = min(day for day in before if isinstance(day, str))
    assert set(pd.concat([first, enrolled], axis=1).min(axis=1)) == {start}

    def gaps(visits: pd.DataFrame) -> list[tuple[int, ...]]:
        days = visits.assign(VISDT=pd.to_datetime(visits["VISDT"])).sort_values("VISDT").groupby("SUBJID")["VISDT"]
        return sorted(tuple((own - own.min()).dt.days) for _, own in days)

    assert gaps(out["visits"]) == gaps(tables["visits"])
    assert "PHUSE offset" in (bench.out / "report.html").read_text("utf-8")


def test_the_start_may_be_any_day(bench: Bench) -> None:
    parts = offset() | {"anchor": {"sources": SOURCES, "start": "2001-01-01"}}
    out = bench.put().release(parts)
    assert set(out["patients"]["ENROLDT"]) == {"2001-01-01"}


def test_a_date_that_shows_an_age_over_89_is_hidden(bench: Bench) -> None:
    tables = frames()
    tables["events"].loc[0, "ONSET"] = "1921"
    tables["events"].loc[1, "ONSET"] = "1962-03"
    out = bench.put(tables).release(offset())
    cells = sorted(cell.lstrip("'") for cell in out["events"]["ONSET"] if len(cell) != 10)  # CSV defuses a hyphen
    assert cells[0] == "--redacted--"
    assert [len(cell) for cell in cells[1:]] == [7]


def test_a_subject_without_a_first_day_is_refused(bench: Bench) -> None:
    tables = frames()
    subject = tables["patients"].loc[0, "SUBJID"]
    tables["patients"].loc[0, "ENROLDT"] = None
    tables["visits"] = tables["visits"][tables["visits"]["SUBJID"] != subject]
    tables["events"].loc[0, "SUBJID"] = subject
    result = bench.put(tables).run(offset())
    refused(result, bench, 4, "D414", "events.ONSET")
    assert subject not in result.output


def test_an_offset_without_an_anchor_is_refused(bench: Bench) -> None:
    parts = {name: value for name, value in offset().items() if name != "anchor"}
    refused(bench.put().run(parts), bench, 3, "P526")


def test_sources_must_be_in_the_data(bench: Bench) -> None:
    parts = offset() | {"anchor": {"sources": [{"table": "patients", "column": "ENROLLED"}]}}
    refused(bench.put().run(parts), bench, 3, "P525", "ENROLLED")
    parts = offset() | {"anchor": {"sources": [{"table": "dm", "column": "RFSTDTC"}]}}
    refused(bench.run(parts), bench, 3, "P525")


def test_a_window_beside_the_offset_is_refused(bench: Bench) -> None:
    parts = offset(columns={"VISDT": {**ANCHORED, "max_days": 30}})
    refused(bench.put().run(parts), bench, 3, "P108", "anchored")
