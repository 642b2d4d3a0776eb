"""How a column as a whole writes its dates, the unit of its ages, whose accounts it numbers: tags for policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deid.digit_dates import form_tag, stated_place
from deid.profiling import checks
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
#: Words of a header that speak of money, where a number joins no two tables of care.
_BANK = frozenset({"bank", "iban", "bic", "cc", "credit", "creditcard", "card", "eft", "konto", "kontonummer", "debit"})
#: Years that nobody reaches.
OLDEST = 130
_DATES = ("date", "birth_date", "death_date")


def ways(name: str, holds: Sequence[str], look: Look) -> tuple[str, ...]:
    """Return the tags of a column: how its dates are written, what its numbers count or join, the unit of its ages."""
    kind = holds[0] if holds else ""
    words = frozenset(words_of(name))
    if kind in _DATES:
        stated = stated_place(name)
        found = reading(look.values, birth=kind == "birth_date", said=bool(_UNIX & words), stated=stated)
        return tuple(filter(None, (found, form_tag(name, look.values, found))))
    if kind == "age":
        found_units = tuple(f"age_in_{unit}" for unit, names in _UNITS.items() if names & words)[:1]
        return found_units or (("age_in_days",) if words_of(name)[-1:] == ("d",) and _beyond_years(look) else ())
    if kind == "account_number" and not _BANK & words and not look.share_where(_of_a_bank) > 0.5:
        return ("account_of_care",)
    return ()


def _beyond_years(look: Look) -> bool:
    """Whether most numbers are too large for years: `age_d` is the age in days then, and not the age at death."""
    return bool(len(look.numbers) and look.numbers.min() >= 0 and (look.numbers > OLDEST).mean() > 0.5)


def _of_a_bank(value: str) -> bool:
    return checks.iban(value) or checks.card(value)
