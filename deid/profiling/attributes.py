"""Long tables: one row an attribute, its name in one column and its value in another.

What such a value column holds changes from row to row, and its header says nothing. Where an attribute is named like a
direct identifier, a birth date or a place, the value columns are left to the owner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from deid.model import DIRECT_KINDS, ColumnProfile
from deid.profiling.conventions import dialects
from deid.profiling.header import fold, hints, words_of
from deid.profiling.look import Look
from deid.profiling.words import word_set

#: Header points of an attribute's name from which it names something that identifies.
_NAMED = 4.5
#: Attributes are few and repeated; longer ones are questions, whose last words say little.
_MOST_ATTRIBUTES = 500
_LONGEST = 60
#: Share of labels that read as headers, where the column's own header does not say that they are.
_HEADERS = 0.5
_IDENTIFYING = DIRECT_KINDS | {"birth_date", "death_date", "city", "postcode", "zip"}
#: Kinds that values of mixed sorts are taken for; of any other kind the column is treated as that already.
_MIXED = frozenset({"category", "code", "constant", "measurement", "number", "free_text", "diagnosis_code", "flag"})


def without_attributes(columns: Sequence[ColumnProfile], seen: Sequence[Look]) -> tuple[ColumnProfile, ...]:
    """Return the columns; values of attributes that identify hold `unknown`, so that no rule keeps them unasked."""
    found = list(columns)
    if dialects([column.column for column in columns]) != {"any"}:  # a convention says what its values are
        return tuple(found)
    for names, look in zip(columns, seen, strict=True):
        said = _identifying(names, look)
        if not said:
            continue
        for i, column in enumerate(columns):
            valued = _says(column.column, "value") or not hints(column.column)
            if column is not names and valued and column.holds and column.holds[0] in _MIXED:
                sentence = f"its rows are named by '{names.column}', where {said} labels name identifiers"
                found[i] = replace(column, holds=("unknown",), evidence=(sentence, *column.evidence))
    return tuple(found)


def _says(name: str, what: str) -> bool:
    return not word_set(what).isdisjoint(words_of(name))


def _identifying(column: ColumnProfile, look: Look) -> int:
    """Return how many labels name something that identifies; 0 where the labels are no names of attributes."""
    if look.distinct < 2 or look.distinct > _MOST_ATTRIBUTES or look.unique > 0.7 or look.numeric >= 0.5:
        return 0
    titles = word_set("title")
    labels = [label for label in look.values if len(label) <= _LONGEST and fold(label).rstrip(".") not in titles]
    told = [hints(label.rstrip("?:. ")) for label in labels]
    if not _says(column.column, "attribute"):
        known = sum(max((hint.points for hint in each.values()), default=0.0) >= _NAMED for each in told)
        if len(labels) < 4 or known < _HEADERS * len(look.values) or look.share("with_digit") > 0.3:
            return 0
    return sum(any(kind in _IDENTIFYING and hint.points >= _NAMED for kind, hint in each.items()) for each in told)
