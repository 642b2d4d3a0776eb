"""An invented database in the OMOP CDM 5.4: all its tables, a few people, and what a release may not hold of them."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from deid.data_model import DataModel, load_data_model

Row = dict[str, Any]
Tables = dict[str, list[Row]]
MODEL: DataModel = load_data_model("omop-cdm-5.4", Path(), "")
GIVEN = ("Odalys", "Thaddeus", "Wilhelmina", "Ignatius", "Philippa", "Evander", "Rosalind", "Bartholomew")
FAMILY = ("Quillfeather", "Ostrander", "Vanterpool", "Hathersage", "Lindqvist", "Marchetti", "Okonjo", "Brzeziński")


def columns_of(table: str) -> dict[str, str]:
    """Return the columns of a table with their types, in the order of the model."""
    return {column: known.type for (owner, column), known in MODEL.columns.items() if owner == table}


def everything(people: int = 12, seed: int = 7, measurements: int = 4) -> Tables:
    """Return all 39 tables; keys of people, visits, providers and places start at numbers of their own."""
    draw = random.Random(seed)
    tables: Tables = {table: [] for table in sorted(MODEL.tables())}
    _vocabulary(tables)
    tables["cdm_source"].append(_row("cdm_source", cdm_source_name="Invented", cdm_version="5.4", cdm_holder="Nobody"))
    tables["location"].append(_row("location", location_id=31, city="Wexcombe", state="MA", zip="02148"))
    tables["location"][0].update(address_1="14 Tanglewood Rise", county="Arden", location_source_value="WEX-14-77120")
    site = _row("care_site", care_site_id=401, care_site_name="Wexcombe Infirmary", location_id=31)
    tables["care_site"].append(site)
    for i in range(3):
        name = f"{GIVEN[-1 - i]} {FAMILY[-1 - i]}"
        own = {"provider_id": 501 + i, "provider_name": name, "npi": f"19{i}0047731", "care_site_id": 401}
        tables["provider"].append(_row("provider", **own, provider_source_value=f"PRV-{i}-889031", year_of_birth=1970))
    for i in range(people):
        _person(tables, draw, i, measurements)
    return tables


def _vocabulary(tables: Tables) -> None:
    for concept, name in ((8507, "MALE"), (8532, "FEMALE"), (9202, "Outpatient Visit"), (3025315, "Body weight")):
        about = {"concept_id": concept, "concept_name": name, "vocabulary_id": "None", "concept_code": str(concept)}
        days = {"valid_start_date": date(1970, 1, 1), "valid_end_date": date(2099, 12, 31)}
        tables["concept"].append(_row("concept", **about, **days, domain_id="Any", concept_class_id="Any"))
    tables["vocabulary"].append(_row("vocabulary", vocabulary_id="None", vocabulary_name="Invented"))


def _person(tables: Tables, draw: random.Random, i: int, measurements: int) -> None:
    person, born = 1001 + i, date(1938 + 6 * (i % 12), draw.randint(1, 12), draw.randint(1, 28))
    name = f"{GIVEN[i % 8]} {FAMILY[(3 * i) % 8]}"
    told = {"year_of_birth": born.year, "month_of_birth": born.month, "day_of_birth": born.day}
    at = {"location_id": 31, "provider_id": 501 + i % 3, "care_site_id": 401}
    own = {
        "person_id": person,
        "gender_concept_id": (8507, 8532)[i % 2],
        "person_source_value": f"MRN-{73_000 + 91 * i}",
    }
    row = _row("person", **own, **told, **at, birth_datetime=datetime(born.year, born.month, born.day))
    tables["person"].append(row | {"race_concept_id": 8527, "race_source_value": "white", "ethnicity_concept_id": 0})
    start, previous = date(2011, 1, 3) + timedelta(draw.randint(0, 900)), None
    for k in range(3):
        day, visit = start + timedelta(40 * k + draw.randint(0, 30)), 20_001 + 3 * i + (2 - k)
        _visit(tables, person, visit, previous, day, i)
        _events(tables, person, visit, day, i, k, measurements, draw)
        previous = visit
    period = {"observation_period_start_date": start, "observation_period_end_date": start + timedelta(200)}
    tables["observation_period"].append(
        _row("observation_period", observation_period_id=61 + i, person_id=person, **period)
    )
    if i % 5 == 0:
        death = {"death_date": start + timedelta(230), "cause_concept_id": 3025315}
        tables["death"].append(_row("death", person_id=person, **death))
    text = f"{name} (MRN-{73_000 + 91 * i}) was seen on {start.isoformat()} by Dr {FAMILY[-1]}. Weight is stable."
    note = {"note_id": 901 + i, "person_id": person, "note_date": start, "note_text": text, "note_title": "Visit"}
    tables["note"].append(_row("note", **note, visit_occurrence_id=visit, note_source_value=f"file-{i}-55210.txt"))
    nlp = {"note_nlp_id": 951 + i, "note_id": 901 + i, "snippet": f"seen on {start.isoformat()}", "nlp_date": start}
    tables["note_nlp"].append(_row("note_nlp", **nlp, lexical_variant="Weight"))
    episode = {"episode_id": 81 + i, "person_id": person, "episode_start_date": start, "episode_concept_id": 3025315}
    tables["episode"].append(_row("episode", **episode))
    tables["episode_event"].append(_row("episode_event", episode_id=81 + i, event_id=visit))
    tables["cohort"].append(_row("cohort", cohort_definition_id=1, subject_id=person, cohort_start_date=start))
    tables["cohort"][-1]["cohort_end_date"] = start + timedelta(10)
    tables["cost"].append(_row("cost", cost_id=71 + i, cost_event_id=visit, cost_domain_id="Visit", total_cost=12.5))
    fact = {"fact_id_1": person, "fact_id_2": visit, "domain_concept_id_1": 56, "domain_concept_id_2": 8}
    tables["fact_relationship"].append(_row("fact_relationship", **fact))


def _visit(tables: Tables, person: int, visit: int, previous: int | None, day: date, i: int) -> None:
    days = {"visit_start_date": day, "visit_end_date": day + timedelta(1)}
    times = {"visit_start_datetime": datetime(day.year, day.month, day.day, 9, 30), "visit_concept_id": 9202}
    keys = {"visit_occurrence_id": visit, "person_id": person, "preceding_visit_occurrence_id": previous}
    source = {"visit_source_value": f"enc-{visit}-aa71", "provider_id": 501 + i % 3, "care_site_id": 401}
    tables["visit_occurrence"].append(_row("visit_occurrence", **keys, **days, **times, **source))
    detail = {"visit_detail_id": 1_000_000 + visit, "person_id": person, "visit_occurrence_id": visit}
    more = {
        "visit_detail_start_date": day,
        "visit_detail_end_date": day,
        "visit_detail_source_value": f"det-{visit}-aa71",
    }
    tables["visit_detail"].append(_row("visit_detail", **detail, **more))


def _events(
    tables: Tables, person: int, visit: int, day: date, i: int, k: int, measurements: int, draw: random.Random
) -> None:
    at = {"person_id": person, "visit_occurrence_id": visit, "visit_detail_id": 1_000_000 + visit}
    for _ in range(measurements):
        number = len(tables["measurement"]) + 1
        taken = {
            "measurement_id": number,
            "measurement_date": day,
            "measurement_time": "09:30",
            "unit_source_value": "kg",
        }
        value = {"value_as_number": round(draw.uniform(48, 99), 1), "measurement_concept_id": 3025315}
        tables["measurement"].append(_row("measurement", **at, **taken, **value, provider_id=501 + i % 3))
    if k == 0:
        device = {"device_exposure_id": 41 + i, "unique_device_id": f"(01)4148930678{i:04d}(11)081221"}
        tables["device_exposure"].append(_row("device_exposure", **at, **device, device_exposure_start_date=day))
        drug = {"drug_exposure_id": 45 + i, "lot_number": f"LOT-{i}-66121", "sig": "one a day", "refills": 2}
        days = {"drug_exposure_start_date": day, "drug_exposure_end_date": day + timedelta(14)}
        tables["drug_exposure"].append(_row("drug_exposure", **at, **drug, **days))


def _row(table: str, **given: Any) -> Row:
    known = columns_of(table)
    assert set(given) <= set(known), set(given) - set(known)
    return {column: given.get(column) for column in known}


def source_values(tables: Mapping[str, list[Row]]) -> set[str]:
    """Return every text that identifies somebody or something: what no byte of a release may hold."""
    kinds = {"identifier", "name"}
    return {
        str(row[column])
        for table, rows in tables.items()
        for row in rows
        for column in row
        if row[column] is not None and MODEL.columns[table, column].kind in kinds
    }


def write_csv(tables: Mapping[str, list[Row]], folder: Path) -> Path:
    """Write the tables as a folder of CSV files, named in capitals as such extracts are."""
    folder.mkdir(parents=True)
    for table, rows in tables.items():
        with (folder / f"{table.upper()}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, list(columns_of(table)))
            writer.writeheader()
            writer.writerows({name: "" if value is None else value for name, value in row.items()} for row in rows)
    return folder


def orphans(tables: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, int]:
    """Count, reference by reference, the keys that name no row."""
    found = {}
    for (table, column), (target, key) in MODEL.references().items():
        there = {str(row[key]) for row in tables[target]}
        gone = [row for row in tables[table] if row[column] not in (None, "") and str(row[column]) not in there]
        if gone:
            found[f"{table}.{column}"] = len(gone)
    return found


def visits_in_order(tables: Mapping[str, list[Mapping[str, Any]]]) -> dict[str, list[str]]:
    """Return the visits of each person by their dates."""
    by_person: dict[str, list[tuple[str, str]]] = {}
    for row in tables["visit_occurrence"]:
        day, visit = str(row["visit_start_date"])[:10], str(row["visit_occurrence_id"])
        by_person.setdefault(str(row["person_id"]), []).append((day, visit))
    return {person: [visit for _, visit in sorted(visits)] for person, visits in by_person.items()}
