"""An invented trial as the report sees it: 320 people, three tables, one of them free text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from types import SimpleNamespace
from typing import Any, ClassVar

import numpy as np

from deid.classes import ClassTable, build
from deid.decisions import Anonymise, Plan, Policy, Step, TablePlan
from deid.facts import Facts, Needles, Subjects
from deid.hierarchy import Alternative, Recoding
from deid.model import Finding, GateOutcome, Measure, Profile, Role, Status, Verdict
from deid.report.inputs import Burden, ColumnRisk, ReportInputs, TextCounts

RUN = {"started": "2031-02-03T04:05:06Z", "seconds": 12.5, "command": "deid run trial --policy p.yaml"}


@dataclass(frozen=True)
class Plain:
    """A transform of the tests, with options of every kind."""

    days: int | None = None
    hierarchy: Any = None
    labels: tuple[str, ...] = ()
    text: str = ""

    per_value: ClassVar[bool] = True
    needs_subject: ClassVar[bool] = False
    implies: ClassVar[Role | None] = None
    summary: ClassVar[str] = "does something of the tests"

    def columns(self) -> tuple[str, ...]:
        return ()

    def problems(self) -> tuple[str, ...]:
        return ()

    def output_type(self, input_type: Any) -> Any:
        return input_type

    def apply(self, column: Any, context: Any) -> Any:
        return column


def table_of(
    rows: Sequence[tuple[str | None, ...]], names: Sequence[str], sensitive: Mapping[str, Sequence[str]]
) -> ClassTable:
    """Build a class table from one tuple a person."""
    vocabularies: list[tuple[str | None, ...]] = [
        (None, *sorted({row[i] for row in rows if row[i] is not None})) for i in range(len(names))
    ]
    codes = np.array([[v.index(row[i]) for i, v in enumerate(vocabularies)] for row in rows], np.int32)
    codes = codes.reshape(len(rows), len(names))
    people = np.arange(len(rows), dtype=np.int32)
    spread = {}
    for name, values in sensitive.items():
        words: tuple[str | None, ...] = (None, *sorted(set(values)))
        spread[name] = (words, people, np.array([words.index(value) for value in values], np.int32))
    return build(names, vocabularies, codes, spread)[0]


def people(count: int = 320, seed: int = 5) -> tuple[list[tuple[str, str, str]], list[str]]:
    """Return age, sex and race of invented people, and an event of each."""
    rng = np.random.default_rng(seed)
    ages = np.clip(rng.normal(62, 12, count).round(), 31, 88).astype(int)
    rows = [
        (str(age), sex, race)
        for age, sex, race in zip(
            ages.tolist(),
            rng.choice(["F", "M"], count, p=[0.58, 0.42]).tolist(),
            rng.choice(["WHITE", "BLACK", "ASIAN", "PACIFIC"], count, p=[0.8, 0.13, 0.05, 0.02]).tolist(),
            strict=True,
        )
    ]
    return rows, rng.choice(["NAUSEA", "RASH", "FATIGUE", "ANAEMIA"], count).tolist()


def released(row: tuple[str, str, str]) -> tuple[str, str, str]:
    """Generalise one tuple as the invented policy does."""
    age = int(row[0])
    band = "<50" if age < 50 else "50-64" if age < 65 else "65-79" if age < 80 else "80+"
    return band, row[1], "White" if row[2] == "WHITE" else "Other"


def measured(table: ClassTable | None, tau: float = 0.09) -> dict[str, Measure]:
    """Measure what the tests need, by definition."""
    if table is None:
        names = ("k", "prosecutor.ra", "prosecutor.rb", "prosecutor.rc", "unique_share", "marketer")
        return {n: Measure(n, None, Status.NOT_APPLICABLE, "no quasi-identifier is declared") for n in names}
    f, n = table.counts, table.subjects
    found = {
        "k": Measure("k", float(f.min())),
        "prosecutor.ra": Measure("prosecutor.ra", float(f[1 / f > tau].sum()) / n, detail={"tau": tau}),
        "prosecutor.rb": Measure("prosecutor.rb", 1 / float(f.min())),
        "prosecutor.rc": Measure("prosecutor.rc", len(f) / n),
        "unique_share": Measure("unique_share", float((f == 1).sum()) / n),
        "marketer": Measure("marketer", len(f) / n),
        "journalist.rb": Measure("journalist.rb", None, Status.NOT_COMPUTED, "no population table is given"),
        "average_class_size": Measure("average_class_size", n / len(f)),
        "discernibility": Measure("discernibility", float((f**2).sum())),
    }
    for name, spread in table.sensitive.items():
        distinct = min(len(set(spread.codes[spread.classes == c].tolist())) for c in range(len(table)))
        found[f"l.distinct.{name}"] = Measure(f"l.distinct.{name}", float(distinct))
        found[f"t.equal.{name}"] = Measure(f"t.equal.{name}", 0.2371)
    return found


def policy(**changes: Any) -> Policy:
    """Return a policy of the tests."""
    given: dict[str, Any] = {
        "name": "breast-trial-share",
        "path": "policy.yaml",
        "digest": "ab12" * 16,
        "effective": "",
        "subject": ("USUBJID",),
        "unlisted": "refuse",
        "missing_subject": "refuse",
        "row_order": "subject",
        "rules": (),
        "columns": {},
        "tables": {},
        "drop_tables": (),
        "ignore": (),
        "formats": {},
        "anonymise": Anonymise(11, 0.15),
        "gates": (),
        "context": {"recipient": "University of Invented", "purpose": "re-analysis of toxicity", "population": "trial"},
        "claims": "anonymised",
    }
    unsaid = {f.name: "" for f in fields(Policy) if f.default is MISSING and f.default_factory is MISSING}
    return Policy(**(unsaid | given | changes))


def step(table: str, position: int, column: str, do: str, role: Role | None, why: str = "", **more: Any) -> Step:
    """Return one step of the plan."""
    given: dict[str, Any] = {
        "transform": Plain(),
        "source": f"policy.yaml:{12 + position} (columns)",
        "holds": ("category",),
        "variable": column.upper(),
        "evidence": ("312 of 320 values have the form of a code",),
    }
    return Step(table=table, column=column, position=position, role=role, do=do, why=why, **(given | more))


def steps() -> tuple[TablePlan, ...]:
    """Return the plans of three tables."""
    dm = (
        step("dm", 0, "USUBJID", "pseudonym", Role.DIRECT, "joins the tables", holds=("subject_id",)),
        step("dm", 1, "PATNAME", "drop", Role.DIRECT, "PATNAME names the person", holds=("person_name",)),
        step(
            "dm",
            2,
            "AGE",
            "generalise",
            Role.QUASI,
            "age bands are enough",
            transform=Plain(hierarchy={"interval": 5, "top": 80}),
        ),
        step("dm", 3, "SEX", "keep", Role.QUASI, "a stratum of the analysis", holds=("sex",)),
        step(
            "dm", 4, "RACE", "generalise", Role.QUASI, "", transform=Plain(hierarchy="maps/race.csv"), holds=("race",)
        ),
        step(
            "dm",
            5,
            "RFSTDTC",
            "shift_date",
            Role.INSENSITIVE,
            "intervals matter",
            transform=Plain(days=182),
            holds=("date",),
        ),
        step("dm", 6, "XNOTE", "drop", None, "no line and no rule claims it", holds=("unknown",)),
    )
    ae = (
        step("ae", 0, "USUBJID", "pseudonym", Role.DIRECT, "joins the tables", holds=("subject_id",)),
        step("ae", 1, "AEDECOD", "keep", Role.SENSITIVE, "toxicity is the purpose", holds=("code",)),
        step("ae", 2, "AESTDTC", "shift_date", Role.INSENSITIVE, "", transform=Plain(days=182), holds=("date",)),
    )
    notes = (
        step("notes", 0, "USUBJID", "pseudonym", Role.DIRECT, "joins the tables", holds=("subject_id",)),
        step("notes", 1, "note", "redact", Role.FREE_TEXT, "context of toxicity", holds=("free_text",)),
    )
    return (
        TablePlan("dm", "USUBJID", dm, "dm"),
        TablePlan("ae", "USUBJID", ae, "ae"),
        TablePlan("notes", "USUBJID", notes, "notes"),
    )


def facts(subjects: int, **changes: Any) -> Facts:
    """Return facts that hold nothing but the number of subjects."""
    return Facts(
        None,
        Subjects(np.arange(subjects, dtype=np.uint64), np.zeros(subjects, np.int32)),
        Needles(np.zeros(0, np.uint64), np.zeros(0, np.int16)),
        b"",
        **changes,
    )


def gate(name: str, measure: Measure, op: Any, threshold: float) -> GateOutcome:
    """Hold a measure against a threshold."""
    value = measure.value
    tests = {
        "<=": lambda v: v <= threshold,
        "<": lambda v: v < threshold,
        ">=": lambda v: v >= threshold,
        ">": lambda v: v > threshold,
    }
    return GateOutcome(name, measure, op, threshold, value is not None and tests[op](value))


def trial(count: int = 320, seed: int = 5, k: int = 11) -> ReportInputs:
    """Return the report inputs of a release that passed."""
    rows, events = people(count, seed)
    names = ("AGE", "SEX", "RACE")
    before = table_of(rows, names, {"AEDECOD": events})
    general = [released(row) for row in rows]
    sizes = {row: general.count(row) for row in general}
    kept = [sizes[row] >= k for row in general]
    after = table_of(
        [row for row, keep in zip(general, kept, strict=True) if keep],
        names,
        {"AEDECOD": [event for event, keep in zip(events, kept, strict=True) if keep]},
    )
    suppressed = count - sum(kept)
    gone = np.array([sizes[released(tuple(_words(before, code)))] < k for code in before.codes])
    recoding = Recoding(
        names, ((None, "x"),) * 3, np.zeros((len(before), 3), np.int32), gone, {"AGE": 3, "SEX": 0, "RACE": 1},
        "proven optimum over 120 recodings", 0.412,
        {"AGE": 0.71, "SEX": suppressed / count, "RACE": 0.36},
        tuple(
            Alternative({"AGE": a, "SEX": s, "RACE": r}, 0.2 + 0.1 * a + 0.15 * s + 0.1 * r, 12 * (3 - r) + a,
                        1 / (11 + 4 * a + 9 * s))
            for a in (1, 2, 3, 4) for s in (0, 1) for r in (1, 2)
        ),
    )  # fmt: skip
    was, now = measured(before), measured(after)
    share = Measure("suppressed_share", suppressed / count)
    gates = (
        gate("k", now["k"], ">=", float(k)),
        gate("prosecutor_risk", now["prosecutor.rb"], "<=", 0.0910),
        gate("residual_identifiers", Measure("residual_identifiers", 0.0), "<=", 0.0),
        gate("suppressed", share, "<=", 0.15),
        gate("loss", Measure("loss", 0.412), "<=", 0.6),
    )
    verdict = Verdict(
        was, {**now, "loss": Measure("loss", 0.412)}, gates, (),
        {"windows": 1930, "cells": 48211}, {"subject_id": 7, "values that are common words": 64},
    )  # fmt: skip
    groups = sorted({row[1] for row in general})
    burden = Burden(
        "SEX",
        tuple(
            (
                g,
                sum(r[1] == g for r in general),
                sum(r[1] == g and not keep for r, keep in zip(general, kept, strict=True)),
            )
            for g in groups
        ),
    )
    return ReportInputs(
        plan=Plan(policy(), steps()),
        profile=Profile(()),
        facts=facts(count),
        recoding=recoding,
        verdict=verdict,
        before=before,
        after=after,
        rows_before={"dm": count, "ae": 1804, "notes": 611},
        rows_after={"dm": count, "ae": 1804, "notes": 611},
        files={"data/dm.csv": "0f" * 32, "data/ae.csv": "1e" * 32, "data/notes.csv": "2d" * 32},
        column_risks=(
            ColumnRisk("ae", "AESTDTC", count, 40, 300, False),
            ColumnRisk("ae", "AEDECOD", count, 0, 6, True),
        ),
        burden=(burden,),
        text=(TextCounts("notes", "note", 611, 598, 4, {"person_name": 1204, "phone": 90, "ssn": 3}),),
        shifts={"window_days": 182, "people_whose_shift_is_0": 2},
        versions={"deid": "0.1.0", "python": "3.11"},
        key_origin="environment",
    )  # fmt: skip


def _words(table: ClassTable, codes: Any) -> list[Any]:
    return [table.vocabularies[i][code] for i, code in enumerate(codes)]


HOSTILE = '"><script>alert(1)</script>{{ 7*7 }}\u202e|`*\x1b[31m'


def refused() -> ReportInputs:
    """Return a refused release: a gate failed, one was not evaluated, identifiers were found."""
    base = trial()
    gates = (
        *base.verdict.gates[:1],
        gate("prosecutor_risk", base.verdict.after["prosecutor.rb"], "<=", 0.05),
        gate("journalist_risk", base.verdict.after["journalist.rb"], "<=", 0.05),
        gate("residual_identifiers", Measure("residual_identifiers", 3.0), "<=", 0.0),
    )
    found = (
        Finding("notes", "note", "phone", 3, "equals a known identifier"),
        Finding("dm", "PATNAME", "person_name", 40, "x"),
    )
    return replace(base, verdict=replace(base.verdict, gates=gates, findings=found), files={})


def hostile() -> ReportInputs:
    """Return inputs whose every name is an attack, with 300 columns, no quasi-identifier and nothing computed."""
    names = [f"{HOSTILE}{i}" + "x" * (4000 if i == 7 else 0) for i in range(300)]
    columns = tuple(
        step(HOSTILE, i, name, "drop" if i % 3 == 0 else "keep", None if i % 7 == 0 else Role.INSENSITIVE, HOSTILE,
             source=HOSTILE, evidence=(HOSTILE,), holds=(HOSTILE,), transform=Plain(text=HOSTILE, labels=(HOSTILE,)))
        for i, name in enumerate(names)
    )  # fmt: skip
    nothing = measured(None)
    verdict = Verdict(
        {}, nothing, (gate(HOSTILE, nothing["k"], ">=", 5.0),),
        (Finding(HOSTILE, names[0], HOSTILE, 2, HOSTILE),), {HOSTILE: 3}, {HOSTILE: 0},
    )  # fmt: skip
    return ReportInputs(
        plan=Plan(policy(name=HOSTILE, context={HOSTILE: {HOSTILE: [HOSTILE]}}, claims=HOSTILE, anonymise=None),
                  (TablePlan(HOSTILE, names[1], columns, HOSTILE),), (HOSTILE,)),
        profile=Profile(()),
        facts=facts(4, warnings=(HOSTILE,)),
        recoding=None,
        verdict=verdict,
        before=None,
        after=None,
        rows_before={HOSTILE: 4},
        rows_after={HOSTILE: 2},
        files={HOSTILE: HOSTILE},
        column_risks=(ColumnRisk(HOSTILE, names[1], 0, 0, 0, False),),
        burden=(Burden(HOSTILE, ((HOSTILE, 30, 20),)),),
        text=(TextCounts(HOSTILE, names[1], 4, 3, 2, {HOSTILE: 1}),),
        shifts={HOSTILE: 5},
        versions={HOSTILE: HOSTILE},
        key_origin=HOSTILE,
    )  # fmt: skip


def explain(name: str) -> Any:
    """Explain measures without loading the plug-ins."""
    if name.split(".")[0] not in ("k", "prosecutor", "l", "t"):
        return None
    return SimpleNamespace(id=name, title=name, meaning="m", formula="1/f", units="probability", source="El Emam 2013")
