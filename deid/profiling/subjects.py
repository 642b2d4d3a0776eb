"""Which column names the person whom the rows of a table are about."""

from __future__ import annotations

from deid.model import ColumnProfile, Profile
from deid.profiling.header import words_of
from deid.profiling.words import word_set

#: Kinds that name the person, the surer first.
_KINDS = ("subject_id", "record_number")
#: A column that is empty in more cells than this does not say whose row it is.
_MOSTLY_FILLED = 0.1
#: One that is empty in more cells than this, in every table that has it, gives way to any other that names the person.
_MOSTLY_EMPTY = 0.5


def ranked_subjects(profile: Profile) -> list[str]:
    """Return case-folded names of columns that may hold subjects, the best first.

    A record's own number counts where rows repeat it and nothing else is filled: event tables of a data capture system
    name the person on the first row only, and the record on every one.
    """
    columns = [column for table in profile.tables for column in table.columns if column.holds]
    people = [column for column in columns if column.holds[0] in _KINDS]
    if not any(_filled(column) for column in people):
        people += [column for column in columns if _repeated_record(column)]
    by_name: dict[str, list[ColumnProfile]] = {}
    for column in people:
        by_name.setdefault(column.column.casefold(), []).append(column)
    return sorted(by_name, key=lambda name: (*_rank(by_name[name]), name))


def _rank(columns: list[ColumnProfile]) -> tuple[bool, int, bool, int]:
    """Order names of columns: not mostly empty, in most tables, filled, the surer kind."""
    kinds = [_KINDS.index(column.holds[0]) for column in columns if column.holds[0] in _KINDS]
    empty = all(column.missing > _MOSTLY_EMPTY * column.rows for column in columns)
    return empty, -len(columns), not all(map(_filled, columns)), min(kinds, default=len(_KINDS))


def _filled(column: ColumnProfile) -> bool:
    return column.missing <= _MOSTLY_FILLED * column.rows


def names_kin(column: str) -> bool:
    """Whether a column is named after a relative, so that it says whose child a row is, not whose row."""
    return not word_set("kin").isdisjoint(words_of(column))


def _repeated_record(column: ColumnProfile) -> bool:
    if names_kin(column.column):
        return False
    return column.holds[0] == "record_id" and _filled(column) and column.distinct < column.rows - column.missing
