"""Values that name persons."""

from __future__ import annotations

from collections.abc import Mapping

from deid.profiling.fit import AGAINST, LIKELY, NEVER, POSSIBLE, SILENT, STANDS, SURE, Fit, Test, graded, of
from deid.profiling.fits_identity import plain_labels, yes_no
from deid.profiling.look import Look
from deid.profiling.vocabulary import clinical


def _no_name(look: Look) -> Fit | None:
    if look.numeric >= 0.5 or look.dates >= 0.5:
        return Fit(AGAINST, of(max(look.numeric, look.dates), "are numbers or dates", look))
    if yes_no(look):
        return Fit(AGAINST, "the values are yes and no")
    if clinical(look):
        return Fit(NEVER, "the values are clinical terms")
    if look.prose >= 0.3:
        return Fit(AGAINST, of(look.prose, "read as sentences", look))
    return None


def person_name(look: Look) -> Fit:
    """Full names: known ones, or cells of that shape under a name that says so."""
    against = _no_name(look)
    if against:
        return against
    parted = look.share("caret_name")
    if parted >= 0.6 and look.distinct >= 3:
        return Fit(SURE, of(parted, "are words parted by circumflexes, as names in messages and images", look))
    said = of(look.full_name, "are a known given name with a known family name, or follow a title", look)
    if look.full_name >= 0.6 and look.distinct >= 3:
        return Fit(SURE, said)
    single = max(look.given, look.family)
    if look.full_name >= 0.3 or single >= 0.5:
        return Fit(LIKELY, said if look.full_name >= 0.3 else of(single, "are known names", look))
    shaped = look.share("person", "one_name")
    if plain_labels(look):
        return Fit(SILENT, f"{look.distinct} labels, each repeated")
    return Fit(POSSIBLE, of(shaped, "have the shape of a name", look)) if shaped >= 0.7 else Fit(SILENT)


def clinician_name(look: Look) -> Fit:
    """Names of staff, often with a title."""
    fit = person_name(look)
    titled = look.share("title")
    return Fit(max(fit.points, LIKELY), of(titled, "carry a title", look)) if titled >= 0.5 else fit


def given_name(look: Look) -> Fit:
    """Given names."""
    return _single(look, look.given, look.family, "given names")


def family_name(look: Look) -> Fit:
    """Family names."""
    return _single(look, look.family, look.given, "family names")


def _single(look: Look, share: float, other: float, what: str) -> Fit:
    against = _no_name(look)
    if against:
        return against
    if share >= 0.75 and share >= other and look.distinct >= 8 and look.words < 1.6:
        return Fit(STANDS, of(share, f"are known {what}", look))
    if share >= 0.4:
        return Fit(LIKELY, of(share, f"are known {what}", look))
    return (
        Fit(POSSIBLE, of(look.share("one_name"), "have the shape of a name", look))
        if look.share("one_name") >= 0.7
        else Fit(SILENT)
    )


def initials(look: Look) -> Fit:
    """One to four capital letters that stand for a name."""
    dotted = look.share("dotted")
    if dotted >= 0.8:
        return Fit(STANDS, of(dotted, "are capital letters with dots", look))
    return graded(look, look.share("initials"), "are one to four capital letters", full=POSSIBLE, otherwise=AGAINST)


FITS: Mapping[str, Test] = {
    "person_name": person_name,
    "clinician_name": clinician_name,
    "given_name": given_name,
    "family_name": family_name,
    "initials": initials,
}
