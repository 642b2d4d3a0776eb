"""Columns that repeat the numbers of an identifying column of their table under another header: `COUNT`, `Z71000`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from deid.model import DIRECT_KINDS, ColumnProfile
from deid.profiling.look import Look

_RUN = re.compile(r"\d{4,}")
#: Kinds that name rows or subjects by numbers; other identifiers are no such keys.
_KEYS = DIRECT_KINDS - {"initials", "person_name", "given_name", "family_name", "clinician_name", "city", "site", "zip"}
_KEPT = frozenset(
    {
        *("number", "measurement", "category", "code", "diagnosis_code", "flag", "sequence_number", "study_day"),
        *("constant", "gene_variant", "unit", "year", "time", "age"),
    }
)
#: Share of values, and number of them, from which a column repeats another.
_MOST, _FEW = 0.8, 5
#: One cell among words repeats a number of this many digits and more.
_LONG = 5
_SAID = "its numbers are those of an identifying column of the table"


def without_copies(columns: Sequence[ColumnProfile], seen: Sequence[Look]) -> tuple[ColumnProfile, ...]:
    """Return the columns; such as repeat the numbers of an identifier hold `unknown`."""
    keys = [_runs(look) for column, look in zip(columns, seen, strict=True) if _KEYS.intersection(column.holds[:1])]
    keys = [numbers for numbers in keys if len(numbers) >= _FEW]
    return tuple(
        replace(column, holds=("unknown",), evidence=(_SAID, *column.evidence))
        if _KEPT.intersection(column.holds[:1]) and any(_repeats(look, numbers) for numbers in keys)
        else column
        for column, look in zip(columns, seen, strict=True)
    )


def _runs(look: Look) -> frozenset[str]:
    return frozenset(run for value in look.values for run in _RUN.findall(value))


def _repeats(look: Look, numbers: frozenset[str]) -> bool:
    if look.decimal >= 0.5:
        return False
    found = [[run for run in _RUN.findall(value) if run in numbers] for value in look.values]
    hits = sum(map(bool, found))
    if hits >= _FEW and hits >= _MOST * len(found) and len(found) >= 0.3 * len(numbers):
        return True
    return look.share("with_digit") < 0.5 and any(len(run) >= _LONG for runs in found for run in runs)
