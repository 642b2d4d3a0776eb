"""The invented subjects: who they are, where they live, how their disease runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from deid.demo import science, words

CUTOFF = date(2022, 12, 31)  # data cut-off of the trial: nothing is known of anybody after it


@dataclass(frozen=True)
class Staff:
    """A clinician of a site."""

    given: str
    family: str
    title: str

    @property
    def name(self) -> str:
        """Full name as a table holds it: `Denise Lindqvist, MD`."""
        return f"{self.given} {self.family}, {self.title}"


@dataclass(frozen=True)
class Course:
    """How the disease of one subject runs: arm, carrier status, best response, and what happened when."""

    arm: str
    brca: str
    response: str
    progressed: date | None
    died: date | None
    last_contact: date

    @property
    def end_of_treatment(self) -> date:
        """Last day on which a treatment visit can fall."""
        return min(self.progressed or self.last_contact, self.last_contact)


@dataclass(frozen=True)
class Kin:
    """The person to call about a subject."""

    relation: str
    given: str
    family: str
    phone: str


@dataclass(frozen=True)
class Subject:
    """One invented subject. Dates follow one timeline: birth, diagnosis, enrolment, then those of the course."""

    patient_id: str
    mrn: str
    given: str
    family: str
    sex: str
    birth: date
    street: str
    city: str
    state: str
    zip: str
    phone: str
    email: str
    ssn: str
    health_plan: str
    race: str
    ethnicity: str
    site: str
    height: float
    weight: float
    tumour: science.Tumour
    code: str
    stage: str
    diagnosed: date
    enrolled: date
    course: Course
    kin: Kin

    @property
    def age(self) -> int:
        """Completed years at enrolment."""
        had_birthday = (self.enrolled.month, self.enrolled.day) >= (self.birth.month, self.birth.day)
        return self.enrolled.year - self.birth.year - (not had_birthday)


def pick(rng: np.random.Generator, choices: tuple[str, ...]) -> str:
    """Return one of the choices, each as likely as the other."""
    return choices[int(rng.integers(len(choices)))]


def weighted(rng: np.random.Generator, choices: tuple[tuple[str, float], ...]) -> str:
    """Return one of the choices by their shares, which add up to one."""
    return choices[int(rng.choice(len(choices), p=[share for _, share in choices]))][0]


def staff(rng: np.random.Generator) -> dict[str, tuple[Staff, ...]]:
    """Return three clinicians for each site, surnames unique over the trial."""
    families = list(rng.permutation(np.array(words.CLINICIAN_FAMILIES)))
    titles = ("MD", "MD", "RN")
    return {
        site: tuple(Staff(pick(rng, words.WOMEN + words.MEN), str(families.pop()), title) for title in titles)
        for site, _, _ in words.SITES
    }


def subjects(rng: np.random.Generator, count: int) -> tuple[Subject, ...]:
    """Return the invented subjects; record, and security numbers are unique."""
    mrns = rng.choice(np.arange(1_000_000, 9_999_999), count, replace=False)
    areas = rng.choice(np.arange(900_00_0000, 999_99_9999, 97), count, replace=False)
    return tuple(_subject(rng, number, int(mrns[number]), int(areas[number])) for number in range(count))


def _subject(rng: np.random.Generator, number: int, mrn: int, ssn: int) -> Subject:
    tumour = science.TUMOURS[int(rng.choice(len(science.TUMOURS), p=[tumour.share for tumour in science.TUMOURS]))]
    sex = "F" if rng.random() < tumour.women else "M"
    given, family = pick(rng, words.WOMEN if sex == "F" else words.MEN), pick(rng, words.FAMILIES)
    site = words.SITES[int(rng.integers(len(words.SITES)))][0]
    city, state, zip3, area = _town(rng, site)
    enrolled = date(2019, 1, 7) + timedelta(int(rng.integers(0, 880)))
    digits = f"{ssn:09d}"
    return Subject(
        patient_id=f"CRL7-{site}-{number + 1001}",
        mrn=f"{mrn:08d}",
        given=given,
        family=family,
        sex=sex,
        birth=_birth(rng, number, enrolled),
        street=f"{rng.integers(11, 9800)} {pick(rng, words.STREETS)} {pick(rng, words.STREET_KINDS)}",
        city=city,
        state=state,
        zip=f"{zip3}{rng.integers(1, 99):02d}",
        phone=phone(area, number),
        email=f"{given}.{family}{rng.integers(2, 99)}".lower().replace("'", "").replace("ö", "o")
        + f"@{pick(rng, words.MAIL_HOSTS)}",
        ssn=f"{digits[:3]}-{digits[3:5]}-{digits[5:]}",
        health_plan=f"{pick(rng, ('W', 'H', 'B'))}{rng.integers(100_000_000, 999_999_999)}",
        race=weighted(rng, words.RACES),
        ethnicity=weighted(rng, words.ETHNICITIES),
        site=site,
        height=round(float(rng.normal(163 if sex == "F" else 176, 7)), 0),
        weight=round(float(np.clip(rng.normal(72 if sex == "F" else 84, 14), 42, 160)), 1),
        tumour=tumour,
        code=pick(rng, tumour.codes),
        stage=weighted(rng, science.STAGES),
        diagnosed=enrolled - timedelta(int(rng.integers(20, 900))),
        enrolled=enrolled,
        course=_course(rng, tumour, enrolled),
        kin=_kin(rng, sex, family, phone(area, number + 5000)),
    )


def _kin(rng: np.random.Generator, sex: str, family: str, telephone: str) -> Kin:
    relation = pick(rng, words.KIN[sex])
    woman = relation in {"wife", "daughter", "sister", "mother", "niece"} or (relation == "partner" and sex == "M")
    given = pick(rng, words.WOMEN if woman else words.MEN)
    return Kin(relation, given, family if rng.random() < 0.7 else pick(rng, words.FAMILIES), telephone)


def _town(rng: np.random.Generator, site: str) -> tuple[str, str, str, str]:
    if site in words.REMOTE_TOWNS and rng.random() < 0.06:
        return words.REMOTE_TOWNS[site]
    nearest = 3 * (int(site) - 1)
    return words.TOWNS[nearest + int(rng.choice(3, p=[0.6, 0.25, 0.15]))]


def _birth(rng: np.random.Generator, number: int, enrolled: date) -> date:
    age = rng.normal(61, 11.5) if number % 43 else rng.uniform(90, 95)  # every 43rd subject is over 89
    low = 31 if number % 43 else 90
    return enrolled - timedelta(int(365.25 * float(np.clip(age, low, 96))) + int(rng.integers(1, 300)))


def _course(rng: np.random.Generator, tumour: science.Tumour, enrolled: date) -> Course:
    """Draw arm, carrier status and the times of progression and death; the invented drug helps carriers most."""
    arm = pick(rng, science.ARMS)
    brca = weighted(rng, (("BRCA1", 0.22), ("BRCA2", 0.20), ("none", 0.58)))
    hazard = 1.0 if arm != "velotamib" else (0.45 if brca != "none" else 0.85)
    scale = tumour.median_months / float(np.log(2))
    months = float(rng.exponential(scale / hazard))
    survival = months + float(rng.exponential(scale))
    progressed = enrolled + timedelta(int(30.44 * months) + 14)
    died = enrolled + timedelta(int(30.44 * survival) + 30)
    lost = enrolled + timedelta(int(rng.exponential(2600)) + 60)
    last = min(CUTOFF, died, lost)
    odds = (0.10, 0.34, 0.36, 0.15, 0.05) if hazard < 1 else (0.04, 0.22, 0.41, 0.27, 0.06)
    return Course(
        arm=arm,
        brca=brca,
        response=science.RESPONSES[int(rng.choice(5, p=odds))],
        progressed=progressed if progressed <= last else None,
        died=died if died <= last else None,
        last_contact=last,
    )


def phone(area: str, number: int) -> str:
    """Return a telephone number of the range reserved for fiction; `number` picks exchange ending and spelling."""
    ending = f"{number * 7 % 100:02d}"
    return (f"({area}) 555-01{ending}", f"{area}-555-01{ending}", f"{area}.555.01{ending}")[number // 100 % 3]
