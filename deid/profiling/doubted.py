"""What forbids to keep a column as harmless labels, numbers or codes, although most of its values look like such."""

from __future__ import annotations

import re

from deid.profiling import fits_places
from deid.profiling.day_month import days_and_months
from deid.profiling.dictionaries import us_states
from deid.profiling.evidence import Case
from deid.profiling.look import Look
from deid.profiling.place_tokens import place_tokens
from deid.profiling.short_letters import initials_of_staff, may_be_initials
from deid.profiling.spoken import spoken, surnames
from deid.profiling.suspects import far_beyond, suspect
from deid.profiling.vocabulary import stranger_labels, tells
from deid.profiling.words import word_set

_TERMS = frozenset({"code", "diagnosis_code", "flag"})
_NUMBERS = frozenset({"number", "measurement", "sequence_number", "study_day", "year", "time", "age"})
#: Kinds that many share and that stay: only titles, relatives and files speak against them.
_SHARED = frozenset({"sex", "race", "ethnicity", "marital_status", "language", "year", "time"})
_JUDGED = (
    _TERMS
    | _NUMBERS - {"age", "time", "year"}
    | {"category", "constant", "measurement", "number", "unit", "state", "age_band"}
)
#: Points of a header from which it is believed to speak of postal codes; a part of one has no more places than this.
_POSTAL, _MOSTLY = 4.0, 0.8
_PART = re.compile(r"[A-Z]{0,3}[ -]?\d{0,3}[A-Z]?|[a-z]{1,2}")


def doubted(name: str, best: str, case: Case) -> str:
    """Return what forbids to keep a column as harmless, 'initials' of staff among it; '' where nothing does."""
    look = case.look
    if best == "gene_variant":
        return surnames(look)
    if best in _SHARED:
        return spoken(look, terms=True, numbers=False)
    if best not in _JUDGED:
        return ""
    hint = case.hints.get("category" if best == "constant" else best)
    defined = hint is not None and hint.defined
    if not defined and initials_of_staff(name, look):
        return "initials"
    if _postal(best, case):
        return "parts of postal codes"
    if best in ("unit", "state"):
        return _no_unit(look, defined=defined) if best == "unit" else _no_state(case)
    study = hint is not None and hint.words == "study identifier"
    if best in ("category", "constant") and not defined and not study and not fits_places.payer_types(look):
        said = _no_label(look, told=hint is not None and tells(hint))
        if said:
            return said
    said = "" if defined or best in _TERMS else far_beyond(look) or days_and_months(look)
    said = said or spoken(look, terms=defined or study, numbers=best in _NUMBERS or look.numeric >= 0.5)
    if said:
        return said
    return suspect(look, terms=defined or study or best in _TERMS, words=best in ("category", "constant"))


def _no_label(look: Look, *, told: bool) -> str:
    """Return what forbids to take labels for such; `told` where the header says of which clinical matter they are."""
    said = stranger_labels(look, told=told)
    if said or told:
        return said
    if may_be_initials(look):
        return "short letters that are no abbreviation we know, perhaps initials"
    return place_tokens(look)


def _postal(best: str, case: Case) -> bool:
    """Whether the header speaks of postal codes before anything else, and the values are as short as their parts."""
    said = max(case.hint("postcode"), case.hint("zip"))
    if said < _POSTAL or said < case.hint(best) or best == "flag":
        return False
    return case.look.share_where(lambda value: bool(_PART.fullmatch(value))) >= _MOSTLY


def _no_unit(look: Look, *, defined: bool) -> str:
    return "" if defined or _units(look) else "something else than a unit of measurement"


def _units(look: Look) -> bool:
    """Whether no label is a name or number of something else: `HMM-364`, `M-81`."""
    return not suspect(look) and not any(
        not hit and re.search(r"^[A-Z]+[ -]?\d+$|^\d+/\d+", value)
        for value, hit in zip(look.values, look.mask("unit"), strict=True)
    )


def _no_state(case: Case) -> str:
    """Words under a header of regions are kept only where they are states."""
    regional = word_set("region").intersection(case.hints["state"].words.split()) if "state" in case.hints else ()
    if not regional or case.look.share_in(us_states()) == 1.0 or case.look.numeric == 1.0:
        return ""
    return "an area smaller than a state"
