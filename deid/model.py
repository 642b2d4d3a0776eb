"""The shared words of the house: frozen values that stages hand to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a column is to the person it is about."""

    DIRECT = "direct_identifier"
    QUASI = "quasi_identifier"
    SENSITIVE = "sensitive_attribute"
    INSENSITIVE = "insensitive"
    FREE_TEXT = "free_text"


#: What a column (or a span of text) can hold: one vocabulary for profile, policies (`holds:`), recognisers, surrogates.
KINDS: Mapping[str, str] = {
    "person_name": "full name of a person",
    "given_name": "first or middle name",
    "family_name": "surname",
    "initials": "initials of a person",
    "username": "login or handle",
    "clinician_name": "name of a doctor, nurse or other staff",
    "phone": "telephone or pager number",
    "fax": "fax number",
    "email": "e-mail address",
    "url": "web address",
    "ip_address": "IP address",
    "ssn": "social security or national insurance number",
    "record_number": "medical record number",
    "subject_id": "trial subject, patient or person identifier",
    "sample_id": "specimen, aliquot or sequencing sample identifier",
    "accession_number": "laboratory or imaging accession",
    "account_number": "bank, billing or credit card number",
    "health_plan_number": "insurance or beneficiary number",
    "licence_number": "certificate or licence number",
    "device_id": "device serial or unique device identifier",
    "vehicle_id": "vehicle identifier or plate",
    "uuid": "universally unique identifier",
    "record_id": "key of a record: encounter, condition, procedure, event",
    "biometric": "biometric identifier or photograph",
    "street_address": "street address",
    "city": "town, county or other area below state",
    "zip": "US ZIP code",
    "postcode": "postal code outside the US",
    "state": "US state or its abbreviation",
    "country": "country",
    "coordinates": "latitude or longitude",
    "site": "study site, hospital or ward",
    "organisation": "employer, school, laboratory or other organisation",
    "birth_date": "date of birth",
    "death_date": "date of death",
    "date": "date or date and time",
    "year": "calendar year",
    "time": "time of day",
    "age": "age in years or another unit",
    "age_band": "age group",
    "sex": "sex or gender",
    "race": "race",
    "ethnicity": "ethnicity",
    "marital_status": "marital status",
    "language": "language",
    "religion": "religion",
    "occupation": "occupation",
    "education": "education",
    "diagnosis_code": "coded diagnosis",
    "code": "code of a published vocabulary",
    "code_system": "name or address of a code system",
    "gene_variant": "gene, variant or genomic position",
    "genotype": "genotypes of one sample",
    "sequence_number": "small counter within a subject or table",
    "study_day": "day relative to a reference date",
    "measurement": "measured number",
    "number": "other number",
    "unit": "unit of measurement",
    "flag": "yes/no or true/false",
    "category": "few repeated labels",
    "constant": "one value throughout",
    "free_text": "prose",
    "empty": "no value at all",
    "unknown": "nothing recognised",
}

#: Kinds that name a person, a household or a third party by themselves.
DIRECT_KINDS = frozenset(
    {
        "person_name",
        "given_name",
        "family_name",
        "initials",
        "username",
        "clinician_name",
        "phone",
        "fax",
        "email",
        "url",
        "ip_address",
        "ssn",
        "record_number",
        "subject_id",
        "sample_id",
        "accession_number",
        "account_number",
        "health_plan_number",
        "licence_number",
        "device_id",
        "vehicle_id",
        "uuid",
        "record_id",
        "biometric",
        "street_address",
        "coordinates",
    }
)
#: Kinds of places that a name tells, and of all places that a text names.
NAMED_PLACES = frozenset({"site", "organisation", "city"})
PLACES = NAMED_PLACES | {"street_address"}


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of text found by a recogniser; `end` is exclusive. Never holds the text it covers."""

    start: int
    end: int
    kind: str
    score: float = field(compare=False)
    recogniser: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """An identifier that the tables hold about a subject. Its text never shows in a repr."""

    kind: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class FirstDay:
    """A subject's first day in the trial, and the days from it to the start that all subjects are given.

    `day` counts from 1970-01-01.
    """

    day: int = field(repr=False)
    delta: int = field(repr=False)


#: Tags that formats give: a column of which nothing is released whatever the policy says of it, and one of these that
#: names somebody; columns whose cells are counted for the report where they are dropped.
LEFT_OUT, NAMING = "left_out", "naming"
RESOURCES_LEFT_OUT, REFERENCES_LEFT_OUT, UNSEARCHABLE = "resource_left_out", "reference_left_out", "unsearchable"


@dataclass(frozen=True)
class ColumnProfile:
    """What one column looks like. `evidence` says why in counts, never in values.

    What the format knows: `tags`, words for the rules of a policy, and `bears`, the kind of identifier that the
    column's name is (a sample of a VCF), or "".
    """

    table: str
    column: str
    position: int
    type: str
    rows: int
    missing: int
    distinct: int
    distinct_is_lower_bound: bool
    holds: tuple[str, ...]
    evidence: tuple[str, ...]
    longest: int = 0
    tags: tuple[str, ...] = ()
    bears: str = ""


@dataclass(frozen=True)
class TableProfile:
    """The columns of one table in their order, and its domain code (value of a constant DOMAIN column), if any."""

    name: str
    rows: int
    columns: tuple[ColumnProfile, ...]
    domain: str = ""

    def column(self, name: str) -> ColumnProfile:
        """Return the column of that name. Raises KeyError."""
        for column in self.columns:
            if column.column == name:
                return column
        raise KeyError(name)


@dataclass(frozen=True)
class Profile:
    """What the data look like; never a decision."""

    tables: tuple[TableProfile, ...]

    def table(self, name: str) -> TableProfile:
        """Return the table of that name. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)


class Status(StrEnum):
    """Whether a measure holds a figure."""

    OK = "ok"
    NOT_CONVERGED = "not_converged"
    OUT_OF_RANGE = "out_of_range"
    NOT_APPLICABLE = "not_applicable"
    NOT_COMPUTED = "not_computed"


@dataclass(frozen=True)
class Measure:
    """One figure about the data before or after. `value` is None unless `status` is ok: never a false zero."""

    id: str
    value: float | None
    status: Status = Status.OK
    reason: str = ""
    interval: tuple[float, float] | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class GateOutcome:
    """A gate of the policy held against its measure. Not evaluated counts as failed."""

    gate: str
    measure: Measure
    op: str
    threshold: float
    passed: bool


@dataclass(frozen=True)
class Finding:
    """An identifier (or what looks like one) left in the output: where, of what kind, how often; never the value."""

    table: str
    column: str
    kind: str
    count: int
    how: str


@dataclass(frozen=True)
class Verdict:
    """What was measured on the written files, and whether they may be released."""

    before: Mapping[str, Measure]
    after: Mapping[str, Measure]
    gates: tuple[GateOutcome, ...]
    findings: tuple[Finding, ...]
    searched: Mapping[str, int] = field(default_factory=dict)
    not_searched: Mapping[str, int] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether every gate passed."""
        return all(outcome.passed for outcome in self.gates)
