"""Names of files and columns that read like somebody, and columns of types that are not read."""

from __future__ import annotations

import pytest

from tests.pipeline.trial import Bench, frames, policy, refused

KEEP = {"role": "insensitive", "do": "keep", "accept": ["singling_out"]}


def test_names_that_read_like_somebody_are_replaced(bench: Bench) -> None:
    """The person named is nobody of the data, so that no known identifier gives the name away."""
    tables = frames()
    tables["events_for_MariaGarcia"] = tables.pop("events")
    tables["visits"]["asked jsmith@site.example"] = "yes"
    columns = {**policy()["columns"], "asked jsmith@site.example": KEEP}
    result = bench.put(tables).run(policy(columns=columns))
    assert result.exit_code == 0, result.output
    for path in bench.out.rglob("*"):
        assert "Maria" not in path.name
        if path.is_file():
            content = path.read_bytes()
            assert b"MariaGarcia" not in content, path.name
            assert b"jsmith" not in content, path.name
    assert "read like an identifier and were replaced" in (bench.out / "report.html").read_text("utf-8")


@pytest.mark.parametrize("do", ["keep", "drop"])
def test_nested_column_passes_only_where_it_is_dropped(bench: Bench, do: str) -> None:
    tables = frames()
    tables["visits"]["TAGS"] = [["Quillfeather"]] * len(tables["visits"])
    line = KEEP if do == "keep" else {"role": "insensitive", "do": "drop"}
    result = bench.put(tables, "parquet").run(policy(columns={**policy()["columns"], "TAGS": line}))
    if do == "keep":
        refused(result, bench, 3, "D304", "TAGS", "not read")
    else:
        assert result.exit_code == 0, result.output
        assert not any(b"TAGS" in path.read_bytes() for path in (bench.out / "data").iterdir())
