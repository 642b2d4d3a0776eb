"""What is counted of a release equals its definition: cell by cell, on small random data."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from random_tables import CELL, QUASI, ROWS, Row, table

import deid
from deid.collecting.needles import NeedleCollector
from deid.collecting.tuples import Owners, Universe
from deid.contracts import Context, DetectionFailed
from deid.decisions import Anonymise
from deid.risk.longitudinal import curve
from deid.risk.shift_residual import shift_candidates
from deid.transform.redact import Redact
from deid.values import hash64
from deid.verifying.adversaries import sets_measures
from deid.verifying.columns import ColumnRisks, worst
from deid.verifying.residual import Scan
from tests.conftest import KEY

SECRET = b"0123456789abcdef"
EVENTS = st.dictionaries(st.sampled_from("pqrstu"), st.lists(st.sampled_from("ABCD"), max_size=5), min_size=1)


@given(ROWS, st.lists(st.lists(st.sampled_from(QUASI), min_size=1, max_size=3, unique=True), min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_sets_of_quasi_identifiers(rows: list[Row], sets: list[list[str]]) -> None:
    asked = Anonymise(k=2, sets=tuple(tuple(names) for names in sets))
    found = sets_measures(table(rows)[0], asked)
    smallest = []
    for number, names in enumerate(sets, start=1):
        held = [tuple(row[QUASI.index(name)] for name in names) for row in rows]
        smallest.append(min(held.count(key) for key in held))
        assert found[f"sets.k.{number}"].value == smallest[-1]
    assert found["sets.k"].value == min(smallest)
    assert found["sets.highest_risk"].value == pytest.approx(max(1 / k for k in smallest))


@given(EVENTS, st.integers(1, 3))
@settings(max_examples=80, deadline=None)
def test_known_events(events: dict[str, list[str]], m: int) -> None:
    measures = {measure.id: measure.value for measure in curve(events, m)}
    risks = []
    for had in events.values():
        known = [set(chosen) for chosen in combinations(sorted(set(had)), min(m, len(set(had))))]
        risks.append(max(1 / sum(own <= set(other) for other in events.values()) for own in known))
    assert measures[f"longitudinal.max_risk.m{m}"] == pytest.approx(max(risks))
    assert measures[f"longitudinal.unicity.m{m}"] == pytest.approx(sum(risk == 1 for risk in risks) / len(risks))


@given(st.dictionaries(st.sampled_from("pqrst"), st.lists(st.integers(17_000, 17_100), max_size=6)), st.integers(5, 20))
@settings(max_examples=80, deadline=None)
def test_shifts_left_possible(days: dict[str, list[int]], window: int) -> None:
    fit = []
    for own in days.values():
        if own:
            dates = [date(1970, 1, 1) + timedelta(day) for day in own]
            shifts = range(-window, window + 1)
            fit.append(sum(all((when - timedelta(shift)).isoweekday() <= 5 for when in dates) for shift in shifts))
    least, median = shift_candidates(days, window)
    assert (least.id, median.id) == ("shift.candidates.min", "shift.candidates.median")
    possible = [count for count in fit if count]
    if not possible or len(fit) - len(possible) > len(possible):
        assert least.value is median.value is None
    else:
        assert least.value == min(possible)
        assert median.value == pytest.approx(float(np.median(possible)))


@given(st.lists(st.lists(st.tuples(st.sampled_from("pqrstuv"), CELL), max_size=6), min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_people_whom_a_column_singles_out(batches: list[list[tuple[str, str | None]]]) -> None:
    """In batches, subjects with several rows: a value counts if one person in all holds it."""
    risks = ColumnRisks(SECRET)
    step = SimpleNamespace(accept=())
    for batch in batches:
        owners = Owners.of(hash64(pa.array([person for person, _ in batch], pa.string()), SECRET))
        risks.add(step, "t", "c", pa.array([value for _, value in batch], pa.string()), owners)
    everybody = np.sort(hash64(pa.array(list("pqrstuv")), SECRET))
    found = risks.measured(Universe(everybody), None)
    cells = {(person, value) for batch in batches for person, value in batch if value is not None}
    holders = Counter(value for _, value in cells)
    alone = {person for person, value in cells if holders[value] == 1}
    there = {person for person, _ in cells}
    singling_out = worst(found)
    assert singling_out == pytest.approx(len(alone) / len(there) if there else 0.0)


TOKENS = ["ab", "1234", "cd56", "xy", "789"]


@given(
    st.lists(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=3), min_size=1, max_size=3),
    st.lists(st.lists(st.sampled_from(TOKENS), min_size=1, max_size=6), max_size=6),
)
@settings(max_examples=100, deadline=None)
def test_identifiers_left(identifiers: list[list[str]], cells: list[list[str]]) -> None:
    """residual_identifiers is nought exactly where no cell holds a run of tokens that makes up an identifier."""
    collector = NeedleCollector(SECRET)
    collector.add("subject_id", "field", pa.array(["-".join(tokens) for tokens in identifiers]))
    scan = Scan(collector.frozen(), SECRET)
    scan.column("t", "c", pa.array([" ".join(cell) for cell in cells], pa.string()), numeric=False, id_column=False)
    telling = [tokens for tokens in identifiers if len(tokens) > 1 or any(sign.isdigit() for sign in tokens[0])]
    wanted = {"".join(tokens) for tokens in telling if len("".join(tokens)) >= 6}
    runs = ["".join(cell[i:j]) for cell in cells for i in range(len(cell)) for j in range(i + 1, len(cell) + 1)]
    hits = [run for run in runs if run in wanted]
    assert len(set(hits)) <= sum(scan.hits.values()) <= len(hits)


@given(st.lists(st.sampled_from(["fine", "broken", "also fine", None]), max_size=8))
@settings(max_examples=40, deadline=None)
def test_texts_that_could_not_be_searched(texts: list[str | None]) -> None:
    """text_redacted_whole counts every cell on which detection failed, and nothing of it is released."""

    class Failing:
        def find_all(self, several: list[str], known: object) -> list[list[object]]:
            for i, text in enumerate(several):
                if text == "broken":
                    raise DetectionFailed(i, "timed out")
            return [[] for _ in several]

    context = Context("t", "c", "c", detector=Failing(), subject=pa.array(["p"] * len(texts), pa.string()))
    released, counts = Redact().apply_counted(pa.array(texts, pa.string()), context)
    assert counts["redacted_whole"] == texts.count("broken")
    assert "broken" not in released.to_pylist()


PEOPLE = st.lists(
    st.tuples(
        st.sampled_from([31, 34, 38, 52, 58, 71]), st.sampled_from(["F", "M"]), st.booleans(), st.integers(0, 40)
    ),
    min_size=12,
    max_size=20,
)


@given(PEOPLE)
@settings(max_examples=6, deadline=None)
def test_suppressed_people_unmoved_dates_and_orphans_of_a_run(people: list[tuple[int, str, bool, int]]) -> None:
    """A whole run, its rows in their order: what was written beside what came."""
    subjects = [f"P-{1000 + 7 * i}" for i in range(len(people))]
    came = pd.DataFrame(
        {
            "ID": subjects,
            "AGE": [age for age, *_ in people],
            "SEX": [sex for _, sex, *_ in people],
            "SEEN": ["2099-12-31" if never else str(date(2019, 1, 1) + timedelta(n)) for _, _, never, n in people],
        }
    )
    keys = pd.DataFrame({"ID": subjects, "PLACE": [f"w{n % 5}" for *_, n in people]})
    places = pd.DataFrame({"PLACE": ["w0", "w1", "w2"]})
    keep = {"role": "insensitive", "do": "keep", "why": "asked for", "accept": ["singling_out"]}
    policy = {
        "deid": 1, "name": "law", "subject": "ID", "row_order": "keep", "orphans": "count",
        "missing_subject": "keep_rows", "references": {"keys.PLACE": "places.PLACE"},
        "columns": {
            "ID": {"role": "direct_identifier", "do": "pseudonym"},
            "AGE": {"role": "quasi_identifier", "do": "generalise", "hierarchy": {"interval": 10}},
            "SEX": {"role": "quasi_identifier", "do": "generalise", "hierarchy": "sex"},
            "SEEN": {"role": "insensitive", "do": "shift_date", "max_days": 90, "missing": ["2099-12-31"]},
            "PLACE": keep,
        },
        "anonymise": {"k": 3, "suppress_at_most": 0.4, "time_budget": 5},
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.yaml"
        path.write_text(yaml.safe_dump(policy), encoding="utf-8")
        frames = {"people": came, "keys": keys, "places": places}
        release = deid.run(frames, path, Path(folder) / "out", key=KEY, output_format="parquet")
        written = pd.read_parquet(Path(folder) / "out" / "data" / "people.parquet")
    after = release.verified.verdict.after
    blank = written["AGE"].isna() & written["SEX"].isna()
    assert after["suppressed_share"].value == pytest.approx(float(blank.mean()))
    assert after["unshifted_dates"].value == sum(written["SEEN"].to_numpy() == came["SEEN"].to_numpy())
    assert after["orphan_keys"].value == sum(key not in {"w0", "w1", "w2"} for key in keys["PLACE"])
