"""Invented tables in the styles of other houses, each column with the kinds that are right for it. Seeded."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa

ROWS = 240
# fmt: off
#: Names that no dictionary holds: these columns must be known by their headers.
FAMILIES = [
    "Quillby", "Tharrow", "Nemsby", "Vostik", "Ondrake", "Pellowin", "Zarbeck", "Ulvane", "Morrish", "Kestwin",
    "Drobnik", "Aalvik", "Yarnold", "Fennimoor",
]
GIVENS = [
    "Xandrel", "Ivarre", "Tolmie", "Brisca", "Odwena", "Jorvik", "Pelline", "Saskor", "Ulrissa", "Nanvel", "Ebbor",
]
TOWNS = ["Little Marrow", "Stonwick", "Upper Thale", "Grenzbach", "Vellmere", "Port Anning", "Oskeby"]
STREETS = ["Lantern Row", "Mill Turning", "Quarry Bend", "Heron Steps", "Salt Lane"]
#: Names that many dictionaries hold.
COMMON_GIVEN = [
    "James", "Mary", "Robert", "Patricia", "Michael", "Jennifer", "David", "Linda", "Thomas", "Susan", "Sarah", "Karen",
    "Daniel", "Nancy", "Matthew", "Anthony",
]
COMMON_FAMILY = [
    "Smith", "Johnson", "Garcia", "Miller", "Davis", "Rodriguez", "Martinez", "Hernandez", "Lopez", "Gonzalez",
    "Wilson", "Anderson", "Taylor", "Jackson",
]
# fmt: on
SENTENCES = (
    "Seen in clinic today, reports mild pain in the left arm.",
    "No change since last visit. Continue the same dose.",
    "Patient was admitted with fever and cough for three days.",
    "Wound is clean; dressing changed and follow up in two weeks.",
    "The scan was reviewed and there is no sign of progression.",
)

Make = Callable[[random.Random, int], object]


@dataclass(frozen=True)
class Column:
    """One column: its header, how a cell is made, the kinds that are right, and whether it identifies directly."""

    name: str
    make: Make
    right: str
    direct: bool = False


def _day(rng: random.Random, first: int = 1930, last: int = 2005) -> date:
    return date(first, 1, 1) + timedelta(rng.randrange((last - first) * 365))


def _phone(rng: random.Random) -> str:
    return f"{rng.randrange(201, 990)}555{rng.randrange(1000, 9999)}"


def serial(form: str, start: int = 1) -> Make:
    return lambda _, i: form.format(i + start)


def one_of(*values: object) -> Make:
    return lambda rng, _: rng.choice(values)


def number(low: float, high: float, digits: int = 0) -> Make:
    return lambda rng, _: f"{rng.uniform(low, high):.{digits}f}"


def day(form: str, first: int = 2010, last: int = 2024) -> Make:
    return lambda rng, _: _day(rng, first, last).strftime(form)


def mostly(empty: float, make: Make) -> Make:
    return lambda rng, i: None if rng.random() < empty else make(rng, i)


def text(rng: random.Random, i: int) -> str:
    return f"{rng.choice(SENTENCES)} {rng.choice(SENTENCES)} Ref {i}."


def direct(name: str, make: Make, right: str) -> Column:
    """A direct identifier."""
    return Column(name, make, right, True)


C = Column
TABLES: dict[str, tuple[Column, ...]] = {
    "ehr_caps": (
        direct("PT_MRN", serial("{:03d}", 100), "record_number"),
        direct("LASTNAME", one_of(*(f.upper() for f in FAMILIES)), "family_name"),
        direct("FIRSTNAME", one_of(*(g.upper() for g in GIVENS)), "given_name"),
        direct("MI", one_of(*"ABCDEFGHJK"), "initials given_name"),
        C("DATEOFBIRTH", day("%m/%d/%Y", 1930, 2005), "birth_date"),
        C("SEX", one_of("M", "F"), "sex"),
        direct("HOMEPHONE", lambda r, _: _phone(r), "phone"),
        direct("STREETADDRESS", lambda r, _: f"{r.randrange(1, 900)} {r.choice(STREETS)}", "street_address"),
        C("CITY", one_of(*TOWNS), "city"),
        C("STATE", one_of("NY", "MA", "TX", "OH", "CA", "WA", "IL", "GA", "NV"), "state"),
        C("ZIPCODE", lambda r, _: str(r.choice([2148, 11201, 90001, 1060, 7030, 60601])), "zip"),
        direct("PCP_NAME", lambda r, _: f"{r.choice(FAMILIES)}, {r.choice(GIVENS)} MD".upper(), "clinician_name"),
        C("ADMITDATE", day("%m/%d/%Y"), "date"),
        C("PRIMARYDX", one_of("C50.911", "E11.9", "I10", "J45.909", "N18.3", "C34.90"), "diagnosis_code"),
        C("INSURANCETYPE", one_of("HMO", "PPO", "MEDICARE"), "category"),
        C("COMMENTS", mostly(0.96, text), "free_text"),
    ),
    "krankenhaus": (
        direct("Patientennummer", serial("{:07d}", 4711), "record_number subject_id"),
        direct("Fallnummer", serial("F{:06d}", 31), "record_id"),
        direct("Nachname", one_of(*FAMILIES), "family_name"),
        direct("Vorname", one_of(*GIVENS), "given_name"),
        C("Geburtsdatum", day("%d.%m.%Y", 1930, 2005), "birth_date"),
        C("Geschlecht", one_of("m", "w", "d"), "sex"),
        direct(
            "Straße",
            lambda r, _: f"{r.choice(['Amselgang', 'Torweg', 'Seeufer'])} {r.randrange(1, 90)}",
            "street_address",
        ),
        C("PLZ", lambda r, _: f"{r.randrange(1000, 99000):05d}", "postcode"),
        C("Wohnort", one_of(*TOWNS), "city"),
        direct("Telefon", lambda r, _: f"0{r.randrange(200, 999)} {r.randrange(10000, 999999)}", "phone"),
        direct(
            "Krankenversicherungsnummer",
            lambda r, _: f"{r.choice('ABCDX')}{r.randrange(10**8, 10**9)}",
            "health_plan_number ssn",
        ),
        C("Aufnahmedatum", day("%d.%m.%Y"), "date"),
        C("Hauptdiagnose", one_of("C50.9", "I21.0", "K35.8", "S72.0", "F32.1"), "diagnosis_code"),
        C("Größe", number(150, 199), "measurement"),
        C("Gewicht", lambda r, _: f"{r.uniform(45, 120):.1f}".replace(".", ","), "measurement"),
        C("Alter", number(18, 93), "age"),
        C("Familienstand", one_of("ledig", "verheiratet", "verwitwet"), "marital_status"),
        C("Raucher", one_of("ja", "nein"), "flag category"),
        direct("Behandelnder Arzt", lambda r, _: f"Dr. {r.choice(FAMILIES)}", "clinician_name"),
        C("Bemerkung", mostly(0.5, text), "free_text"),
        C("Einheit", one_of("mg/dl", "mmol/l"), "unit"),
    ),
    "hopital": (
        direct("ipp", serial("{:08d}", 80_001), "record_number"),
        direct("nom", one_of(*FAMILIES), "family_name person_name"),
        direct("nom_naissance", one_of(*FAMILIES), "family_name"),
        direct("prénom", one_of(*GIVENS), "given_name"),
        C("date_naissance", day("%d/%m/%Y", 1930, 2005), "birth_date"),
        C("sexe", one_of("homme", "femme"), "sex"),
        direct("adresse", lambda r, _: f"{r.randrange(1, 90)} rue du {r.choice(STREETS)}", "street_address"),
        C("code_postal", lambda r, _: f"{r.randrange(1000, 95000):05d}", "postcode zip"),
        C("ville", one_of(*TOWNS), "city"),
        direct(
            "téléphone", lambda r, _: "0" + " ".join(["6", *(f"{r.randrange(100):02d}" for _ in range(4))]), "phone"
        ),
        direct("courriel", serial("x{}@exemple.test"), "email"),
        direct(
            "num_secu",
            lambda r, _: f"{r.choice('12')}{r.randrange(30, 99)}{r.randrange(1, 13):02d}{r.randrange(10**9, 10**10)}",
            "ssn",
        ),
        direct("médecin traitant", lambda r, _: f"{r.choice(FAMILIES)} {r.choice(GIVENS)}", "clinician_name"),
        C("date_entrée", day("%d/%m/%Y"), "date"),
        C("diagnostic", one_of("C50", "I10", "E11", "J18", "N39"), "diagnosis_code"),
        C("poids", number(40, 120, 1), "measurement"),
        C("situation_familiale", one_of("marié", "célibataire", "veuf"), "marital_status"),
        C("commentaire", text, "free_text"),
    ),
    "registry": (
        direct("PT_ID", serial("{}", 100_200), "subject_id"),
        direct("PT_NM", lambda r, _: f"{r.choice(FAMILIES)} {r.choice(GIVENS)}".upper(), "person_name"),
        C("PT_DOB", day("%Y%m%d", 1930, 2005), "birth_date"),
        direct("PT_SSN", lambda r, _: f"{r.randrange(10**8, 9 * 10**8)}", "ssn"),
        direct("MBR_ID", serial("W{:08d}", 900), "subject_id health_plan_number"),
        direct("PROV_NPI", lambda r, _: str(r.randrange(1_000_000_000, 1_999_999_999)), "licence_number"),
        direct("PROV_NM", lambda r, _: f"{r.choice(GIVENS)} {r.choice(FAMILIES)}", "clinician_name"),
        C("DX_DT", day("%Y-%m-%d"), "date"),
        C("DX_CD", one_of("C509", "C341", "C189", "C61", "C439"), "diagnosis_code"),
        C("HIST_CD", one_of("8500/3", "8140/3", "8070/3"), "code diagnosis_code"),
        C("STG_GRP", one_of("IIA", "IIIB", "IV", "I"), "category"),
        C("VITAL_STAT", one_of("ALIVE", "DEAD"), "category"),
        C("DOD", mostly(0.7, day("%Y-%m-%d")), "death_date"),
        C("CNTY", one_of("Oskeby County", "Thale County"), "city"),
        C("AGE_DX", number(30, 95), "age"),
        C("RACE_CD", one_of("1", "2", "3", "98"), "race"),
        C("HISP_ETHN", one_of("Hispanic", "Non-Hispanic"), "ethnicity"),
        C("FU_MONTHS", number(0, 180, 1), "measurement"),
        direct("ACCESSION_NO", serial("2019{:05d}", 3), "accession_number"),
        C("REMARKS", mostly(0.8, text), "free_text"),
    ),
    "redcap": (
        direct("record_id", serial("{}"), "subject_id record_id"),
        C("redcap_event_name", one_of("baseline_arm_1", "month_3_arm_1", "month_6_arm_1"), "category"),
        C("redcap_repeat_instrument", mostly(0.6, one_of("labs", "visits")), "category"),
        C("redcap_data_access_group", one_of("site_a", "site_b"), "site"),
        direct("first_name", one_of(*GIVENS), "given_name"),
        direct("last_name", one_of(*FAMILIES), "family_name"),
        C("dob", day("%Y-%m-%d", 1930, 2005), "birth_date"),
        direct("email", serial("p{}@mail.test"), "email"),
        C("gender", one_of("1", "2"), "sex"),
        C("ethnicity", one_of("0", "1", "2"), "ethnicity"),
        C("height_cm", number(140, 200), "measurement"),
        C("symptoms___1", one_of("0", "1"), "flag category"),
        C("symptoms___2", one_of("0", "1"), "flag category"),
        C("pain_score", number(0, 10), "measurement number category"),
        C("demographics_complete", one_of("0", "1", "2"), "category"),
        C("visit_date", day("%Y-%m-%d"), "date"),
        C("other_specify", mostly(0.7, text), "free_text"),
        C("consent_yn", one_of("1", "0"), "flag"),
    ),
    "claims": (
        direct("bene_id", lambda r, i: f"{10_000_000 + (i % 60) * 997}", "subject_id health_plan_number"),
        direct("clm_id", serial("{}", 887_000_000), "record_id"),
        direct("prvdr_num", lambda r, _: str(r.randrange(100_000, 999_999)), "record_id licence_number site"),
        direct("at_physn_npi", lambda r, _: str(r.randrange(1_000_000_000, 1_999_999_999)), "licence_number"),
        C("clm_from_dt", day("%Y%m%d"), "date"),
        C("clm_thru_dt", day("%Y%m%d"), "date"),
        C("icd_dgns_cd1", one_of("I10", "E119", "C50911", "J449"), "diagnosis_code"),
        C("hcpcs_cd", one_of("99213", "G0008", "J1100", "80053"), "code"),
        C("clm_pmt_amt", number(0, 9000, 2), "measurement number"),
        C("bene_birth_dt", day("%Y%m%d", 1925, 1958), "birth_date"),
        C("bene_sex_cd", one_of("1", "2"), "sex"),
        C("bene_race_cd", one_of("1", "2", "3", "5"), "race"),
        C("bene_state_cd", one_of("05", "10", "33", "36"), "state"),
        C("bene_cnty_cd", one_of("010", "200", "330"), "city"),
        C("drg_cd", one_of("470", "291", "871"), "code"),
        C("los_days", number(0, 30), "measurement number"),
    ),
    "lis": (
        direct("acc_no", serial("S23-{:05d}", 12), "accession_number"),
        direct("patno", serial("{}", 5_500), "subject_id record_number"),
        direct("specimen_id", serial("SP{:06d}", 77), "sample_id"),
        C("collected_dt", day("%d-%b-%Y"), "date"),
        C("collected_tm", lambda r, _: f"{r.randrange(24):02d}:{r.randrange(60):02d}", "time"),
        C("test_code", one_of("GLU", "CREA", "HGB", "WBC"), "code category"),
        C("loinc", one_of("2345-7", "2160-0", "718-7", "6690-2"), "code"),
        C("test_name", one_of("Glucose", "Creatinine", "Haemoglobin"), "category"),
        C("result_value", number(0.2, 400, 2), "measurement"),
        C("units", one_of("mg/dL", "g/dL", "10*3/uL"), "unit"),
        C("ref_low", number(0.5, 4, 1), "measurement number"),
        C("ref_high", number(5, 400, 1), "measurement number"),
        C("abnormal_flag", one_of("H", "L", "N"), "flag category"),
        direct("ordering_physician", lambda r, _: f"{r.choice(FAMILIES)}, {r.choice(GIVENS)[0]}", "clinician_name"),
        direct("tech_initials", one_of("QX", "AB", "LM"), "initials"),
        C("result_comment", mostly(0.8, text), "free_text"),
        C("platelets", one_of(*(str(v) for v in range(150, 400, 7))), "measurement"),
    ),
    "camel": (
        direct("patientId", serial("{:05d}"), "subject_id"),
        direct("fullName", lambda r, _: f"{r.choice(GIVENS)} {r.choice(FAMILIES)}", "person_name"),
        C("birthDate", day("%Y-%m-%d", 1930, 2005), "birth_date"),
        C("deceasedDate", mostly(0.9, day("%Y-%m-%d")), "death_date"),
        C("postalCode", lambda r, _: f"{r.randrange(501, 99950):05d}", "zip postcode"),
        C("countryCode", one_of("US", "CA"), "country"),
        C("maritalStatus", one_of("S", "M", "D"), "marital_status"),
        C("preferredLanguage", one_of("en", "es"), "language"),
        direct("emergencyContactName", lambda r, _: f"{r.choice(GIVENS)} {r.choice(FAMILIES)}", "person_name"),
        direct(
            "emergencyContactPhone", lambda r, _: f"({r.randrange(201, 990)}) 555-{r.randrange(1000, 9999)}", "phone"
        ),
        C("emergencyContactRelationship", one_of("spouse", "parent", "child"), "category"),
        C("phoneType", one_of("mobile", "home"), "category"),
        C("emailVerified", one_of("true", "false"), "flag"),
        direct("ipAddress", lambda r, _: ".".join(str(r.randrange(1, 250)) for _ in range(4)), "ip_address"),
        direct("deviceSerialNumber", serial("SN{:08d}", 5), "device_id"),
        direct(
            "licensePlate", lambda r, _: f"{r.choice('ABC')}{r.choice('XYZ')}{r.randrange(1000, 9999)}", "vehicle_id"
        ),
        C("homeLatitude", number(30, 48, 6), "coordinates"),
        C("homeLongitude", number(-120, -70, 6), "coordinates"),
        C("lastUpdated", day("%Y-%m-%dT%H:%M:%SZ"), "date"),
        C("tumorSize", number(1, 90), "measurement"),
        C("bodySite", one_of("breast", "lung", "colon"), "category"),
    ),
    "blanks": (
        direct("Hospital No.", serial("{}", 70_001), "record_number"),
        direct("Patient Name", lambda r, _: f"{r.choice(FAMILIES)}, {r.choice(GIVENS)}", "person_name"),
        C("Date of Birth", day("%d %B %Y", 1930, 2005), "birth_date"),
        C("Age (years)", number(18, 97), "age"),
        direct(
            "NHS Number",
            lambda r, _: f"{r.randrange(400, 999)} {r.randrange(100, 999)} {r.randrange(1000, 9999)}",
            "record_number ssn",
        ),
        C("Post Code", lambda r, _: f"ZX{r.randrange(1, 9)} {r.randrange(1, 9)}QQ", "postcode"),
        C("GP Practice", one_of("Vellmere Surgery", "Oskeby Practice"), "site clinician_name"),
        C("Ward", one_of("7 North", "ICU", "Maple"), "site"),
        direct("Next of Kin", lambda r, _: f"{r.choice(GIVENS)} {r.choice(FAMILIES)}", "person_name"),
        C("Date Seen", day("%d/%m/%y"), "date"),
        C("Blood Pressure", lambda r, _: f"{r.randrange(95, 180)}/{r.randrange(55, 100)}", "measurement"),
        C("Smoking Status", one_of("never", "former", "current"), "category"),
        C("Occupation", one_of("teacher", "welder", "cook", "retired"), "occupation"),
        C("Religion", one_of("none stated", "Quaker"), "religion"),
        C("Clinical Notes", text, "free_text"),
        direct("Study ID", serial("HX-{:04d}"), "subject_id"),
        direct("Sample Barcode", serial("000{:07d}", 99), "sample_id"),
        C("ECOG", one_of("0", "1", "2"), "measurement category number"),
    ),
    "nasty": (
        direct("chart_no", lambda r, i: str(120 + i % 70), "record_number"),
        direct("uid", serial("{}", 20_110_301), "username record_id subject_id unknown"),
        C("visit_day_count", number(0, 60), "number measurement study_day"),
        direct("col_a", lambda r, _: f"{r.choice(COMMON_GIVEN)} {r.choice(COMMON_FAMILY)}", "person_name"),
        direct("col_b", one_of(*(name.upper() for name in COMMON_FAMILY)), "family_name person_name unknown"),
        direct("col_c", serial("q{}@post.test"), "email"),
        direct("col_d", lambda r, _: f"{r.randrange(100, 800)}-{r.randrange(10, 99)}-{r.randrange(1000, 9999)}", "ssn"),
        direct("col_e", serial("{}", 48_213_001), "unknown record_id"),
        C("col_f", day("%Y-%m-%d"), "date"),
        C("col_g", one_of("red", "green", "blue"), "category"),
        C("col_h", number(0, 1, 4), "number"),
        C("col_i", text, "free_text"),
        direct("col_j", lambda r, i: f"AX-{1000 + i % 30}", "unknown subject_id record_id"),
        C("col_k", day("%Y%m%d"), "unknown date"),
        C("zip", lambda r, _: str(r.choice([501, 2148, 6030, 90210, 10001, 73301])), "zip"),
        direct("phone", lambda r, _: _phone(r), "phone"),
        direct("contact", lambda r, _: r.choice([f"p{r.randrange(99)}@post.test", _phone(r)]), "unknown email phone"),
        C("stage", one_of("I", "II", "IIIA"), "category"),
        C("birthsex", one_of("F", "M", "UNK"), "sex"),
        C("npi", number(1, 7, 2), "number measurement unknown"),
    ),
}


def table(name: str, rows: int = ROWS) -> pa.Table:
    """Return an invented table, every cell as text."""
    return filled(name, TABLES[name], rows)


def filled(name: str, specification: tuple[Column, ...], rows: int = ROWS) -> pa.Table:
    """Return a table of these columns, every cell as text."""
    columns = {}
    for column in specification:
        rng = random.Random(f"{name}.{column.name}")
        cells = [column.make(rng, i) for i in range(rows)]
        columns[column.name] = pa.array([None if cell is None else str(cell) for cell in cells], pa.string())
    return pa.table(columns)
