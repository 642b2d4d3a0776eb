"""One release of tables and notes: a subject has the same surrogate and the same shift in both."""

import datetime as dt
import re

import pandas as pd

import deid

SUBJECTS = 100
KEY = "c41f09d27be8356aa0479be1f2d6385c9e0b7714d8a3f65520cb81e94d7fa362"
POLICY = """
deid: 1
name: tables-and-notes
subject: SUBJID
tables:
  patients:
    SUBJID: {role: direct_identifier, do: pseudonym}
    NAME: {role: direct_identifier, do: surrogate, kind: person_name}
    ENROLDT: {role: insensitive, do: shift_date, max_days: 364, why: dates of the trial}
  notes:
    SUBJID: {role: direct_identifier, do: pseudonym}
    VISDT: {role: insensitive, do: shift_date, max_days: 364, why: dates of the trial}
    NOTE: {role: free_text, do: redact, style: surrogate}
context: {recipient: a test, purpose: a test}
"""
_GIVEN = ("Ottoline", "Peregrine", "Leocadia", "Fenwick", "Isaura", "Barnaby", "Zenobia", "Alaric", "Odile", "Tancred")
_FAMILY = (
    "Quillfeather",
    "Thornbury",
    "Vandermeulen",
    "Okonjola",
    "Marchbanks",
    "Szabolcsi",
    "Lindqvister",
    "Abernethy",
    "Ferrante",
    "Yarrowby",
)


def tables() -> dict[str, pd.DataFrame]:
    patients, notes = [], []
    for i in range(SUBJECTS):
        name, subject = f"{_GIVEN[i % 10]} {_FAMILY[i // 10]}", f"QX-{1000 + 7 * i}"
        enrolled = dt.date(2018, 1, 5) + dt.timedelta(3 * i)
        seen = enrolled + dt.timedelta(11 + i % 5)
        patients.append({"SUBJID": subject, "NAME": name, "ENROLDT": enrolled.isoformat()})
        text = f"{name} was enrolled on {enrolled.isoformat()} and seen on {seen:%B} {seen.day}, {seen.year}. Well."
        notes.append({"SUBJID": subject, "VISDT": seen.isoformat(), "NOTE": text})
    return {"patients": pd.DataFrame(patients), "notes": pd.DataFrame(notes)}


def test_surrogates_shifts_and_intervals_agree_for_a_hundred_subjects() -> None:
    given = tables()
    released, _ = deid.deidentify(given, POLICY, key=KEY)
    patients = released["patients"].set_index("SUBJID")
    notes = released["notes"].set_index("SUBJID")
    assert len(patients) == len(notes) == SUBJECTS
    # rows may come in another order: a subject is recognised by its pseudonym alone
    shifts, intervals = set(), []
    for pseudonym, row in patients.iterrows():
        note = notes.loc[pseudonym]
        found = re.fullmatch(r"(.+) was enrolled on (\S+) and seen on (.+)\. Well\.", note["NOTE"])
        assert found is not None
        assert found[1] == row["NAME"]
        assert found[2] == str(row["ENROLDT"])[:10]
        seen = dt.datetime.strptime(found[3], "%B %d, %Y").date()
        assert seen.isoformat() == str(note["VISDT"])[:10]
        intervals.append((seen - dt.date.fromisoformat(found[2])).days)
        shifts.add(found[2])
    assert sorted(intervals) == sorted(11 + i % 5 for i in range(SUBJECTS))
    assert not set(given["patients"]["NAME"]) & set(patients["NAME"])
    assert patients["NAME"].nunique() == SUBJECTS
