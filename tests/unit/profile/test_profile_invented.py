"""Tables of other houses: German and French headers, registry abbreviations, REDCap, claims, nasty ones."""

from __future__ import annotations

import profile_invented_last
import profile_invented_more
import profile_invented_next
import pyarrow as pa
import pytest
from profile_invented import TABLES, Column, filled, table

from deid.model import DIRECT_KINDS, ColumnProfile
from deid.profile import profile_table

SAFE = DIRECT_KINDS | {"unknown"}
LATER = [profile_invented_more.TABLES, profile_invented_next.TABLES, profile_invented_last.TABLES]
DIRECT = [(name, i, column) for name, columns in TABLES.items() for i, column in enumerate(columns) if column.direct]


def columns_of(name: str, data: pa.Table) -> tuple[ColumnProfile, ...]:
    return profile_table(name, data.to_batches(), data.schema).columns


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_column_is_right(name: str) -> None:
    found = {column.column: column.holds for column in columns_of(name, table(name))}
    wrong = {c.name: found[c.name] for c in TABLES[name] if found[c.name][0] not in c.right.split()}
    assert wrong == {}


@pytest.mark.parametrize("more", LATER)
def test_tables_that_came_later_are_nearly_all_right(more: dict[str, tuple[Column, ...]]) -> None:
    judged, wrong, leaks = 0, [], []
    for name, columns in more.items():
        for column, profile in zip(columns, columns_of(name, filled(name, columns)), strict=True):
            judged += 1
            if profile.holds[0] not in column.right.split():
                wrong.append((name, column.name, profile.holds))
            if column.direct and not set(profile.holds) & SAFE and profile.holds[0] not in column.right.split():
                leaks.append((name, column.name, profile.holds))
    assert leaks == []
    assert len(wrong) <= 0.04 * judged, wrong


@pytest.mark.parametrize("name", sorted(TABLES))
def test_names_of_columns_in_other_letters_say_the_same(name: str) -> None:
    """A header in capitals, or with blanks for underscores, is the same header."""
    data = table(name)
    for change in (str.upper, lambda header: header.replace("_", " ")):
        found = columns_of(name, data.rename_columns([change(header) for header in data.column_names]))
        leaks = [c.name for c, p in zip(TABLES[name], found, strict=True) if c.direct and not set(p.holds) & SAFE]
        assert leaks == []


def test_without_any_name_the_values_still_betray_identifiers() -> None:
    """Of 67 direct identifiers under names that say nothing, all but bare initials are recognised or left unknown."""
    harmless = []
    for name, columns in TABLES.items():
        data = table(name)
        blind = data.rename_columns([f"v{i}" for i in range(len(columns))])
        for column, profile in zip(columns, columns_of(name, blind), strict=True):
            if column.direct and not set(profile.holds) & SAFE:
                harmless.append(column.name)
    assert set(harmless) <= {"MI", "tech_initials"}


@pytest.mark.parametrize(("header", "most"), [("code", 5), ("value", 4), ("visit_date", 2), ("sequence", 5)])
def test_a_wrong_name_seldom_hides_an_identifier(header: str, most: int) -> None:
    harmless = []
    for name, i, column in DIRECT:
        data = table(name).select([i]).rename_columns([header])
        held = set(columns_of(name, data)[0].holds)
        if not held & (SAFE | {"date"}):
            harmless.append((name, column.name, held))
    assert len(harmless) <= most, harmless


def test_small_tables_are_told_by_their_names() -> None:
    """Three rows prove little: no direct identifier may become harmless for want of evidence."""
    for name, columns in TABLES.items():
        if name == "nasty":
            continue
        found = columns_of(name, table(name, rows=3))
        leaks = [c.name for c, p in zip(columns, found, strict=True) if c.direct and not set(p.holds) & SAFE]
        assert leaks == []
        right = sum(p.holds[0] in (*c.right.split(), "empty") for c, p in zip(columns, found, strict=True))
        assert right >= 0.75 * len(columns), [(c.name, p.holds) for c, p in zip(columns, found, strict=True)]


def test_single_cells_do_not_change_what_a_column_holds() -> None:
    """A few blanks, unknowns and outliers are no contradiction."""
    for name, columns in TABLES.items():
        data = table(name)
        dirty = [
            pa.concat_arrays([data.column(i).combine_chunks(), pa.array(["", "unknown", "N/A", None], pa.string())])
            for i in range(len(columns))
        ]
        found = columns_of(name, pa.table(dirty, names=data.column_names))
        right = [p.holds[0] in c.right.split() for c, p in zip(columns, found, strict=True)]
        assert sum(right) >= len(right) - 1


def test_the_tables_hold_what_they_should() -> None:
    assert sum(len(columns) for columns in TABLES.values()) == 185
    assert all(isinstance(column, Column) for columns in TABLES.values() for column in columns)
