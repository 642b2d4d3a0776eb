"""How a column as a whole writes its dates, and the unit of its ages: tags that transforms read cells by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deid.profiling.header import words_of
from deid.profiling.look import Look
from deid.years import reading

_UNIX = frozenset({"epoch", "unix", "unixtime", "posix", "ts", "timestamp", "tstamp"})
_UNITS: Mapping[str, frozenset[str]] = {
    "months": frozenset({"mo", "mos", "mon", "mons", "month", "months", "mth", "mths", "monate", "mois", "meses"}),
    "weeks": frozenset({"wk", "wks", "week", "weeks", "wochen", "semaines", "semanas"}),
    "days": frozenset({"day", "days", "tage", "jours", "dias"}),
    "hours": frozenset({"hr", "hrs", "hour", "hours"}),
}
_DATES = ("date", "birth_date", "death_date")


def ways(name: str, holds: Sequence[str], look: Look) -> tuple[str, ...]:
    """Return the tags of a column: where its dates have a short year, what its numbers count, the unit of its ages."""
    kind = holds[0] if holds else ""
    words = frozenset(words_of(name))
    if kind in _DATES:
        found = reading(look.values, birth=kind == "birth_date", said=bool(_UNIX & words))
        return (found,) if found else ()
    if kind == "age":
        return tuple(f"age_in_{unit}" for unit, names in _UNITS.items() if names & words)[:1]
    return ()
