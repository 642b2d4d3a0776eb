"""Headers that are numbers of records, and numbers in headers that are none."""

from __future__ import annotations

import pytest

from deid.profiling.numbered import number_in, numbers_of_records


@pytest.mark.parametrize("columns", [6, 40, 400])
def test_bare_numbers_are_those_of_records(columns: int) -> None:
    for names in ([f"{4711 + 3 * i}" for i in range(columns)], [f"{71000 + i}.0" for i in range(columns)]):
        assert numbers_of_records(["gene", *names, "mean"]) == frozenset(names)
    assert numbers_of_records(["gene", "71136"]) == {"71136"}
    assert numbers_of_records(["943 476 5919", "MRN71000", "Patient 4711", "12345-6"]) == {
        *("943 476 5919", "MRN71000", "Patient 4711", "12345-6")
    }


@pytest.mark.parametrize(
    "names",
    [
        ["2019", "2020", "2021"],
        ["2160-0", "2345-7", "4548-4"],
        ["271649006", "271650006"],
        ["65-74", "18-24", "100-200", "2019-2020", "1990-1999"],
        ["1000.25", "1000.50", "21003-0.0", "31-0.0"],
        ["visit 1", "Q1001", "phq9_1", "cg00029", "case_2020", "fall2019", "rs1042522", "CA 125", "4711"],
        ["1", "2", "3", "410", "672"],
        ["hsa-miR-1234", "TCGA-ZZ-A0XX-01", "ENSG00000141510"],
    ],
)
def test_years_codes_and_numbered_variables_are_not(names: list[str]) -> None:
    assert not numbers_of_records(names)


def test_the_number_of_a_header() -> None:
    assert [number_in(name) for name in ("71136", "MRN 71136", "P71136", "#4711")] == [
        "71136",
        "71136",
        "71136",
        "4711",
    ]
    assert not any(map(number_in, ("2019", "visit 101", "phq9_1", "Q1001", "")))
