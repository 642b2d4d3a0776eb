"""Values that name places: addresses, towns, postal codes, states, countries, sites."""

from __future__ import annotations

from collections.abc import Mapping

from deid.profiling import dictionaries
from deid.profiling.fit import AGAINST, LIKELY, NEVER, POSSIBLE, SILENT, STANDS, SURE, Fit, Test, graded, of
from deid.profiling.fits_identity import yes_no
from deid.profiling.look import Look

#: Types of payers that cover millions in every state; a plan of one employer or town is none of them.
_PAYER_TYPES = frozenset(
    {
        *("medicare", "medicare advantage", "medicaid", "managed medicaid", "chip", "tricare", "va", "champva", "ihs"),
        *("bcbs", "blue cross", "blue cross blue shield", "commercial", "private", "self-pay", "self pay", "selfpay"),
        *("uninsured", "charity", "workers comp", "workers compensation", "other", "none", "unknown", "government"),
    }
)


def street(look: Look) -> Fit:
    """Street addresses."""
    share = look.share("street")
    if share >= 0.5:
        return Fit(SURE, of(share, "are street addresses", look))
    if share >= 0.2:
        return Fit(LIKELY, of(share, "are street addresses", look))
    if look.decimal >= 0.3 or look.dates >= 0.5 or yes_no(look):
        return Fit(AGAINST, "the values are numbers, dates or yes and no")
    return Fit(SILENT)


def city(look: Look) -> Fit:
    """Towns and counties: words."""
    if look.numeric >= 0.8 and look.decimal >= 0.3:
        return Fit(AGAINST, of(look.decimal, "are numbers with a fraction", look))
    if look.dates >= 0.5 or yes_no(look):
        return Fit(AGAINST, "the values are dates or yes and no")
    letters = look.share("letters")
    return Fit(POSSIBLE, of(letters, "are words", look)) if letters >= 0.7 else Fit(SILENT)


def zip_code(look: Look) -> Fit:
    """US ZIP codes, also those that lost their leading zeros."""
    if look.share("postcode_letters") >= 0.5:
        return Fit(AGAINST, of(look.share("postcode_letters"), "are postcodes with letters", look))
    share, short = look.share("zip"), look.share("zip", "zip_short")
    if share >= 0.6:
        return Fit(LIKELY, of(share, "are five digits, or nine", look))
    if short >= 0.8:
        return Fit(POSSIBLE, of(short, "are three to five digits, as of ZIP codes that lost a zero", look))
    return Fit(AGAINST, of(short, "are digits as of a ZIP code", look))


def postcode(look: Look) -> Fit:
    """Postal codes of other countries."""
    letters = look.share("postcode_letters")
    if letters >= 0.6:
        return Fit(
            STANDS + 0.2 if look.distinct >= 5 and letters >= 0.9 else LIKELY,
            of(letters, "are postcodes with letters", look),
        )
    digits = look.share("postcode_digits", "postcode_letters", "zip")
    return graded(look, digits, "are four to seven digits", full=LIKELY)


def state(look: Look) -> Fit:
    """US states; under a clear name any word or code."""
    share = look.share_in(dictionaries.us_states())
    if share >= 0.8:
        return Fit(STANDS if look.distinct >= 8 else LIKELY, of(share, "are US states", look))
    if look.numeric >= 0.5 or look.dates >= 0.5 or look.prose >= 0.3:
        return Fit(SILENT if look.share("integer") >= 0.9 else AGAINST, "the values are no words")
    return Fit(POSSIBLE) if look.share("letters") >= 0.8 and look.words <= 3 else Fit(SILENT)


def country(look: Look) -> Fit:
    """Countries by name or code."""
    share = look.share_in(dictionaries.countries())
    names = share >= 0.9 and look.distinct >= 4 and sum(len(v) for v in look.values) > 4 * len(look.values)
    if share >= 0.7:
        return Fit(STANDS if names else LIKELY, of(share, "are countries", look))
    if look.dates >= 0.5 or look.decimal >= 0.3 or look.prose >= 0.3:
        return Fit(AGAINST, "the values are dates, fractions or sentences")
    return Fit(SILENT)


def coordinates(look: Look) -> Fit:
    """Decimal degrees."""
    share = look.share("decimal_degrees")
    return graded(look, share, "are decimal degrees", full=LIKELY, otherwise=SILENT if look.numeric >= 0.5 else AGAINST)


def place(look: Look) -> Fit:
    """Sites and organisations: any label or number but dates, fractions, yes and no."""
    if look.dates >= 0.5 or look.decimal >= 0.3 or yes_no(look):
        return Fit(AGAINST, "the values are dates, fractions or yes and no")
    return Fit(SILENT)


def site(look: Look) -> Fit:
    """Places of care; the topography codes of tumours (C50.4) name none."""
    if topography(look):
        return Fit(NEVER, "the values are topography codes of tumours")
    return place(look)


def topography(look: Look) -> bool:
    """Whether all values are topography codes of ICD-O, three and more of two and more organs."""
    organs = {value[:3].upper() for value in look.values}
    return look.distinct >= 3 and len(organs) >= 2 and look.share("topography") == 1.0


def organisation(look: Look) -> Fit:
    """Employers, insurers, laboratories; words for a type of payer name none."""
    if payer_types(look):
        return Fit(NEVER, "the values are types of payers")
    return place(look)


def payer_types(look: Look) -> bool:
    """Whether all values are types of payers (Medicare, BCBS), two and more."""
    return look.distinct >= 2 and all(value in _PAYER_TYPES for value in look.folded)


FITS: Mapping[str, Test] = {
    "street_address": street,
    "city": city,
    "zip": zip_code,
    "postcode": postcode,
    "state": state,
    "country": country,
    "coordinates": coordinates,
    "site": site,
    "organisation": organisation,
}
