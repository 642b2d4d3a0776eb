"""The items of the NAACCR v25 dictionary: which element holds each, whether the Incidence record has it, what it is."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: What the items of a class hold, in the words of the house; clinical codes unless a class says otherwise.
_KINDS = {
    "direct_id": "person_name",
    "direct_id_recode": "accession_number",
    "third_party_id": "organisation",
    "geo_lt_state": "city",
    "geo_state": "state",
    "quasi": "category",
    "date": "date",
    "date_birth": "birth_date",
    "free_text": "free_text",
}
_BY_NAME = {
    "patientIdNumber": "subject_id",
    "patientSystemIdHosp": "record_number",
    "medicalRecordNumber": "record_number",
    "nameFirst": "given_name",
    "nameMiddle": "given_name",
    "nameLast": "family_name",
    "nameBirthSurname": "family_name",
    "socialSecurityNumber": "ssn",
    "medicareBeneficiaryIdentifier": "health_plan_number",
    "telephone": "phone",
    "addrAtDxNoStreet": "street_address",
    "addrCurrentNoStreet": "street_address",
    "addrAtDxPostalCode": "zip",
    "addrCurrentPostalCode": "zip",
    "followUpContactPostal": "zip",
    "latitude": "coordinates",
    "longitude": "coordinates",
    "ageAtDiagnosis": "age",
    "sex": "sex",
    **{f"race{i}": "race" for i in range(1, 6)},
    "spanishHispanicOrigin": "ethnicity",
    "maritalStatusAtDx": "marital_status",
}


@dataclass(frozen=True)
class Item:
    """One item of the dictionary; `element` is NaaccrData, Patient or Tumor."""

    name: str
    number: str
    element: str
    incidence: bool
    kind: str

    @property
    def holds(self) -> str:
        """What the item holds, as policies and recognisers call it."""
        return _BY_NAME.get(self.name, _KINDS.get(self.kind, "code"))

    @property
    def tags(self) -> str:
        """Words for the rules of a policy."""
        record = "naaccr_incidence" if self.incidence else "naaccr_abstract_only"
        return f"naaccr {record} naaccr_{self.kind}"


@cache
def items() -> Mapping[str, Item]:
    """Return every item of the dictionary by its identifier."""
    text = (files("deid") / "data" / "naaccr_v25_items.csv").read_text("utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    found = [Item(r["item"], r["number"], r["element"], r["incidence"] == "yes", r["class"]) for r in rows]
    return {item.name: item for item in found}


@cache
def names_by_number() -> Mapping[str, str]:
    """Return the identifier of each item by its number."""
    return {item.number: item.name for item in items().values()}
