"""What the notes say about a subject, in the many ways in which notes say it. Each slot knows which kind it plants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from deid.demo import science, words
from deid.demo.people import Staff, Subject, phone, pick
from deid.demo.tables import Visit

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """What one note is about: the subject, the visit, the team of the site, and the note's own day."""

    subject: Subject
    visit: Visit
    team: tuple[Staff, ...]
    day: date
    rng: np.random.Generator


@dataclass(frozen=True)
class Slot:
    """A gap in a template. `kind` is one of `deid.model.KINDS` or, for what must survive, `term`.

    `known` tells whether the tables hold the text about the same subject, so that no release may hold it.
    """

    kind: str
    known: bool
    say: Callable[[Scene], str]


def spoken_date(scene: Scene, day: date) -> str:
    """Return a date in one of the spellings of notes."""
    month = MONTHS[day.month - 1]
    return pick(
        scene.rng,
        (
            f"{month} {day.day}, {day.year}",
            f"{day.month}/{day.day}/{day.year}",
            f"{day:%m/%d/%y}",
            f"{day.day} {month[:3]} {day.year}",
            day.isoformat(),
            f"{month[:3]} {day.day}",
            f"the {ordinal(day.day)} of {month}",
        ),
    )


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th ..."""
    ending = "th" if number in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def misspelt(rng: np.random.Generator, name: str) -> str:
    """Return a name with one slip inside: two letters swapped, one doubled or one left out; never the name itself."""
    at = [i for i in range(1, len(name) - 2) if name[i] != name[i + 1] and name[i : i + 2].isalpha()]
    if not at:
        return name + name[-1]
    i = at[int(rng.integers(len(at)))]
    slips = (
        name[:i] + name[i + 1] + name[i] + name[i + 2 :],
        name[: i + 1] + name[i] + name[i + 1 :],
        name[:i] + name[i + 1 :],
    )
    return pick(rng, slips)


def _title(scene: Scene) -> str:
    return "Mr." if scene.subject.sex == "M" else pick(scene.rng, ("Mrs.", "Ms."))


def _shift(low: int, high: int) -> Callable[[Scene], str]:
    return lambda scene: spoken_date(scene, scene.day + timedelta(int(scene.rng.integers(low, high))))


def _term(kind: str) -> Slot:
    return Slot("term", False, lambda scene: pick(scene.rng, science.TERMS[kind]))


def _site(scene: Scene) -> str:
    return next(name for number, name, _ in words.SITES if number == scene.subject.site)


def _pronoun(woman: str, man: str) -> Slot:
    return Slot("", False, lambda scene: woman if scene.subject.sex == "F" else man)


SLOTS: dict[str, Slot] = {
    "full": Slot("person_name", True, lambda s: f"{s.subject.given} {s.subject.family}"),
    "given": Slot("given_name", True, lambda s: s.subject.given),
    "family": Slot("family_name", True, lambda s: s.subject.family),
    "titled": Slot("person_name", True, lambda s: f"{_title(s)} {s.subject.family}"),
    "reversed": Slot("person_name", True, lambda s: f"{s.subject.family.upper()}, {s.subject.given}"),
    "shouted": Slot("person_name", True, lambda s: f"{s.subject.given} {s.subject.family}".upper()),
    "misspelt": Slot("family_name", False, lambda s: misspelt(s.rng, s.subject.family)),
    "initials": Slot("initials", False, lambda s: f"{s.subject.given[0]}.{s.subject.family[0]}."),
    "mrn": Slot("record_number", True, lambda s: s.subject.mrn),
    "mrn_spaced": Slot("record_number", True, lambda s: f"{s.subject.mrn[:4]} {s.subject.mrn[4:]}"),
    "ssn": Slot("ssn", True, lambda s: s.subject.ssn),
    "plan": Slot("health_plan_number", True, lambda s: s.subject.health_plan),
    "subject_id": Slot("subject_id", True, lambda s: s.subject.patient_id),
    "dob": Slot("birth_date", True, lambda s: f"{s.subject.birth:%m/%d/%Y}"),
    "dob_long": Slot(
        "birth_date",
        True,
        lambda s: f"{MONTHS[s.subject.birth.month - 1]} {s.subject.birth.day}, {s.subject.birth.year}",
    ),
    "age": Slot("age", False, lambda s: str(s.subject.age)),
    "phone": Slot("phone", True, lambda s: s.subject.phone),
    "email": Slot("email", True, lambda s: s.subject.email),
    "street": Slot("street_address", True, lambda s: s.subject.street),
    "city": Slot("city", True, lambda s: s.subject.city),
    "zip": Slot("zip", True, lambda s: s.subject.zip),
    "kin": Slot("person_name", True, lambda s: f"{s.subject.kin.given} {s.subject.kin.family}"),
    "kin_given": Slot("given_name", True, lambda s: s.subject.kin.given),
    "kin_phone": Slot("phone", True, lambda s: s.subject.kin.phone),
    "cousin": Slot("given_name", False, lambda s: pick(s.rng, words.WOMEN + words.MEN)),
    "employer": Slot("organisation", False, lambda s: pick(s.rng, words.EMPLOYERS)),
    "doctor": Slot("clinician_name", True, lambda s: f"Dr. {s.visit.clinician.family}"),
    "doctor_full": Slot("clinician_name", True, lambda s: f"{s.visit.clinician.given} {s.visit.clinician.family}"),
    "doctor_bare": Slot("clinician_name", True, lambda s: s.visit.clinician.family),
    "colleague": Slot("clinician_name", False, lambda s: f"Dr. {s.team[0].given} {s.team[0].family}"),
    "nurse": Slot("clinician_name", False, lambda s: f"{s.team[-1].given} {s.team[-1].family}"),
    "nurse_user": Slot("username", False, lambda s: f"{s.team[-1].given[0]}{s.team[-1].family[:6]}".lower()),
    "hospital": Slot("site", False, _site),
    "today": Slot("date", False, lambda s: spoken_date(s, s.day)),
    "visit_day": Slot("date", False, lambda s: spoken_date(s, s.visit.day)),
    "iso_visit": Slot("date", True, lambda s: s.visit.day.isoformat()),
    "soon": Slot("date", False, _shift(5, 40)),
    "earlier": Slot("date", False, _shift(-60, -3)),
    "pager": Slot("phone", False, lambda s: f"{s.rng.integers(10_000, 99_999)}"),
    "fax": Slot("fax", False, lambda s: phone("800", int(s.rng.integers(100)))),
    "accession": Slot(
        "accession_number", False, lambda s: f"{pick(s.rng, ('S', 'SP'))}{s.day:%y}-{s.rng.integers(1000, 99999)}"
    ),
    "device": Slot("device_id", False, lambda s: f"PX{s.rng.integers(1_000_000, 9_999_999)}"),
    "portal": Slot("url", False, lambda s: f"https://portal.example.org/m/{s.rng.integers(1000, 9999)}"),
    "relation": Slot("", False, lambda s: s.subject.kin.relation),
    "she": _pronoun("she", "he"),
    "her": _pronoun("her", "his"),
    "woman": _pronoun("woman", "man"),
    "tumour": Slot("term", False, lambda s: s.subject.tumour.name),
    "tnm": Slot("term", False, lambda s: pick(s.rng, s.subject.tumour.tnm)),
    **{name: _term(name) for name in science.TERMS},
}
