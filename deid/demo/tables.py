"""The structured tables of the invented trial: patients, visits, labs, adverse events, biomarkers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from deid.demo import science, words
from deid.demo.people import Staff, Subject, pick

Cell = str | int | float | None
Row = dict[str, Cell]


@dataclass(frozen=True)
class Visit:
    """One visit of a subject; `treatment` tells visits with blood tests from telephone follow-up."""

    visit_id: str
    name: str
    day: date
    clinician: Staff
    treatment: bool


def visits_of(rng: np.random.Generator, subject: Subject, team: Sequence[Staff]) -> tuple[Visit, ...]:
    """Return the visits of a subject in order: screening, cycles of 21 days until progression, quarterly follow-up."""
    days = [("Screening", subject.enrolled - timedelta(int(rng.integers(3, 15))), True)]
    last = subject.course.end_of_treatment
    for cycle in range(1, 9):
        day = subject.enrolled + timedelta(21 * (cycle - 1) + (int(rng.integers(-2, 3)) if cycle > 1 else 0))
        if day <= last:
            days.append((f"Cycle {cycle} Day 1", day, True))
    for number in range(1, 5):
        day = max(last, days[-1][1]) + timedelta(90 * number)
        if day <= subject.course.last_contact:
            days.append((f"Follow-up {number}", day, False))
    return tuple(
        Visit(f"{subject.patient_id}-V{i:02d}", name, day, team[int(rng.integers(len(team)))], treatment)
        for i, (name, day, treatment) in enumerate(days)
    )


def patient_row(subject: Subject) -> Row:
    """Return the row of a subject in the table `patients`."""
    course = subject.course
    return {
        "patient_id": subject.patient_id,
        "mrn": subject.mrn,
        "given_name": subject.given,
        "family_name": subject.family,
        "sex": subject.sex,
        "birth_date": subject.birth.isoformat(),
        "age": subject.age,
        "street": subject.street,
        "city": subject.city,
        "state": subject.state,
        "zip": subject.zip,
        "phone": subject.phone,
        "email": subject.email,
        "ssn": subject.ssn,
        "health_plan_number": subject.health_plan,
        "race": subject.race,
        "ethnicity": subject.ethnicity,
        "site": subject.site,
        "height_cm": subject.height,
        "weight_kg": subject.weight,
        "diagnosis_code": subject.code,
        "tumour": subject.tumour.name,
        "stage": subject.stage,
        "arm": course.arm,
        "diagnosis_date": subject.diagnosed.isoformat(),
        "enrolment_date": subject.enrolled.isoformat(),
        "best_response": course.response,
        "progression_date": _iso(course.progressed),
        "pfs_days": ((course.progressed or course.last_contact) - subject.enrolled).days,
        "pfs_event": int(course.progressed is not None or course.died is not None),
        "death_date": _iso(course.died),
        "last_contact_date": course.last_contact.isoformat(),
        "os_days": (course.last_contact - subject.enrolled).days,
        "os_event": int(course.died is not None),
        "kin_name": f"{subject.kin.given} {subject.kin.family}",
        "kin_relation": subject.kin.relation,
        "kin_phone": subject.kin.phone,
    }


def visit_rows(rng: np.random.Generator, subject: Subject, visits: Sequence[Visit]) -> Iterator[Row]:
    """Yield the rows of a subject in the table `visits`; some comments name persons."""
    for visit in visits:
        weight = round(subject.weight + float(rng.normal(0, 1.6)), 1)
        yield {
            "visit_id": visit.visit_id,
            "patient_id": subject.patient_id,
            "visit": visit.name,
            "visit_date": visit.day.isoformat(),
            "study_day": (visit.day - subject.enrolled).days + (visit.day >= subject.enrolled),
            "site": subject.site,
            "clinician": visit.clinician.name,
            "ecog": int(np.clip(rng.poisson(0.8), 0, 3)),
            "weight_kg": weight if visit.treatment else None,
            "systolic": int(rng.normal(128, 14)) if visit.treatment else None,
            "comment": _comment(rng, subject, visit),
        }


def _comment(rng: np.random.Generator, subject: Subject, visit: Visit) -> str | None:
    if rng.random() < 0.7:
        return None
    kin = subject.kin
    return pick(
        rng,
        (
            "No concerns.",
            "Tolerating treatment well.",
            "Dose delayed one week for neutropenia.",
            f"{kin.relation.capitalize()} {kin.given} present.",
            f"Reviewed with Dr. {visit.clinician.family}.",
            f"Pt lives in {subject.city}, transport arranged.",
            f"Call {subject.phone} with results.",
        ),
    )


def lab_rows(rng: np.random.Generator, subject: Subject, visits: Sequence[Visit]) -> Iterator[Row]:
    """Yield the blood tests of a subject, all tests at every treatment visit."""
    own = {code: float(rng.normal(0, 0.6)) for code, *_ in science.LAB_TESTS}
    for visit in visits:
        if not visit.treatment:
            continue
        accession = f"L{visit.day:%y%m%d}-{rng.integers(10_000, 99_999)}"
        clock = f"{rng.integers(7, 17):02d}:{rng.integers(60):02d}"
        for code, name, unit, mean, spread, low, high in science.LAB_TESTS:
            value = max(mean + spread * (own[code] + float(rng.normal(0, 0.8))), 0.1)
            value = round(value, 2 if mean < 10 else 1)
            yield {
                "accession": accession,
                "patient_id": subject.patient_id,
                "visit_id": visit.visit_id,
                "collected_at": f"{visit.day.isoformat()}T{clock}",
                "test_code": code,
                "test": name,
                "value": value,
                "unit": unit,
                "low": low,
                "high": high,
                "flag": "L" if value < low else "H" if value > high else None,
            }


def event_rows(rng: np.random.Generator, subject: Subject, visits: Sequence[Visit]) -> Iterator[Row]:
    """Yield the adverse events of a subject; some start dates are partial, some verbatim terms name persons."""
    length = max((subject.course.end_of_treatment - subject.enrolled).days, 1)
    for number in range(1 + int(rng.poisson(3.2))):
        term, spoken = science.EVENTS[int(rng.integers(len(science.EVENTS)))]
        start = subject.enrolled + timedelta(int(rng.integers(0, length)))
        end = start + timedelta(int(rng.integers(1, 40)))
        grade = 1 + int(rng.choice(4, p=[0.5, 0.3, 0.15, 0.05]))
        known_end = end <= subject.course.last_contact and rng.random() < 0.85
        yield {
            "ae_id": f"{subject.patient_id}-AE{number + 1:02d}",
            "patient_id": subject.patient_id,
            "term": term,
            "verbatim": _verbatim(rng, subject, pick(rng, spoken), visits),
            "start_date": start.isoformat() if rng.random() < 0.9 else start.isoformat()[:7],
            "end_date": end.isoformat() if known_end else None,
            "grade": grade,
            "serious": "Y" if grade >= 4 or (grade == 3 and rng.random() < 0.3) else "N",
            "related": "Y" if rng.random() < (0.6 if subject.course.arm == "velotamib" else 0.35) else "N",
            "outcome": "recovered" if known_end else "ongoing",
        }


def _verbatim(rng: np.random.Generator, subject: Subject, spoken: str, visits: Sequence[Visit]) -> str:
    doctor, roll = visits[int(rng.integers(len(visits)))].clinician.family, rng.random()
    if roll < 0.92:
        return spoken
    return (
        f"{spoken}, reported by {subject.kin.relation} {subject.kin.given}"
        if roll < 0.96
        else f"{spoken} per Dr. {doctor}"
    )


def marker_rows(rng: np.random.Generator, subject: Subject) -> Iterator[Row]:
    """Yield the tumour markers of a subject; carriers of the tables are the carriers of the course."""
    specimen = f"SP-{rng.integers(100_000, 999_999)}"
    laboratory = pick(rng, words.LABORATORIES)
    taken = subject.diagnosed + timedelta(int(rng.integers(0, 15)))
    for marker in (*science.MARKERS[subject.tumour.name], subject.tumour.marker):
        result, value, unit, variant = _result(rng, subject, marker)
        yield {
            "specimen_id": specimen,
            "patient_id": subject.patient_id,
            "collected_date": taken.isoformat(),
            "laboratory": laboratory,
            "marker": marker,
            "result": result,
            "value": value,
            "unit": unit,
            "variant": variant,
        }


def _result(rng: np.random.Generator, subject: Subject, marker: str) -> tuple[str, Cell, Cell, Cell]:
    if marker in {"BRCA1", "BRCA2"}:
        mutated = subject.course.brca == marker
        return (
            ("pathogenic", None, None, pick(rng, science.VARIANTS[marker]))
            if mutated
            else ("wild type", None, None, None)
        )
    if marker in science.VARIANTS:
        mutated = rng.random() < 0.35
        return (
            ("mutated", None, None, pick(rng, science.VARIANTS[marker])) if mutated else ("wild type", None, None, None)
        )
    if marker in {"ER", "PR", "Ki-67"}:
        percent = int(np.clip(rng.beta(0.9, 0.7) * 100, 0, 100))
        return ("positive" if percent >= (20 if marker == "Ki-67" else 1) else "negative", percent, "%", None)
    if marker == "HER2":
        score = int(rng.choice(4, p=[0.35, 0.3, 0.2, 0.15]))
        return (("negative", "negative", "equivocal", "positive")[score], score, "IHC score", None)
    if marker == "HRD":
        score = int(np.clip(rng.normal(48 if subject.course.brca != "none" else 31, 12), 0, 90))
        return ("positive" if score >= 42 else "negative", score, "score", None)
    level = round(float(rng.lognormal(3.6, 1.0)), 1)
    return ("raised" if level > 35 else "normal", level, "ng/mL" if marker == "PSA" else "U/mL", None)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def columns(rows: Sequence[Mapping[str, Cell]]) -> list[str]:
    """Return the column names of a table, which all its rows share."""
    return list(rows[0]) if rows else []
