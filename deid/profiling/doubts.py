"""Doubts that a header and its values raise together: labels too strange for it, versions that look like addresses."""

from __future__ import annotations

from collections.abc import Mapping

from deid.digit_dates import stated_place
from deid.profiling.fit import AGAINST, LIKELY, POSSIBLE, Fit, of
from deid.profiling.header import Hint
from deid.profiling.look import Look
from deid.profiling.words import word_set
from deid.years import reading

#: Kinds that are words for a person, so that ordinary labels under such a header are harmless and strange ones are not.
_PEOPLE = ("person_name", "given_name", "family_name", "clinician_name", "username", "initials")

_PROCEDURES = frozenset({"cpt", "hcpcs", "proc", "procedure", "betos"})


def against_closed(fit: Fit, hint: Hint | None, look: Look) -> Fit:
    """Doubt labels that are words of no list under a header that speaks of few known ones: `stage`, `severity`."""
    closed = hint is not None and bool(word_set("closed").intersection(hint.words.split()))
    if closed and fit.points > AGAINST and look.distinct >= 3 and look.unfamiliar >= 0.6:
        return Fit(AGAINST, of(look.unfamiliar, "are words of no list under a header of few known ones", look))
    return fit


def of_procedures(fit: Fit, hint: Hint | None, look: Look) -> Fit:
    """Believe a header that names the codes of procedures, though five digits could be numbers handed out."""
    said = hint is not None and bool(_PROCEDURES.intersection(hint.words.split()))
    if said and fit.points < POSSIBLE and look.share("procedure") == 1.0:
        return Fit(POSSIBLE, of(1.0, "have the shape of codes of procedures", look))
    return fit


def of_stated_dates(fit: Fit, name: str, look: Look) -> Fit:
    """Believe a header that states how six digits are dates, `seen (ddmmyy)`, where all values can be read so."""
    stated = stated_place(name)
    if stated and fit.points < LIKELY and reading(look.values, stated=stated):
        return Fit(LIKELY, "six digits that can be dates in the order that the name states")
    return fit


def is_version(hint: Hint | None, look: Look) -> bool:
    """Whether the header speaks of a version and the values, few and repeated, can be versions."""
    return hint is not None and look.versions and bool(word_set("version").intersection(hint.words.split()))


def may_be_people(hints: Mapping[str, Hint], fits: Mapping[str, Fit], look: Look, clear: float) -> bool:
    """Whether labels under a header that clearly speaks of persons may be these persons."""
    said = [kind for kind in _PEOPLE if kind in hints and hints[kind].points >= clear]
    if "initials" in said and fits["initials"].points >= POSSIBLE:
        return True
    return bool(said) and max(look.unfamiliar, look.wordless) >= 0.5
