"""The stage itself: counts, bounds, rare identifiers, errors, and what it must never do."""

from __future__ import annotations

import dataclasses
import datetime
import subprocess
import sys

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from profile_invented import table

from deid.errors import DataError
from deid.formats.columns import UNREAD
from deid.model import KINDS, ColumnProfile
from deid.profile import profile_table
from deid.profiling.tally import Tally

RARE = {
    "email": "odwena@post.test",
    "ssn": "219-09-9999",
    "phone": "(212) 555-0143",
    "url": "https://odwena.example.test/me",
    "ip_address": "203.0.113.77",
}


def profile(**columns: list[object] | pa.Array) -> dict[str, ColumnProfile]:
    data = pa.table({name: pa.array(cells) for name, cells in columns.items()})
    return {column.column: column for column in profile_table("t", data.to_batches(), data.schema).columns}


def test_counts_and_types() -> None:
    found = profile(
        text=["a", None, " ", "a", "bcd"],
        whole=[1, 2, None, 2, 2],
        digits=["1", "2", "3", "", "5"],
        zeros=["01", "02", "03", "04", "05"],
        day=[datetime.date(2020, 1, 1)] * 5,
        days=["2020-01-01"] * 5,
        yes=[True, False, None, None, True],
        nothing=[None] * 5,
    )
    assert (found["text"].missing, found["text"].distinct, found["text"].longest) == (2, 2, 3)
    assert (found["whole"].missing, found["whole"].distinct) == (1, 2)
    assert [found[name].type for name in ("text", "whole", "digits", "zeros", "day", "days", "yes")] == [
        "text", "number", "number", "text", "date", "date", "boolean",
    ]  # fmt: skip
    assert found["nothing"].holds == ("empty",)
    assert found["day"].holds == found["days"].holds == ("date",)
    assert found["yes"].holds == ("flag",)


@pytest.mark.parametrize("kind", sorted(RARE))
@pytest.mark.parametrize("form", ["{}", "call {} now", "({})."])
def test_five_rare_identifiers_in_a_thousand_rows_are_seen(kind: str, form: str) -> None:
    cells = ["self", "family doctor", "hospital", "insurer"] * 250
    for i in range(5):
        cells[i * 190 + 7] = form.format(RARE[kind])
    column = profile(referred_from=cells)["referred_from"]
    assert kind in column.holds
    assert any(sentence.startswith("5 of 1000 cells") for sentence in column.evidence)


def test_rare_identifiers_are_seen_beyond_the_values_that_are_held() -> None:
    cells = [f"note {i} without anything" for i in range(50_000)]
    cells[49_990] = "reach me at odwena@post.test"
    data = pa.table({"remark": cells})
    column = profile_table("t", data.to_batches(1_000), data.schema).columns[0]
    assert column.holds == ("free_text", "email")
    assert column.distinct_is_lower_bound
    assert column.distinct == 20_000


def test_a_few_names_among_labels_are_seen() -> None:
    column = profile(source=["self", "gp", "hospital", "Dr John Smith", "Maria Gonzalez"] * 3 + ["self"] * 60)["source"]
    assert column.holds[0] != "category" or "person_name" in column.holds


@pytest.mark.parametrize(
    "names",
    [
        ["Frau Dr. Zwetlinger", "Herr Prof. Obrenz", "Frau Quastel"],
        ["Mlle Brissoux", "Madame Thévaux", "M. Guérineau"],
        ["K. Zwetlinger", "J. P. Obrenz", "B. van Quastel"],
        ["Zwetlinger, K.", "Obrenz, J. P.", "Quastel, B."],
    ],
)
def test_a_few_people_in_many_rows_are_people(names: list[str]) -> None:
    """Three clinicians in ninety rows read like a category, and a rule may keep categories."""
    assert profile(bearb=names * 30)["bearb"].holds[0] == "person_name"
    assert profile(who=names * 30)["who"].holds[0] == "person_name"


@pytest.mark.parametrize(
    "labels",
    [
        ["mmueller", "kschmidt", "tweber"],
        ["m.mueller", "k.schmidt", "t.weber2"],
        ["Boston", "Chicago", "Dallas"],
        ["Wuppertal", "Gelsenkirchen", "Hagen"],
    ],
)
def test_a_few_logins_or_towns_are_no_category(labels: list[str]) -> None:
    assert profile(x3=labels * 30)["x3"].holds[0] != "category"


@pytest.mark.parametrize(
    "labels", [["mild", "moderate", "severe"], ["Left", "Right", "Both"], ["stable", "partial", "none"]]
)
def test_labels_stay_a_category(labels: list[str]) -> None:
    assert profile(x3=labels * 30)["x3"].holds[0] == "category"


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("other_spec", ["lives w/ sister Marisol", "with mother Keisha", "alone"]),
        ("visit_day", ["3 Jan", "4 Feb", "1 Mar"]),
        ("x", ["Mon 3 Jan", "Tue 4 Jan", "Wed 12 Feb"]),
        ("admitted", ["12. März", "3. Mai", "4. Juni"]),
    ],
)
def test_days_and_relatives_are_no_category(name: str, labels: list[str]) -> None:
    assert profile(**{name: labels * 20})[name].holds[0] not in ("category", "constant")


def test_neighbours_that_may_be_positions_are_not_kept_as_numbers() -> None:
    lat = [round(48.1 + i * 0.0137 % 0.5, 5) for i in range(60)]
    lon = [round(11.5 + i * 0.0171 % 0.6, 5) for i in range(60)]
    found = profile(v7=lat, v8=lon, v9=[1.5] * 60)
    assert found["v7"].holds == found["v8"].holds == ("unknown",)
    assert "latitude" in found["v7"].evidence[0]
    scores = [round(-1.2 + i * 0.0411 % 2.3, 5) for i in range(60)]
    assert profile(v7=scores, v8=scores[::-1])["v7"].holds != ("unknown",)
    told = profile(weight_kg=[value + 30 for value in lat], bmi=lon)
    assert told["weight_kg"].holds != ("unknown",)


def test_ages_among_bands_are_ages() -> None:
    assert profile(Q4_age=["18-24", "25-34", "85+", "92", "94", "61"] * 15)["Q4_age"].holds[0] == "age"
    assert profile(DaysSinceBirth=[35200, 36600, 20100, 15000] * 15)["DaysSinceBirth"].holds[0] == "age"


@pytest.mark.parametrize("name", ["ethnic_category", "EthnicCat", "ethnic_group"])
@pytest.mark.parametrize("labels", [["A", "B", "C", "Z"], ["White British", "Asian or Asian British", "Black African"]])
def test_ethnic_categories_are_ethnicity(name: str, labels: list[str]) -> None:
    assert profile(**{name: labels * 20})[name].holds[0] == "ethnicity"


def test_addresses_with_other_letters_are_mail_addresses() -> None:
    column = profile(contact=["hélène.brûlé@hôpital.example", "jörg@müller.example", "ägnes@site.example"] * 20)[
        "contact"
    ]
    assert column.holds[0] == "email"


def test_columns_that_are_not_read_say_so() -> None:
    schema = pa.schema([pa.field("tags", pa.string(), metadata={UNREAD: "nested"})])
    column = profile_table("t", pa.table([pa.nulls(3, pa.string())], schema=schema).to_batches(), schema).columns[0]
    assert column.holds == ("unknown",)
    assert "not read" in column.evidence[0]


def test_organisms_are_no_people() -> None:
    column = profile(culture=["E. coli", "S. aureus", "K. pneumoniae"] * 30)["culture"]
    assert "person_name" not in column.holds


def test_code_systems_are_no_web_addresses_of_persons() -> None:
    found = profile(
        codeSystem=["http://snomed.info/sct", "http://loinc.org"] * 10, v3=["http://hl7.org/fhir/sid/icd-10"] * 20
    )
    assert found["codeSystem"].holds == ("code_system",)
    assert found["v3"].holds == ("code_system",)


def test_twins_are_refused_without_their_name() -> None:
    data = pa.table([pa.array(["x"]), pa.array(["y"])], names=["Odwena", "Odwena"])
    with pytest.raises(DataError, match="D701") as caught:
        profile_table("t", data.to_batches(), data.schema)
    assert "Odwena" not in str(caught.value)


def test_rows_of_other_columns_are_refused() -> None:
    data = pa.table({"a": ["x"]})
    with pytest.raises(DataError, match="D702"):
        profile_table("t", data.to_batches(), pa.schema([("b", pa.string())]))


def test_labels_of_the_format_count_as_names() -> None:
    field = pa.field("V17", pa.string(), metadata={"label": "Date of Birth"})
    data = pa.table([pa.array(["1950", "1951", "1960"] * 10)], schema=pa.schema([field]))
    assert profile_table("t", data.to_batches(), data.schema).columns[0].holds == ("birth_date",)


def test_columns_that_are_named_after_samples_hold_sample_identifiers() -> None:
    data = pa.table({"entity": ["a", "b"], "TCGA-ZZ-A0XX-01": [0.25, 0.5], "TCGA-ZZ-A0XY-01": [0.75, 0.1]})
    held = [column.holds[0] for column in profile_table("t", data.to_batches(), data.schema).columns]
    assert held[1:] == ["sample_id", "sample_id"]


def test_kinds_are_of_the_vocabulary() -> None:
    data = table("nasty")
    for column in profile_table("nasty", data.to_batches(), data.schema).columns:
        assert 1 <= len(column.holds) <= 3
        assert set(column.holds) <= set(KINDS)
        assert column.evidence


@pytest.mark.parametrize("name", ["ehr_caps", "nasty", "blanks", "camel"])
def test_evidence_holds_no_value(name: str) -> None:
    data = table(name)
    for column in profile_table(name, data.to_batches(), data.schema).columns:
        values = {value for value in data.column(column.column).to_pylist() if value and len(value) >= 6}
        said = " ".join(column.evidence)
        assert not [value for value in values if value in said]
        assert not [value for value in values if value in repr(dataclasses.asdict(column))]


def test_nested_binary_and_odd_types_do_not_break_it() -> None:
    found = profile(
        lists=[[1, 2], [3], None],
        raw=pa.array([b"x", b"y", None]),
        clock=pa.array([1, 2, None], pa.time32("s")),
        moment=pa.array([1, 2, None], pa.timestamp("us", tz="UTC")),
        labels=pa.array(["a", "b", None]).dictionary_encode(),
        large=pa.array(["a", "b", None], pa.large_string()),
        view=pa.array(["a", "b", None]).cast(pa.string_view()),
        price=pa.array([1, 2, None]).cast(pa.decimal128(20)),
    )
    assert {column.missing for column in found.values()} == {1}
    assert found["moment"].holds == ("date",)
    assert found["clock"].holds == ("time",)


@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(1, 60), min_size=1, max_size=8), name=st.sampled_from(["nasty", "lis", "redcap"]))
def test_batches_do_not_matter(sizes: list[int], name: str) -> None:
    data = table(name)
    whole = profile_table(name, data.to_batches(), data.schema)
    assert profile_table(name, cut(data, sizes), data.schema) == whole


def cut(data: pa.Table, sizes: list[int]) -> list[pa.RecordBatch]:
    parts, start = [], 0
    for size in sizes:
        parts += data.slice(start, size).combine_chunks().to_batches()
        start += size
    return parts + data.slice(start).combine_chunks().to_batches()


@settings(max_examples=25, deadline=None)
@given(
    cells=st.lists(st.sampled_from(["", "a", " a", "b ", "c", "d", "é" * 500, "é" * 500 + "x", None]), max_size=60),
    sizes=st.lists(st.integers(1, 9), max_size=9),
    dictionary=st.booleans(),
)
def test_tallies_do_not_depend_on_batches(cells: list[str | None], sizes: list[int], dictionary: bool) -> None:
    column = pa.array(cells, pa.string())
    data = pa.table({"c": column.dictionary_encode() if dictionary else column})
    whole, parts = Tally(data.schema.field(0).type, most=3), Tally(data.schema.field(0).type, most=3)
    for batch in data.combine_chunks().to_batches():
        whole.add(batch.column(0))
    for batch in cut(data, sizes):
        parts.add(batch.column(0))
    assert whole == parts
    filled = [cell.strip() for cell in cells if cell and cell.strip()]
    assert whole.missing == len(cells) - len(filled)
    assert whole.full == (len(set(filled)) > 3)
    assert whole.longest == max(map(len, filled), default=0)


def test_an_empty_table_has_empty_columns() -> None:
    schema = pa.schema([("mrn", pa.string()), ("age", pa.int64())])
    found = profile_table("t", [], schema)
    assert found.rows == 0
    assert [column.holds for column in found.columns] == [("empty",), ("empty",)]


def test_the_same_in_every_process() -> None:
    """Hashes of strings differ by process; the profile must not."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from profile_invented import table; "
        "from deid.profile import profile_table; t = table('camel'); "
        "print(profile_table('t', t.to_batches(), t.schema))"
    )
    folder = __file__.rsplit("/", 1)[0]
    printed = {
        subprocess.run(
            [sys.executable, "-c", code, folder], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("0", "1")
    }
    assert len(printed) == 1
