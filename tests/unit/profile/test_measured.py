"""Small whole numbers under headers in the form of a measurement or count are kept; what identifies is not."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from deid.model import DIRECT_KINDS, ColumnProfile
from deid.profile import profile_table
from deid.profiling.header import hints
from deid.profiling.look import looks
from deid.profiling.measured import with_measured
from deid.profiling.tally import tallies_for

ROWS = (6, 40, 400)
UNITS = ("R 1000 Hz", "L 4000Hz", "TAT(d)", "wait (min)", "delay [s]", "T5-T0 [s]", "gap (wk)")
COUNTS = ("#oocytes", "# slides", "No. of blocks", "number of doses", "AFC", "No of teeth")


def column(name: str, cells: list[str], **more: list[str]) -> ColumnProfile:
    table = pa.table({name: pa.array(cells), **{k: pa.array(v) for k, v in more.items()}})
    return profile_table("t", table.to_batches(), table.schema).columns[0]


def small(rows: int, low: int, high: int, seed: int = 1) -> list[str]:
    draw = random.Random(seed)
    return [str(draw.randint(low, high)) for _ in range(rows)]


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", UNITS)
def test_small_numbers_under_a_unit_are_measurements(rows: int, name: str) -> None:
    cells = small(rows, 0, 3 if rows == 6 else 25 if rows == 40 else 70)
    assert column(name, cells).holds == ("measurement",)


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", COUNTS)
def test_small_numbers_under_a_counted_noun_are_counts(rows: int, name: str) -> None:
    found = column(name, small(rows, 1, 3 if rows == 6 else 12))
    assert found.holds[0] in ("number", "measurement")
    assert not DIRECT_KINDS.intersection(found.holds)


def handed_out(rows: int) -> dict[str, list[str]]:
    draw = random.Random(7)
    return {
        "record numbers": [str(48210 + 7 * row) for row in range(rows)],
        "short record numbers": [str(101 + row) for row in range(rows)],
        "record numbers in events": [str(20410 + row // 3) for row in range(rows)],
        "numbers with zeros": [f"{draw.randrange(1000):03}" for _ in range(rows - 1)] + ["007"],
        "area codes": [f"0{draw.randrange(1200, 1999)}" for _ in range(rows)],
        "parts of telephones": [str(draw.randrange(1000, 9999)) for _ in range(rows)],
        "telephones": [f"07{draw.randrange(10**8, 10**9)}" for _ in range(rows)],
        "a telephone among counts": [*small(rows - 1, 1, 3), "5550143862"],
    }


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize("name", [name for name in (*UNITS, *COUNTS) if name != "wait (min)"])
@pytest.mark.parametrize("sort", sorted(handed_out(6)))
def test_numbers_handed_out_are_not_kept_under_them(rows: int, name: str, sort: str) -> None:
    found = column(name, handed_out(rows)[sort])
    assert found.holds[0] not in ("measurement", "number", "category", "code", "flag", "constant"), found.evidence


@pytest.mark.parametrize("rows", ROWS)
@pytest.mark.parametrize(
    "name",
    [
        *("house #", "#house", "Room #", "No. of patient", "#patient", "No. of rooms", "HFEA#", "bed no", "N"),
        *("phone(s)", "patient(s)", "ward (d)", "age (d)", "DOB (d)", "T [y]", "x (yrs)", "x (mo)", "# years"),
    ],
)
def test_headers_of_something_else_are_not_believed(rows: int, name: str) -> None:
    """Each stays what it was: house numbers, rooms and ages repeat as counts do."""
    tallies = tallies_for(pa.schema([(name, pa.string())]))
    tallies[0].add(pa.array(small(rows, 1, 95 if rows > 6 else 4)))
    (look,) = looks(tallies)
    assert with_measured(name, hints(name), look) == hints(name)


@pytest.mark.parametrize("rows", [40, 400])
def test_pairs_as_of_blood_pressures(rows: int) -> None:
    draw = random.Random(2)
    pairs = [f"{draw.randint(95, 190)}/{draw.randint(50, 94)}" for _ in range(rows)]
    assert column("TA", pairs).holds == ("measurement",)
    neighbours = {
        "numbers with a year": [f"{101 + row % 150}/{draw.choice([97, 98, 99])}" for row in range(rows)],
        "two house numbers": [f"{draw.randint(1, 400)}/{draw.randint(1, 60)}" for _ in range(rows)],
        "days and months": [f"{draw.randint(1, 28)}/{draw.randint(1, 12)}" for _ in range(rows)],
        "beds": [f"{draw.randint(1, 12)}/{draw.randint(1, 30)}" for _ in range(rows)],
    }
    for sort, cells in neighbours.items():
        assert column("TA", cells).holds[0] != "measurement", sort


@pytest.mark.parametrize("rows", [40, 400])
def test_a_count_with_a_stray_is_left_to_the_owner_and_not_replaced(rows: int) -> None:
    for stray in ("12/03/2023", "MRN71782", "see dr pierce"):
        cells = [*small(rows - 1, 1, 9), stray]
        assert column("gravida", cells).holds[0] == "unknown"
    assert column("gravida", small(rows, 1, 9)).holds[0] in ("number", "measurement", "category")
    numbers = [f"A{48210 + 7 * row}" for row in range(rows)]
    assert column("visits", numbers).holds[0] not in ("number", "category")


@pytest.mark.parametrize("rows", ROWS)
def test_ages_in_days_are_told_from_ages_at_death(rows: int) -> None:
    days = [str(900 + 61 * row % 30_000) for row in range(rows)]
    assert "age_in_days" in column("age_d", days).tags
    assert not column("age_d", small(rows, 35, 99)).tags
    assert not column("age_d", [*small(rows - 1, 35, 99), "999"]).tags


@pytest.mark.parametrize("rows", [40, 400])
@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("Smoking", ["Never", "Ex", "10/day", "Vape"]),
        ("Type", ["EDTA plasma", "Buffy coat", "Serum"]),
        ("PGT", ["euploid", "aneuploid", "n/a"]),
        ("Funding", ["NHS", "self"]),
    ],
)
def test_labels_of_clinics_are_categories(rows: int, name: str, labels: list[str]) -> None:
    cells = [labels[row % len(labels)] for row in range(rows)]
    assert column(name, cells).holds == ("category",)
    for stray in ("Vegard", "buffy", "Buffy Summers", "mrs knight"):
        found = column(name, [*cells[:-1], stray])
        assert found.holds != ("category",), stray
